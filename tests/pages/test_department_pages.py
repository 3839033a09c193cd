"""The department's desk: only one's own work, by deadline; answered once; decided with reasons and never without."""

from __future__ import annotations

import datetime

import pytest
from django.urls import reverse

from mianzheng.cases.jobs import check_answered
from mianzheng.cases.models import Case
from mianzheng.catalogue.actions.load_city import load_city
from mianzheng.common.actors import Actor
from mianzheng.evidence.actions import secrecy
from mianzheng.evidence.models import Check
from mianzheng.people.actions import open_account
from mianzheng.people.models import Account
from tests.pages.street import Street, seen, street
from tests.pages.test_cases_pages import told
from tests.second_city.asking import DUTY_CALL, ask
from tests.second_city.life import DAY, NOW
from tests.second_city.reading import FILES, city_of
from tests.second_city.sealed import SECRECY

__all__ = ["street"]

SECRET_FILES = {**FILES, "secrecy.csv": SECRECY}


def rows(street: Street, name: str, **filters: str) -> list[str]:
    """Return the kinds of rows on somebody's desk."""
    return [row["kind"] for row in street.as_(name).get(reverse("cases:desk"), filters).context["rows"]]


def test_an_empty_desk_says_well_done(street: Street):
    assert "没有待办，做得好" in seen(street.as_("homes").get(reverse("cases:desk")))


def test_what_waits_elsewhere_is_named_before_anybody_is_praised(street: Street):
    load_city(files=SECRET_FILES, actor="operator", now=NOW + datetime.timedelta(seconds=1))
    office = street.accounts["civil"]
    bob = Account.objects.get(id=open_account(username="bob", roles=["officer"], department="civil", now=NOW))
    street.accounts["bob"] = bob
    desk, grants, orders = (reverse(name) for name in ("cases:desk", "gateway:to_department", "evidence:secrecy"))
    assert "没有待办，做得好" in seen(street.as_("civil").get(desk))
    ask(DUTY_CALL, now=NOW)
    homes = street.as_("homes").get(desk)
    assert "没有待办，做得好" not in seen(homes) and "要答复的查询授权 1" in seen(homes)
    assert f'href="{grants}"' in homes.content.decode().split("<main", 1)[1]
    assert [each["address"] for each in homes.context["elsewhere"]] == [grants]
    assert "没有待办，做得好" in seen(street.as_("civil").get(desk)), "it waits for homes, not for who asked"
    for name in ("anna", "eric"):
        made = secrecy.open_order(
            city=city_of(SECRET_FILES),
            basis="homes-3",
            reference="桥公〔2026〕7号",
            why="会惊动",
            until=NOW.date() + 30 * DAY,
            subject=street.town[name],
            actor=Actor(str(office.id), "officer", "civil"),
            now=NOW,
        )
    assert not street.as_("civil").get(desk).context["elsewhere"], "nobody approves their own"
    waiting = street.as_("bob").get(desk)
    assert [each["address"] for each in waiting.context["elsewhere"]] == [orders]
    assert "等您批准的保密令 2" in seen(waiting) and "做得好" not in seen(waiting)
    assert not street.as_("homes").get(desk, {"show": "case"}).context["rows"]
    secrecy.end_order(order=made, actor=Actor("x", "officer", "civil"), now=NOW)
    assert "等您批准的保密令 1" in seen(street.as_("bob").get(desk))


def test_each_office_sees_its_own_work(street: Street):
    street.town.handed_in("anna")
    street.waiting("ben")
    assert rows(street, "homes") == ["case"]
    assert rows(street, "civil") == ["check"]
    assert rows(street, "homes", show="check") == []
    assert rows(street, "civil", show="check") == ["check"]


def test_a_case_is_on_no_desk_before_it_was_handed_in(street: Street):
    case = street.town.verified("anna").case
    assert rows(street, "homes") == []
    assert street.as_("homes").get(reverse("cases:decide", args=[case.id])).status_code == 404


def test_equal_titles_are_told_apart(street: Street):
    case = street.town.handed_in("eric", knowing=True).case
    page = seen(street.as_("homes").get(reverse("cases:desk")))
    assert case.number in page
    assert "2 符合 · 1 不符" in page
    assert "收到 3月2日(周一) 10:00" in page
    street.waiting("ben")
    assert "收到 3月2日(周一) 10:00" in seen(street.as_("civil").get(reverse("cases:desk")))


def test_who_answers_a_check_sees_what_was_claimed_and_no_more_names(street: Street):
    street.town.silence("work")
    street.town.verified("anna", marital="married", partner=str(street.town["ben"]))
    check = Check.objects.get()
    page = seen(street.as_("civil").get(reverse("cases:check", args=[check.id])))
    assert "申请人填写的" in page
    for part in ("婚姻 已婚", "间数 2", "一起住的配偶 已选择（配偶）"):
        assert part in page, part
    assert "ben" not in page
    assert str(street.town["ben"]) not in page


def test_a_check_says_how_far_to_look(street: Street):
    eric = street.as_("eric")
    case = street.town.verified("eric").case
    told(eric, reverse("cases:choose", args=[case.id, "no-debt", "object"]), why="已还")
    page = seen(street.as_("homes").get(reverse("cases:check", args=[Check.objects.get().id])))
    assert "要查的范围 额度：0" in page


def test_the_most_urgent_comes_first(street: Street):
    first, second = (street.town.handed_in(name).case for name in ("anna", "ben"))
    Case.objects.filter(id=second.id).update(due="2026-02-02")
    shown = street.as_("homes").get(reverse("cases:desk")).context["rows"]
    assert [row["case"].id for row in shown] == [second.id, first.id]
    page = street.as_("homes").get(reverse("cases:desk")).content.decode()
    assert "overdue" in page


