"""Offices' lists on pages: sent one by one or many at once, understood, corrected, counted in, traced to their cells."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from mianzheng.reform.models import Heading, Report, Row
from mianzheng.reform.pages.reports import MOST_FILES
from tests.lists import BAD, HEADINGS, ROWS, book, computed, empty_rows, listing, many
from tests.pages.street import Street, seen, street

__all__ = ["street"]


def file(content: bytes, name: str = "清单.xlsx") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def posted(street: Street, *files: SimpleUploadedFile, **more: str) -> Any:
    return street.as_("reform").post(reverse("reform:reports_send"), {"files": list(files), **more}, follow=True)


def address(name: str, report: Report, **query: Any) -> str:
    return reverse(f"reform:{name}", args=[report.id]) + (
        "?" + "&".join(f"{k}={v}" for k, v in query.items()) if query else ""
    )


def test_a_list_is_sent_looked_at_and_counted_in(street: Street):
    page = posted(street, file(listing()))
    report = Report.objects.get()
    assert page.redirect_chain[-1][0] == address("report", report)
    shown = seen(page)
    for words in ("石桥市住房局", "等人看过", "认出的证明 3", "按索要单位分开是 5 行", "收入证明", "表头 1", "12,000"):
        assert words in shown, words
    assert not Row.objects.exists()
    after = street.as_("reform").post(address("report_accept", report), follow=True)
    assert "已计入" in seen(after)
    assert Row.objects.count() == 5
    listed = street.as_("reform").get(reverse("reform:reports"))
    assert address("report", report) in listed.content.decode()
    assert street.as_("reform").get(reverse("reform:reports") + "?stage=read").content.decode().count("data-row") == 0


def test_many_files_are_told_one_by_one(street: Street):
    files = [file(made(), name) for name, (made, _) in BAD.items()] + [file(listing()), file(many(4), "第二份.xlsx")]
    shown = seen(posted(street, *files))
    for name, (_, sentence) in BAD.items():
        assert f"{name} {sentence}" in shown
    assert f"{len(BAD)} 份没有收下" in shown and "2 份等您看过" in shown
    assert set(Report.objects.values_list("name", flat=True)) == {"清单.xlsx", "第二份.xlsx"}


@pytest.mark.parametrize("name", BAD)
def test_one_bad_file_is_refused_in_one_sentence_on_the_form(street: Street, name: str):
    made, sentence = BAD[name]
    page = posted(street, file(made(), name))
    assert page.status_code == 200
    assert sentence in seen(page)
    assert not Report.objects.exists()


def test_a_million_empty_rows_are_read(street: Street):
    assert "认出的证明 3" in seen(posted(street, file(empty_rows())))


def test_what_a_formula_came_to_is_shown(street: Street):
    shown = seen(posted(street, file(computed())))
    assert "认出的证明 1" in shown and "看不懂的数量 #DIV/0!" in shown


def test_no_file_too_many_files_and_an_office_nobody_knows(street: Street):
    assert "还没有选择文件" in seen(posted(street))
    page = posted(street, *(file(b"x", f"{n}.csv") for n in range(MOST_FILES + 1)))
    assert f"一次最多发 {MOST_FILES} 份" in seen(page)
    page = posted(street, file(listing()), office="火星局", side="demand")
    assert "名录里没有“火星局”" in seen(page) and "火星局" in page.content.decode()
    assert not Report.objects.exists()


def test_the_same_file_again_is_said_to_be_the_same(street: Street):
    content = listing()
    posted(street, file(content))
    street.later()
    assert "同一份文件以前发过" in seen(posted(street, file(content)))
    street.later()
    assert "同一份文件以前发过" in seen(posted(street, file(content), file(many(2))))
    assert Report.objects.count() == 2


def test_columns_are_corrected_and_that_is_remembered(street: Street):
    posted(street, file(book(("表", [["填报单位：石桥市住房局"], ["项目", "找谁"], ["收入证明", "古井社区"]]))))
    report = Report.objects.get()
    reform = street.as_("reform")
    assert "没有认出证明名称" in seen(reform.get(address("report", report)))
    said = {"heading0": "项目", "says0": "name", "heading1": "找谁", "says1": "name"}
    assert "选成了同一个意思" in seen(reform.post(address("report_correct", report), said, follow=True))
    page = reform.post(address("report_correct", report), {**said, "says1": "issuer"}, follow=True)
    assert "已记下" in seen(page) and "收入证明" in seen(page)
    assert set(Heading.objects.values_list("office", "heading", "says")) == {
        ("homes", "项目", "name"),
        ("homes", "找谁", "issuer"),
    }
    for same in ({}, {**said, "says1": "issuer"}):
        page = seen(reform.post(address("report_correct", report), same, follow=True))
        assert "没有改动" in page and "已记下" not in page


def test_whose_list_it_is_is_said_on_its_page(street: Street):
    posted(street, file(book(("表", [HEADINGS, *ROWS])), "汇总.xlsx"))
    report = Report.objects.get()
    reform = street.as_("reform")
    page = reform.get(address("report", report))
    assert "先说明是哪个单位的清单" in seen(page)
    assert "disabled" in page.content.decode()
    for words, side, office in (
        ("Shiqiao Water", "demand", "water"),
        ("古井社区", "issue", "well"),
        ("邻市", "elsewhere", "邻市"),
    ):
        reform.post(address("report_assign", report), {"office": words, "side": side})
        report.refresh_from_db()
        assert (report.office, report.side) == (office, side)
    assert "名录里没有" in seen(
        reform.post(address("report_assign", report), {"office": "火星", "side": "demand"}, follow=True)
    )


def test_every_row_leads_to_its_cells_and_every_cell_is_shown(street: Street):
    rows = [[n, f"第{n}类证明", "住房局", "村（社区）", "x", n] for n in range(1, 251)]
    content = book(
        ("清单", [["填报单位：石桥市住房局", "", "联系人：张三"], HEADINGS, *rows]), ("备查", [["证明办理说明"]])
    )
    posted(street, file(content))
    report = Report.objects.get()
    reform = street.as_("reform")
    assert (
        address("report_source", report, sheet=0, row=3).replace("&", "&amp;")
        in reform.get(address("report", report)).content.decode()
    )
    page = reform.get(address("report_source", report, sheet=0, row=202))
    marked = page.content.decode().split('aria-current="true"')[1].split("</tr>")[0]
    assert "第200类证明" in marked
    text = " ".join(seen(reform.get(address("report_source", report, sheet=0, page=n))) for n in (1, 2, 3))
    assert all(f"第{n}类证明" in text for n in range(1, 251))
    assert "张三" not in text and "联系人：***" in text
    assert "证明办理说明" in seen(reform.get(address("report_source", report, sheet=1)))
    for odd in ("sheet=x&row=-3", "sheet=99&row=99999", "page=z"):
        assert reform.get(address("report_source", report) + f"?{odd}").status_code == 200


def test_a_newer_list_shows_the_difference_and_a_person_chooses(street: Street):
    reform = street.as_("reform")
    posted(street, file(listing()))
    old = Report.objects.get()
    reform.post(address("report_accept", old))
    street.later()
    posted(street, file(listing(*ROWS, [3, "无房证明", "住房局", "住房局", "购房", ""])))
    new = Report.objects.exclude(id=old.id).get()
    shown = seen(reform.get(address("report", new)))
    assert "新增 1 · 不再有 0" in shown and "取代以前的" in shown
    reform.post(address("report_accept", new), {"replaces": "no"})
    assert set(Report.objects.values_list("stage", flat=True)) == {"taken"}
    street.later()
    posted(street, file(listing(*ROWS, [3, "居住证明", "住房局", "住房局", "购房", ""])))
    third = Report.objects.filter(stage="read").get()
    reform.post(address("report_accept", third), {"replaces": "yes"})
    assert list(Report.objects.filter(stage="taken")) == [third]


def test_what_looks_like_another_part_may_replace_the_earlier_list_all_the_same(street: Street):
    reform = street.as_("reform")
    posted(street, file(many(9)))
    reform.post(address("report_accept", Report.objects.get()))
    street.later()
    posted(street, file(listing([3, "无房证明", "住房局", "住房局", "购房", ""])))
    page = reform.get(address("report", Report.objects.get(stage="read")))
    assert "新增 1 · 不再有 9" in seen(page) and "取代以前的" in seen(page)
    assert 'value="no" checked' in page.content.decode() and 'value="yes" checked' not in page.content.decode()


def test_a_list_is_put_aside(street: Street):
    posted(street, file(listing()))
    report = Report.objects.get()
    assert "不采用" in seen(street.as_("reform").post(address("report_leave", report), follow=True))
    report.refresh_from_db()
    assert report.stage == "left"
    assert street.as_("reform").get(address("report", report)).content.decode().count("<form") == 1 + _frame(street)


def _frame(street: Street) -> int:
    """Return how many forms every page has, less the filter's on the list."""
    return street.as_("reform").get(reverse("reform:reports_sent")).content.decode().count("<form") - 1


