"""The inventory on pages: groups confirmed, split, joined; circles drawn; both sides held against each other."""

from __future__ import annotations

import re
import uuid
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from mianzheng.reform.actions import grouping
from mianzheng.reform.models import Candidate, Group, Row
from mianzheng.reform.rules.states import Side
from tests.pages.street import Street, seen, street
from tests.reformed import REFORMER, listing, replaced
from tests.second_city.life import NOW
from tests.second_city.reading import CITY

__all__ = ["street"]

BY: dict[str, Any] = {"actor": REFORMER, "now": NOW}
HERE: dict[str, Any] = {"city": CITY, **BY}
GROUPS = "reform:groups"


@pytest.fixture
def office(street: Street) -> Client:
    return street.as_("reform")


def regrouped() -> None:
    grouping.regroup(**BY)


def the(name: str) -> Group:
    return Group.objects.get(name=name)


def page(client: Client, address: str, *args: Any, **asked: str) -> str:
    response = client.get(reverse(address, args=args), asked)
    assert response.status_code == 200
    return seen(response)


def post(client: Client, address: str, *args: Any, **said: Any) -> str:
    response = client.post(reverse(address, args=args), said, follow=True)
    assert response.redirect_chain and response.status_code == 200
    return seen(response)


def test_a_group_says_what_it_is_called_why_and_who_is_in_it(office: Client):
    listing({"name": "无犯罪记录证明", "issuer": "派出所"}, {"name": "无违法犯罪记录证明", "purpose": "应聘"})
    listing({"name": "无犯罪证明", "way": "数据核验"}, office="别的市", side=Side.ELSEWHERE)
    regrouped()
    listed = page(office, GROUPS)
    assert "等人确认 1" in listed and "无违法犯罪记录证明" in listed and "石桥市住房局" in listed and "派出所" in listed
    assert "说的是同一件事" in listed
    one = page(office, "reform:group", Group.objects.get().id)
    assert "用途 应聘" in one and "homes.xlsx 第 3 行" in one and "别的城市怎么做" in one and "数据核验" in one


def test_confirming_the_sure_ones_says_that_the_others_stay(office: Client):
    listing("无犯罪记录证明", "住房证明")
    regrouped()
    assert "只确认标着" not in page(office, GROUPS)
    Group.objects.filter(name="住房证明").update(confidence=0.5)
    assert "确认有把握的 1 组 只确认标着“有把握”的；其余 1 组留在这里" in page(office, GROUPS)
    post(office, "reform:groups_confirm", which="sure")
    assert the("住房证明").confirmed_at is None and the("无犯罪记录证明").confirmed_at


def test_it_is_confirmed_and_its_candidates_are_there(office: Client):
    listing("无犯罪记录证明", "无违法犯罪记录证明", "住房证明")
    regrouped()
    one = the("无犯罪记录证明")
    said = post(office, "reform:group_confirm", one.id)
    assert "已确认。" in said and "由它而来的证明事项" in said
    one.refresh_from_db()
    assert one.confirmed_by == str(REFORMER.id) or one.confirmed_by
    assert Candidate.objects.get().demander == "homes"
    assert "已确认 1" in page(office, GROUPS) and "无犯罪记录证明" not in page(office, GROUPS)
    assert "无犯罪记录证明" in page(office, GROUPS, show="confirmed")
    listing("无犯罪证明", office="civil")
    regrouped()
    assert "新来 1 行" in page(office, GROUPS)
    assert "新来的" in page(office, "reform:group", one.id)


def test_many_are_confirmed_at_once(office: Client):
    listing("收入证明", "住房证明", "死亡证明", {"name": "材料一份", "paper": "unclear"})
    regrouped()
    said = post(
        office, "reform:groups_confirm", group=[the("收入证明").id, "not an id"], back="/reform/groups/?show=confirmed"
    )
    assert "确认了 1 组。" in said and "收入证明" in said
    assert "确认有把握的 2 组" in page(office, GROUPS)
    assert "确认了 2 组。" in post(office, "reform:groups_confirm", which="sure", back="https://elsewhere.example/")
    assert "材料一份" in page(office, GROUPS)
    assert "还看不出它是不是证明" in post(office, "reform:groups_confirm", group=[the("材料一份").id])
    assert "一组也没有勾选" in post(office, "reform:groups_confirm")
    assert "这一组已经不在了" in post(office, "reform:groups_confirm", group=[str(uuid.uuid4())])
    assert "这一组已经不在了" in post(office, "reform:group_confirm", uuid.uuid4())