def test_one_answer_serves_every_case_that_asks_the_same(street: Street):
    first = street.waiting("anna").case
    second = street.waiting("anna").case
    check = Check.objects.get()
    civil = street.as_("civil")
    page = seen(civil.get(reverse("cases:check", args=[check.id])))
    assert "anna" in page
    assert street.town.numbers["anna"] in page
    assert "2 件办件" in page
    said = told(civil, reverse("cases:answer", args=[check.id]), verdict="holds", note="查了用工台账")
    assert "2 件办件" in said
    check_answered(str(check.id))
    for case in (first, second):
        page = seen(street.as_("anna").get(reverse("cases:case", args=[case.id])))
        assert "核验完了，可以提交" in page
    assert "已经答复过" in told(civil, reverse("cases:answer", args=[check.id]), verdict="fails", note="再查")
    assert "查了用工台账" in seen(civil.get(reverse("cases:check", args=[check.id])))


@pytest.mark.parametrize(("posted", "said"), [({}, "请选择核查结论"), ({"verdict": "holds"}, "请写明核查所见")])
def test_an_answer_needs_a_verdict_and_what_it_rests_on(street: Street, posted: dict[str, str], said: str):
    street.waiting("anna")
    check = Check.objects.get()
    assert said in told(street.as_("civil"), reverse("cases:answer", args=[check.id]), **posted)
    assert Check.objects.get().answered_at is None


def taken_up(street: Street, name: str, *, knowing: bool = False) -> str:
    case = street.town.handed_in(name, knowing=knowing).case
    street.as_("homes").post(reverse("cases:take_up", args=[case.id]))
    return str(case.id)


def test_nobody_is_refused_where_nothing_fails(street: Street):
    case = taken_up(street, "anna")
    homes = street.as_("homes")
    page = homes.get(reverse("cases:decide", args=[case]))
    assert "“暂不能确定”不是拒绝的理由" in seen(page)
    assert f'action="{reverse("cases:refuse", args=[case])}"' in page.content.decode()
    said = told(homes, reverse("cases:refuse", args=[case]), findings="不像", basis="homes-3")
    assert "没有一项事实是“不符”" in said
    assert Case.objects.get(id=case).status == "in_review"


@pytest.mark.parametrize(
    ("posted", "said"),
    [
        ({"basis": "homes-3"}, "请写明认定的事实"),
        ({"findings": "欠款"}, "请选择依据的条款"),
        ({"findings": "   ", "basis": "homes-3"}, "请写明认定的事实"),
    ],
)
def test_a_refusal_needs_findings_and_an_article(street: Street, posted: dict[str, str], said: str):
    case = taken_up(street, "eric", knowing=True)
    assert said in told(street.as_("homes"), reverse("cases:refuse", args=[case]), **posted)
    assert Case.objects.get(id=case).status == "in_review"


def test_an_article_the_matter_does_not_stand_on_is_refused_in_words(street: Street):
    case = taken_up(street, "eric", knowing=True)
    said = told(street.as_("homes"), reverse("cases:refuse", args=[case]), findings="欠款", basis="nothing")
    assert "请选择依据的条款" in said
    assert Case.objects.get(id=case).status == "in_review"


def test_to_grant_against_a_failing_fact_needs_a_reason(street: Street):
    case = taken_up(street, "eric", knowing=True)
    homes = street.as_("homes")
    assert "准予要写明理由" in told(homes, reverse("cases:grant", args=[case]))
    told(homes, reverse("cases:grant", args=[case]), findings="欠款昨天已还，收据已核对")
    assert Case.objects.get(id=case).status == "granted"
    assert "欠款昨天已还" in seen(homes.get(reverse("cases:reliance", args=[case])))


def test_what_is_left_to_the_officer_is_looked_into_before_deciding(street: Street):
    street.town.silence("card")
    case = taken_up(street, "anna")
    homes = street.as_("homes")
    assert "还有事实等您人工核查" in told(homes, reverse("cases:grant", args=[case]))
    finding = reverse("cases:find", args=[case, "has-card"])
    assert "请选择核查结论" in told(homes, finding)
    assert "请写明核查所见" in told(homes, finding, verdict="fails")
    street.later()
    told(homes, finding, verdict="fails", note="卡已注销")
    page = seen(homes.get(reverse("cases:decide", args=[case])))
    assert "退回申请人" in page, "the person has not seen it yet"
    refusing = reverse("cases:refuse", args=[case])
    assert "没有机会说明" in told(homes, refusing, findings="卡已注销", basis="homes-3")
    told(homes, reverse("cases:send_back", args=[case]), note="卡已注销，请看")
    assert Case.objects.get(id=case).status == "draft"
    assert "卡已注销，请看" in seen(street.as_("anna").get(reverse("cases:case", args=[case])))


def test_a_case_is_taken_up_and_decided_once(street: Street):
    case = taken_up(street, "anna")
    homes = street.as_("homes")
    assert "不能这样做" in told(homes, reverse("cases:take_up", args=[case]))
    told(homes, reverse("cases:grant", args=[case]))
    assert "不能这样做" in told(homes, reverse("cases:grant", args=[case]))
    done = seen(homes.get(reverse("cases:done")))
    assert Case.objects.get(id=case).number in done


def test_the_officer_sees_a_name_and_a_masked_number_and_that_is_logged(street: Street):
    case = taken_up(street, "anna")
    page = seen(street.as_("homes").get(reverse("cases:decide", args=[case])))
    assert "anna" in page
    assert street.town.numbers["anna"] not in page
    data = seen(street.as_("anna").get("/my/data/"))
    assert "石桥市住房局" in data
    assert "查看姓名和证件号码" in data
