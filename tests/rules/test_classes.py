"""The six classes: what applies, the lightest way that works today, and what is missing for a lighter one."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mianzheng.catalogue.rules.certificates import ACCEPTED, CLAIMED, ClaimedBasis
from mianzheng.catalogue.rules.kinds import Disposal
from mianzheng.centre.rules.readiness import State
from mianzheng.common.reasons import Reason
from mianzheng.common.texts import Text
from mianzheng.reform.rules.classes import Class, Register, Situation, propose

LAW = ClaimedBasis(Text("某法", "Some Law"), "第一条", "law", "modelled")
RULE = replace(LAW, force="departmental_rule")
CARD = Text("结婚证", "marriage certificate")
ITEM = Text("婚姻登记", "marriages")
OFFICE = Text("民政局", "civil affairs")
ABROAD = Reason("在境外使用。")
BARRED = Reason("涉及公共安全，不适用告知承诺。")


def register(state: State) -> Register:
    return Register(ITEM, state)


@pytest.mark.parametrize(
    ("known", "disposal", "classes"),
    [
        (Situation(settled=False), Disposal.CANCEL, {Class.NO_BASIS}),
        (Situation(licence=CARD), Disposal.EXISTING_DOCUMENT, {Class.NO_BASIS, Class.EXISTING_DOCUMENT, Class.COMMITMENT}),
        (Situation(LAW, licence=CARD), Disposal.EXISTING_DOCUMENT, {Class.EXISTING_DOCUMENT, Class.COMMITMENT}),
        (Situation(LAW, covered_by=CARD), Disposal.EXISTING_DOCUMENT, {Class.EXISTING_DOCUMENT, Class.COMMITMENT}),
        (Situation(LAW, register=register(State.READY), answers=OFFICE), Disposal.DATA_SHARING, {Class.DATA, Class.DEPARTMENT, Class.COMMITMENT}),
        (Situation(LAW, register=register(State.STALE), answers=OFFICE), Disposal.DEPARTMENT_CHECK, {Class.DEPARTMENT, Class.COMMITMENT}),
        (Situation(LAW, register=register(State.ABSENT)), Disposal.COMMITMENT, {Class.COMMITMENT}),
        (Situation(LAW, barred=BARRED), Disposal.RETAINED, set()),
        (Situation(RULE, barred=BARRED), Disposal.CANCEL, {Class.NO_BASIS}),
        (Situation(LAW, in_force=False, barred=BARRED), Disposal.CANCEL, {Class.NO_BASIS}),
        (Situation(LAW, here=False, barred=BARRED), Disposal.CANCEL, {Class.NO_BASIS}),
        (Situation(verifiable=False, barred=BARRED), Disposal.CANCEL, {Class.NO_BASIS, Class.CANNOT_VERIFY}),
        (Situation(LAW, verifiable=False, barred=BARRED), Disposal.RETAINED, {Class.CANNOT_VERIFY}),
        (Situation(elsewhere=ABROAD, register=register(State.READY)), Disposal.RETAINED, {Class.NO_BASIS, Class.DATA, Class.COMMITMENT}),
        (Situation(LAW, barred=BARRED, settled=False), Disposal.RETAINED, set()),
        (Situation(own=ITEM, register=register(State.READY)), Disposal.DEPARTMENT_CHECK, {Class.NO_BASIS, Class.DEPARTMENT, Class.DATA, Class.COMMITMENT}),
        (Situation(asks=False, register=register(State.READY)), Disposal.COMMITMENT, {Class.NO_BASIS, Class.COMMITMENT}),
        (Situation(no_certificate=Reason("它本身是证照。"), licence=CARD), Disposal.RETAINED, set()),
    ],
)  # fmt: skip
def test_the_lightest_way_that_works_today(known: Situation, disposal: Disposal, classes: set[Class]) -> None:
    proposal = propose(known)
    assert proposal.disposal is disposal
    assert {each for each, _ in proposal.classes} == classes
    assert proposal.why


def test_what_is_missing_for_a_lighter_way_is_said() -> None:
    (missing,) = propose(Situation(LAW, register=register(State.STALE))).missing
    assert missing.params == {"item": ITEM}
    assert propose(Situation(LAW, register=register(State.READY))).missing == ()
    assert propose(Situation(LAW, licence=CARD, register=register(State.STALE))).missing == ()
    assert propose(Situation(LAW, barred=BARRED)).missing == (BARRED,)
    (missing,) = propose(Situation(LAW, register=register(State.READY), asks=False)).missing
    assert "授权" in missing.msgid


KNOWN = st.builds(
    Situation,
    basis=st.none() | st.sampled_from([replace(LAW, force=force) for force in CLAIMED]),
    in_force=st.booleans(),
    here=st.booleans(),
    verifiable=st.none() | st.booleans(),
    licence=st.none() | st.just(CARD),
    covered_by=st.none() | st.just(CARD),
    barred=st.none() | st.just(BARRED),
    answers=st.none() | st.just(OFFICE),
    register=st.none() | st.sampled_from([register(state) for state in State]),
    own=st.none() | st.just(ITEM),
    asks=st.booleans(),
    elsewhere=st.none() | st.just(ABROAD),
    settled=st.booleans(),
)
BURDEN = [
    Disposal.CANCEL, Disposal.EXISTING_DOCUMENT, Disposal.DATA_SHARING, Disposal.DEPARTMENT_CHECK, Disposal.COMMITMENT, Disposal.RETAINED,
]  # fmt: skip


@given(KNOWN)
def test_kept_is_only_what_the_law_demands_and_nothing_settles_or_what_is_for_elsewhere(known: Situation) -> None:
    proposal = propose(known)
    if proposal.disposal is Disposal.RETAINED:
        lawful = known.basis is not None and known.basis.force in ACCEPTED and known.in_force and known.here
        assert known.elsewhere or lawful
    if known.barred is not None:
        assert proposal.disposal is not Disposal.COMMITMENT
    if known.answers is not None:
        assert proposal.disposal is not Disposal.COMMITMENT, "an office that can answer shifts nothing to the person"


@given(KNOWN, st.sampled_from(["licence", "covered_by", "answers", "register"]))
def test_one_more_way_makes_nothing_heavier(known: Situation, more: str) -> None:
    way = {"licence": CARD, "covered_by": CARD, "answers": OFFICE, "register": register(State.READY)}[more]
    before, after = propose(known), propose(replace(known, **{more: way}))
    if before.disposal is not Disposal.CANCEL:
        assert BURDEN.index(after.disposal) <= BURDEN.index(before.disposal) or before.disposal is Disposal.RETAINED
