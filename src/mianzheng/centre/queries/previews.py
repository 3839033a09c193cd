"""What is in a batch's file, before anybody says yes: the first rows, how the columns are understood, what is wrong."""

from __future__ import annotations

import dataclasses
import datetime
from contextlib import closing
from dataclasses import dataclass

from mianzheng.catalogue.rules.city import City
from mianzheng.centre.models import Intake
from mianzheng.centre.ports import READING, SPOOL, Source
from mianzheng.centre.rules.headings import Columns, match
from mianzheng.centre.rules.intakes import Fault
from mianzheng.centre.rules.rows import check
from mianzheng.common.reasons import Reason

SHOWN, CHECKED = 20, 1000


@dataclass(frozen=True, slots=True)
class Preview:
    """`rows` are the first ones as they stand in the file, a cell a heading; `faults` those of the first thousand rows, as
    far as they show without asking the vault.
    """

    headings: tuple[str, ...]
    columns: Columns
    notes: tuple[Reason, ...]
    rows: tuple[tuple[str | None, ...], ...]
    faults: tuple[Fault, ...]
    expected_rows: int


def preview(city: City, intake: Intake, today: datetime.date) -> Preview:
    """Read the beginning of the batch's file. Raises `Refusal` where it cannot be read."""
    item, token = city.items[intake.item], intake.file
    table = READING().open(Source(intake.name, lambda: SPOOL().open(token)), item)
    columns = match(item, table.headings, intake.columns)
    with closing(table.parts()) as parts:
        part = next(parts, None)
    if part is None:
        return Preview(table.headings, columns, table.notes, (), (), 0)
    frame = part.frame.head(CHECKED)
    # a row that fits no heading is told without its text: nobody knows which part of it is a name
    faults = [fault if fault.column else dataclasses.replace(fault, value="") for fault in part.faults[:CHECKED]]
    if not columns.missing:
        faults += check(frame, item, columns, today).faults
    rows = tuple(frame.head(SHOWN).select(table.headings).iter_rows())
    return Preview(table.headings, columns, table.notes, rows, tuple(faults), table.expected_rows)
