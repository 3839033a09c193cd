"""Leads and questions on pages: who sees what, what is logged, and that nobody looked at is named."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from mianzheng.audit import actions as audit
from mianzheng.audit.models import Entry
from mianzheng.audit.rules import NewEntry
from mianzheng.common.actors import OPERATOR, Actor
from mianzheng.oversight.actions.deciding import escalate
from mianzheng.oversight.actions.scoring import score
from mianzheng.oversight.models import Lead, Question
from mianzheng.oversight.rules.leads import Status
from mianzheng.people.actions import open_account
from tests.pages.street import Street, seen, street
from tests.second_city.life import DAY, NOW
from tests.second_city.reading import CITY

__all__ = ["street"]


def looked(street: Street, who: str, at: str, **more: Any) -> uuid.UUID:
    """Write that `who` of homes looked at `at` without a case; return the line."""
    account = street.accounts[who]
    looker = Actor(str(account.id), "officer", account.department)
    entry = {"at": NOW, "action": "reveal", "purpose": "查看", "subject": street.town[at], **looker.log(), **more}
    audit.write([NewEntry(**entry)])
    return Entry.objects.filter(subject=street.town[at], actor=str(account.id)).latest("id").id


@pytest.fixture
def lead(street: Street) -> Lead:
    looked(street, "homes", "dora")
    score(city=CITY, day=NOW.date(), actor=OPERATOR, now=NOW + DAY)
    street.now = NOW + DAY
    return Lead.objects.get()


def test_the_officer_replies_and_the_head_closes(street: Street, lead: Lead):
    officer, head = street.as_("homes"), street.as_("chief")
    page = reverse("oversight:lead", args=[lead.id])
    listed = officer.get(reverse("oversight:leads"))
    assert page in listed.content.decode()
    assert "没有在办的事" in seen(listed)
    shown = seen(head.get(page))
    assert "1 次查询找不到在办的事：没有写明办件。" in shown
    assert "请经办人说明" in shown and "说得清，办结" not in shown
    head.post(reverse("oversight:lead_ask", args=[lead.id]))
    assert "您来说明" in seen(officer.get(page))
    empty = officer.post(reverse("oversight:lead_reply", args=[lead.id]), {"reply": " "})
    assert "请写明查这些是为了什么" in seen(empty)
    officer.post(reverse("oversight:lead_reply", args=[lead.id]), {"reply": "核对住房台账"})
    assert "核对住房台账" in seen(head.get(page))
    head.post(reverse("oversight:lead_explain", args=[lead.id]), {"answer": "台账有记录"})
    assert "到此为止" in seen(officer.get(page))
    assert page in officer.get(reverse("oversight:leads") + "?show=ended").content.decode()


def test_what_was_typed_stays_where_it_is_refused(street: Street, lead: Lead):
    street.as_("chief").post(reverse("oversight:lead_pass_on", args=[lead.id]), {"why": "说不清"})
    watch = street.as_("watch")
    answer = watch.post(
        reverse("oversight:all_lead_close", args=[lead.id]), {"outcome": "referred", "closing": "写了很久"}
    )
    assert answer.status_code == 200
    assert "经办人还没有被请来说明" in seen(answer)
    assert "写了很久" in answer.content.decode()
    assert Lead.objects.get().status == Status.PASSED


def test_oversight_sees_all_and_closes(street: Street, lead: Lead):
    watch = street.as_("watch")
    assert str(lead.id) in watch.get(reverse("oversight:all_leads")).content.decode()
    street.as_("chief").post(reverse("oversight:lead_pass_on", args=[lead.id]), {"why": "说不清"})
    assert str(lead.id) in watch.get(reverse("oversight:all_leads") + "?show=passed").content.decode()
    done = {"outcome": "explained", "closing": "核对了档案"}
    assert watch.post(reverse("oversight:all_lead_close", args=[lead.id]), done).status_code == 302
    assert "核对了档案" in seen(watch.get(reverse("oversight:all_lead", args=[lead.id])))


def test_no_page_names_who_was_looked_at_and_opening_is_logged(street: Street, lead: Lead):
    number = street.town.numbers["dora"]
    for who, space in (("homes", "lead"), ("chief", "lead"), ("watch", "all_lead")):
        client = street.as_(who)
        before = Entry.objects.filter(action="oversee").count()
        pages = [client.get(reverse(f"oversight:{name}")) for name in ("leads" if space == "lead" else "all_leads",)]
        pages.append(client.get(reverse(f"oversight:{space}", args=[lead.id])))
        assert Entry.objects.filter(action="oversee").count() == before
        pages.append(client.get(reverse(f"oversight:{space}_looks", args=[lead.id])))
        assert Entry.objects.filter(action="oversee").count() == before + 1
        for page in pages:
            text = page.content.decode()
            assert number not in text and "dora" not in text and str(street.town["dora"]) not in text
    mine = seen(street.as_("dora").get(reverse("evidence:my_data")))
    assert "核对这次查询该不该查" in mine and "监督机构" in mine


def test_whoever_is_asked_to_explain_sees_a_number_in_the_navigation(street: Street, lead: Lead):
    desk = reverse("cases:desk")
    due = 'class="due"'
    assert due not in street.as_("homes").get(desk).content.decode()
    street.as_("chief").post(reverse("oversight:lead_ask", args=[lead.id]))
    assert due in street.as_("homes").get(desk).content.decode()
    assert due not in street.as_("civil").get(desk).content.decode()


def test_somebody_of_a_bank_finds_the_lead_about_them_and_replies(street: Street):
    account = street.accounts["lender"]
    clerk = Actor(str(account.id), "asker", "lender")
    entry = {"at": NOW, "action": "lookup", "purpose": "贷款", "subject": street.town["dora"], **clerk.log()}
    audit.write([NewEntry(**entry)])
    score(city=CITY, day=NOW.date(), actor=OPERATOR, now=NOW + DAY)
    street.now = NOW + DAY
    lead, client = Lead.objects.get(), street.as_("lender")
    assert reverse("oversight:leads") in client.get(reverse("gateway:window")).content.decode()
    assert reverse("oversight:lead", args=[lead.id]) in client.get(reverse("oversight:leads")).content.decode()
    client.post(reverse("oversight:lead_reply", args=[lead.id]), {"reply": "客户在柜台前"})
    assert "客户在柜台前" in seen(street.as_("watch").get(reverse("oversight:all_lead", args=[lead.id])))
    for page in ("lead", "lead_looks"):
        assert street.as_("water").get(reverse(f"oversight:{page}", args=[lead.id])).status_code == 404


def test_the_weekly_picture_hides_small_counts(street: Street):
    watch = street.as_("watch")
    assert "这一周没有线索" in seen(watch.get(reverse("oversight:desk")))
    for n in range(6):
        account = open_account(
            username=f"officer{n}", roles=["officer"], department="civil" if n < 5 else "homes", now=NOW
        )
        looker = Actor(str(account), "officer", "civil" if n < 5 else "homes")
        entry = {"at": NOW, "action": "reveal", "purpose": "查看", "subject": street.town["carl"], **looker.log()}
        audit.write([NewEntry(**entry)])
    score(city=CITY, day=NOW.date(), actor=OPERATOR, now=NOW + DAY)
    street.now = NOW + DAY
    page = street.as_("watch").get(reverse("oversight:desk"))
    words = seen(page)
    assert "没有在办的事 6" in words.replace("No live case", "没有在办的事")
    assert words.count("不显示") >= 2 + 1
    assert "少于 5" in seen(page)
    assert "日志核对到" in seen(page)


def test_the_list_costs_the_same_with_many(street: Street, lead: Lead):
    watch = street.as_("watch")

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            watch.get(reverse("oversight:all_leads"))
        return len(queries)

    cost()
    few = cost()
    Lead.objects.bulk_create(
        Lead(source="person", day=NOW.date(), account=street.accounts["homes"].id, office="homes", entries=[],
             due=NOW.date(), made_at=NOW)
        for _ in range(30)
    )  # fmt: skip
    assert cost() == few


def test_i_do_not_recognise_this(street: Street):
    entry = looked(street, "homes", "dora")
    dora = street.as_("dora")
    ask = reverse("oversight:ask", args=[entry])
    assert ask in dora.get(reverse("evidence:my_data")).content.decode()
    assert ask in dora.get(reverse("evidence:receipt", args=[entry])).content.decode()
    form = dora.get(ask)
    assert "石桥市住房局" in seen(form) and "5 个工作日" in seen(form)
    after = dora.post(ask, {"said": "那天我没有办过事"}, follow=True)
    assert "等石桥市住房局答复" in seen(after)
    assert dora.get(ask).status_code == 302
    lead = Lead.objects.get()
    page = reverse("oversight:lead", args=[lead.id])
    assert "那天我没有办过事" in seen(street.as_("chief").get(page))
    assert "那天我没有办过事" not in seen(street.as_("homes").get(page))
    street.as_("chief").post(reverse("oversight:lead_explain", args=[lead.id]), {"answer": "工作需要"})
    questions = reverse("oversight:questions")
    assert "工作需要" in seen(dora.get(questions))
    contest = reverse("oversight:contest", args=[Question.objects.get().id])
    assert contest in dora.get(questions).content.decode()
    dora.post(contest, {"why": "没有说是谁"})
    shown = dora.get(questions)
    assert "等监督机构答复" in seen(shown)
    assert contest not in shown.content.decode()
    street.as_("watch").post(
        reverse("oversight:all_lead_close", args=[lead.id]), {"outcome": "explained", "closing": "窗口核对台账"}
    )
    assert "窗口核对台账" in seen(dora.get(questions))


def test_the_log_answers_at_once_and_nobody_is_troubled(street: Street):
    street.town.handed_in("anna")
    anna = street.as_("anna")
    entry = Entry.objects.filter(subject=street.town["anna"], action="lookup")[0].id
    ask = reverse("oversight:ask", args=[entry])
    assert "问了马上告诉您" in seen(anna.get(ask))
    assert "没有人打开看" in seen(anna.post(ask, follow=True))
    assert not Lead.objects.exists()


def test_where_there_is_no_head_oversight_is_named_before_one_asks(street: Street):
    account = street.accounts["civil"]
    looker = Actor(str(account.id), "officer", "civil")
    audit.write([NewEntry(at=NOW, action="reveal", purpose="查看", subject=street.town["dora"], **looker.log())])
    entry = Entry.objects.get(subject=street.town["dora"], actor=str(account.id)).id
    form = seen(street.as_("dora").get(reverse("oversight:ask", args=[entry])))
    assert "由监督机构答复，10 个工作日以内" in form


def test_a_late_answer_is_said_to_be_late(street: Street):
    entry = looked(street, "homes", "dora")
    dora = street.as_("dora")
    dora.post(reverse("oversight:ask", args=[entry]))
    escalate(city=CITY, now=NOW + 9 * DAY)
    assert "部门没有按期办理，自动转监督机构" in seen(dora.get(reverse("oversight:questions")))


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_stands_in_both_languages(street: Street, lead: Lead, language: str):
    pages = {
        "dora": ["oversight:questions"],
        "homes": ["oversight:leads", ("oversight:lead", lead.id), ("oversight:lead_looks", lead.id)],
        "chief": ["oversight:leads", ("oversight:lead", lead.id)],
        "watch": ["oversight:desk", "oversight:all_leads", ("oversight:all_lead", lead.id)],
    }
    for who, names in pages.items():
        client = street.as_(who)
        client.cookies["django_language"] = language
        for name in names:
            url = reverse(name) if isinstance(name, str) else reverse(name[0], args=[name[1]])
            assert client.get(url).status_code == 200, url


def test_where_a_rule_comes_from_is_said_in_the_readers_language(street: Street, lead: Lead):
    officer, page = street.as_("homes"), reverse("oversight:lead", args=[lead.id])
    assert "石桥住房条例 3" in seen(officer.get(page))
    officer.cookies["django_language"] = "en"
    english = seen(officer.get(page))
    assert "Shiqiao Housing Rules 3" in english and "石桥住房条例" not in english
