"""The data centre's desk: quality, doubts, sharing; the public page of an item. One's own department only, nobody named
in a list, and a page costs the same however much there is.
"""

from __future__ import annotations

import csv
import io
import uuid
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from mianzheng.audit.models import Entry
from mianzheng.centre.actions import sharing
from mianzheng.centre.actions.conflicts import find
from mianzheng.centre.actions.measuring import measure
from mianzheng.centre.actions.registers import close_dispute, open_dispute, open_disputes
from mianzheng.centre.models import Dispute, Doubt, Measure, SharingRequest
from mianzheng.web.ids import uuid7
from tests.pages.street import Street, seen, street
from tests.second_city.life import DAY, NOW, officer
from tests.second_city.one_source import BORN, CITY, settle

__all__ = ["street"]
MANY = 60


@pytest.fixture
def desk(street: Street) -> Street:
    """The street with a datum that two registers carry, and a conflict in it."""
    settle(street.town)
    find(city=CITY, item=CITY.items["work"], now=NOW)
    return street


def cost(street: Street, name: str | None, path: str) -> int:
    client = street.as_(name)
    assert client.get(path).status_code == 200
    with CaptureQueriesContext(connection) as asked:
        client.get(path)
    return len(asked)


def asked_for(street: Street, office: str = "homes", item: str = "marriage") -> uuid.UUID:
    return sharing.request(
        city=CITY,
        item=item,
        fields=["status"],
        purpose="核对",
        matter="",
        basis="住房办法第三条",
        actor=officer(office),
        now=NOW,
    )


def test_an_officer_sees_the_quality_of_the_own_department_and_the_centre_of_all(desk: Street):
    shown = desk.as_("homes").get(reverse("centre:desk"))
    assert [row["quality"].item.code for row in shown.context["rows"]] == ["debts"]
    page = seen(desk.as_("duty").get(reverse("centre:desk")))
    assert "按部门" in page
    assert {d.name.zh for d in CITY.departments.values()} & set(page.split())
    for path, name, status in (
        (reverse("centre:quality", args=["debts"]), "homes", 200),
        (reverse("centre:quality", args=["debts"]), "civil", 404),
        (reverse("centre:quality", args=["debts"]), "duty", 200),
        (reverse("centre:quality", args=["nothing"]), "duty", 404),
    ):
        assert desk.as_(name).get(path).status_code == status, (path, name)


def test_a_stale_item_is_on_top_and_says_that_it_answers_nothing(desk: Street):
    desk.now += 9 * DAY
    shown = desk.as_("duty").get(reverse("centre:desk"), {"by": "items"})
    assert shown.context["rows"][0]["quality"].freshness == "stale"
    assert "过期，答“暂不能确定”" in seen(shown)
    late = desk.as_("duty").get(reverse("centre:desk"), {"show": "stopped", "department": "homes"})
    assert [row["quality"].item.code for row in late.context["rows"]] == ["debts"]
    assert "现在向它查询，一律答“暂不能确定”" in seen(desk.as_(None).get(reverse("centre:item", args=["card"])))


def test_every_chart_has_its_table_and_is_drawn_without_scripts(desk: Street):
    for n in range(5):
        measure(city=CITY, day=NOW.date() - n * DAY, now=NOW)
    page = desk.as_("civil").get(reverse("centre:quality", args=["work"]))
    figures = page.context["figures"]
    assert [each.code for each in figures] == ["records", "age", "refused", "asked", "unknown"]
    drawn = page.content.decode()
    assert drawn.count('<polyline class="line"') >= 3
    assert drawn.count("data-day=") == 2 * 5 + 3 * 4, "today has only begun: what is counted by day ends yesterday"


@pytest.mark.parametrize("name", ["homes", "duty"])
def test_the_quality_desk_costs_the_same_with_many_days(desk: Street, name: str):
    paths = [reverse("centre:desk"), reverse("centre:desk") + "?by=items", reverse("centre:quality", args=["debts"])]
    before = [cost(desk, name, path) for path in paths]
    Measure.objects.bulk_create(
        Measure(item=item, day=NOW.date() - n * DAY, records=n) for n in range(MANY) for item in CITY.items
    )
    doubts(desk, "debts", "homes")
    assert [cost(desk, name, path) for path in paths] == before


