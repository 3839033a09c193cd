"""Workbooks: every sheet whose headings fit the item, as if they were one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

from python_calamine import CalamineSheet

from mianzheng.catalogue.rules.city import Item
from mianzheng.centre.adapters.reading.frames import no_headings, parts_of, real_rows
from mianzheng.centre.ports import Part, Source
from mianzheng.centre.rules.headings import find, match
from mianzheng.common.headings import SEARCHED, Found
from mianzheng.common.reasons import N_, Reason
from mianzheng.web.reading.books import opened
from mianzheng.web.reading.packed import Place
from mianzheng.web.reading.texts import as_text

MOST_MERGED = 2_000_000
"""Cells below the first of merged ones that are filled in."""


@dataclass(frozen=True, slots=True)
class _Sheet:
    """One sheet with its headings. `before` is added to its row numbers, so that those of several sheets differ."""

    sheet: CalamineSheet
    found: Found
    errors: dict[Place, str]
    before: int = 0
    below: dict[int, list[Place]] = field(default_factory=dict)
    """For each row the (first row, column) of the merged cells it lies in."""


class Workbook:
    """An XLSX or XLS file."""

    def __init__(self, source: Source, item: Item, *, packed: bool) -> None:
        self._item = item
        with closing(source.open()) as stream:
            sheets, hidden, errors = opened(stream, packed=packed)
        found = [(sheet, find(_top(sheet), item)) for sheet in sheets]
        fitting = [(sheet, there) for sheet, there in found if there and there.fits]
        chosen = fitting or [(sheet, there) for sheet, there in found if there][:1]
        if not chosen:
            raise no_headings()
        step = 10 ** len(str(max(sheet.total_height for sheet, _ in chosen)))
        self._sheets = [
            _Sheet(sheet, there, errors.get(sheet.name, {}), n * step, _merged(sheet, there.first))
            for n, (sheet, there) in enumerate(chosen)
        ]
        self.headings = self._sheets[0].found.headings
        self.expected_rows = sum(max(each.sheet.total_height - each.found.first, 0) for each in self._sheets)
        self._notes = self._about([sheet.name for sheet in sheets], hidden)

    @property
    def notes(self) -> tuple[Reason, ...]:
        return tuple(self._notes)

    def parts(self) -> Iterator[Part]:
        """Yield the rows of one sheet after the other."""
        first = match(self._item, self.headings, {}).fields
        remarks: list[Reason] = []
        for each in self._sheets:
            fields = match(self._item, each.found.headings, {}).fields
            same = {heading: first[code] for code, heading in fields.items() if code in first}
            names = [same.get(heading, heading) for heading in each.found.headings]
            places = [names.index(heading) if heading in names else None for heading in self.headings]
            for frame, faults in parts_of(self.headings, _rows(each, places)):
                yield Part(real_rows(frame, remarks, self.headings[0]), faults)
        self._notes += remarks

    def _about(self, names: Sequence[str], hidden: Sequence[str]) -> list[Reason]:
        read = [each.sheet.name for each in self._sheets]
        left = [name for name in names if name not in read]
        notes = [Reason(N_("读取了这些工作表：%(sheets)s。"), {"sheets": "、".join(read)})] if len(names) > 1 else []
        for each in self._sheets[1:]:
            words = N_("工作表“%(sheet)s”的第1行在错误清单里写作第%(row)s行，往下类推。")
            notes.append(Reason(words, {"sheet": each.sheet.name, "row": each.before + 1}))
        if left:
            notes.append(Reason(N_("这些工作表与本信息项无关，没有读取：%(sheets)s。"), {"sheets": "、".join(left)}))
        if hidden:
            notes.append(Reason(N_("这些工作表是隐藏的，没有读取：%(sheets)s。"), {"sheets": "、".join(hidden)}))
        return notes


def _top(sheet: CalamineSheet) -> list[list[str | None]]:
    rows: list[list[str | None]] = []
    for row in sheet.iter_rows():
        rows.append([as_text(cell) for cell in row])
        if len(rows) > SEARCHED + 2:
            break
    return rows


def _merged(sheet: CalamineSheet, first: int) -> dict[int, list[Place]]:
    """Return which rows lie in cells merged downwards below the headings."""
    below: dict[int, list[Place]] = {}
    left = sheet.start[1] if sheet.start else 0
    cells = 0
    for (top, column), (bottom, last) in sheet.merged_cell_ranges or []:
        cells += bottom - top
        if top >= first and column == last and cells <= MOST_MERGED:
            for row in range(top + 1, bottom + 1):
                below.setdefault(row, []).append((top, column - left))
    return below


def _rows(each: _Sheet, places: Sequence[int | None]) -> Iterator[tuple[int, list[str | None]]]:
    """Yield the numbered rows below the headings, cells in the order of `places`; empty rows are left out."""
    left = each.sheet.start[1] if each.sheet.start else 0
    firsts = {place for merged in each.below.values() for place in merged}
    values: dict[Place, Any] = {}
    odd = {row for row, _ in each.errors} | {row for row, _ in firsts} | each.below.keys()
    for number, row in enumerate(each.sheet.iter_rows()):
        if number < each.found.first:
            continue
        if number in odd:
            for column in range(len(row)):
                row[column] = each.errors.get((number, column + left), row[column])
            for place in each.below.get(number, ()):
                row[place[1]] = values.get(place, row[place[1]])
            values |= {(number, column): row[column] for column in range(len(row)) if (number, column) in firsts}
        if any(cell != "" for cell in row):
            yield (
                each.before + number + 1,
                [None if place is None else as_text(row[place]) for place in places],
            )
