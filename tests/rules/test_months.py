"""Months: one way to keep them, however they are written, and nothing that only looks like one."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mianzheng.catalogue.rules.city import Field
from mianzheng.centre.rules import cells
from mianzheng.common.texts import Text

MONTH = Field("bills", "month", Text("账单月份"), "month", key=True)


def read(*written: str | None) -> list[str | None]:
    return cells.read(pl.Series(written, dtype=pl.String), MONTH).value.to_list()


WAYS = (
    "2025-10 202510 2025年10月 2025年10月份 2025/10 2025.10 ２０２５－１０ 2025-10-01 20251001 2025年10月1日 2025/10/1"
    " 2025-10-01T00:00:00"
).split()


def test_however_a_month_is_written_it_is_one_key() -> None:
    assert read(*WAYS, " 2025 年 10 月 ", "2025-10-01 00:00:00", None) == ["2025-10"] * (len(WAYS) + 2) + [None]


def test_a_month_of_one_digit_gets_two() -> None:
    assert read("2025-1", "2025年1月", "2025/1", "2025-01", "202501") == ["2025-01"] * 5


@pytest.mark.parametrize(
    "written",
    [
        "2025-010",
        "2025-13",
        "2025-00",
        "202513",
        "10-2025",
        "112012",
        "25-10",
        "2025",
        "2025-10-02",
        "十月",
        "20251",
        "99999",
    ],
)
def test_what_is_no_month_is_refused(written: str) -> None:
    found = cells.read(pl.Series([written]), MONTH)
    assert (found.value.to_list(), found.wrong.to_list()) == ([None], [True])
    assert "年月" in cells.why_wrong(MONTH).msgid


@given(st.dates().filter(lambda day: 1900 <= day.year < 2100))
def test_every_month_comes_back(day) -> None:
    kept = f"{day:%Y-%m}"
    assert read(kept, f"{day:%Y%m}", f"{day.year}年{day.month}月", f"{day.year}/{day.month}") == [kept] * 4