def test_it_is_split_joined_named_and_said_what_it_is(office: Client):
    listing("无犯罪记录证明", "无违法犯罪记录证明", "住房证明")
    regrouped()
    one, other = the("无犯罪记录证明"), the("住房证明")
    assert "没有分开" in post(office, "reform:group_split", one.id)
    row = Row.objects.get(name="无违法犯罪记录证明")
    assert "已分开" in post(office, "reform:group_split", one.id, row=[str(row.id)])
    row.refresh_from_db()
    assert row.group_id != one.id
    assert "住房证明" in page(office, "reform:group", one.id, **{"with": "住房"})
    assert "没有这样的一组" in page(office, "reform:group", one.id, **{"with": "没有"})
    assert "已合并" in post(office, "reform:group_join", one.id, other=str(other.id))
    assert not Group.objects.filter(id=other.id).exists()
    assert "没有合并" in post(office, "reform:group_join", one.id)
    assert "清白证明" in post(office, "reform:group_rename", one.id, name="清白证明")
    assert "已记下它是什么" in post(office, "reform:group_say_what", one.id, paper="court")
    assert "清白证明" in page(office, GROUPS, show="none")
    assert "请选择它是什么" in post(office, "reform:group_say_what", one.id, paper="?")
    assert office.get(reverse("reform:group", args=[other.id])).status_code == 404


def test_it_is_found_by_any_of_its_names(office: Client):
    listing("无犯罪记录证明", "无违法犯罪记录证明", "住房证明")
    regrouped()
    found = page(office, GROUPS, q="违法")
    assert "无犯罪记录证明" in found and "住房证明" not in found
    assert "没有这样的一组" in page(office, GROUPS, q="没有的")


def test_what_was_cancelled_and_is_asked_for_again_is_named_with_who_asks(office: Client):
    listing({"name": "务工证明", "purpose": "住房"}, {"name": "务工情况说明", "purpose": "补贴"}, "住房证明")
    listing("务工证明", office="civil", side=Side.ISSUE)
    regrouped()
    back = page(office, GROUPS, show="returned")
    assert back.count("石桥市住房局") >= 2 and "务工情况说明" in back and "住房证明" not in back
    assert "civil.xlsx" not in back
    grouping.confirm_sure(least=0, **HERE)
    assert not Candidate.objects.filter(name="务工证明").exists()


def test_nothing_comes_back_that_was_listed_before_it_was_cancelled(office: Client, monkeypatch: pytest.MonkeyPatch):
    listing("务工证明", now=NOW.replace(year=2000))
    regrouped()
    assert "没有取消后又来要的" in page(office, GROUPS, show="returned")


def test_circles_are_drawn_and_told(office: Client):
    listing({"name": "户籍证明", "purpose": "开具居住证明"})
    regrouped()
    assert "没有找到循环证明" in page(office, "reform:circles")
    listing({"name": "居住证明", "purpose": "开具户籍证明"}, office="civil")
    regrouped()
    response = office.get(reverse("reform:circles"))
    told = seen(response)
    assert "办“居住证明”，石桥市住房局（市级）要“户籍证明”" in told and "从这里断开" in told
    (picture,) = re.findall(r"<svg viewBox.*?</svg>", response.content.decode(), re.S)
    assert picture.count('class="paper"') == 2 and picture.count('<path class="arrow') == 2
    assert picture.count("is-cut") == 2  # the arrow and who stands at it


