"""Where the two sides of the inventory do not meet, the 3+3 table, and what always holds."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mianzheng.catalogue.adapters.folder import files_of
from mianzheng.catalogue.rules.package import read
from mianzheng.reform.rules.directory import Directory
from mianzheng.reform.rules.mismatches import ACROSS, DOWN, Compared, Mismatch, Row, Side, compare
from mianzheng.reform.rules.offices import Kind, Level

CITY, PROBLEMS = read(files_of(Path(__file__).parents[2] / "cities/yiwu"))
assert CITY, PROBLEMS
OFFICES = Directory(CITY).offices
DEMANDING, ISSUING = Side.DEMANDING, Side.ISSUING


def row(group: str, side: Side, demander: str = "", issuer: str = "") -> Row:
    return Row(group, f"{group}证明", side, OFFICES(demander), OFFICES(issuer))


def told(compared: Compared) -> list[tuple[str, Mismatch, tuple[int, ...]]]:
    return [(str(each.group), each.mismatch, each.rows) for each in compared.findings]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([row("a", DEMANDING, "民政局", "村（社区）"), row("a", ISSUING, "民政局", "村（社区）")], []),
        ([row("a", DEMANDING, "民政局", "村（社区）")], [("a", Mismatch.NOBODY_ISSUES, (0,))]),
        ([row("a", ISSUING, "民政局", "村（社区）")], [("a", Mismatch.NOBODY_DEMANDS, (0,))]),
        (
            [row("a", DEMANDING, "各银行", "公安局"), row("a", ISSUING, "", "公安局")],
            [("a", Mismatch.NOT_ORDERED, (0,))],
        ),
        (
            [row("a", DEMANDING, "海关、民政局", "公安局"), row("a", DEMANDING, "义乌海关"), row("a", ISSUING, "", "公安局")],
            [("a", Mismatch.NOT_ORDERED, (0, 1))],
        ),
        (
            [row("a", DEMANDING, "民政局", "外地派出所"), row("a", ISSUING, "", "外地派出所")],
            [("a", Mismatch.FROM_ELSEWHERE, (0, 1))],
        ),
        (
            [row("a", DEMANDING, "外地民政部门", "外地派出所"), row("a", ISSUING)],
            [("a", Mismatch.NOT_ORDERED, (0,))],
        ),
        (
            [row("b", DEMANDING, "民政局"), row("a", ISSUING, "", "公安局")],
            [("b", Mismatch.NOBODY_ISSUES, (0,)), ("a", Mismatch.NOBODY_DEMANDS, (1,))],
        ),
        ([], []),
    ],
)  # fmt: skip
def test_what_does_not_meet(rows: list[Row], expected: list[tuple[str, Mismatch, tuple[int, ...]]]) -> None:
    assert told(compare(rows)) == expected


@pytest.mark.parametrize(
    ("demander", "why"),
    [
        ("税务局", "垂直管理"),
        ("供电公司", "中央企业"),
        ("义乌农商银行", "金融机构"),
        ("公证处", "公证机构"),
        ("用人单位", "用人单位"),
        ("某铁路局", "不在本市"),
        ("民政局", None),
        ("某某某", None),
    ],
)
def test_why_the_city_cannot_order_it(demander: str, why: str | None) -> None:
    found = compare([row("a", DEMANDING, demander), row("a", ISSUING, "", "公安局")]).findings
    assert [why in each.reason.msgid for each in found if why] == ([True] if why else [])
    assert bool(found) == bool(why)
    assert all(each.office for each in found)


def test_the_reason_names_whom_the_other_side_meant() -> None:
    (found,) = compare([row("a", DEMANDING, "民政局", "村（社区）、公安局")]).findings
    assert found.reason.params["offices"].zh == "村（社区）、义乌市公安局"  # type: ignore[union-attr]
    assert found.reason.params["offices"].en == "村（社区）, Yiwu Public Security Bureau"  # type: ignore[union-attr]


def test_three_by_three() -> None:
    compared = compare(
        [
            row("a", DEMANDING, "公安局、民政局", "村（社区）"),
            row("b", DEMANDING, "派出所", "村（社区）"),
            row("c", DEMANDING, "各银行", "镇街"),
            row("d", DEMANDING, "市中心医院、税务局", "外地派出所"),
            row("e", DEMANDING, "某某某", "用人单位"),
        ]
    )
    assert {square: n for square, n in compared.demanding.counts.items() if n} == {
        ("organ", Level.CITY): 2, ("organ", Level.TOWN): 1, ("finance", Level.CITY): 1, ("public_body", Level.CITY): 1,
    }  # fmt: skip
    assert {square: n for square, n in compared.issuing.counts.items() if n} == {
        ("organ", Level.COMMUNITY): 2,
        ("organ", Level.TOWN): 1,
    }
    assert (compared.demanding.outside, compared.demanding.unplaced) == (0, 1)
    assert (compared.issuing.outside, compared.issuing.unplaced) == (1, 1)
    assert set(compared.demanding.counts) == {(kind, level) for kind in ACROSS for level in DOWN}


CELL = st.sampled_from(
    ["", "公安局", "民政局、各银行", "海关", "村（社区）", "镇街", "外地派出所", "用人单位", "某某某", "供电公司"]
)
ROWS = st.lists(st.builds(row, st.sampled_from("abc"), st.sampled_from(Side), CELL, CELL), max_size=12)


@given(ROWS)
def test_each_certificate_is_met_or_said_not_to_be(rows: list[Row]) -> None:
    compared = compare(rows)
    for group in {each.group for each in rows}:
        sides = {each.listed_by for each in rows if each.group == group}
        kinds = {each.mismatch for each in compared.findings if each.group == group}
        assert (Mismatch.NOBODY_ISSUES in kinds) == (sides == {DEMANDING})
        assert (Mismatch.NOBODY_DEMANDS in kinds) == (sides == {ISSUING})
    for found in compared.findings:
        assert found.reason
        assert found.rows
        assert {rows[place].group for place in found.rows} == {found.group}


@given(ROWS, st.randoms(use_true_random=False))
def test_order_changes_nothing_and_repeating_a_list_neither(rows: list[Row], chance: object) -> None:
    compared, shuffled = compare(rows), list(rows)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    again = compare(shuffled)
    assert sorted((str(f.group), f.mismatch) for f in compared.findings) == sorted(
        (str(f.group), f.mismatch) for f in again.findings
    )
    assert (compared.demanding, compared.issuing) == (again.demanding, again.issuing)
    twice = compare(rows + rows)
    assert (twice.demanding, twice.issuing) == (compared.demanding, compared.issuing)
    assert len(twice.findings) == len(compared.findings)


@given(ROWS)
def test_the_table_counts_every_certificate_of_a_side(rows: list[Row]) -> None:
    """With one office a certificate, squares, outside and unplaced together are as many as there are certificates."""
    single = {each.group: replace(each, demanders=each.demanders[:1]) for each in rows if each.demanders}
    found = compare(list(single.values())).demanding
    assert sum(found.counts.values()) + found.outside + found.unplaced == len(single)


def test_a_hundred_thousand_rows_in_linear_time() -> None:
    base = [row(f"{n}", side, "海关", "村（社区）") for n in range(500) for side in Side]
    rows = [replace(each, group=f"{each.group}/{n}") for n in range(100) for each in base]
    begun = time.process_time()
    compared = compare(rows)
    assert time.process_time() - begun < 5
    assert {each.office.kind for each in compared.findings if each.office} == {Kind.VERTICAL}
