"""Spreadsheets as people fill them, read whole: every cell as text, in its place. For tables that fit on a desk, not for
registers.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence

from python_calamine import CalamineSheet

from mianzheng.common.errors import Refusal
from mianzheng.common.grids import Grid, Line
from mianzheng.common.reasons import N_, Reason
from mianzheng.web.reading.books import FOREIGN, OLE, ZIP, opened
from mianzheng.web.reading.encodings import encoding_of, lines_of
from mianzheng.web.reading.packed import damaged, refused
from mianzheng.web.reading.texts import as_text

MOST_ROWS = 50_000
"""Filled rows of one file; a list of certificates has hundreds."""
WIDEST = 256
_SEPARATORS = ",\t;|"


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
    if sum(len(grid.lines) for grid in grids) > MOST_ROWS:
        raise refused(N_("文件里有超过 %(most)s 行，不像一份清单。"), N_("请只交清单所在的工作表。"), most=MOST_ROWS)
    return grids


def _workbook(content: bytes) -> Iterator[Grid]:
    sheets, hidden, errors = opened(io.BytesIO(content), packed=content.startswith(ZIP), with_hidden=True)
    for sheet in sheets:
        yield _grid(sheet, sheet.name in hidden, errors.get(sheet.name, {}))


def _grid(sheet: CalamineSheet, hidden: bool, errors: dict[tuple[int, int], str]) -> Grid:
    left = sheet.start[1] if sheet.start else 0
    cells: dict[int, list[str]] = {}
    for number, row in enumerate(sheet.iter_rows()):
        said = [(as_text(cell) or "").strip() for cell in row[:WIDEST]]
        if any(said):
            cells[number] = [""] * left + said
    for (number, column), word in errors.items():
        _put(cells, number, column, word)
    merged: dict[int, set[int]] = {}
    for (first, begin), (last, end) in sheet.merged_cell_ranges or ():
        word = cells[first][begin] if first in cells and begin < len(cells[first]) else ""
        for number in range(first, min(last, first + MOST_ROWS) + 1) if word else ():
            for column in range(begin, min(end, WIDEST) + 1):
                if (number, column) != (first, begin):
                    _put(cells, number, column, word)
                    merged.setdefault(number, set()).add(column)
    lines = (Line(number + 1, tuple(cells[number]), frozenset(merged.get(number, ()))) for number in sorted(cells))
    return Grid(sheet.name, tuple(lines), hidden)


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
                rows.append(Line(before + 1, tuple(said)))
            before = lines.line_num
    except csv.Error:
        raise damaged() from None
    return Grid("", tuple(rows))


def _separator(lines: Sequence[str]) -> str:
    """Return the sign that stands most evenly between cells."""
    return max(
        _SEPARATORS, key=lambda sign: (sum(sign in line for line in lines), sum(line.count(sign) for line in lines))
    )
