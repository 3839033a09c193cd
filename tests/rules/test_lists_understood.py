"""Small rules of offices' lists: numbers of papers, contacts, whose a list is, what a newer one changes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mianzheng.common.grids import Grid, Line
from mianzheng.reform.rules.changes import Said, changes, newer
from mianzheng.reform.rules.columns import Says, understand
from mianzheng.reform.rules.contacts import OUT, without_contacts
from mianzheng.reform.rules.directory import Directory
from mianzheng.reform.rules.inventory import read
from mianzheng.reform.rules.kept import kept, lines_of
from mianzheng.reform.rules.senders import sender, side_of, typed
from mianzheng.reform.rules.states import Side
from mianzheng.reform.rules.volumes import volume
from tests.second_city.reading import CITY

DIRECTORY = Directory(CITY)


@pytest.mark.parametrize(
    ("cell", "papers"),
    [
        ("1200", 1200), ("1,200件", 1200), ("１，２００", 1200), ("约1.2万份", 12_000), ("三百余件", 300), ("两千", 2000), ("一百二十三", 123),
        ("100-200", 100), ("1-2万件", 10_000), ("年均300件", 300), ("300（件）", 300), ("十余件", 10), ("无", 0), ("0", 0),
        ("", None), ("若干", None), ("每月20件", None), ("#DIV/0!", None), ("三百五", None), ("-5", None), ("99999999999", None), ("5个月", None),
    ],
)  # fmt: skip
def test_numbers_of_papers_as_offices_write_them(cell: str, papers: int | None) -> None:
    assert volume(cell) == papers


@given(st.integers(0, 2_000_000_000))
def test_a_plain_number_is_itself(papers: int) -> None:
    assert volume(str(papers)) == volume(f"约{papers:,}件") == papers


@given(st.text(max_size=30))
def test_whatever_stands_in_a_cell_is_a_number_or_none(cell: str) -> None:
    found = volume(cell)
    assert found is None or 0 <= found <= 2_000_000_000


def lines(*rows: list[str]) -> tuple[Line, ...]:
    return tuple(Line(n, tuple(row)) for n, row in enumerate(rows, 1))


def test_contacts_are_left_out_wherever_they_stand() -> None:
    found = without_contacts(
        lines(
            ["填报单位：民政局", "填表人：张三", "联系电话：0579-85123456"],
            ["制表人：", "李四", "负责人签字：王五 电话：138 0013 8000", ""],
            ["证明名称", "联系人", "联系电话（手机）", "备注"],
            ["收入证明", "赵六", "13800138000", "问13800138000，或zhaoliu@example.com"],
            ["联系人变更证明", "", "", "330782199003076639 办过"],
        )
    )
    assert found == (
        ("填报单位：民政局", f"填表人：{OUT}", f"联系电话：{OUT}"),
        ("制表人：", None, f"负责人签字：{OUT} 电话：{OUT}", ""),
        ("证明名称", "联系人", "联系电话（手机）", "备注"),
        ("收入证明", None, None, f"问{OUT}，或{OUT}"),
        ("联系人变更证明", "", "", f"{OUT} 办过"),
    )


def test_what_only_sounds_like_a_contact_stays() -> None:
    row = [
        "电话安装证明",
        "法定代表人变更负责人：登记",
        "《电话用户真实身份信息登记规定》第八条",
        "20180101",
        "2018-2019年",
    ]
    assert without_contacts(lines(["证明名称", "用途", "设定依据", "序号", "说明"], row))[1] == tuple(row)


@given(
    st.lists(
        st.lists(st.sampled_from(["", "收入证明", "13912345678", "电话 139-1234-5678", "备注"]), min_size=1), min_size=1
    )
)
def test_no_mobile_number_is_ever_kept(rows: list[list[str]]) -> None:
    text = str(kept([Grid("表", lines(*rows))]))
    assert "13912345678" not in text and "1234-5678" not in text


@given(
    st.lists(
        st.lists(st.text(max_size=5).filter(lambda cell: ":" not in cell and "：" not in cell), min_size=1), min_size=1
    )
)
def test_what_is_kept_is_what_stood_there(rows: list[list[str]]) -> None:
    (sheet,) = kept([Grid("表", lines(*rows))])
    for line, row in zip(lines_of(sheet), rows, strict=True):
        for cell, said in zip(line.cells, row, strict=True):
            unkept = "".join(sign for sign in said if sign != "\x00" and not "\ud800" <= sign <= "\udfff")
            assert cell in (unkept, "", OUT)


@pytest.mark.parametrize(
    ("above", "name", "office"),
    [
        ("填报单位：石桥市民政局", "石桥市住房局证明清单.xlsx", "civil"),
        ("", "石桥市住房局证明清单.xlsx", "homes"),
        ("", "附件1_住房局_2018年证明清理（终稿）.xls", "homes"),
        ("", "石桥水务公司.csv", "water"),
        ("报送单位：古井社区居委会", "清单.xlsx", "well"),
        ("", "证明清单.xlsx", ""),
        ("", "民政局等部门证明汇总.xlsx", ""),
        ("填报单位：各镇街", "清单.xlsx", ""),
        ("填报单位：大河市民政局", "清单.xlsx", ""),
    ],
)
def test_whose_a_list_is(above: str, name: str, office: str) -> None:
    found = sender(DIRECTORY, name, [read(lines([above, ""], ["证明名称", "用途"], ["收入证明", "x"]), {})])
    assert (found.code if found else "") == office


@pytest.mark.parametrize(
    ("name", "heads", "row", "side"),
    [
        ("a.xlsx", ["证明名称", "开具单位"], ["收入证明", "古井社区"], Side.DEMAND),
        ("a.xlsx", ["证明名称", "索要单位"], ["收入证明", "民政局"], Side.ISSUE),
        ("a.xlsx", ["证明名称", "索要单位", "开具单位"], ["收入证明", "民政局", "住房局"], Side.ISSUE),
        ("a.xlsx", ["证明名称", "索要单位", "开具单位"], ["收入证明", "住房局", "民政局"], Side.DEMAND),
        ("住房局开具的证明.xlsx", ["证明名称", "用途"], ["收入证明", "低保"], Side.ISSUE),
        ("住房局要求提供的证明.xlsx", ["证明名称", "索要单位"], ["收入证明", "住房局"], Side.DEMAND),
        ("a.xlsx", ["证明名称", "用途"], ["收入证明", "低保"], Side.DEMAND),
    ],
)
def test_for_which_side_an_office_lists(name: str, heads: list[str], row: list[str], side: Side) -> None:
    assert side_of(DIRECTORY, "homes", name, [read(lines(heads, row), {})]) is side


@pytest.mark.parametrize(
    ("words", "office"), [("homes", "homes"), ("石桥市住房局", "homes"), ("Shiqiao Housing Bureau", "homes"), ("住房局", "homes"), ("火星局", ""), ("", "")]
)  # fmt: skip
def test_an_office_somebody_typed(words: str, office: str) -> None:
    assert typed(DIRECTORY, CITY, words) == office


def said(name: str, volume: str = "") -> Said:
    return Said(name, "homes", "购房", "村", (volume,))


def test_what_a_newer_list_changes() -> None:
    found = changes([said("甲"), said("乙", "1"), said("丙")], [said("甲"), said("乙", "2"), said("丁")])
    assert (found.new, found.gone, found.same) == ((said("丁"),), (said("丙"),), 1)
    assert found.changed == ((said("乙", "1"), said("乙", "2")),)


SAID = st.lists(st.builds(said, st.sampled_from("甲乙丙"), st.sampled_from("12")), max_size=8)


@given(SAID, SAID)
def test_every_row_of_both_lists_is_accounted_for(before: list[Said], after: list[Said]) -> None:
    found = changes(before, after)
    assert len(found.new) + len(found.changed) + found.same == len(after)
    assert len(found.gone) + len(found.changed) + found.same == len(before)
    assert (changes(before, before).same, changes([], after).new) == (len(before), tuple(after))


def test_a_newer_list_has_the_same_names_and_another_part_has_others() -> None:
    assert newer(["甲证明", "乙证明"], ["甲证明", "丙证明"])
    assert newer(["甲证明", "乙证明", "丙证明"], ["丙 证明"])
    assert not newer(["甲证明", "乙证明", "丙证明"], ["丙证明", "丁证明"])
    assert not newer(["甲证明"], ["乙证明"])
    assert not newer([], ["乙证明"])


def test_english_columns_are_not_the_names_themselves() -> None:
    found = understand(["证明名称（英文）", "证明名称", "办理事项（英文）", "用途"], {}).says
    assert found == {
        "证明名称（英文）": Says.NAME_EN,
        "证明名称": Says.NAME,
        "办理事项（英文）": Says.PURPOSE_EN,
        "用途": Says.PURPOSE,
    }