def doubts(street: Street, item: str = "work", office: str = "civil") -> None:
    """Add many doubts."""
    Doubt.objects.bulk_create(
        Doubt(
            id=uuid7(),
            item=item,
            subject=uuid7(),
            cause="conflict",
            datum="born",
            office=office,
            due=NOW.date(),
            raised_at=NOW,
            raised_by="program",
        )
        for _ in range(MANY)
    )


def test_the_list_of_doubts_costs_the_same_with_many_and_names_nobody(desk: Street):
    path = reverse("centre:doubts")
    before = cost(desk, "civil", path)
    doubts(desk)
    assert cost(desk, "civil", path) == before
    page = desk.as_("civil").get(path)
    assert "eric" not in seen(page)
    assert not Entry.objects.filter(action="inspect").exists()
    assert desk.as_("homes").get(path).context["rows"] == []
    assert len(desk.as_("duty").get(path).context["rows"]) == 50


def test_open_objections_are_listed_where_the_desk_counts_them_and_name_nobody(desk: Street):
    for item, name in (("debts", "eric"), ("debts", "anna"), ("work", "ben")):
        open_dispute(item=item, subject=desk.town[name], actor="x", now=NOW)
    close_dispute(item="debts", subject=desk.town["anna"], actor="x", now=NOW)
    path = f"{reverse('centre:doubts')}?show=objections"
    for office, address in (("duty", "?by=items"), ("homes", ""), ("duty", "items/debts/")):
        page = desk.as_(office).get(f"{reverse('centre:desk')}{address}").content.decode()
        assert f"{path}&amp;item=debts" in page, (office, address)
    whole, ours, other = (seen(desk.as_(who).get(path)) for who in ("duty", "homes", "civil"))
    assert all(words in whole for words in ("房款欠缴", "用工登记", "住房局", "异议 2"))
    assert "房款欠缴" in ours and "用工登记" not in ours and "异议 1" in ours
    assert "用工登记" in other and "房款欠缴" not in other
    dispute = Dispute.objects.get(item="debts", closed_at=None)
    assert dispute.id.hex[-6:].upper() in ours
    assert not any(name in whole + ours for name in desk.town.subjects)
    only = seen(desk.as_("duty").get(f"{path}&item=debts"))
    assert "房款欠缴" in only and "用工登记" not in only
    assert "用工登记" not in seen(desk.as_("duty").get(f"{path}&department=homes"))
    assert "没有未了的异议" in seen(desk.as_("homes").get(f"{path}&item=work")), "of one's own department only"
    assert "没有未了的异议" in seen(desk.as_("homes").get(f"{path}&department=civil"))


def test_the_list_of_objections_costs_the_same_with_many_and_has_pages(desk: Street):
    path = f"{reverse('centre:doubts')}?show=objections"
    open_dispute(item="debts", subject=desk.town["eric"], actor="x", now=NOW)
    few = cost(desk, "duty", path)
    open_disputes(item="debts", subjects=[uuid7() for _ in range(MANY)], actor="x", now=NOW)
    assert cost(desk, "duty", path) == few
    assert "page=2" in desk.as_("duty").get(path).content.decode()


def test_one_doubt_shows_both_sides_and_whom_it_is_about_and_is_logged(desk: Street):
    doubt = Doubt.objects.get()
    path = reverse("centre:doubt", args=[doubt.id])
    page = seen(desk.as_("civil").get(path))
    for part in ("1980-05-17", "1981-05-17", "来源，以它为准", "eric", desk.town.numbers["eric"]):
        assert part in page, part
    actions = set(Entry.objects.filter(subject=desk.town["eric"]).values_list("action", flat=True))
    assert {"inspect", "reveal"} <= actions
    assert desk.as_("homes").get(path).status_code == 404
    assert "等部门答复" in seen(desk.as_("duty").get(path))
    mine = seen(desk.as_("eric").get(reverse("evidence:my_data")))
    assert "校核登记内容" in mine


def test_an_officer_puts_the_record_right_on_the_page(desk: Street):
    doubt = Doubt.objects.get()
    page = desk.as_("civil").get(reverse("centre:doubt", args=[doubt.id]))
    (form,) = page.context["form_records"]
    answer = {"outcome": "corrected", "mark": form["mark"], "why": "查过底卡", "f-since": "2024-01-01", "f-born": ""}
    path = reverse("centre:doubt_answer", args=[doubt.id])
    wrong = desk.as_("civil").post(path, {**answer, "f-born": "1980-13-01"}, follow=True)
    assert "“出生日期”" in seen(wrong)
    right = desk.as_("civil").post(path, {**answer, "f-born": BORN.isoformat()})
    assert right["Location"] == reverse("centre:doubts")
    assert Doubt.objects.get().outcome == "corrected"
    assert "已更正" in seen(desk.as_("civil").get(reverse("centre:doubts"), {"show": "answered"}))