def test_contacts_are_told_and_not_shown(street: Street):
    rows = [[*HEADINGS, "联系电话"], [*ROWS[0], "13800138000"]]
    page = posted(street, file(book(("表", rows))), office="homes", side="demand")
    assert "没有保存的联系方式 1 格" in seen(page) and "13800138000" not in page.content.decode()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_list_asks_as_often_for_fifty_as_for_five(street: Street, language: str):
    reform = street.as_("reform")

    def asked() -> int:
        with CaptureQueriesContext(connection) as captured:
            page = reform.get(reverse("reform:reports"), headers={"Accept-Language": language})
        assert page.status_code == 200
        return len(captured)

    def more(count: int) -> None:
        for _ in range(count):
            report = Report.objects.create(
                office="homes",
                side="demand",
                name="a",
                digest=str(uuid.uuid4()),
                sheets=[],
                made_at=street.now,
                made_by="x",
            )
            Row.objects.create(report=report, sheet=0, number=1, name="收入证明", demander_kind="unresolved")

    more(5)
    asked()  # the first page reads what later ones know
    before = asked()
    more(45)
    assert asked() == before


def test_a_preview_asks_as_often_for_many_rows_as_for_few(street: Street):
    def asked(content: bytes) -> int:
        street.later()
        posted(street, file(content))
        report = Report.objects.latest("made_at")
        reform = street.as_("reform")
        with CaptureQueriesContext(connection) as captured:
            reform.get(address("report", report))
        return len(captured)

    assert asked(many(3)) == asked(many(300))


def test_every_reason_a_row_is_left_for_has_its_words():
    from mianzheng.reform.pages.naming import PAPER_NAMES
    from mianzheng.reform.pages.preview import WHYS
    from mianzheng.reform.rules.inventory import Why
    from mianzheng.reform.rules.papers import Paper

    assert set(WHYS) == set(Why)
    assert set(PAPER_NAMES) == set(Paper)
