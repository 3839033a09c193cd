"""The error file as a department opens it: a spreadsheet or CSV, in which no value can act as a formula."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _

from mianzheng.centre.rules.intakes import Fault
from mianzheng.web import sheets
from mianzheng.web.words import say

WIDTHS = (8, 24, 32, 60)


def titles() -> tuple[str, str, str, str]:
    """Return the headings of an error file."""
    return _("行号"), _("列"), _("原值"), _("原因")


def in_order(faults: Iterable[Fault]) -> list[Fault]:
    """Return the faults by row, as one goes through the file; they are found column by column."""
    return sorted(faults, key=lambda fault: fault.row)


def as_xlsx(faults: Iterable[Fault]) -> io.BytesIO:
    """Write the faults as a spreadsheet; every value is text, whatever it looks like."""
    return sheets.as_xlsx(_("错误清单"), titles(), _rows(faults), WIDTHS)


def as_csv(faults: Iterable[Fault]) -> Iterator[bytes]:
    """Yield the faults as CSV in UTF-8 with a byte order mark, which office programs want."""
    return sheets.as_csv(titles(), _rows(faults))


def _rows(faults: Iterable[Fault]) -> Iterator[tuple[int, str, str, str]]:
    for fault in in_order(faults):
        yield fault.row, fault.column, fault.value, say(fault.reason)
