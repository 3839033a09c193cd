"""Lists cost the same number of queries however long they are."""

from __future__ import annotations

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from mianzheng.cases.models import Case, Decision
from mianzheng.evidence.models import Check, Event
from mianzheng.web.ids import uuid7
from tests.pages.street import Street, street

__all__ = ["street"]

MANY = 50


def cost(street: Street, name: str, path: str) -> int:
    """Return how many queries the page takes, once what is read once a process has been read."""
    client = street.as_(name)
    assert client.get(path).status_code == 200
    with CaptureQueriesContext(connection) as asked:
        client.get(path)
    return len(asked)


def more_cases(like: Case) -> list[Case]:
    values = {f.attname: getattr(like, f.attname) for f in Case._meta.fields}
    fresh = [{**values, "id": uuid7(), "key": uuid.uuid4(), "number": f"copy {n}"} for n in range(MANY)]
    return Case.objects.bulk_create(Case(**each) for each in fresh)


def test_the_desk_with_many_cases(street: Street):
    case = street.town.handed_in("anna").case
    before = cost(street, "homes", reverse("cases:desk"))
    more_cases(case)
    page = street.as_("homes").get(reverse("cases:desk"))
    assert len(page.context["rows"]) == MANY + 1
    assert cost(street, "homes", reverse("cases:desk")) == before


def test_the_desk_with_many_checks(street: Street):
    case = street.waiting("anna").case
    check = Check.objects.get()
    before = cost(street, "civil", reverse("cases:desk"))
    values = {f.attname: getattr(check, f.attname) for f in Check._meta.fields}
    checks = Check.objects.bulk_create(Check(**{**values, "id": uuid7(), "digest": f"copy {n}"}) for n in range(MANY))
    event = Event.objects.filter(case=case.id, check_asked=check.id).first()
    assert event is not None
    values = {f.attname: getattr(event, f.attname) for f in Event._meta.fields}
    Event.objects.bulk_create(Event(**{**values, "id": uuid7(), "check_asked": c.id}) for c in checks)
    assert len(street.as_("civil").get(reverse("cases:desk")).context["rows"]) == MANY + 1
    assert cost(street, "civil", reverse("cases:desk")) == before


def test_my_cases(street: Street):
    case = street.town.handed_in("anna").case
    before = cost(street, "anna", reverse("cases:mine"))
    more_cases(case)
    assert cost(street, "anna", reverse("cases:mine")) == before


def test_what_was_decided(street: Street):
    case = street.town.handed_in("anna", "bus").case
    Case.objects.filter(id=case.id).update(owner="homes")
    decision = Decision.objects.get()
    before = cost(street, "homes", reverse("cases:done"))
    case.refresh_from_db()
    values = {f.attname: getattr(decision, f.attname) for f in Decision._meta.fields}
    Decision.objects.bulk_create(Decision(**{**values, "id": uuid7(), "case_id": c.id}) for c in more_cases(case))
    assert cost(street, "homes", reverse("cases:done")) == before


def test_my_data(street: Street):
    street.town.verified("anna")
    before = cost(street, "anna", reverse("evidence:my_data"))
    for _ in range(5):
        street.town.verified("anna", marital="married")
    assert cost(street, "anna", reverse("evidence:my_data")) == before


@pytest.mark.parametrize("path", ["/", "/?q=home", "/matters/", "/certificates/", "/items/"])
def test_the_catalogue_asks_little(street: Street, path: str):
    assert cost(street, "anna", path) <= 6


def test_a_case_costs_the_same_for_one_fact_and_for_four(street: Street):
    few = street.town.verified("anna", "abroad").case
    many = street.town.verified("anna", marital="married").case
    paths = [reverse("cases:case", args=[case.id]) for case in (few, many)]
    costs = [cost(street, "anna", path) for path in paths]
    assert costs[0] == costs[1], costs
