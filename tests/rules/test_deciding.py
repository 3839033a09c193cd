"""Handing in and deciding: nobody is refused for what is unknown, or for what they never saw."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mianzheng.cases.rules.deciding import (
    check_findings,
    check_grant,
    check_hand_in,
    check_refuse,
    check_send_back,
    grounds,
    may_program_grant,
    resting,
    seen,
    unreviewed,
)
from mianzheng.cases.rules.states import Status
from mianzheng.common.errors import Refusal
from mianzheng.evidence.rules.progress import Stage, progress
from mianzheng.evidence.rules.verdicts import Verdict
from tests.rules.test_progress import NOTHING, told
from tests.rules.test_ways import planned
from tests.second_city.needs import NOON, histories
from tests.second_city.reading import CITY

LATER, EARLIER = NOON + datetime.timedelta(hours=1), NOON - datetime.timedelta(hours=1)
PROGRESS = st.lists(histories().map(lambda history: progress(*history)), min_size=1, max_size=4)


def stood(story, **circumstances):
    return progress(planned(**circumstances), told(story))


HOLDS, FAILS, WAITS = stood("data:h"), stood("data:f"), stood("data:u asked")
CHOICE, PENDING = stood("data:u asked office:u"), stood("")
REVIEW = stood("data:u", **NOTHING)
FOUND = {word: stood(f"data:u review:{word}", **NOTHING) for word in "hfu"}


def refused(check, *args, **kwargs):
    """Return the field the refusal names, or its sentence where it names none; None where there is no refusal."""
    try:
        check(*args, **kwargs)
    except Refusal as refusal:
        assert refusal.now is not None, "it does not say what to do now"
        return refusal.field or refusal.what.msgid
    return None


@pytest.mark.parametrize(
    ("facts", "status"),
    [
        ([HOLDS], Status.DRAFT),
        ([HOLDS, FAILS, REVIEW], Status.DRAFT),
        ([HOLDS, WAITS], Status.WAITING_DEPARTMENT),
        ([WAITS, CHOICE], Status.WAITING_COMMITMENT),
    ],
)
def test_a_case_rests_where_the_person_is_needed_first(facts, status):
    assert resting(facts) is status


def test_handing_in_needs_agreement_looking_and_choosing():
    assert refused(check_hand_in, [HOLDS], agreed=False, knowing=True)
    assert refused(check_hand_in, [HOLDS, PENDING], agreed=True, knowing=True)
    assert refused(check_hand_in, [HOLDS, CHOICE], agreed=True, knowing=True)
    assert refused(check_hand_in, [HOLDS, FAILS], agreed=True, knowing=False) == "knowing"
    assert refused(check_hand_in, [HOLDS, FAILS], agreed=True, knowing=True) is None
    assert refused(check_hand_in, [HOLDS, WAITS, REVIEW], agreed=True, knowing=False) is None


def test_the_program_grants_only_where_the_matter_allows_and_all_holds():
    program, person = CITY.matters["bus"].work, CITY.matters["home"].work
    assert may_program_grant(program, [HOLDS, HOLDS])
    assert not may_program_grant(person, [HOLDS])
    for other in (FAILS, WAITS, REVIEW, CHOICE, FOUND["u"]):
        assert not may_program_grant(program, [HOLDS, other])


def test_a_fact_left_to_the_officer_needs_a_finding_first():
    assert unreviewed(REVIEW)
    assert not any(unreviewed(each) for each in (*FOUND.values(), HOLDS, FAILS))
    assert refused(check_findings, [HOLDS, REVIEW]) == "findings"
    assert refused(check_grant, [REVIEW], findings="好") == "findings"
    again = stood("data:u review:f review", **NOTHING)
    assert unreviewed(again), "the person asked once more, so somebody looks once more"


def test_granting_against_what_fails_says_why():
    assert refused(check_grant, [FAILS], findings=" ") == "findings"
    assert refused(check_grant, [FAILS], findings="登记有误，已核实。") is None
    assert refused(check_grant, [FOUND["u"]], findings="") == "findings"
    assert refused(check_grant, [FOUND["u"]], findings="卡的记录缺失，凭本人指纹认定。") is None
    assert refused(check_grant, [HOLDS, FOUND["h"]], findings="") is None


def test_refusing_needs_a_failing_fact_that_was_seen_findings_and_an_article():
    right = {"findings": "欠款未还。", "basis": "homes-3", "grounds": ("homes-3",), "submitted_at": LATER}
    assert refused(check_refuse, [FAILS], **right) is None
    assert refused(check_refuse, [FAILS], **right | {"submitted_at": EARLIER})
    assert refused(check_refuse, [FAILS], **right | {"submitted_at": None})
    assert refused(check_refuse, [FAILS], **right | {"findings": " "}) == "findings"
    assert refused(check_refuse, [FAILS], **right | {"basis": ""}) == "basis"
    assert refused(check_refuse, [FAILS], **right | {"basis": "fund-5"}) == "basis", "another matter's law"
    for other in (HOLDS, FOUND["u"], FOUND["h"]):
        assert refused(check_refuse, [other], **right)


@given(PROGRESS, st.booleans())
def test_nobody_is_refused_for_what_is_unknown(facts, knew):
    when = LATER if knew else EARLIER
    given = {"findings": "x", "basis": "homes-3", "grounds": ("homes-3",), "submitted_at": when}
    if refused(check_refuse, facts, **given) is None:
        assert any(each.stage is Stage.SETTLED and each.verdict is Verdict.FAILS and seen(each, when) for each in facts)


@given(PROGRESS)
def test_whatever_was_handed_in_can_be_decided(facts):
    """An officer can grant, or first has to look into something, or send it back; no case lies where nobody can act."""
    if refused(check_hand_in, facts, agreed=True, knowing=True) is None and resting(facts) is Status.DRAFT:
        looked = any(unreviewed(each) for each in facts)
        assert looked or refused(check_grant, facts, findings="x") is None


def test_sending_back_tells_something_new_once_and_for_all():
    assert refused(check_send_back, [FOUND["f"]], note="健康证已过期", submitted_at=EARLIER) is None
    assert refused(check_send_back, [FOUND["f"]], note=" ", submitted_at=EARLIER) == "note"
    assert refused(check_send_back, [FOUND["f"]], note="再看看", submitted_at=LATER)
    assert refused(check_send_back, [HOLDS, REVIEW], note="再看看", submitted_at=EARLIER)


def test_finding_the_same_once_more_is_nothing_new():
    """Otherwise whoever keeps asking for another look could never be refused."""
    for story in ("data:f review review:f", "data:u review:f review review:f", "data:f object office:u review:f"):
        stands = stood(story, **(NOTHING if "office" not in story else {}))
        assert stands.failed and seen(stands, LATER), story


def test_a_refusal_rests_on_the_article_of_what_fails_first():
    card, debt, works = (need for need in CITY.matters["home"].work.needs[:3])
    ordered = grounds([(card, HOLDS), (debt, FAILS), (works, HOLDS)])
    assert ordered[0] == debt.basis
    assert set(ordered) == {card.basis, debt.basis, works.basis}
