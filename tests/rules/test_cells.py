"""What is understood in a column, what is refused, and that the quick pass never says otherwise than the close one."""

from __future__ import annotations

import datetime
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mianzheng.catalogue.rules.city import Field
from mianzheng.centre.rules import cells
from mianzheng.common.texts import Text

CODES = {"m": Text("男", "Male"), "f": Text("女", "Female")}
WRONG = object()


def field(kind: str) -> Field:
    return Field("item", "field", Text("字段", "field"), kind, codes=CODES if kind == "code" else {})


def one(kind: str, written: str | None) -> Any:
    value, blank, wrong = cells.read(pl.Series([written], dtype=pl.String), field(kind))
    assert not (blank[0] and wrong[0])
    if wrong[0]:
        assert value[0] is None
        return WRONG
    return value[0]


DAY = datetime.date(2024, 1, 5)


@pytest.mark.parametrize(
    ("kind", "written", "read"),
    [
        *(
            ("date", written, DAY)
            for written in ("2024-01-05", "2024-1-5", "2024.1.5", "2024/01/05", "2024年1月5日", "20240105")
        ),
        *(
            ("date", written, DAY)
            for written in ("45296", "45296.0", "2024-01-05 00:00:00", "2024-01-05T08:30", "２０２４年1月5日")
        ),
        *(
            ("date", written, DAY)
            for written in (
                "2024-01-04T16:00:00.000Z",
                "2024-01-05T15:59Z",
                "2024-01-05 00:00:00+08",
                "2024-01-05T00:30:00+0800",
                "2024-01-04 9:30-07:30",
                "2024-01-05T23:59:59",
            )
        ),
        ("date", "1988-07-01T15:30Z", datetime.date(1988, 7, 2)),  # that summer clocks were an hour ahead
        ("date", "9999-12-31T23:59:59Z", datetime.date(9999, 12, 31)),
        ("date", "2024-01-04T16:00+25:00", WRONG),
        *(("date", written, WRONG) for written in ("24-1-5", "2024-02-30", "05/01/2024", "2024", "去年", "0024-01-05")),
        ("date", "长期", datetime.date(9999, 12, 31)),
        ("date", " \u3000", None),
        ("integer", "12", 12),
        ("integer", "12.0", 12),
        ("integer", "1,234", 1234),
        ("integer", "１２", 12),
        ("integer", "12.5", WRONG),
        ("integer", "12,34", WRONG),
        ("decimal", "1234.50", 1234.5),
        ("decimal", "¥1,234.50", 1234.5),
        ("decimal", "12元", 12.0),
        ("decimal", "1.500", 1.5),
        ("decimal", "1.555", WRONG),
        ("decimal", "1e5", WRONG),
        ("decimal", "nan", WRONG),
        *(("boolean", written, True) for written in ("是", "√", "Y", "true", "1", "TRUE")),
        *(("boolean", written, False) for written in ("否", "×", "no", "0", "F")),
        ("boolean", "不知道", WRONG),
        ("code", "m", "m"),
        ("code", "M", "m"),
        ("code", " 女 ", "f"),
        ("code", "female", "f"),
        ("code", "x", WRONG),
        ("text", "\u200b商城大道\ufeff", "商城大道"),
        ("text", "'007", "007"),
        ("text", "字" * 401, WRONG),
        ("text", "a\x00b", "ab"),
        ("subject", "３３０７８２ 19900307 663x", "33078219900307663X"),
        ("subject", "5.1072E+17", WRONG),
        ("subject", "E1234567", "E1234567"),
    ],
)
def test_a_cell(kind: str, written: str, read: Any) -> None:
    assert one(kind, written) == read


@given(st.sampled_from(sorted(cells.TYPES)), st.lists(st.none() | st.text(max_size=12), min_size=1, max_size=8))
def test_a_cell_reads_the_same_alone_and_among_others(kind: str, column: list[str | None]) -> None:
    together = cells.read(pl.Series(column, dtype=pl.String), field(kind))
    for place, written in enumerate(column):
        alone = cells.read(pl.Series([written], dtype=pl.String), field(kind))
        assert [part[place] for part in together] == [part[0] for part in alone]


@given(st.dates(datetime.date(1000, 1, 1)))
def test_every_date_comes_back(day: datetime.date) -> None:
    assert one("date", day.isoformat()) == one("date", f"{day:%Y/%m/%d}") == day


@given(st.decimals(-(10**12), 10**12, places=2))
def test_every_amount_comes_back_to_the_fen(amount: Any) -> None:
    assert f"{one('decimal', str(amount)):.2f}" == f"{amount:.2f}"
