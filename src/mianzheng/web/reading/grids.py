"""Spreadsheets as people fill them, read whole: every cell as text, in its place. For tables that fit on a desk, not for
registers.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from mianzheng.common.errors import Refusal
from mianzheng.common.reasons import N_, Reason
from mianzheng.web.reading.encodings import encoding_of, lines_of
from mianzheng.web.reading.packed import check_old, check_packed, damaged, errors_in, locked, refused
from mianzheng.web.reading.texts import as_text

ZIP = (b"PK\x03\x04", b"PK\x05\x06")
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
FOREIGN = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"GIF8")

MOST_ROWS = 50_000
"""Filled rows of one file; a list of certificates has hundreds."""
WIDEST = 256
_SEPARATORS = ",\t;|"


@dataclass(frozen=True, slots=True)
class Row:
    """One row with something in it: its `number` as the program that made it counts, from 1; nothing is an empty text."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """One sheet. Merged cells say the same in each of their places; `merged` are the places (row, column from 0) that say
    it after another. Hidden sheets are read too, and say so.
    """

    name: str
    rows: tuple[Row, ...]
    merged: frozenset[tuple[int, int]] = frozenset()
    hidden: bool = False


def grids_of(content: bytes) -> tuple[Grid, ...]:
    """Return the sheets of an XLSX, XLS or CSV file. Refuses in one sentence what is locked, damaged, harmful or no table."""
    if not content.strip():
        raise Refusal(Reason(N_("文件是空的。")), Reason(N_("请检查导出是否成功，再交一次。")), field="file")
    if content.startswith((*ZIP, OLE)):
        grids = tuple(_workbook(content))
    elif content.startswith(FOREIGN):
        raise refused(
            N_("这不是表格文件（是图片、PDF 或压缩包）。"), N_("请交 XLSX、XLS 或 CSV 文件；压缩包请先解开。")
        )
    else:
        grids = (_text(content),)
    if sum(len(grid.rows) for grid in grids) > MOST_ROWS:
        raise refused(N_("文件里有超过 %(most)s 行，不像一份清单。"), N_("请只交清单所在的工作表。"), most=MOST_ROWS)
    return grids


def _workbook(content: bytes) -> Iterator[Grid]:
    stream = io.BytesIO(content)
    errors: dict[str, dict[tuple[int, int], str]] = {}
    if content.startswith(ZIP):
        check_packed(stream)
        errors = errors_in(stream)
        stream.seek(0)
    else:
        check_old(content)
    try:
        book = CalamineWorkbook.from_filelike(stream)
        for about in book.sheets_metadata:
            if about.typ == SheetTypeEnum.WorkSheet:
                sheet = book.get_sheet_by_name(about.name)
                yield _grid(sheet, about.visible != SheetVisibleEnum.Visible, errors.get(about.name, {}))
    except PasswordError:
        raise locked() from None
    except (CalamineError, OSError, ValueError):
        raise damaged() from None


def _grid(sheet: CalamineSheet, hidden: bool, errors: dict[tuple[int, int], str]) -> Grid:
    left = sheet.start[1] if sheet.start else 0
    cells: dict[int, list[str]] = {}
    for number, row in enumerate(sheet.iter_rows()):
        said = [(as_text(cell) or "").strip() for cell in row[:WIDEST]]
        if any(said):
            cells[number] = [""] * left + said
    for (number, column), word in errors.items():
        _put(cells, number, column, word)
    merged = set()
    for (first, begin), (last, end) in sheet.merged_cell_ranges or ():
        word = cells[first][begin] if first in cells and begin < len(cells[first]) else ""
        for number in range(first, min(last, first + MOST_ROWS) + 1) if word else ():
            for column in range(begin, min(end, WIDEST) + 1):
                if (number, column) != (first, begin):
                    _put(cells, number, column, word)
                    merged.add((number, column))
    rows = tuple(Row(number + 1, tuple(cells[number])) for number in sorted(cells))
    return Grid(sheet.name, rows, frozenset(merged), hidden)


def _put(cells: dict[int, list[str]], number: int, column: int, word: str) -> None:
    row = cells.setdefault(number, [])
    row += [""] * (column + 1 - len(row))
    row[column] = word


def _text(content: bytes) -> Grid:
    encoding, mark = encoding_of(content[: 1 << 20])
    text = b"".join(lines_of(io.BytesIO(content[mark:]), encoding)).decode("utf-8", "replace")
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text.splitlines()[:30]))
    rows, before = [], 0
    try:
        for cells in lines:
            said = [cell.strip() for cell in cells[:WIDEST]]
            if any(said):
                rows.append(Row(before + 1, tuple(said)))
            before = lines.line_num
    except csv.Error:
        raise damaged() from None
    return Grid("", tuple(rows))


def _separator(lines: Sequence[str]) -> str:
    """Return the sign that stands most evenly between cells."""
    return max(
        _SEPARATORS, key=lambda sign: (sum(sign in line for line in lines), sum(line.count(sign) for line in lines))
    )
