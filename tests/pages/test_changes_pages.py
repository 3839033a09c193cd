"""Changes on the pages: the village's and the office's list, dead letters, addresses of receivers, erasing, looking back."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

import pytest
from django.urls import reverse

from mianzheng.audit.models import Entry
from mianzheng.cases.actions import deciding
from mianzheng.catalogue.actions.load_city import load_city
from mianzheng.centre.actions.correcting import correct
from mianzheng.centre.actions.hooks import secret_of
from mianzheng.centre.models import Delivery, Hook
from mianzheng.centre.queries.records import records
from mianzheng.centre.rules import signing
from tests.pages.street import Street, seen, street
from tests.second_city.feeds import ADDRESS, FED_FILES, HOUSEHOLDS, PERMITS, changed, house
from tests.second_city.life import DAY, NOW, day, officer
from tests.second_city.reading import CITY

__all__ = ["street"]

MINUTE = datetime.timedelta(minutes=1)
SPRING = day("2026-03-01")


@pytest.fixture
def fed(street: Street) -> Street:
    load_city(files=FED_FILES, actor="operator", now=NOW + MINUTE)
    return street


def grown(heads: int = 5) -> uuid.UUID:
    """Let a household of the well's community grow; return the house."""
    found = house()
    changed(HOUSEHOLDS, [(found, heads, "古井社区", SPRING)], [(found, heads - 1, "古井社区", SPRING)])
    return found


def page(street: Street, who: str, name: str, *args: Any, **query: str) -> str:
    answer = street.as_(who).get(reverse(name, args=args), query)
    assert answer.status_code == 200, answer
    return seen(answer)


def post(street: Street, who: str, name: str, *args: Any, **given: Any) -> str:
    answer = street.as_(who).post(reverse(name, args=args), given, follow=True)
    assert answer.status_code == 200, answer
    return seen(answer)


def test_a_desk_with_nothing_due_says_so(fed: Street):
    for who in ("wanda", "homes", "duty"):
        assert "没有待办的变动，做得好" in page(fed, who, "centre:changes")
    assert "还没有办结的" in page(fed, "homes", "centre:changes", show="done")
    assert "没有发不出去的，做得好" in page(fed, "duty", "centre:letters")


def test_the_village_learns_address_and_head_count_and_the_look_is_logged(fed: Street):
    subject = grown()
    listed = page(fed, "wanda", "centre:changes")
    assert "户数告知村社" in listed
    assert "户内人数 5" in listed
    assert ADDRESS not in listed
    assert not Entry.objects.filter(subject=subject, action="reveal").exists()
    row = Delivery.objects.get()
    opened = page(fed, "wanda", "centre:change", row.id)
    assert ADDRESS in opened
    assert "以前要等人拿来“务工证明”才知道" in opened
    assert "330782001001" not in opened, "the number of the unit is nothing the village needs"
    entry = Entry.objects.get(subject=subject, action="reveal")
    assert (entry.purpose, entry.actor_role, entry.actor_office) == ("数据回流“户数告知村社”", "agent", "well")
    assert "有 1 条变动要看" in page(fed, "wanda", "cases:agent")
    after = post(fed, "wanda", "centre:change_done", row.id, note="已走访")
    assert "已办结，列表里少了一条" in after
    assert "没有待办的变动" in after
    assert "已走访" in page(fed, "wanda", "centre:changes", show="done")
    done = page(fed, "wanda", "centre:change", row.id)
    assert ADDRESS not in done, "what is done names nobody any more"
    assert "已经有人办过了" in post(fed, "wanda", "centre:change_done", row.id)


