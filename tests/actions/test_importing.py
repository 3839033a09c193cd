"""Offices' lists taken in, corrected, counted in: every cell is kept and every row leads back to it."""

from __future__ import annotations

import datetime
import itertools
import re
import time
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from mianzheng.audit.models import Entry
from mianzheng.common.errors import Refusal
from mianzheng.reform.actions.correcting import assign, correct
from mianzheng.reform.actions.importing import accept, leave, take_in
from mianzheng.reform.models import Heading, Report, Row
from mianzheng.reform.models.row import NAMED
from mianzheng.reform.queries.previews import preview
from mianzheng.reform.rules.columns import understand
from mianzheng.reform.rules.contacts import OUT
from mianzheng.reform.rules.kept import lines_of
from mianzheng.reform.rules.meanings import plain
from mianzheng.reform.rules.states import ReportStage, Side
from mianzheng.web.reading.grids import grids_of
from tests.lists import BAD, HEADINGS, ROWS, book, computed, empty_rows, listing, many
from tests.reformed import REFORMER
from tests.second_city.life import DAY, NOW
from tests.second_city.reading import CITY

pytestmark = pytest.mark.django_db
_days = itertools.count()


def sent(content: bytes, *, name: str = "清单.xlsx", now: datetime.datetime = NOW, **said: Any) -> Report:
    return take_in(city=CITY, name=name, content=content, actor=REFORMER, now=now, **said)


def counted(content: bytes, **said: Any) -> Report:
    """Return a list that is counted in, a day after the one before."""
    now = NOW + next(_days) * DAY
    return accept(city=CITY, report=sent(content, now=now, **said), actor=REFORMER, now=now)


def traced(report: Report) -> None:
    """Fail where a word of a row is not what a cell of that row of the file says, or a word of a line above it."""
    for row in Row.objects.filter(report=report):
        lines = {line.number: line.cells for line in lines_of(report.sheets[row.sheet])}
        above = {word for cells in lines.values() for cell in cells for word in re.split("[:：]", cell)}
        for field in NAMED:
            said = getattr(row, field)
            assert said in {"", *lines[row.number], *above} or field == "name", said
        assert any(plain(row.name) in plain(cell) for cell in lines[row.number])


def test_a_list_says_whose_it_is_and_is_counted_in() -> None:
    report = sent(listing())
    assert (report.office, report.side, report.listed, report.stage) == ("homes", "demand", 3, "read")
    assert not Row.objects.exists()
    accept(city=CITY, report=report, actor=REFORMER, now=NOW)
    rows = Row.objects.values_list(
        "number", "part", "name", "demander_code", "demander_kind", "issuer_level", "volume", "paper"
    )
    assert list(rows.order_by("number", "part")) == [
        (3, 0, "收入证明", "homes", "organ", "community", 12_000, "certificate"),
        (4, 0, "住房证明", "homes", "organ", "community", 300, "certificate"),
        (4, 1, "住房证明", "civil", "organ", "community", None, "certificate"),
        (4, 2, "婚姻状况证明", "homes", "organ", "community", None, "certificate"),
        (4, 3, "婚姻状况证明", "civil", "organ", "community", None, "certificate"),
    ]  # fmt: skip
    assert Row.objects.get(number=3).issuer_code == "community"
    assert set(Row.objects.filter(number=4).values_list("issuer_code", flat=True)) == {"well"}
    traced(Report.objects.get())
    assert list(Entry.objects.order_by("id").values_list("action", flat=True))[:2] == [
        "reform_take_in",
        "reform_accept",
    ]


def test_every_cell_is_kept_in_its_place() -> None:
    content = book(("甲", [["证明清单"], HEADINGS, *ROWS]), ("乙", [["说明", "无"]]), merged=["A1:C1"])
    kept = sent(content).sheets
    for grid, sheet in zip(grids_of(content), kept, strict=True):
        assert (sheet["name"], lines_of(sheet)) == (grid.name, grid.lines)


def test_the_same_file_is_the_same_report() -> None:
    content = listing()
    first = sent(content)
    assert sent(content, now=NOW + DAY) == first
    accept(city=CITY, report=first, actor=REFORMER, now=NOW)
    assert sent(content, now=NOW + DAY) == first
    assert accept(city=CITY, report=first, actor=REFORMER, now=NOW + DAY).taken_at == NOW
    leave(report=first, actor=REFORMER, now=NOW)
    assert sent(content, now=NOW + DAY) != first


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_list_is_refused_in_one_sentence_and_nothing_is_kept(name: str) -> None:
    made, sentence = BAD[name]
    with pytest.raises(Refusal) as refused:
        sent(made(), name=name)
    assert refused.value.what.msgid % refused.value.what.params == sentence
    assert refused.value.now
    assert not Report.objects.exists()
    assert not Entry.objects.exists()


def test_a_million_empty_rows_are_none() -> None:
    assert counted(empty_rows()).listed == 3


