"""The dry run and the trial: counted from what was written down, under the ways of the edition to come."""

from __future__ import annotations

import datetime
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mianzheng.catalogue.rules.kinds import Disposal
from mianzheng.centre.rules.readiness import Readiness, State
from mianzheng.common.texts import Text
from mianzheng.evidence.rules.progress import Kind, Stage, progress
from mianzheng.evidence.rules.verdicts import Verdict, Way
from mianzheng.evidence.rules.ways import plan_need
from mianzheng.reform.rules.states import BatchStage
from mianzheng.reform.rules.trying import Asked, Outcome, Tried, judged, tally
from mianzheng.reform.rules.watching import Figures, Point, can_done, points, why_not_done
from tests.second_city.needs import NEEDS, NOON, event, histories
from tests.second_city.reading import CITY

WORKS = next(need for need in NEEDS if need.fact == "works" and need.commitment)
DAY = datetime.timedelta(days=1)


def plan(state=State.READY, **change):
    need = replace(WORKS, **change)
    office = Text("民政局", "Civil Affairs")
    return plan_need(need, CITY.items["work"], office=office, readiness=Readiness("work", state, NOON), barred=False)


def case(*events, days_ago=0.5, plan_=None):
    return Asked(NOON - days_ago * DAY, plan_ or plan(), events)


HELD = event(0, Kind.ANSWER, Way.DATA, Verdict.HOLDS)
UNKNOWN = event(0, Kind.ANSWER, Way.DATA, Verdict.UNKNOWN)
ASKED = event(1, Kind.ASKED, Way.DEPARTMENT)
ANSWERED = event(60 * 24 * 2, Kind.ANSWER, Way.DEPARTMENT, Verdict.HOLDS)


def judge(*cases, disposal=Disposal.DATA_SHARING, plans=()):
    return judged(disposal, cases, plans, now=NOON)


def test_what_was_settled_yesterday_works():
    found = judge(case(HELD), case(UNKNOWN, ASKED, ANSWERED), case(UNKNOWN, ASKED))
    assert found.outcome is Outcome.WORKS
    assert found.tried == Tried(1, 3, {Way.DATA: 1, Way.DEPARTMENT: 1}, waiting=1, median=1.0)


def test_what_was_not_settled_does_not_work():
    found = judge(case(HELD), case(UNKNOWN, ASKED), case(UNKNOWN, ASKED))
    assert found.outcome is Outcome.FAILS
    assert found.why.params == {"n": 1, "asked": 3, "days": 1}


@pytest.mark.parametrize(("ago", "days"), [(0.5, 1), (2, 7), (20, 30)])
def test_it_looks_back_further_only_where_nobody_was_asked(ago, days):
    assert judge(case(HELD, days_ago=ago), case(HELD, days_ago=25)).tried.days == days


def test_a_retained_paper_an_officer_looked_at_counts_as_looked_into_by_a_person():
    looked = event(9, Kind.ANSWER, Way.REVIEW, Verdict.HOLDS)
    assert tally([case(UNKNOWN, looked)], days=1).settled == {Way.REVIEW: 1}
    kept = plan(retained="abroad-paper")
    assert tally([case(UNKNOWN, looked, plan_=kept)], days=1).settled == {}


def test_a_commitment_a_department_found_untrue_is_counted():
    signed, no = event(2, Kind.FALLBACK), event(3, Kind.ANSWER, Way.DEPARTMENT, Verdict.FAILS)
    assert tally([case(UNKNOWN, ASKED, signed, no)], days=1).false == 1
    assert tally([case(UNKNOWN, ASKED, signed, event(3, Kind.WITHDRAW), no)], days=1).false == 0


def test_where_nobody_was_asked_the_way_must_be_open():
    assert judge(plans=[plan()]).outcome is Outcome.READY
    shut = plan(State.SILENT, department=False, commitment="")
    found = judge(plans=[plan(), shut])
    assert found.outcome is Outcome.FAILS
    assert found.why.params["why"] == shut.steps[0].reason, "it says why"
    assert judge(plans=[shut], disposal=Disposal.CANCEL).outcome is Outcome.READY, "nothing has to be brought"


def test_another_way_than_the_one_decided_is_named():
    silent = plan(State.SILENT)
    found = judge(plans=[silent])
    assert (found.outcome, found.why.params["why"]) == (Outcome.READY, silent.steps[0].reason)
    lighter = judge(plans=[plan(department=False)], disposal=Disposal.DEPARTMENT_CHECK)
    assert lighter.why.params["why"] == plan().first.reason, "a lighter one needs no word"


@given(st.lists(histories(), max_size=5))
def test_every_case_is_counted_once(some):
    cases = [Asked(NOON, plan_, events) for plan_, events in some if events]
    found = tally(cases, days=1)
    assert found.answered + found.unknown + found.waiting == found.asked == len(cases)
    ended = [progress(each.plan, each.events) for each in cases]
    assert found.waiting == sum(each.stage is not Stage.SETTLED for each in ended)
    assert (found.median is None) == (found.answered == 0)


def figures(asked=10, unknown=0, review=0, **more):
    return Figures(
        Tried(5, asked, {Way.REVIEW: review} if review else {}, unknown, 0, None, more.pop("false", 0)), 5, **more
    )


@pytest.mark.parametrize(
    ("seen", "found"),
    [
        (figures(), ()),
        (figures(unknown=4), (Point.UNSETTLED,)),
        (figures(asked=4, unknown=4), ()),  # too few to say anything
        (figures(review=4), (Point.BY_HAND,)),
        (figures(false=1), (Point.FALSE,)),
        (figures(checks=10, checks_before=30), ()),  # two a day, one before: not more than twice
        (figures(checks=11, checks_before=30), (Point.MOVED,)),
        (figures(checks=4), ()),
        (figures(checks=5), (Point.MOVED,)),
        (figures(slips=2, slips_open=1), (Point.STILL_ASKED,)),
        (figures(slips=2), ()),
    ],
)
def test_the_watch_list_names_what_points_to_trouble(seen, found):
    assert points(seen, looked_into=False) == found
    assert points(seen, looked_into=True) == tuple(p for p in found if p is Point.STILL_ASKED)


def test_a_batch_is_done_after_its_trial_with_nothing_open():
    today = NOON.date()
    assert can_done(BatchStage.TRIAL, today - DAY, (), today=today)
    assert not can_done(BatchStage.TRIAL, today, (), today=today)
    assert not can_done(BatchStage.TRIAL, today - DAY, [Point.FALSE], today=today)
    assert not can_done(BatchStage.CHECKED, None, (), today=today)
    assert why_not_done(BatchStage.TRIAL, today, (), today=today).params == {"day": today}
