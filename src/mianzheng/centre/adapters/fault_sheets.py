"""The error file as a department opens it: a spreadsheet or CSV, in which no value can act as a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from mianzheng.centre.rules.intakes import Fault
from mianzheng.web.words import say

ACTS = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet takes text that begins so for a formula when it opens a CSV."""
WIDTHS = {"A": 8, "B": 24, "C": 32, "D": 60}


def titles() -> tuple[str, str, str, str]:
    """Return the headings of an error file."""
    return _("行号"), _("列"), _("原值"), _("原因")


def in_order(faults: Iterable[Fault]) -> list[Fault]:
    """Return the faults by row, as one goes through the file; they are found column by column."""
    return sorted(faults, key=lambda fault: fault.row)


def as_xlsx(faults: Iterable[Fault]) -> io.BytesIO:
    """Write the faults as a spreadsheet; every value is text, whatever it looks like."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("错误清单"))
    sheet.freeze_panes = "A2"
    for column, width in WIDTHS.items():
        sheet.column_dimensions[column].width = width
    sheet.append(titles())
    for fault in in_order(faults):
        sheet.append([fault.row, *(_text(sheet, value) for value in (fault.column, fault.value, say(fault.reason)))])
    written = io.BytesIO()
    book.save(written)
    written.seek(0)
    return written


def as_csv(faults: Iterable[Fault]) -> Iterator[bytes]:
    """Yield the faults as CSV in UTF-8 with a byte order mark, which office programs want."""
    yield "\ufeff".encode()
    yield _line(titles())
    for fault in in_order(faults):
        yield _line((str(fault.row), _harmless(fault.column), _harmless(fault.value), say(fault.reason)))


def _text(sheet: Any, value: str) -> Any:
    cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", value))
    cell.data_type = "s"
    cell.number_format = "@"
    return cell


def _line(cells: Iterable[str]) -> bytes:
    line = io.StringIO()
    csv.writer(line).writerow(cells)
    return line.getvalue().encode()


def _harmless(value: str) -> str:
    return f"'{value}" if value.startswith(ACTS) else value
