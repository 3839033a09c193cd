"""What is in a batch's file, before anybody says yes: the first rows, how the columns are understood, what is wrong."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass

import polars as pl

from mianzheng.catalogue.rules.city import City, Item
from mianzheng.centre.models import Intake
from mianzheng.centre.ports import READING, SPOOL, Source, Table
from mianzheng.centre.rules.headings import SUBJECT, Columns, match
from mianzheng.centre.rules.intakes import Fault, too_many_bad
from mianzheng.centre.rules.rows import check
from mianzheng.common.errors import Refusal
from mianzheng.common.reasons import N_, Reason
from mianzheng.people.rules.subjects import check_number, kind_of

SHOWN, CHECKED = 20, 1000
NO_ROWS = Reason(N_("文件里没有一行数据。"))


@dataclass(frozen=True, slots=True)
class Preview:
    """`rows` are the first ones as they stand in the file, a cell a heading; `faults` those of the first thousand rows.
    `refused` says why the whole batch would be refused, where the file is so short that this can be told already.
    """

    headings: tuple[str, ...]
    columns: Columns
    notes: tuple[Reason, ...]
    rows: tuple[tuple[str | None, ...], ...]
    faults: tuple[Fault, ...]
    expected_rows: int
    refused: Reason | None = None


def preview(city: City, intake: Intake, today: datetime.date) -> Preview:
    """Read the beginning of the batch's file. Raises `Refusal` where it cannot be read."""
    item, token = city.items[intake.item], intake.file
    table = READING().open(Source(intake.name, lambda: SPOOL().open(token)), item)
    columns = match(item, table.headings, intake.columns)
    begun, broken, whole = _begun(table)
    if not begun.height:
        return Preview(table.headings, columns, table.notes, (), (), 0, NO_ROWS)
    frame = begun.head(CHECKED)
    # a row that fits no heading is told without its text: nobody knows which part of it is a name
    faults = [fault if fault.column else dataclasses.replace(fault, value="") for fault in broken[:CHECKED]]
    refused = None
    if not columns.missing:
        checked = check(frame, item, columns, today)
        numbers = _wrong_numbers(item, columns, checked.frame)
        faults += [*checked.faults, *numbers]
        if whole:
            bad = len({fault.row for fault in faults})
            refused = too_many_bad(item, city.policy, rows=begun.height + len(broken), bad=bad)
    rows = tuple(frame.head(SHOWN).select(table.headings).iter_rows())
    count = begun.height if whole else table.expected_rows
    return Preview(table.headings, columns, table.notes, rows, tuple(faults), count, refused)


def _begun(table: Table) -> tuple[pl.DataFrame, list[Fault], bool]:
    """Return a thousand rows or more from the beginning, those that could not be split, and whether that is all."""
    frames: list[pl.DataFrame] = []
    faults: list[Fault] = []
    with closing(table.parts()) as parts:
        for part in parts:
            frames.append(part.frame)
            faults += part.faults
            if sum(frame.height for frame in frames) > CHECKED:
                return pl.concat(frames), faults, False
    return (pl.concat(frames) if frames else pl.DataFrame()), faults, True


def _wrong_numbers(item: Item, columns: Columns, frame: pl.DataFrame) -> Iterator[Fault]:
    """Yield a fault for every number that is none: form, check digit, date of birth."""
    about = {SUBJECT: item.about} | {field.code: field.refers for field in item.fields if field.type == "subject"}
    for code, holder in about.items():
        if code in frame.columns and code in columns.fields:
            for row, number in frame.select("row", code).drop_nulls().iter_rows():
                try:
                    check_number(kind_of(holder, number), number)
                except Refusal as wrong:
                    yield Fault(row, columns.fields[code], number, wrong.what)
