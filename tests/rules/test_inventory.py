"""Lists of certificates as offices really send them: understood, or left with a reason, and nothing dropped."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mianzheng.common.grids import Line
from mianzheng.reform.rules.columns import HEADINGS, Says, understand
from mianzheng.reform.rules.inventory import Inventory, Why, read
from mianzheng.reform.rules.names import split


def lines(rows: Sequence[Sequence[str]], merged: Sequence[tuple[int, int]] = ()) -> list[Line]:
    """Return rows as a sheet; `merged` are the places (row, column) that repeat a merged cell."""
    return [
        Line(n + 1, tuple(row), frozenset(column for at, column in merged if at == n))
        for n, row in enumerate(rows)
        if any(row)
    ]


def names(inventory: Inventory) -> list[str]:
    return [each.name for each in inventory.listed]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("无犯罪记录证明", ("无犯罪记录证明",)),
        ("父母子女、继承人等亲属关系证明", ("父母子女、继承人等亲属关系证明",)),
        ("学龄儿童休学、缓学证明", ("学龄儿童休学、缓学证明",)),
        ("收入证明、住房证明", ("收入证明", "住房证明")),
        ("收入证明;住房证明；婚姻状况证明。", ("收入证明", "住房证明", "婚姻状况证明")),
        ("收入证明\n住房证明", ("收入证明", "住房证明")),
        ("无违法违\n纪行为证明", ("无违法违纪行为证明",)),
        ("1.收入证明 2.住房证明", ("收入证明", "住房证明")),
        ("1、收入证明\n2、住房证明；\n3、 婚姻状况证明", ("收入证明", "住房证明", "婚姻状况证明")),
        ("①收入证明②住房证明", ("收入证明", "住房证明")),
        ("（一）收入证明（二）住房证明", ("收入证明", "住房证明")),
        ("4050就业困难人员证明", ("4050就业困难人员证明",)),
        ("有利害关系业主同意住宅改经营性用房(不扰民)证明", ("有利害关系业主同意住宅改经营性用房（不扰民）证明",)),
        ("家庭成员信息证明（户口簿、结婚证）", ("家庭成员信息证明（户口簿、结婚证）",)),
        ("《出生医学证明》首次签发", ("《出生医学证明》首次签发",)),
        ("  死亡（火化） 证明 ", ("死亡（火化）证明",)),
        ("", ()),
        (" \n ", ()),
    ],
)
def test_a_cell_is_one_name_or_several(cell: str, expected: tuple[str, ...]) -> None:
    assert split(cell) == expected


@given(st.lists(st.sampled_from(["收入证明", "住房证明", "无业证明", "婚姻状况证明"]), min_size=1, max_size=5))
def test_names_listed_in_any_of_the_usual_ways_come_apart(several: list[str]) -> None:
    for sign in ("、", "；", ";", "\n", "，"):
        assert split(sign.join(several)) == tuple(several)
    if len(several) > 1:
        assert split("".join(f"{n}.{name}" for n, name in enumerate(several, 1))) == tuple(several)


def test_a_plain_list_is_read() -> None:
    found = read(
        lines(
            [
                ["序号", "证明名称", "索要单位", "开具单位", "设定依据", "用途", "取消后的办理方式", "备注"],
                ["1", "收入证明", "民政局", "村（社区）", "无", "申请低保", "个人承诺", ""],
                ["2", "住房证明", "住建局", "村（社区）", "", "申请公租房", "数据核验", "急"],
            ]
        ),
        {},
    )
    assert names(found) == ["收入证明", "住房证明"]
    first = found.listed[0]
    assert (first.demander, first.issuer, first.purpose, first.way, first.row) == (
        "民政局",
        "村（社区）",
        "申请低保",
        "个人承诺",
        2,
    )
    assert found.columns.unknown == ()
    assert [each.why for each in found.left] == [Why.HEADINGS]


def test_title_office_two_line_headings_sections_totals_and_repeated_headings() -> None:
    rows = [
        ["义乌市证明事项清理清单", "义乌市证明事项清理清单", "义乌市证明事项清理清单", "义乌市证明事项清理清单"],
        ["填报单位：市民政局", "", "", "日期：2018年2月"],
        ["序号", "证明", "证明", "办理事项"],
        ["序号", "名称", "开具单位", "办理事项"],
        ["一、社会救助", "一、社会救助", "一、社会救助", "一、社会救助"],
        ["1", "收入证明、财产状况证明", "村（社区）", "申请低保"],
        ["序号", "名称", "开具单位", "办理事项"],
        ["2", "", "村（社区）", "申请救助"],
        ["合计", "3", "", ""],
    ]
    merged = [(0, 1), (0, 2), (0, 3), (2, 2), (3, 0), (3, 3), (4, 1), (4, 2), (4, 3)]
    found = read(lines(rows, merged), {})
    assert names(found) == ["收入证明", "财产状况证明"]
    assert [each.part for each in found.listed] == [0, 1]
    assert {each.demander for each in found.listed} == {"社会救助"}
    assert [(each.row, each.why) for each in found.left] == [
        (1, Why.ABOVE), (2, Why.ABOVE), (3, Why.HEADINGS), (4, Why.HEADINGS), (5, Why.SECTION), (7, Why.AGAIN), (8, Why.NAMELESS),
        (9, Why.TOTAL),
    ]  # fmt: skip


def test_the_office_above_the_list_stands_for_the_side_without_a_column() -> None:
    rows = [["填报单位：市民政局（盖章）", "", ""], ["证明名称", "出具单位", "用途"], ["收入证明", "单位", "低保"]]
    assert read(lines(rows), {}).listed[0].demander == "市民政局（盖章）"
    rows = [["报送单位: 公安局", "", ""], ["证明名称", "索要单位", "用途"], ["户籍证明", "银行", "开户"]]
    assert read(lines(rows), {}).listed[0].issuer == "公安局"


def test_what_nobody_understands_waits_for_a_person_and_the_correction_counts() -> None:
    rows = [["项目", "找谁要"], ["收入证明", "单位"], ["住房证明", "房管处"]]
    found = read(lines(rows), {})
    assert found.listed == ()
    assert {each.why for each in found.left} == {Why.NO_HEADINGS}
    assert found.columns.unknown == ("项目", "找谁要")
    found = read(lines(rows), {"项目": "name", "找谁要": "issuer"})
    assert [(each.name, each.issuer) for each in found.listed] == [("收入证明", "单位"), ("住房证明", "房管处")]


def test_unknown_columns_are_shown() -> None:
    rows = [["证明名称", "索要单位", "联系人"], ["收入证明", "民政局", "某某"]]
    assert read(lines(rows), {}).columns.unknown == ("联系人",)


def test_no_word_says_two_things() -> None:
    said: dict[str, Says] = {}
    for says, words in HEADINGS.items():
        for word in words.split():
            assert said.setdefault(word, says) is says, word


@pytest.mark.parametrize(
    "heading", ["证明名称（全称）", "*证明名称", "证明 名称", "证明名称：", "证明材料名称", "取消的证明事项"]
)
def test_headings_are_understood_whatever_stands_around_them(heading: str) -> None:
    assert understand([heading, "索要单位"], {}).says[heading] is Says.NAME


CELLS = st.sampled_from(["", "收入证明", "合计", "证明名称", "民政局", "3", "一、民政局", "说明：以下", "x"])


@given(st.lists(st.lists(CELLS, min_size=3, max_size=3), max_size=12))
def test_every_filled_row_is_listed_or_left(rows: list[list[str]]) -> None:
    sheet = lines([["序号", "证明名称", "索要单位"], *rows])
    found = read(sheet, {})
    assert {each.row for each in found.listed} | {each.row for each in found.left} == {line.number for line in sheet}
    assert not {each.row for each in found.listed} & {each.row for each in found.left}


@pytest.mark.parametrize("row", [["（示例）", "示例"], ["例：收入证明", "申请低保"], ["示例", "收入证明"]])
def test_a_line_that_shows_how_to_fill_the_list_is_no_certificate(row: list[str]) -> None:
    found = read(lines([["证明名称", "用途"], row, ["住房证明", "申请公租房"]]), {})
    assert names(found) == ["住房证明"]
    assert [left.why for left in found.left] == [Why.HEADINGS, Why.EXAMPLE]
