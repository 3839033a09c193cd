"""What the office may decide, and when it has to say why."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mianzheng.catalogue.rules.kinds import Disposal
from mianzheng.common.errors import Refusal
from mianzheng.common.reasons import Reason
from mianzheng.reform.rules.classes import Class, Proposal
from mianzheng.reform.rules.judging import Choice, Standing, check_choice, packed_proposal, unpacked_proposal
from mianzheng.reform.rules.states import Stage

HERE = Standing(Stage.FOUND, "data_sharing", outside=False, by_law=False)
BY_LAW = Standing(Stage.FOUND, "retained", outside=False, by_law=True)
ABROAD = Standing(Stage.FOUND, "retained", outside=True, by_law=False)


@pytest.mark.parametrize(
    ("choice", "standing"),
    [
        (Choice(Disposal.DATA_SHARING, "alive", "civil"), HERE),
        (Choice(Disposal.CANCEL, "", "civil", "办这件事用不着"), HERE),
        (Choice(Disposal.COMMITMENT, "alive", "civil", "登记还不全"), HERE),
        (Choice(Disposal.RETAINED), BY_LAW),
        (Choice(Disposal.RETAINED), ABROAD),
        (Choice(Disposal.DATA_SHARING, "alive", "civil", "法律要的也能查"), BY_LAW),
    ],
)
def test_what_may_be_decided(choice: Choice, standing: Standing) -> None:
    check_choice(choice, standing)


@pytest.mark.parametrize(
    ("choice", "standing", "field"),
    [
        (Choice(Disposal.ASKED, "", "civil", "先放着"), HERE, "disposal"),
        (Choice(Disposal.RETAINED, deviation="部门坚持要"), HERE, "disposal"),
        (Choice(Disposal.CANCEL, "", "civil", "取消"), ABROAD, "disposal"),
        (Choice(Disposal.DATA_SHARING, "", "civil"), HERE, "fact"),
        (Choice(Disposal.DATA_SHARING, "alive", ""), HERE, "owner"),
        (Choice(Disposal.CANCEL, "", "civil"), HERE, "deviation"),
        (Choice(Disposal.CANCEL, "", "civil", "  "), HERE, "deviation"),
        (Choice(Disposal.CANCEL, "", "civil", "李某 13800138000 说不要"), HERE, "deviation"),
    ],
)
def test_what_may_not_be_decided_or_not_without_a_word(choice: Choice, standing: Standing, field: str) -> None:
    with pytest.raises(Refusal) as refused:
        check_choice(choice, standing)
    assert refused.value.field == field


@pytest.mark.parametrize("stage", [stage for stage in Stage if stage not in (Stage.FOUND, Stage.DECIDED)])
def test_later_it_is_no_matter_of_deciding_any_more(stage: Stage) -> None:
    with pytest.raises(Refusal):
        check_choice(Choice(Disposal.DATA_SHARING, "alive", "civil"), Standing(stage, "data_sharing", False, False))


@given(
    disposal=st.sampled_from(Disposal),
    proposed=st.sampled_from(["", *Disposal]),
    fact=st.sampled_from(["", "alive"]),
    owner=st.sampled_from(["", "civil"]),
    deviation=st.sampled_from(["", "因为"]),
    outside=st.booleans(),
    by_law=st.booleans(),
)
def test_whatever_is_decided_another_than_the_proposed_has_its_reason_and_a_kept_one_its_ground(
    disposal: Disposal, proposed: str, fact: str, owner: str, deviation: str, outside: bool, by_law: bool
) -> None:
    choice = Choice(disposal, fact, owner, deviation)
    try:
        check_choice(choice, Standing(Stage.FOUND, proposed, outside, by_law))
    except Refusal:
        return
    assert deviation or disposal == proposed
    assert disposal is not Disposal.RETAINED or outside or by_law
    assert disposal is Disposal.RETAINED or (owner and not outside)


def test_a_proposal_is_kept_as_it_was_made() -> None:
    made = Proposal(
        ((Class.NO_BASIS, Reason("没有人说出依据。")), (Class.DATA, Reason("“%(item)s”", {"item": "人口"}))),
        Disposal.DATA_SHARING,
        Reason("由数据平台核验，谁也不用跑。"),
        (Reason("还差%(n)s项", {"n": 1}),),
    )
    assert unpacked_proposal(packed_proposal(made)) == made
    assert unpacked_proposal({}) is None