def test_an_office_sees_its_own_changes_only_and_by_kind(fed: Street):
    anna, ben = fed.town["anna"], fed.town["ben"]
    changed(PERMITS, [(anna, "1", "ended", SPRING), (ben, "1", "ended", SPRING)], [(anna, "1", "valid", SPRING)])
    listed = page(fed, "homes", "centre:changes")
    assert "许可注销" in listed
    assert "许可变动" not in listed
    assert "有变动" in listed
    assert "新登记" in listed
    assert "anna" not in listed
    row = Delivery.objects.filter(receiver="homes").first()
    assert row is not None
    opened = page(fed, "homes", "centre:change", row.id)
    assert "anna" in opened
    assert fed.town.numbers["anna"] in opened
    assert "请先和本人谈" in opened
    assert fed.as_("civil").get(reverse("centre:change", args=[row.id])).status_code == 404
    assert fed.as_("civil").post(reverse("centre:change_done", args=[row.id])).status_code == 404
    waits = Delivery.objects.get(feed="permits-by-machine", subject=anna)
    for who in ("homes", "civil", "duty"):
        assert fed.as_(who).get(reverse("centre:change", args=[waits.id])).status_code == 404
    assert "没有待办的变动" in page(fed, "homes", "centre:changes", feed="nothing")
    assert "变更通知 2" in page(fed, "homes", "cases:desk")


def test_a_long_list_has_pages(fed: Street):
    Delivery.objects.bulk_create(
        Delivery(
            feed="ended-permits", receiver="homes", item="permits", subject=uuid.UUID(int=n), change="changed",
            status="listed", made_at=NOW, next_at=NOW,
        )
        for n in range(120)
    )  # fmt: skip
    for start, links in (("0", "下一页"), ("50", "上一页"), ("100", "上一页"), ("junk", "下一页")):
        found = page(fed, "homes", "centre:changes", **{"from": start})
        assert links in found
    assert "下一页" not in page(fed, "homes", "centre:changes", **{"from": "100"})


def test_who_granted_a_case_is_told_which_item_changed_and_can_look_back(street: Street):
    found = street.town.handed_in("anna").case
    deciding.take_up(case=found.id, actor=officer("homes"), now=NOW)
    deciding.grant(case=found.id, actor=officer("homes"), now=NOW)
    debts = CITY.items["debts"]
    street.now = NOW + DAY
    street.town.refresh(street.now)
    anna = street.town["anna"]
    correct(city=CITY, item=debts, subject=anna, before=None, after={"amount": 9}, now=street.now)
    listed = page(street, "homes", "centre:changes")
    assert "您准予的办件，依据有变动" in listed
    assert "房款欠缴" in listed
    assert "9" not in listed.replace("2026", "").split("房款欠缴")[1][:3]
    row = Delivery.objects.get()
    opened = street.as_("homes").get(reverse("centre:change", args=[row.id])).content.decode()
    assert reverse("cases:decide", args=[found.id]) in opened
    assert (
        reverse("cases:then", args=[found.id])
        in street.as_("homes").get(reverse("cases:decide", args=[found.id])).content.decode()
    )
    asked = page(street, "homes", "cases:then", found.id)
    assert "为什么要回看" in asked
    assert "不符" not in asked
    assert "请写明为什么要回看" in post(street, "homes", "cases:then", found.id, why=" ")
    street.now += DAY
    answer = post(street, "homes", "cases:then", found.id, why="有人举报")
    assert "有 1 项和那天不一样" in answer
    assert Entry.objects.filter(purpose="回看办件依据：有人举报", subject=anna).exists()
    waiting = street.town.handed_in("eric", knowing=True).case
    assert street.as_("homes").get(reverse("cases:then", args=[waiting.id])).status_code == 404


def dead(street: Street) -> Delivery:
    row = Delivery.objects.create(
        feed="permits-by-machine", receiver="water", item="permits", subject=street.town["anna"], change="changed",
        payload={"status": "ended"}, status="dead", tries=8, problem="status:503", made_at=NOW, next_at=NOW,
    )  # fmt: skip
    Delivery.objects.create(
        feed="permits-by-machine", receiver="water", item="permits", subject=street.town["anna"], change="removed",
        status="pending", made_at=NOW, next_at=NOW,
    )  # fmt: skip
    return row


