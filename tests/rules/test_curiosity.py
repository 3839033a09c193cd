"""Scoring look-ups: what makes a lead and what never does, whoever was looked at."""

from __future__ import annotations

import datetime
import uuid
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mianzheng.catalogue.rules.curiosity import Kind
from mianzheng.common.reasons import Reason
from mianzheng.oversight.rules.curiosity import EXPLAINED, Ground, Life, Look, Tie, ground, kept, leads, said, tie
from tests.second_city.reading import CITY

RULES = CITY.curiosity
HERE = ZoneInfo("Asia/Shanghai")
NOON = datetime.datetime(2026, 3, 2, 12, tzinfo=HERE)
DAY = datetime.timedelta(days=1)
ANNA, BEN, CARL = (uuid.UUID(int=n) for n in (1, 2, 3))
OFFICER, OTHER = uuid.UUID(int=101), uuid.UUID(int=102)


def look(subject: uuid.UUID = ANNA, **more: object) -> Look:
    whole = {
        "account": OFFICER,
        "role": "officer",
        "office": "homes",
        "subject": subject,
        "first": NOON,
        "last": NOON,
        "times": 1,
        "entries": (uuid.uuid4(),),
        "ground": Ground.CASE,
    }
    return Look(**{**whole, **more})  # type: ignore[arg-type]


def made(*looks: Look, norms: dict[tuple[str, str, str], float] | None = None, working: bool = True) -> dict[str, int]:
    """Return the reasons of the only account's lead, with the looks each is about."""
    found = leads(RULES, looks, norms or {}, working=working)
    return {reason.rule: reason.looks for lead in found for reason in lead.reasons}


LIFE = Life("homes", frozenset({"civil"}), frozenset({ANNA, BEN}), NOON - DAY, None)


@pytest.mark.parametrize(
    ("office", "subject", "at", "life", "says"),
    [
        ("homes", ANNA, NOON, None, Ground.NO_CASE),
        ("homes", ANNA, NOON, LIFE, Ground.CASE),
        ("civil", BEN, NOON, LIFE, Ground.CASE),
        ("water", ANNA, NOON, LIFE, Ground.OTHER_OFFICE),
        ("homes", CARL, NOON, LIFE, Ground.NO_PARTY),
        ("homes", ANNA, NOON - 2 * DAY, LIFE, Ground.ENDED),
        ("homes", ANNA, NOON + 30 * DAY, replace(LIFE, ended=NOON), Ground.CASE),
        ("homes", ANNA, NOON + 31 * DAY, replace(LIFE, ended=NOON), Ground.ENDED),
    ],
)
def test_a_case_explains_looks_of_its_offices_at_its_people_while_it_lives(office, subject, at, life, says):
    assert ground(office, subject, at, life, after_days=30) is says


@pytest.mark.parametrize(
    ("own", "relatives", "colleagues", "says"),
    [
        (ANNA, (), (), Tie.SELF),
        (BEN, (ANNA,), (ANNA,), Tie.RELATIVE),
        (BEN, (), (ANNA, BEN), Tie.COLLEAGUE),
        (BEN, (), (), Tie.NONE),
        (None, (), (), Tie.NONE),
    ],
)
def test_the_nearest_tie_counts(own, relatives, colleagues, says):
    assert tie(own, ANNA, relatives, colleagues) is says


NIGHT = NOON.replace(hour=23)
LEADS = {
    "a look that its case explains is none": ([look()], {}),
    "nor is one that a doubt explains": ([look(ground=Ground.WORK)], {}),
    "without a case": ([look(ground=Ground.NO_CASE)], {"idle": 1}),
    "with a case that has ended": ([look(ground=Ground.ENDED)], {"idle": 1}),
    "at somebody who has no part in the case": ([look(ground=Ground.NO_PARTY)], {"idle": 1}),
    "three looks on one occasion count as three": ([look(ground=Ground.NO_CASE, times=3)], {"idle": 3}),
    "out of hours alone is no lead": ([look(first=NIGHT, last=NIGHT)], {}),
    "out of hours without a case says both": (
        [look(ground=Ground.NO_CASE, first=NIGHT, last=NIGHT)],
        {"idle": 1, "night": 1},
    ),
    "a relative, also with a case": ([look(tie=Tie.RELATIVE)], {"kin": 1}),
    "oneself, also with a case": ([look(tie=Tie.SELF)], {"kin": 1}),
    "a colleague with a case is nothing": ([look(tie=Tie.COLLEAGUE)], {}),
    "a colleague without one": ([look(tie=Tie.COLLEAGUE, ground=Ground.NO_CASE)], {"idle": 1, "kin": 1}),
    "under a grant, with consent or without": ([look(ground=Ground.CONSENT), look(ground=Ground.GRANT)], {}),
    "a relative, also under a grant": ([look(tie=Tie.RELATIVE, ground=Ground.GRANT)], {"kin": 1}),
    "a relative, also with consent": ([look(tie=Tie.RELATIVE, ground=Ground.CONSENT)], {"kin": 1}),
    "out of hours on a duty alone": ([look(ground=Ground.GRANT, first=NIGHT, last=NIGHT)], {"idle": 1, "night": 1}),
    "out of hours with consent": ([look(ground=Ground.CONSENT, first=NIGHT, last=NIGHT)], {}),
    "a body that asks has hours of its own": ([look(role="asker", ground=Ground.GRANT, first=NIGHT, last=NIGHT)], {}),
    "many desks, all with a case": ([look(desks=9)], {}),
    "many desks without one": ([look(desks=2, ground=Ground.NO_CASE)], {"idle": 1, "many": 1}),
}


