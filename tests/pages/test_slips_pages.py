"""Slips through their doors: by oneself, at the village, at the window, on the phone; read, verified and answered; counted."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from mianzheng.common.actors import PROGRAM
from mianzheng.oversight.actions.finding import find_demanded
from mianzheng.oversight.models import Finding
from mianzheng.reform.models import Slip
from mianzheng.web import sql
from tests.actions.asked import grant
from tests.pages.street import Street, seen, street
from tests.second_city.life import DAY, NOW

__all__ = ["street"]

NEW = "/certificates/work-paper/slip/"


def made(street: Street, who: str | None = None, **said: str) -> Slip:
    response = street.as_(who).post(NEW, {"demander": "homes", **said})
    slip = Slip.objects.latest("id")
    assert response.status_code == 302 and response["Location"] == reverse("reform:slip", args=[slip.token])
    return slip


def test_anybody_makes_one_from_the_page_of_the_certificate(street: Street):
    nobody = street.as_(None)
    page = nobody.get(reverse("catalogue:certificate", args=["work-paper"])).content.decode()
    assert f'href="{NEW}"' in page and "打印不再开具告知单" in page
    form = seen(nobody.get(NEW))
    assert "已在第 1 批取消" in form
    slip = made(street, purpose="租房")
    assert (slip.channel, slip.made_by, slip.place) == ("online", "", "")
    told = seen(nobody.get(reverse("reform:slip", args=[slip.token])))
    for said in (
        "“务工证明”已经取消",
        "致：石桥市住房局",
        "第 1 批取消",
        "2019年6月1日",
        "第四十四条",
        "租房",
        "12345",
        f"testserver/slips/{slip.token}/",
    ):
        assert said in told, said
    assert Slip.objects.get().opened_at is None  # looking at one's own is no scan


def test_it_is_read_in_english_too(street: Street):
    slip = made(street)
    reader = street.as_(None)
    reader.cookies["django_language"] = "en"
    told = seen(reader.get(reverse("reform:slip", args=[slip.token])))
    assert "is cancelled and no longer made out" in told and "art. 44" in told
    assert not re.findall("[一-鿿]{4,}", told.replace("免证", ""))


@pytest.mark.parametrize("code", ["abroad-paper"])
def test_a_kept_certificate_says_what_to_do_instead(street: Street, code: str):
    address = reverse("reform:slip_new", args=[code])
    page = street.as_(None).get(address)
    assert "还在保留清单上" in seen(page) and "<textarea" not in page.content.decode()
    assert street.as_(None).post(address, {"demander": "homes"}).status_code == 422
    assert not Slip.objects.exists()


def test_what_names_a_person_is_refused_and_stays_in_the_form(street: Street):
    page = street.as_(None).post(NEW, {"demander": "homes", "purpose": "张三 13800138000"})
    assert page.status_code == 422
    assert "不写任何人的信息" in seen(page) and 'value="张三 13800138000"' in page.content.decode()


def test_the_agent_answers_on_one_screen_and_makes_it_out(street: Street):
    agent = street.as_("wanda")
    page = agent.get(reverse("cases:agent"), {"q": "务工证明"})
    shown = page.content.decode()
    assert "第 1 批已取消" in shown and f'action="{NEW}"' in shown and "石桥市住房局在要：出告知单" in seen(page)
    assert "照旧开" in seen(agent.get(reverse("cases:agent"), {"q": "境外用"}))
    slip = made(street, "wanda")
    assert (slip.channel, slip.place) == ("village", "well")
    assert "古井社区" in seen(agent.get(reverse("reform:slip", args=[slip.token])))


@pytest.mark.parametrize(
    ("who", "channel", "kept"),
    [
        ("homes", "window", "window"),
        ("lender", "phone", "phone"),
        ("reform", "", "phone"),
        ("reform", "window", "window"),
        ("homes", "village", "window"),
    ],
)
def test_staff_say_how_the_person_came(street: Street, who: str, channel: str, kept: str):
    assert made(street, who, channel=channel).channel == kept


def test_the_code_read_out_on_the_phone_opens_it(street: Street):
    slip = made(street, "reform")
    other = street.as_("homes")
    first = other.get("/slips/", {"code": f"{slip.token[:3].lower()} {slip.token[3:]}"})
    assert first["Location"] == f"/slips/{slip.token}/?qr=1"
    assert other.get(first["Location"])["Location"] == f"/slips/{slip.token}/"
    slip.refresh_from_db()
    assert slip.opened_at == NOW and slip.opened_office == "homes"
    assert sql.fetch("SELECT args ->> 'slip' FROM procrastinate_jobs WHERE task_name = 'oversight.demanded'") == [
        (str(slip.id),)
    ]
    assert "没有这个编号的告知单" in seen(other.get("/slips/", {"code": "222222"}))


def test_a_head_request_scans_nothing(street: Street):
    slip = made(street)
    street.as_(None).head(f"/slips/{slip.token}/?qr=1")
    assert Slip.objects.get().opened_at is None


def test_the_page_to_enter_finds_certificates(street: Street):
    page = street.as_(None).get("/slips/", {"q": "务工"})
    assert f'href="{NEW}"' in page.content.decode()
    kept = street.as_(None).get("/slips/", {"q": "境外用"})
    assert "保留" in seen(kept) and "abroad-paper/slip" not in kept.content.decode()


def test_whoever_asks_verifies_under_its_grant_or_asks_for_one(street: Street):
    address = reverse("reform:slip", args=[made(street).token])
    assert "用贵单位的账号登录" in seen(street.as_(None).get(address))
    without = street.as_("homes").get(address).content.decode()
    assert "/window/grants/new/?matter=" in without and "fact=works" in without
    grant("homes", fact="works", matter="home")
    page = street.as_("homes").get(address).content.decode()
    (window,) = re.findall(r'href="(/window/\?[^"]+)"', page)
    opened = street.as_("homes").get(window.replace("&amp;", "&"))
    assert re.search(r'name="facts" value="works" checked', opened.content.decode())
    assert "不用另外核验" in seen(street.as_("water").get(address))


def test_whom_it_names_answers(street: Street):
    slip = made(street)
    address = reverse("reform:slip_answer", args=[slip.token])
    desk = street.as_("homes")
    empty = desk.post(address, {"still": "1", "answer": " "})
    assert empty.status_code == 422 and "须写明为什么" in seen(empty)
    neither = desk.post(address, {})
    assert neither.status_code == 422 and "还没有选" in seen(neither)
    desk.post(address, {"still": "1", "answer": "办法第三条"})
    assert "办法第三条" in seen(desk.get(reverse("reform:slip", args=[slip.token])))
    assert street.as_("civil").post(address, {"still": "0"}).status_code == 404
    assert "我们不再要了" not in seen(street.as_("civil").get(reverse("reform:slip", args=[slip.token])))
    desk.post(address, {"still": "0", "answer": "办法第三条"})
    assert "不再要了" in seen(street.as_("reform").get(reverse("reform:slips"), {"show": "answered"}))


def test_a_withdrawn_cancelling_says_so(street: Street, monkeypatch: pytest.MonkeyPatch):
    slip = made(street)
    Slip.objects.filter(id=slip.id).update(certificate="abroad-paper")
    told = seen(street.as_(None).get(reverse("reform:slip", args=[slip.token])))
    assert "不再有效" in told and "的取消后来撤回了" in told and "请不要再要" not in told


def found(slip: Slip) -> None:
    said: dict[str, Any] = {"certificate": slip.certificate, "office": slip.demander, "office_said": slip.demander_said}
    find_demanded(slip=slip.id, **said, actor=PROGRAM, now=NOW)


def test_the_reform_office_and_oversight_see_who_still_asks(street: Street):
    for who in ("wanda", None):
        found(made(street, who))
    found(made(street, demander="", demander_said="某某物业"))
    street.now = NOW + DAY
    for page in (
        street.as_("reform").get(reverse("reform:slips")),
        street.as_("watch").get(reverse("oversight:findings")),
    ):
        told = seen(page)
        assert "石桥市住房局" in told and "某某物业" in told and "务工证明" in told
    narrowed = street.as_("watch").get(reverse("oversight:findings"), {"office": "某某物业"})
    assert len(narrowed.context["rows"]) == 1
    assert len(street.as_("reform").get(reverse("reform:slips"), {"demander": "homes"}).context["slips"]) == 2
    assert "没有谁还在索要" in seen(street.as_("watch").get(reverse("oversight:findings"), {"office": "water"}))


@pytest.mark.parametrize(("who", "page"), [("reform", "reform:slips"), ("watch", "oversight:findings")])
def test_many_cost_as_many_queries_as_one(street: Street, who: str, page: str):
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(reverse(page)).status_code == 200
        return len(asked)

    client = street.as_(who)
    found(made(street))
    queries()
    once = queries()
    for number in range(6):
        found(made(street, demander="", demander_said=f"某{number}"))
    assert Finding.objects.count() == 7
    assert queries() == once


def test_empty_pages_say_what_would_be_there(street: Street):
    assert "周没有出过告知单" in seen(street.as_("reform").get(reverse("reform:slips")))
    assert "没有谁还在索要" in seen(street.as_("watch").get(reverse("oversight:findings")))
