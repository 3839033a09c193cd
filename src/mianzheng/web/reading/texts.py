"""Values of other systems as the text a person would have typed."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

from mianzheng.common.periods import here

EXACT = 10**15
"""A spreadsheet keeps 15 digits of a number; of a longer one the last are lost, and it is written so that one sees it."""


def as_text(value: Any) -> str | None:
    """Return `value` as text: dates as ISO 8601, times as clocks here show them, numbers plainly, nothing as None."""
    if isinstance(value, str):
        return value or None
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, Decimal):
        return format(value, "f") if value.is_finite() else None
    if isinstance(value, datetime.datetime):
        shown = here(value)
        return shown.date().isoformat() if shown.time() == datetime.time() else shown.isoformat(" ", "seconds")
    return value.isoformat() if isinstance(value, datetime.date | datetime.time) else str(value)


def _number(value: float) -> str | None:
    if value != value:  # not a number
        return None
    if abs(value) >= EXACT:
        return f"{value:.14E}"
    return str(int(value)) if value.is_integer() else format(Decimal(f"{value:.15g}"), "f")
