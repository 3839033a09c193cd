"""The plan: which ways a need has, in which order, and why each is taken or passed over."""

from dataclasses import replace

import pytest
from hypothesis import given

from mianzheng.centre.rules.readiness import Readiness, State
from mianzheng.common.texts import Text
from mianzheng.evidence.rules.verdicts import Way
from mianzheng.evidence.rules.ways import offices_of, papers_asked, plan, plan_need
from tests.second_city.needs import NEEDS, NOON, RECORDS, plans
from tests.second_city.reading import CITY

OFFICE = Text("民政局", "Civil Affairs")


def planned(code="works", *, state=State.READY, barred=False, office=OFFICE, licence=None, sharing=None, **changes):
    need = replace(next(need for need in NEEDS if need.code == code), **changes)
    fact = CITY.facts[need.fact]
    item = CITY.items[fact.item]
    item = replace(item, licence=item.licence if licence is None else licence, sharing=sharing or item.sharing)
    readiness = Readiness(item.code, state, NOON) if state else None
    return plan_need(need, item, office=office, readiness=readiness, barred=barred)


# how things stand, the first open way, all open ways
TABLE = [
    ({}, Way.DATA, "data department commitment review"),
    ({"licence": True}, Way.DOCUMENT, "document department commitment review"),
    ({"state": State.SILENT}, Way.DEPARTMENT, "department commitment review"),
    ({"state": State.STALE}, Way.DEPARTMENT, "department commitment review"),
    ({"state": State.ABSENT}, Way.DEPARTMENT, "department commitment review"),
    ({"state": None}, Way.DEPARTMENT, "department commitment review"),
    ({"sharing": "closed"}, Way.DEPARTMENT, "department commitment review"),
    ({"state": State.SILENT, "department": False}, Way.COMMITMENT, "commitment review"),
    ({"state": State.SILENT, "office": Text("")}, Way.COMMITMENT, "commitment review"),
    ({"state": State.SILENT, "department": False, "barred": True}, Way.REVIEW, "review"),
    ({"state": State.SILENT, "department": False, "commitment": ""}, Way.REVIEW, "review"),
    ({"commitment": ""}, Way.DATA, "data department review"),
    ({"barred": True}, Way.DATA, "data department review"),
    ({"retained": "abroad-paper"}, Way.DATA, "data department commitment certificate"),
    (
        {"state": State.SILENT, "department": False, "commitment": "", "retained": "abroad-paper"},
        Way.CERTIFICATE,
        "certificate",
    ),
]


@pytest.mark.parametrize(("circumstances", "first", "open_"), TABLE)
def test_the_way_of_least_burden_that_is_open_comes_first(circumstances, first, open_):
    found = planned(**circumstances)
    assert found.first.way is first
    assert [str(step.way) for step in found.steps if step.open] == open_.split()
    assert papers_asked([found]) == (first is Way.CERTIFICATE)


@given(plans())
def test_every_need_has_a_way_and_every_way_its_reason(plan):
    assert plan.first.open
    assert all(step.reason.msgid for step in plan.steps)
    assert [step.way for step in plan.steps if step.way not in RECORDS] == [
        Way.DEPARTMENT,
        Way.COMMITMENT,
        Way.REVIEW,
        Way.CERTIFICATE,
    ]
    assert plan.steps[0].way in RECORDS
    assert all(not step.open for step in plan.passed)


@given(plans())
def test_a_cancelled_certificate_is_never_a_way(plan):
    if not plan.need.retained:
        assert not plan.is_open(Way.CERTIFICATE)
        assert plan.is_open(Way.REVIEW)
        assert papers_asked([plan]) == 0


def test_the_needs_of_a_matter_are_planned_in_their_order_and_unknown_registers_count_as_absent():
    needs = CITY.matters["home"].work.needs
    found = plan(needs, facts=CITY.facts, items=CITY.items, offices=offices_of(CITY), readiness={}, barred=False)
    assert [each.need for each in found] == list(needs)
    assert [each.first.way for each in found] == [Way.REVIEW, Way.DEPARTMENT, Way.DEPARTMENT, Way.DEPARTMENT]
    assert found[1].first.reason.params == {"office": CITY.departments["homes"].name, "days": 2}
