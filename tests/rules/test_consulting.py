"""Who is asked about a certificate, what may be said, and that silence is never a yes."""

from __future__ import annotations

import dataclasses
import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mianzheng.catalogue.rules.consulting import Consulting
from mianzheng.catalogue.rules.kinds import Disposal
from mianzheng.catalogue.rules.offices import Body, Department
from mianzheng.catalogue.rules.package import read
from mianzheng.common.errors import Refusal
from mianzheng.common.texts import Text
from mianzheng.reform.rules import consulting, stages
from mianzheng.reform.rules.consulting import Heard, Outcome
from mianzheng.reform.rules.states import Part, Says, Stage
from tests.second_city.reading import CITY, changed

TODAY = datetime.date(2026, 3, 2)
BEFORE, AFTER = TODAY - datetime.timedelta(days=1), TODAY + datetime.timedelta(days=1)
WIDE = dataclasses.replace(
    CITY,
    departments={
        **CITY.departments,
        "law": Department("law", Text("司法局"), "organ"),
        "tax": Department("tax", Text("税务局"), "vertical"),
    },
    bodies={**CITY.bodies, "abroad": Body("abroad", Text("外地"), "outside")},
    consult=Consulting("law", {"community": "civil", "town": "homes"}),
)
"""The second city with a justice bureau of its own, a vertical department and a body outside."""

D, I, J, U = Part.DEMANDER, Part.ISSUER, Part.JUSTICE, Part.UNDERTAKING  # noqa: E741

WHOM = {
    # demander, its kind, issuer: who is asked as what
    "a department, a community": ("homes", "organ", "community", {"homes": D, "civil": I, "law": J}),
    "the community by its own code": ("homes", "organ", "well", {"homes": D, "civil": I, "law": J}),
    "nobody speaks for employers here": ("homes", "organ", "employer", {"homes": D, "law": J}),
    "the town demands": ("town", "organ", "civil", {"homes": D, "civil": I, "law": J}),
    "one office on both sides speaks once": ("civil", "organ", "community", {"civil": D, "law": J}),
    "the justice bureau demands": ("law", "organ", "homes", {"law": D, "homes": I}),
    "a public body can be told": ("water", "public_body", "homes", {"water": D, "homes": I, "law": J}),
    "a bank signs": ("bank", "finance", "civil", {"bank": U, "civil": I, "law": J}),
    "a department of the province signs": ("tax", "organ", "civil", {"tax": U, "civil": I, "law": J}),
    "a body outside signs": ("abroad", "outside", "civil", {"abroad": U, "civil": I, "law": J}),
    "an issuer outside is not asked": ("homes", "organ", "abroad", {"homes": D, "law": J}),
    "nobody known demands": ("", "outside", "civil", {"civil": I, "law": J}),
    "nobody known issues": ("homes", "organ", "", {"homes": D, "law": J}),
}


@pytest.mark.parametrize("case", WHOM)
def test_whom_to_ask(case: str):
    demander, kind, issuer, expected = WHOM[case]
    assert consulting.whom(WIDE, demander=demander, kind=kind, issuer=issuer) == expected


def test_nothing_is_asked_where_nobody_could_stop_asking():
    for asked, justice, disposal, part in (
        ({"civil": I, "law": J}, "law", Disposal.CANCEL, "不知道是哪个单位"),
        ({"homes": D}, "", Disposal.CANCEL, "没有写明由哪个单位"),
        ({"homes": D, "law": J}, "law", Disposal.RETAINED, "不征求意见"),
    ):
        with pytest.raises(Refusal, match=part):
            consulting.check_ask(asked, justice=justice, disposal=disposal)
        assert not consulting.can_ask(asked, justice=justice, disposal=disposal)
    assert consulting.can_ask({"bank": U, "law": J}, justice="law", disposal=Disposal.CANCEL)


SAID = {
    # part, says, words, other disposal: a part of the refusal, or nothing
    "yes": (D, "agree", "", "", ""),
    "no without why": (D, "object", " ", "", "为什么"),
    "no": (I, "object", "法律要求", "", ""),
    "another way without why": (J, "counter", "", "commitment", "为什么"),
    "another way, but which": (J, "counter", "改为承诺", "", "另外一种"),
    "the same way": (J, "counter", "改为取消", "cancel", "另外一种"),
    "no way at all": (J, "counter", "改", "asked", "另外一种"),
    "another way": (J, "counter", "改为承诺", "commitment", ""),
    "a bank says yes": (U, "agree", "", "", "签承诺书"),
    "a bank says no": (U, "object", "总行要求", "", ""),
    "nothing": (D, "", "", "", "请选择"),
    "very much": (D, "object", "长" * 1_001, "", "不超过"),
}


@pytest.mark.parametrize("case", SAID)
def test_what_may_be_said(case: str):
    part, says, words, disposal, refused = SAID[case]
    told = {"part": part, "says": says, "words": words, "disposal": disposal, "proposed": "cancel"}
    if refused:
        with pytest.raises(Refusal) as found:
            consulting.check_say(**told)
        assert refused in found.value.what.msgid
    else:
        assert consulting.check_say(**told) == says


def test_who_may_still_speak():
    assert consulting.can_speak(stage=Stage.ASKED, past=False, wording="")
    for stage, past, wording in ((Stage.AGREED, False, ""), (Stage.ASKED, True, ""), (Stage.ASKED, False, "text-1")):
        assert not consulting.can_speak(stage=stage, past=past, wording=wording)