def test_what_a_formula_came_to_is_read_and_nothing_is_computed() -> None:
    report = counted(computed())
    (row,) = Row.objects.all()
    assert (row.name, row.volume) == ("收入证明", None)
    assert [each.listed.volume for _, each in preview(CITY, report).unread] == ["#DIV/0!"]
    traced(report)


def test_a_cell_with_an_error_names_nothing() -> None:
    report = sent(
        listing(
            [1, "#N/A", "住房局", "x", "", ""], [2, "无", "住房局", "x", "", ""], [3, "收入证明", "", "", "", "#DIV/0!"]
        )
    )
    assert report.listed == 1
    found = preview(CITY, report)
    assert [left.row for left in found.sheets[0].inventory.left if left.why == "nameless"] == [3, 4]
    assert [each.listed.volume for _, each in found.unread] == ["#DIV/0!"]


def test_contacts_are_never_kept() -> None:
    content = book(
        ("清单", [
            ["填报单位：住房局", "填表人：张三", "联系电话：0579-85123456"],
            [*HEADINGS, "联系人", "联系电话", "备注"],
            [*ROWS[0], "李四", "13800138000", "问李四 13800138000"],
        ])
    )  # fmt: skip
    report = counted(content)
    text = str(report.sheets)
    for secret in ("张三", "85123456", '李四"', "'李四'", "13800138000"):
        assert secret not in text
    assert Row.objects.get().remark == f"问李四 {OUT}"
    assert preview(CITY, report).sheets[0].contacts == ("联系人", "联系电话")
    assert preview(CITY, report).contacts == 2
    assert report.office == "homes"


def test_what_a_person_corrects_is_remembered_for_the_office() -> None:
    rows = [["填报单位：石桥市住房局", ""], ["项目", "找谁"], ["收入证明", "古井社区"]]
    report = sent(book(("表", rows)))
    assert report.listed == 0
    with pytest.raises(Refusal):
        accept(city=CITY, report=report, actor=REFORMER, now=NOW)
    report = correct(report=report, headings={"项目": "name", "找谁": "issuer"}, actor=REFORMER, now=NOW)
    assert report.listed == 1
    accept(city=CITY, report=report, actor=REFORMER, now=NOW)
    row = Row.objects.get()
    assert (row.name, row.issuer_code, row.demander_code) == ("收入证明", "well", "homes")
    assert sent(book(("表", [*rows, ["住房证明", "古井社区"]]))).listed == 2
    assert sent(book(("表", rows[1:])), office="civil").listed == 0, "another office means something else"


def test_what_the_words_say_anyway_is_not_remembered() -> None:
    report = sent(listing())
    said = dict.fromkeys(HEADINGS, "") | {heading: str(says) for heading, says in understand(HEADINGS, {}).says.items()}
    with pytest.raises(Refusal):  # nothing was changed
        correct(report=report, headings=said, actor=REFORMER, now=NOW)
    assert not Heading.objects.exists()
    correct(report=report, headings=said | {"办理事项": "remark"}, actor=REFORMER, now=NOW)
    assert Heading.objects.get().says == "remark"
    correct(report=report, headings=said, actor=REFORMER, now=NOW)
    assert not Heading.objects.exists()


def test_two_columns_cannot_say_the_same() -> None:
    report = sent(listing())
    with pytest.raises(Refusal):
        correct(report=report, headings={"证明名称": "name", "办理事项": "name"}, actor=REFORMER, now=NOW)
    with pytest.raises(Refusal):
        correct(report=report, headings={"证明名称": "nonsense"}, actor=REFORMER, now=NOW)
    assert not Heading.objects.exists()


def test_whose_it_is_may_be_said_later() -> None:
    content = book(("清单", [HEADINGS, *ROWS]))
    report = sent(content, name="汇总.xlsx")
    assert report.office == ""
    with pytest.raises(Refusal):
        accept(city=CITY, report=report, actor=REFORMER, now=NOW)
    with pytest.raises(Refusal):
        assign(city=CITY, report=report, office="nobody", side=Side.DEMAND, actor=REFORMER, now=NOW)
    report = assign(city=CITY, report=report, office="civil", side=Side.DEMAND, actor=REFORMER, now=NOW)
    assert accept(city=CITY, report=report, actor=REFORMER, now=NOW).office == "civil"
    again = sent(content, name="汇总.xlsx")
    with pytest.raises(Refusal):
        assign(city=CITY, report=again, office="civil", side=Side.DEMAND, actor=REFORMER, now=NOW)