@pytest.mark.parametrize("what", LEADS)
def test_what_makes_a_lead(what):
    looks, reasons = LEADS[what]
    assert made(*looks) == reasons


@pytest.mark.parametrize(("hour", "minute", "odd"), [(8, 29, True), (8, 30, False), (17, 29, False), (17, 30, True)])
def test_office_hours_begin_and_end_to_the_minute(hour, minute, odd):
    at = NOON.replace(hour=hour, minute=minute)
    assert ("night" in made(look(ground=Ground.NO_CASE, first=at, last=at))) is odd


def test_on_a_day_off_every_hour_is_out_of_hours():
    assert "night" in made(look(ground=Ground.NO_CASE), working=False)


NORM = {("much", "homes", "officer"): 2.0}


@pytest.mark.parametrize(
    ("people", "norms", "far"),
    [(6, NORM, True), (5, NORM, False), (6, {}, False), (3, {("much", "homes", "officer"): 1.0}, False)],
)
def test_far_above_the_norm_is_of_the_same_desk_and_never_of_a_few(people, norms, far):
    looks = [look(uuid.UUID(int=200 + n)) for n in range(people)]
    assert ("much" in made(*looks, norms=norms)) is far


def test_each_account_has_its_own_lead_and_a_rule_counts_once():
    looks = [look(ground=Ground.NO_CASE), look(BEN, ground=Ground.ENDED), look(account=OTHER, ground=Ground.NO_CASE)]
    found = {lead.account: lead for lead in leads(RULES, looks, {}, working=True)}
    assert {account: lead.points for account, lead in found.items()} == {OFFICER: 3, OTHER: 3}
    assert found[OFFICER].entries == looks[0].entries + looks[1].entries


def test_a_lead_names_the_lines_it_is_about_and_no_others():
    odd, fine = look(ground=Ground.NO_CASE), look(BEN)
    (lead,) = leads(RULES, [fine, odd], {}, working=True)
    assert lead.entries == odd.entries


any_look = st.builds(
    look,
    subject=st.sampled_from([ANNA, BEN, CARL]),
    account=st.sampled_from([OFFICER, OTHER]),
    ground=st.sampled_from(list(Ground)),
    tie=st.sampled_from(list(Tie)),
    desks=st.integers(1, 4),
    times=st.integers(1, 5),
    first=st.integers(0, 23).map(lambda hour: NOON.replace(hour=hour)),
    last=st.integers(0, 23).map(lambda hour: NOON.replace(hour=hour)),
)
quiet_look = st.builds(
    look,
    subject=st.uuids(),
    ground=st.sampled_from(sorted(EXPLAINED)),
    tie=st.sampled_from([Tie.NONE, Tie.COLLEAGUE]),
    desks=st.integers(1, 9),
    first=st.integers(9, 12).map(lambda hour: NOON.replace(hour=hour)),
    last=st.integers(12, 16).map(lambda hour: NOON.replace(hour=hour)),
)


@given(st.lists(any_look, max_size=12), st.booleans())
def test_points_never_depend_on_who_is_named(looks, working):
    other = {subject: uuid.uuid4() for subject in (ANNA, BEN, CARL)}
    renamed = [replace(each, subject=other[each.subject]) for each in looks]
    norms = {("much", "homes", "officer"): 1.0}
    assert leads(RULES, looks, norms, working=working) == leads(RULES, renamed, norms, working=working)


@given(st.lists(quiet_look, max_size=20))
def test_looks_with_a_live_case_of_ones_office_in_office_hours_at_no_relative_never_make_a_lead(looks):
    assert leads(RULES, looks, {}, working=True) == ()


@given(st.lists(any_look, max_size=12), st.booleans())
def test_a_lead_has_the_points_of_its_reasons_and_reaches_the_threshold(looks, working):
    for lead in leads(RULES, looks, {}, working=working):
        assert lead.points == sum(reason.points for reason in lead.reasons) >= RULES.lead_at
        assert len({reason.rule for reason in lead.reasons}) == len(lead.reasons)
        assert lead.entries


@given(st.lists(any_look, max_size=12), any_look)
def test_one_account_is_never_asked_about_what_another_looked_up(looks, more):
    mine = [each for each in looks if each.account == OFFICER]
    others = [*(each for each in looks if each.account == OTHER), replace(more, account=OTHER)]
    alone = leads(RULES, mine, {}, working=True)
    together = leads(RULES, mine + others, {}, working=True)
    assert alone == tuple(lead for lead in together if lead.account == OFFICER)


@given(st.lists(any_look, min_size=1, max_size=12), st.booleans())
def test_every_reason_can_be_said_and_names_nobody(looks, working):
    norms = {("much", "homes", "officer"): 1.0}
    for lead in leads(RULES, looks, norms, working=working):
        for reason in lead.reasons:
            words = said(kept(reason))
            assert isinstance(words, Reason)
            assert words.msgid % {name: str(value) for name, value in words.params.items()}
            assert not {str(each.subject) for each in looks} & set(map(str, words.params.values()))


def test_every_kind_is_in_the_second_city():
    assert {rule.kind for rule in RULES.rules} == set(Kind)