YES, NO, OTHER = (Heard(says, AFTER) for says in (Says.AGREE, Says.OBJECT, Says.COUNTER))
WAITING, LATE = Heard(None, AFTER), Heard(None, BEFORE)
REMINDED, SILENT = Heard(None, AFTER, escalated=True), Heard(None, BEFORE, escalated=True)
OUTCOMES = {
    "nobody was asked": ((), Outcome.OPEN, True),
    "all agree": ((YES, YES), Outcome.AGREED, False),
    "one is awaited": ((YES, WAITING), Outcome.OPEN, False),
    "one is late, and not reminded yet": ((YES, LATE), Outcome.OPEN, False),
    "one was reminded": ((YES, REMINDED), Outcome.OPEN, False),
    "one was silent twice": ((YES, SILENT), Outcome.SILENT, True),
    "all were silent twice": ((SILENT, SILENT), Outcome.SILENT, True),
    "one was silent, one may still speak": ((SILENT, WAITING), Outcome.OPEN, False),
    "one objects, one may still speak": ((NO, WAITING), Outcome.DISPUTED, False),
    "one objects, all were heard": ((NO, YES), Outcome.DISPUTED, True),
    "one wants another way, one was silent": ((OTHER, SILENT), Outcome.DISPUTED, True),
}


@pytest.mark.parametrize("case", OUTCOMES)
def test_what_it_comes_to(case: str):
    heard, expected, over = OUTCOMES[case]
    assert consulting.outcome(heard, TODAY) is expected
    assert consulting.can_over(heard, TODAY) is over


HEARD = st.lists(
    st.builds(
        Heard,
        st.sampled_from([None, *Says]),
        st.dates(TODAY - datetime.timedelta(days=9), TODAY + datetime.timedelta(days=9)),
        st.booleans(),
    ),
    max_size=5,
)


@given(heard=HEARD)
def test_agreed_means_that_everybody_said_yes(heard: list[Heard]):
    agreed = consulting.outcome(heard, TODAY) is Outcome.AGREED
    assert agreed == (bool(heard) and all(each.says is Says.AGREE for each in heard))


@given(heard=HEARD, silent=st.booleans(), days=st.integers(0, 400))
def test_silence_is_no_yes_however_long(heard: list[Heard], silent: bool, days: int):
    later = TODAY + datetime.timedelta(days=days)
    asked = [*heard, Heard(None, TODAY, escalated=silent)]
    assert consulting.outcome(asked, later) is not Outcome.AGREED


@given(heard=HEARD, why=st.sampled_from(["", " ", "各方已经协商"]))
def test_nobody_goes_on_early_or_without_a_reason(heard: list[Heard], why: str):
    try:
        consulting.check_settle(heard, TODAY, why=why, disposal="cancel", proposed="cancel", fact="")
    except Refusal:
        return
    assert why.strip() and not any(each.awaited(TODAY) for each in heard)


def test_another_way_may_be_taken_at_once_if_it_can_work():
    told = {"why": "采纳民政局的意见", "proposed": "cancel"}
    consulting.check_settle((OTHER, WAITING), TODAY, disposal="commitment", fact="alive", **told)
    with pytest.raises(Refusal, match="法律依据"):
        consulting.check_settle((OTHER, WAITING), TODAY, disposal="retained", fact="", **told)
    with pytest.raises(Refusal, match="哪件事实"):
        consulting.check_settle((OTHER, WAITING), TODAY, disposal="commitment", fact="", **told)
    with pytest.raises(Refusal, match="怎样定"):
        consulting.check_settle((OTHER,), TODAY, disposal="", fact="alive", **told)
    with pytest.raises(Refusal, match="另外一种"):
        consulting.check_settle((OTHER, WAITING), TODAY, disposal="asked", fact="alive", **told)


def test_the_table_of_moves_is_whole():
    for move in stages.MOVES:
        assert stages.check_move(move.name, move.source, move.by) is move.target
    with pytest.raises(Refusal, match="不能这样做"):
        stages.check_move("settle", Stage.DECIDED, stages.By.REFORM)
    assert set(stages.NAMES) == set(Stage)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("justice: civil", "justice: nobody", "no such department"),
        ("community: civil", "community: bank", "no such department"),
        ("levels: {", "levels: {village: civil, ", "'village' is not known here"),
        ("consult: {", "consult: {mayor: civil, ", "'mayor' is not known here"),
        ("levels: {community: civil, town: civil, employer: civil}", "levels: civil", "no mapping"),
        ("consult: {justice: civil, levels: {community: civil, town: civil, employer: civil}}", "consult: 1", "no mapping"),
    ],
)  # fmt: skip
def test_a_wrong_package_says_where(old: str, new: str, said: str):
    city, problems = read(changed("city.yaml", old, new))
    assert city is None
    assert [p.file for p in problems] == ["city.yaml"]
    assert said in problems[0].message


def test_a_package_without_it_is_read_and_nobody_can_be_asked():
    line = "consult: {justice: civil, levels: {community: civil, town: civil, employer: civil}}"
    city, _ = read(changed("city.yaml", line, ""))
    assert city is not None
    assert city.consult == Consulting()
