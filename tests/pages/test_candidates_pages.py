"""Judging on pages: the list, one certificate, deciding, and what is said when it is refused."""

from __future__ import annotations

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from mianzheng.reform.actions import judging
from mianzheng.reform.models import Act, Candidate, Group, Opinion, Report, Row
from mianzheng.reform.rules.acts import NAMES, Did
from mianzheng.reform.rules.states import Stage
from tests.pages.street import Street, seen, street
from tests.reformed import candidate
from tests.second_city.life import NOW
from tests.second_city.reading import CITY

__all__ = ["street"]


@pytest.fixture
def found(street: Street) -> Candidate:
    one = candidate(name="务工证明", name_en="Proof of work", purpose="住房", issuer="employer", issuer_level="outside")
    judging.review(city=CITY, now=NOW)
    one.refresh_from_db()
    return one


def test_the_list_shows_what_is_proposed_and_takes_what_is_ticked(street: Street, found: Candidate) -> None:
    office = street.as_("reform")
    listed = office.get(reverse("reform:candidates"))
    assert "务工证明" in seen(listed)
    assert str(found.id) in listed.content.decode()
    nothing = office.post(reverse("reform:accept"), {}, follow=True)
    assert "还没有勾选" in seen(nothing)
    done = office.post(reverse("reform:accept"), {"candidate": [str(found.id), "no-id"]}, follow=True)
    found.refresh_from_db()
    assert found.stage == Stage.DECIDED, seen(done)
    assert "1 项按建议拟定" in seen(done)
    assert str(found.id) not in office.get(reverse("reform:candidates") + "?stage=found").content.decode()


def test_filters_stay_in_the_address_and_never_lead_away(street: Street, found: Candidate) -> None:
    office = street.as_("reform")
    for query, there in (("?q=务工", True), ("?q=别的", False), ("?demander=homes", True), ("?kind=finance", False)):
        assert (str(found.id) in office.get(reverse("reform:candidates") + query).content.decode()) is there, query
    away = office.post(reverse("reform:accept"), {"candidate": str(found.id), "back": "https://elsewhere.example/"})
    assert away["Location"].startswith("/reform/certificates/")


def test_one_says_why_and_keeps_what_was_typed_where_it_is_refused(street: Street, found: Candidate) -> None:
    office, page = street.as_("reform"), reverse("reform:candidate", args=[found.id])
    shown = seen(office.get(page))
    assert "系统的建议" in shown and "您决定" in shown
    another = "cancel" if found.proposal["disposal"] != "cancel" else "commitment"
    typed = {"disposal": another, "owner": "homes", "fact": "works", "deviation": ""}
    refused = office.post(page, typed)
    assert refused.status_code == 422
    assert "须写明理由" in seen(refused)
    done = office.post(page, typed | {"deviation": "登记还不全"}, follow=True)
    assert "已拟定" in seen(done) and "登记还不全" in seen(done)
    found.refresh_from_db()
    assert (found.disposal, found.deviation) == (another, "登记还不全")


def test_one_is_dropped_and_taken_up_again(street: Street, found: Candidate) -> None:
    office, page = street.as_("reform"), reverse("reform:candidate", args=[found.id])
    assert "请写明理由" in seen(office.post(page, {"act": "drop", "why": ""}))
    assert "没有列入" in seen(office.post(page, {"act": "drop", "why": "重复"}, follow=True))
    assert "您决定" in seen(office.post(page, {"act": "take_up", "why": "不是重复"}, follow=True))


def test_the_trail_is_in_words(street: Street, found: Candidate) -> None:
    for kind in Did:
        Act.objects.create(kind=kind, candidate=found, done_at=NOW, done_by="x")
    page = reverse("reform:candidate", args=[found.id])
    office = street.as_("reform")
    chinese, english = (seen(office.get(page, headers={"Accept-Language": each})) for each in ("zh-hans", "en"))
    for kind in Did:
        assert NAMES[kind].msgid in chinese, kind
        assert NAMES[kind].msgid not in english, kind


def test_what_others_did_is_shown_beside_and_every_line_leads_to_its_file(street: Street, found: Candidate) -> None:
    group = Group.objects.create(name="务工证明")
    Candidate.objects.filter(id=found.id).update(group=group)
    for side, office, way in (("demand", "homes", ""), ("elsewhere", "别城", "个人承诺")):
        report = Report.objects.create(
            office=office, side=side, name=f"{side}.xlsx", digest=side, sheets=[], stage="taken",
            made_at=NOW, made_by="x", taken_at=NOW, taken_by="x",
        )  # fmt: skip
        Row.objects.create(report=report, sheet=0, number=7, name="务工证明", way=way, group=group)
    Opinion.objects.create(
        candidate=found, office="homes", part="demander", due=NOW.date(), asked_at=NOW, asked_by="x",
        says="object", words="还要用", said_at=NOW, said_by="y",
    )  # fmt: skip
    shown = seen(street.as_("reform").get(reverse("reform:candidate", args=[found.id])))
    for words in ("别城", "个人承诺", "demand.xlsx 第 7 行", "不同意这样办", "还要用"):
        assert words in shown


def test_the_list_takes_as_many_queries_for_fifty_as_for_five(street: Street) -> None:
    office, counted = street.as_("reform"), []
    for more in (5, 45):
        for n in range(more):
            candidate(name=f"第{n}种收入证明")
        judging.review(city=CITY, now=NOW)
        office.get(reverse("reform:candidates"))
        with CaptureQueriesContext(connection) as caught:
            office.get(reverse("reform:candidates"))
        counted.append(len(caught))
    assert counted[0] == counted[1]


def test_proposing_is_a_button_until_everything_has_a_proposal(street: Street) -> None:
    candidate(name="收入证明")
    office = street.as_("reform")
    assert "为 1 项提出建议" in seen(office.get(reverse("reform:candidates")))
    done = office.post(reverse("reform:propose"), follow=True)
    assert "已为 1 项提出建议" in seen(done)
    assert "为 1 项提出建议。" in seen(done) and reverse("reform:propose") not in done.content.decode()


def test_what_is_not_there_is_404(street: Street) -> None:
    assert street.as_("reform").get(reverse("reform:candidate", args=[uuid.uuid4()])).status_code == 404
