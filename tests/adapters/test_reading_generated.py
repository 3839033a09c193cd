"""Whatever stands in a table, and however it is written down, the same cells come back with the same row numbers."""

from __future__ import annotations

import codecs
import csv as plain_csv
import datetime
import io
from collections.abc import Sequence

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from pyarrow import parquet

from mianzheng.centre.adapters.reading import csv
from mianzheng.centre.ports import READING, Source
from mianzheng.common.errors import Refusal
from tests.adapters.awful.item import COLUMNS, ITEM

HEADINGS = tuple(COLUMNS[field] for field in ("subject", "permit_no", "name", "amount"))
ENCODINGS = {
    "utf-8": b"",
    "utf-8-sig": b"",
    "utf-16-le": codecs.BOM_UTF16_LE,
    "utf-16-be": codecs.BOM_UTF16_BE,
    "gb18030": b"",
}
SMALL = 1024
"""Bytes a piece may have where the seams between pieces are tested."""

_SIGNS = st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\ufffd\ufeff")
_CELL = st.none() | st.text(st.sampled_from(" \",;|\t\n'号") | _SIGNS, min_size=1, max_size=12)
_NUMBER = st.text("0123456789X", min_size=1, max_size=18)
TABLES = st.lists(st.tuples(_NUMBER, _CELL, _CELL, _CELL), min_size=1, max_size=40)
Rows = Sequence[tuple[object, ...]]


def read(content: bytes) -> list[tuple[object, ...]]:
    """Return every row read from a file, its number first."""
    table = READING().open(Source("", lambda: io.BytesIO(content)), ITEM)
    assert table.headings == HEADINGS
    rows: list[tuple[object, ...]] = []
    for part in table.parts():
        assert not part.faults
        rows += part.frame.select("row", *HEADINGS).rows()
    return rows


def numbered(table: Rows, first: int = 2) -> list[tuple[object, ...]]:
    return [(number, *row) for number, row in enumerate(table, first)]


def as_csv(table: Rows, encoding: str, separator: str, end: str, quoting: int) -> bytes:
    written = io.StringIO()
    plain_csv.writer(written, delimiter=separator, lineterminator=end, quoting=quoting).writerows([HEADINGS, *table])
    return ENCODINGS[encoding] + written.getvalue().encode(encoding)


@pytest.mark.parametrize("piece", [csv.PIECE, SMALL])
@settings(deadline=None)  # a busy machine is no fault
@given(
    table=TABLES,
    encoding=st.sampled_from(sorted(ENCODINGS)),
    separator=st.sampled_from(",;\t|"),
    end=st.sampled_from(["\n", "\r\n"]),
    quoting=st.sampled_from([plain_csv.QUOTE_MINIMAL, plain_csv.QUOTE_ALL]),
)
def test_text_comes_back(piece: int, table: Rows, encoding: str, separator: str, end: str, quoting: int) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(csv, "PIECE", piece)
        assert read(as_csv(table, encoding, separator, end, quoting)) == numbered(table)


@settings(deadline=None)  # a busy machine is no fault
@given(table=TABLES, encoding=st.sampled_from(sorted(ENCODINGS)), separator=st.sampled_from(",;\t|"))
def test_lines_may_end_by_carriage_returns(table: Rows, encoding: str, separator: str) -> None:
    table = [tuple(cell and str(cell).replace("\n", " ") for cell in row) for row in table]
    assert read(as_csv(table, encoding, separator, "\r", plain_csv.QUOTE_MINIMAL)) == numbered(table)


@settings(deadline=None)  # a busy machine is no fault
@given(table=TABLES, above=st.lists(st.sampled_from(["", "缴费证名册", "填报单位：某某局", ",,,"]), max_size=5))
def test_rows_count_from_the_top_of_the_file(table: Rows, above: list[str]) -> None:
    titles = "".join(f"{line}\n" for line in above).encode()
    assert read(titles + as_csv(table, "utf-8", ",", "\n", 0)) == numbered(table, len(above) + 2)


@settings(deadline=None)  # a busy machine is no fault
@given(table=TABLES, right=st.integers(0, 3), down=st.integers(0, 3))
def test_a_workbook_comes_back(table: Rows, right: int, down: int) -> None:
    table = [tuple(cell if cell and str(cell).strip() else None for cell in row) for row in table]  # blanks are nothing
    made = Workbook()
    for row, cells in enumerate([HEADINGS, *table], 1):
        for column, cell in enumerate(cells, 1):
            if cell is not None:
                made.active.cell(row + down, column + right, "text").value = "text"
                made.active.cell(row + down, column + right)._value = cell  # even what looks like a formula is text
    written = io.BytesIO()
    made.save(written)
    assert read(written.getvalue()) == numbered(table, down + 2)


@settings(deadline=None)  # a busy machine is no fault
@given(table=TABLES)
def test_parquet_comes_back(table: Rows) -> None:
    columns = zip(*table, strict=True)
    written = io.BytesIO()
    parquet.write_table(
        pa.table(dict(zip(HEADINGS, (pa.array(c, pa.string()) for c in columns), strict=True))), written
    )
    assert read(written.getvalue()) == numbered(table, 1)


@settings(deadline=None)  # a busy machine is no fault
@given(
    day=st.dates(datetime.date(1901, 1, 1)),
    whole=st.integers(1 - 10**15, 10**15 - 1),
    cents=st.integers(-(10**11), 10**11),
)
def test_values_of_a_workbook_become_what_a_person_would_type(day: datetime.date, whole: int, cents: int) -> None:
    made = Workbook()
    made.active.append(HEADINGS)
    made.active.append(["1", day, whole, cents / 100])
    written = io.BytesIO()
    made.save(written)
    ((_, _, date, number, amount),) = read(written.getvalue())
    assert (date, number) == (day.isoformat(), str(whole))
    assert float(amount) == cents / 100
    assert len(amount.partition(".")[2]) <= 2


@settings(deadline=None)  # a busy machine is no fault
@given(content=st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    """Nothing but a refusal ever comes out."""
    for start in (b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PAR1", "身份证号,编号\n".encode()):
        bytes_read = start + content
        try:
            table = READING().open(Source("", lambda given=bytes_read: io.BytesIO(given)), ITEM)
            for part in table.parts():
                assert set(part.frame.columns) == {"row", *table.headings}
        except Refusal as refusal:
            assert refusal.now