def test_a_dead_letter_says_why_and_is_sent_again_or_settled(fed: Street):
    row = dead(fed)
    listed = page(fed, "duty", "centre:letters")
    for words in ("石桥水务公司", "许可状态", "对方应答 503，没有收下", "试过 8 次", "后面还有 1 条在等"):
        assert words in listed
    assert "anna" not in listed
    assert "已重新排队" in post(fed, "duty", "centre:letter_again", row.id)
    assert "已经不在死信里" in post(fed, "duty", "centre:letter_by_hand", row.id, note="x")
    Delivery.objects.filter(id=row.id).update(status="dead")
    assert "请写明原因" in post(fed, "duty", "centre:letter_by_hand", row.id, note=" ")
    assert "已了结" in post(fed, "duty", "centre:letter_by_hand", row.id, note="电话告知")
    Delivery.objects.filter(status="pending").update(status="dead")
    Delivery.objects.create(
        feed="permits-by-machine", receiver="water", item="permits", subject=fed.town["ben"], change="added",
        status="dead", tries=8, made_at=NOW, next_at=NOW,
    )  # fmt: skip
    assert "石桥水务公司修好了，2 条全部再发" in page(fed, "duty", "centre:letters")
    assert "2 条已重新排队" in post(fed, "duty", "centre:letters_again", receiver="water")
    assert set(Delivery.objects.exclude(id=row.id).values_list("status", "tries")) == {("pending", 0)}
    assert Entry.objects.filter(action="delivery.again").count() == 3
    row.refresh_from_db()
    assert (row.status, row.note, row.settled_by) == ("done", "电话告知", str(fed.accounts["duty"].id))


def test_an_address_gets_its_secret_once(fed: Street):
    assert "没有地址，发不出去" not in page(fed, "duty", "centre:hooks")
    dead(fed)
    assert "没有地址，发不出去" in page(fed, "duty", "centre:hooks")
    assert "这个接收地址不能用" in post(fed, "duty", "centre:hook_save", "water", url="https://10.0.0.1/")
    saved = fed.as_("duty").post(
        reverse("centre:hook_save", args=["water"]), {"url": "https://water.example.com/changes"}
    )
    assert "no-store" in saved["Cache-Control"]
    hook = Hook.objects.get()
    secret = signing.written(secret_of(hook))
    assert secret in seen(saved)
    later = fed.as_("duty").get(reverse("centre:hooks")).content.decode()
    assert "https://water.example.com/changes" in later
    assert secret not in later
    post(fed, "duty", "centre:hook_save", "water", url="https://water.example.com/changes")
    hook.refresh_from_db()
    assert signing.written(secret_of(hook)) != secret
    assert "已停用" in post(fed, "duty", "centre:hook_close", "water")
    assert not Hook.objects.exists()
    for name in ("centre:hook_save", "centre:hook_close"):
        assert fed.as_("duty").post(reverse(name, args=["homes"]), {"url": "https://example.com"}).status_code == 404


def test_a_city_without_machines_says_what_to_do(street: Street):
    assert "没有单位按接口收变动" in page(street, "duty", "centre:hooks")


def test_erasing_asks_twice_and_says_little(street: Street):
    debts, eric = CITY.items["debts"], street.town["eric"]
    number = street.town.numbers["eric"]
    assert "全部信息项" in page(street, "duty", "centre:erasure")
    given = {"number": number, "items": ["debts"], "reason": "本人要求"}
    answer = post(street, "duty", "centre:erasure", **given)
    assert "请先勾选确认" in answer
    assert number not in answer
    wrong = ({"number": "123"}, {"items": []}, {"reason": ""}, {"items": ["nothing"]}, {"number": "330782198005170099"})
    for each in wrong:
        post(street, "duty", "centre:erasure", **{**given, "sure": "yes", **each})
        assert records(CITY, debts, [eric])
    assert "已删除，涉及 1 个信息项" in post(street, "duty", "centre:erasure", **given, sure="yes")
    assert records(CITY, debts, [eric], at=NOW + MINUTE) == {}
    assert "删除了记录" in page(street, "eric", "evidence:my_data")
    assert "已删除，涉及" in post(street, "duty", "centre:erasure", **{**given, "items": ["all"]}, sure="yes")


@pytest.mark.parametrize("name", ["centre:changes", "centre:letters", "centre:hooks", "centre:erasure"])
def test_they_speak_english(fed: Street, name: str):
    client = fed.as_("duty")
    client.cookies["django_language"] = "en"
    assert client.get(reverse(name)).status_code == 200