def test_both_sides_are_held_against_each_other(office: Client):
    assert "还没有清单" in page(office, "reform:mismatches")
    listing({"name": "住房证明", "issuer": "石桥市民政局"}, {"name": "务工证明", "issuer": "省外派出所"})
    listing({"name": "收入证明", "demander": "供电公司"}, "务工证明", office="civil", side=Side.ISSUE)
    listing("存款证明", office="bank", demander_kind="finance", demander="石桥银行")
    regrouped()
    issued = page(office, "reform:mismatches", kind="nobody_issues")
    assert "住房证明" in issued and "务工证明" not in issued and "石桥市民政局" in issued
    assert "存款证明" in page(office, "reform:mismatches", kind="not_ordered")
    assert "务工证明" in page(office, "reform:mismatches", kind="from_elsewhere")
    demanded = page(office, "reform:mismatches", kind="nobody_demands")
    assert "收入证明" in demanded and "先确认" in demanded and "列为待处理" not in demanded.replace("已列为待处理", "")
    grouping.confirm_sure(least=0, **HERE)
    assert "列为待处理" in page(office, "reform:mismatches", kind="nobody_demands")
    assert "已列为待处理。" in post(office, "reform:group_take_up", the("收入证明").id)
    assert "已列为待处理" in page(office, "reform:mismatches", kind="nobody_demands")
    assert Candidate.objects.get(name="收入证明").demander_said == "供电公司"
    table = office.get(reverse("reform:mismatches_csv"))
    text = table.content.decode("utf-8-sig")
    assert text.splitlines()[0] == "证明名称,哪里对不上,原因,谁的清单"
    assert "收入证明,有人开，没有人要" in text and table["Content-Type"].startswith("text/csv")


def test_the_table_counts_each_kind_and_level(office: Client):
    listing("住房证明", "收入证明")
    listing("住房证明", office="village", demander_code="community", demander="村", demander_level="community")
    regrouped()
    text = page(office, "reform:mismatches")
    assert "政府部门 2 0 1 公共服务机构 0 0 0" in text


def test_the_desk_counts_what_stands_on_lists(office: Client):
    old = listing("住房证明", {"name": "医师证书", "paper": "licence"})
    listing("收入证明", office="别的市", side=Side.ELSEWHERE)
    regrouped()
    grouping.confirm_sure(least=0, **HERE)
    assert "1 种，其中 1 种有人确认" in page(office, "reform:desk")
    replaced(old, "死亡证明")
    regrouped()
    assert "1 种，其中 0 种有人确认" in page(office, "reform:desk")


@pytest.mark.parametrize("show", ["", "none", "confirmed", "returned"])
def test_a_list_asks_the_same_number_of_questions_however_long(office: Client, show: str):
    def count() -> int:
        with CaptureQueriesContext(connection) as asked:
            page(office, GROUPS, show=show)
        return len(asked)

    listing("住房证明", "务工证明", {"name": "医师证书", "paper": "licence"})
    regrouped()
    page(office, GROUPS)
    few = count()
    for n in range(4):
        listing(*(f"{chr(0x4E00 + 97 * k)}{n}证明" for k in range(20)), "务工情况说明", office=f"office{n}")
    regrouped()
    assert count() == few
    if show == "":
        grouping.confirm_sure(least=0, **HERE)


@pytest.mark.parametrize("name", ["reform:circles", "reform:mismatches", "reform:mismatches_csv"])
def test_a_comparison_asks_the_same_number_of_questions_however_long(office: Client, name: str):
    def count() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert office.get(reverse(name)).status_code == 200
        return len(asked)

    listing({"name": "户籍证明", "purpose": "开具居住证明"}, {"name": "居住证明", "purpose": "开具户籍证明"})
    regrouped()
    count()
    few = count()
    listing(*({"name": f"户籍证明{n}", "purpose": "开具居住证明"} for n in range(30)), office="civil")
    regrouped()
    assert count() == few


def test_a_group_asks_the_same_number_of_questions_however_long(office: Client):
    def count() -> int:
        with CaptureQueriesContext(connection) as asked:
            page(office, "reform:group", Group.objects.get().id)
        return len(asked)

    listing("住房证明")
    regrouped()
    count()
    few = count()
    for n in range(5):
        listing("住房证明", {"name": "住房证明", "purpose": "落户"}, office=f"office{n}")
    regrouped()
    grouping.confirm_sure(least=0, **HERE)
    assert count() == few