def test_what_is_due_is_counted_on_the_navigation(desk: Street):
    asked_for(desk)
    desk.now += 30 * DAY
    page = seen(desk.as_("civil").get(reverse("centre:doubts")))
    assert "校核 1 今天到期或已逾期" in page
    assert "共享申请 1 今天到期或已逾期" in page
    assert "有 1 条过了期限" in page
    assert "有 1 份过了期限" in seen(desk.as_("civil").get(reverse("centre:sharing")))


def test_a_request_goes_from_the_items_page_to_the_owner_and_back(desk: Street):
    homes, civil = desk.as_("homes"), desk.as_("civil")
    assert "申请共享" in seen(homes.get(reverse("centre:item", args=["marriage"])))
    ask = reverse("centre:sharing_ask", args=["marriage"])
    missing = homes.post(ask, {"fields": ["status"], "purpose": "核对家庭", "basis": ""})
    assert missing.status_code == 422
    assert "请写明法律依据" in seen(missing)
    assert "核对家庭" in missing.content.decode()
    made = homes.post(ask, {"fields": ["status"], "purpose": "核对家庭", "basis": "办法第三条"})
    path = made["Location"]
    assert "已经申请" in seen(homes.get(reverse("centre:item", args=["marriage"])))
    assert "办法第三条" in seen(civil.get(path))
    decide = reverse("centre:sharing_decide", args=[SharingRequest.objects.get().id])
    assert homes.post(decide, {"approved": "yes", "answer": "x"}).status_code == 404
    assert "请写成" in seen(civil.post(decide, {"approved": "yes", "answer": "x", "until": "soon"}, follow=True))
    civil.post(decide, {"approved": "yes", "answer": "只用于本事项", "until": "2026-12-31"})
    assert "同意" in seen(homes.get(path))
    assert "您的部门可以使用，到 2026年12月31日(周四)" in seen(homes.get(reverse("centre:item", args=["marriage"])))
    assert "不用申请" in seen(homes.get(reverse("centre:sharing_ask", args=["card"])))


def test_the_list_of_requests_costs_the_same_with_many(desk: Street):
    path = reverse("centre:sharing")
    asked_for(desk)
    before = cost(desk, "civil", path)
    like = SharingRequest.objects.values().get()
    SharingRequest.objects.bulk_create(SharingRequest(**{**like, "id": uuid7()}) for _ in range(MANY))
    assert cost(desk, "civil", path) == before
    third = SharingRequest.objects.first()
    assert desk.as_("duty").get(reverse("centre:sharing_one", args=[third.id])).status_code == 200


def test_the_page_of_an_item_is_public_and_tells_no_small_number(desk: Street):
    page = seen(desk.as_(None).get(reverse("centre:item", args=["debts"])))
    for part in ("信息资源代码", "有条件共享", "全部是编造的", "少于 10 条", "没有存档的授权文件"):
        assert part in page, part
    assert "500" not in page
    assert "申请共享" not in page
    assert desk.as_(None).get(reverse("centre:item", args=["nothing"])).status_code == 404
    assert cost(desk, None, reverse("centre:item", args=["debts"])) == cost(
        desk, None, reverse("centre:item", args=["work"])
    )


def test_the_catalogue_is_searched_narrowed_and_taken_along(desk: Street):
    anybody = desk.as_(None)
    found = anybody.get(reverse("catalogue:holdings"), {"q": "出生日期"})
    assert {row["item"].code for row in found.context["groups"][0][1]} == {"card", "work"}
    narrow = anybody.get(reverse("catalogue:holdings"), {"sharing": "unconditional", "department": "civil"})
    assert [row["item"].code for _, rows in narrow.context["groups"] for row in rows] == ["card"]
    told: Any = anybody.get(reverse("catalogue:items_json")).json()
    assert [item["code"] for item in told["items"]] == list(CITY.items)
    assert told["items"][0]["sharing_type"] == "无条件共享"
    rows = list(csv.DictReader(io.StringIO(anybody.get(reverse("catalogue:items_csv")).content.decode("utf-8-sig"))))
    assert len(rows) == sum(len(item.fields) for item in CITY.items.values())
    assert {row["resource_code"] for row in rows if row["code"] == "card"} == {rows[0]["resource_code"]}
