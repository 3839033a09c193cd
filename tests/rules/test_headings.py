"""Which column is which field, and where the headings stand."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mianzheng.centre.rules.headings import find, match
from mianzheng.common.headings import SEARCHED
from tests.adapters.awful.item import ANN, COLUMNS, HEADINGS, ITEM, cells

TITLE = ["某某局缴费证名册", *[None] * 9]


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("身份证号", "subject"),
        ("公民身份号码", "subject"),
        ("subject", "subject"),
        ("ID number", "subject"),
        ("姓名", "name"),
        ("操作类型", "operation"),
        ("permit_no", "permit_no"),
        ("Permit No", "permit_no"),
        ("证件编号", "permit_no"),
        ("＊编 号：", "permit_no"),
        ("金额（元）", "amount"),
        ("金额\n【元】", "amount"),
        ("缴费信息/金额", "amount"),
        ("金额/amount", "amount"),
        ("配偶", "spouse"),
        ("配偶身份证号", "spouse"),
        ("配偶/证件号码", "spouse"),
        ("备注", None),
        ("", None),
    ],
)
def test_a_heading_is_understood(heading: str, field: str | None) -> None:
    assert dict(match(ITEM, [heading], {}).fields) == ({field: heading} if field else {})


def test_what_is_needed_and_not_there_is_named() -> None:
    assert match(ITEM, ["姓名"], {}).missing == ("身份证号", "编号")
    assert match(ITEM, ["身份证号", "编号", "备注"], {}).unknown == ("备注",)


def test_a_person_has_the_last_word() -> None:
    columns = match(ITEM, ["身份证号", "编号", "代号", "金额"], {"代号": "permit_no", "金额": ""})
    assert dict(columns.fields) == {"subject": "身份证号", "permit_no": "代号"}
    assert columns.unknown == ("编号",)


def test_the_surer_heading_wins_wherever_it_stands() -> None:
    columns = match(ITEM, ["配偶/编号", "编号", "身份证号"], {})
    assert columns.fields["permit_no"] == "编号"


@settings(deadline=None)  # a busy machine is no fault
@given(above=st.integers(0, SEARCHED - 2), below=st.integers(0, 3))
def test_headings_are_found_below_titles(above: int, below: int) -> None:
    rows = [*[TITLE] * above, list(HEADINGS), *[cells()] * below]
    found = find(rows, ITEM)
    assert found is not None
    assert (found.first, found.headings) == (above + 1, HEADINGS)


@settings(deadline=None)  # a busy machine is no fault
@given(st.permutations(HEADINGS), st.sampled_from([0, 1, 5]))
def test_the_order_does_not_matter(headings: list[str], above: int) -> None:
    found = find([*[TITLE] * above, headings, cells()], ITEM)
    assert found is not None
    assert dict(match(ITEM, found.headings, {}).fields) == COLUMNS


def test_merged_cells_stand_before_each_below_them() -> None:
    upper = ["身份证号", "缴费", None, "有效期", None]
    lower = [None, "编号", "金额", "起", "止"]
    found = find([TITLE, upper, lower, [ANN, "1", "2", "3", "4"]], ITEM)
    assert found is not None
    assert found.first == 3
    assert found.headings == ("身份证号", "缴费/编号", "缴费/金额", "有效期/起", "有效期/止")


def test_the_same_headings_in_two_languages_are_one() -> None:
    found = find([["身份证号", "编号", "金额"], ["subject", "permit_no", "amount"], [ANN, "1", "2"]], ITEM)
    assert found is not None
    assert found.first == 2


def test_headings_of_one_name_are_told_apart() -> None:
    found = find([["身份证号", "编号", "金额", "金额", None, "row"]], ITEM)
    assert found is not None
    assert found.headings == ("身份证号", "编号", "金额", "金额#2", "#5", "row#2")


def test_values_are_no_headings_but_strange_words_may_be() -> None:
    assert find([[ANN, "2024-01-05", "3"], [ANN, "2024-01-06", "4"]], ITEM) is None
    found = find([[None, None], ["号码本", "时间"], [ANN, "4"]], ITEM)
    assert found is not None
    assert (found.first, found.fits) == (2, 0)
