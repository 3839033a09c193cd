"""Rows of cells as the parts the loader takes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import polars as pl

from mianzheng.centre.ports import Part
from mianzheng.common.errors import Refusal
from mianzheng.common.reasons import N_, Reason

ROWS = 200_000
"""Rows of a part."""

REMARK = re.compile(
    r"^\s*(合\s*计|总\s*计|小\s*计|共\s*计|共\s*\d+\s*[条行人户]|(备注|说明)([^\w]|\d|$)|(注|填表人|制表人|审核人|填报人|经办人|负责人|单位负责人"
    r"|制表单位|填报单位|制表日期|填表日期|填报日期|导出时间|打印时间)\s*[:：])"
)
"""How the totals and remarks begin that people write below a table."""

REPEATED = Reason(N_("表中间又出现了一次表头，没有当作记录。"))
REMARKS = N_("第%(row)s行是合计或备注，没有当作记录。")


def parts_of(headings: Sequence[str], rows: Iterable[tuple[int, Sequence[str | None]]]) -> Iterator[Part]:
    """Yield parts of numbered `rows`; a row shorter than the headings lacks the rest."""
    numbers: list[int] = []
    cells: list[Sequence[str | None]] = []
    for number, row in rows:
        numbers.append(number)
        cells.append([*row[: len(headings)], *[None] * (len(headings) - len(row))])
        if len(cells) == ROWS:
            yield Part(frame_of(headings, numbers, cells), [])
            numbers, cells = [], []
    if cells:
        yield Part(frame_of(headings, numbers, cells), [])


def frame_of(headings: Sequence[str], numbers: Sequence[int], cells: Sequence[Sequence[str | None]]) -> pl.DataFrame:
    """Return a part's frame of numbered rows."""
    frame = pl.DataFrame(cells, schema=dict.fromkeys(headings, pl.String), orient="row")
    return frame.with_columns(pl.Series("row", numbers, dtype=pl.UInt32))


def real_rows(frame: pl.DataFrame, notes: list[Reason], first_heading: str = "") -> pl.DataFrame:
    """Leave out empty rows, totals and remarks below the table, and headings that are repeated on every printed page;
    all but empty rows are noted.
    """
    headings = [name for name in frame.columns if name != "row"]
    if first_heading:
        again = (frame[headings[0]] == first_heading).fill_null(False)
        if again.any():
            frame = frame.filter(~again)
            note(notes, REPEATED)
    if not any(frame[name].null_count() for name in headings) and not _blank(frame[headings[0]]).any():
        return frame
    filled = frame.select(pl.sum_horizontal(pl.col(headings).is_not_null())).to_series()
    sparse = (filled <= len(headings) // 2 + 1) | _blank(frame[headings[0]])
    few = frame.filter(sparse)
    first = few.select(pl.coalesce(pl.col(headings))).to_series()
    remarks = few.filter(first.str.contains(REMARK.pattern).fill_null(False))["row"]
    for row in remarks.head(MOST_NOTES).to_list():
        note(notes, Reason(REMARKS, {"row": row}))
    empty = few.filter(few.select(pl.all_horizontal(_blank(pl.col(headings)))).to_series())["row"]
    gone = pl.concat([remarks, empty])
    return frame.filter(~frame["row"].is_in(gone.implode())) if len(gone) else frame


def _blank(column: Any) -> Any:
    """Return where a cell is empty, or has nothing but blanks in it."""
    return column.is_null() | ~column.str.contains(r"\S")


MOST_NOTES = 5


def note(notes: list[Reason], reason: Reason) -> None:
    """Add a note that is not there yet, while there are few."""
    if reason not in notes and len(notes) < MOST_NOTES:
        notes.append(reason)


def no_headings() -> Refusal:
    """Say that nothing in the file looks like a table."""
    return Refusal(
        Reason(N_("文件里没有找到表头。")),
        Reason(N_("请在第一行写列名，例如“身份证号”，下面每行一条记录，再交一次。")),
        field="file",
    )