def test_a_newer_list_replaces_and_says_what_is_different() -> None:
    old = counted(listing())
    changed = [
        [1, "收入证明", "住房局", "村（社区）", "申请公租房", "9000"],
        ROWS[1],
        [3, "无房证明", "住房局", "住房局", "购房", ""],
    ]
    report = sent(listing(*changed), now=NOW + 300 * DAY)
    found = preview(CITY, report)
    assert found.before == (old,)
    assert found.changes
    assert [each.name for each in found.changes.new] == ["无房证明"]
    assert [(a.rest[-1], b.rest[-1]) for a, b in found.changes.changed] == [("12000", "9000")]
    assert found.changes.gone == ()
    accept(city=CITY, report=report, actor=REFORMER, now=NOW + 300 * DAY)
    old.refresh_from_db()
    report.refresh_from_db()
    assert (old.stage, report.stage, report.replaces) == (ReportStage.REPLACED, ReportStage.TAKEN, old)
    assert Row.objects.filter(report=old).count() == 5, "the earlier rows can still be traced"
    after = preview(CITY, report)
    assert after.changes == found.changes


def test_another_part_stands_beside_unless_somebody_says_otherwise() -> None:
    first = counted(listing())
    other = listing([1, "无房证明", "住房局", "住房局", "购房", ""])
    second = counted(other)
    first.refresh_from_db()
    assert (first.stage, second.stage) == (ReportStage.TAKEN, ReportStage.TAKEN)
    third = sent(listing([1, "居住证明", "住房局", "住房局", "购房", ""]))
    accept(city=CITY, report=third, actor=REFORMER, now=NOW, replaces=True)
    assert set(Report.objects.filter(stage=ReportStage.TAKEN)) == {third}


def test_the_issuing_side_stands_for_itself() -> None:
    report = counted(book(("清单", [["填报单位：古井社区"], ["证明名称", "索要单位"], ["居住证明", "民政局"]])))
    assert (report.office, report.side) == ("well", "issue")
    row = Row.objects.get()
    assert (row.issuer, row.issuer_code, row.issuer_level, row.demander_code) == (
        "古井社区",
        "well",
        "community",
        "civil",
    )


def test_another_citys_offices_are_none_of_ours() -> None:
    report = counted(listing(), office="邻市", side=Side.ELSEWHERE)
    assert (report.office, report.side) == ("邻市", "elsewhere")
    assert set(Row.objects.values_list("demander_code", "issuer_code")) == {("", "")}


def test_english_columns_are_taken_and_shared_out() -> None:
    heads = ["证明名称", "证明名称（英文）", "索要单位", "用途", "用途（英文）"]
    rows = [
        ["收入证明；住房证明", "Proof of income; proof of housing", "住房局", "公租房", "Public housing"],
        ["居住证明", "", "住房局", "", ""],
    ]
    counted(book(("表", [heads, *rows])), office="homes")
    said = Row.objects.order_by("number", "part").values_list("name", "name_en", "purpose_en")
    assert list(said) == [
        ("收入证明", "Proof of income", "Public housing"),
        ("住房证明", "proof of housing", "Public housing"),
        ("居住证明", "", ""),
    ]


def test_a_thousand_rows_in_two_seconds_and_few_statements() -> None:
    few, lot = sent(many(10), office="civil"), sent(many(1000), office="homes")
    with CaptureQueriesContext(connection) as one:
        accept(city=CITY, report=few, actor=REFORMER, now=NOW, group=False)
    begun = time.process_time()
    with CaptureQueriesContext(connection) as other:
        accept(city=CITY, report=lot, actor=REFORMER, now=NOW, group=False)
    assert time.process_time() - begun < 2
    assert len(one) == len(other)
    assert Row.objects.filter(report=lot).count() == 1000


CELL = st.sampled_from(
    [
        "",
        "收入证明",
        "住房证明、居住证明",
        "民政局",
        "村（社区）",
        "合计",
        "3",
        "约200件",
        "联系人：王五",
        "#REF!",
        "购房",
    ]
)


class Traced(TestCase):
    """Whatever a file says, what is made of it stands in its cells, and nothing is taken twice."""

    @settings(max_examples=40)
    @given(rows=st.lists(st.lists(CELL, min_size=5, max_size=5), min_size=1, max_size=8))
    def test_every_word_stands_in_the_file(self, rows: list[list[str]]) -> None:
        report = sent(book(("表", [HEADINGS[1:], *rows])), office="homes", side=Side.DEMAND)
        if report.listed:
            traced(accept(city=CITY, report=report, actor=REFORMER, now=NOW, group=False))
        kept = {number for number, *_ in report.sheets[0]["lines"]}
        assert kept == {n for n, row in enumerate(rows, 2) if any(row)} | {1}


def test_every_earlier_list_of_the_office_and_side_is_shown_beside_a_new_one() -> None:
    first = counted(many(9))
    row = ["住房局", "村（社区）", "申请公租房", 1]
    report = sent(listing([1, "第1类收入证明", *row], [2, "无房证明", *row]))
    found = preview(CITY, report)
    assert (found.before, found.newer) == ((first,), False)
    assert found.changes and (len(found.changes.new), len(found.changes.gone)) == (1, 8)
