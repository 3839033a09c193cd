"""What an officer typed into the form of one record, judged by the same rules as a row of a file."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

import polars as pl

from mianzheng.catalogue.rules.city import Field, Item
from mianzheng.centre.rules.headings import SUBJECT, Columns
from mianzheng.centre.rules.rows import check
from mianzheng.common.errors import Refusal
from mianzheng.common.reasons import N_, Reason


def corrected(
    item: Item,
    before: Mapping[str, Any] | None,
    typed: Mapping[str, str],
    named: Mapping[str, UUID],
    *,
    today: datetime.date,
) -> dict[str, Any]:
    """Return the record as it should be. Refuses what the item's rules refuse, naming the field.

    Fields that were not typed keep what `before` says; a field of type subject changes only to a subject in `named`.
    """
    plain = [field for field in item.fields if field.type != "subject"]
    kept = dict(before or {field.code: None for field in item.fields})
    row = {field.code: typed.get(field.code, as_typed(kept[field.code])).strip() or None for field in plain}
    numbered = pl.DataFrame({"row": pl.Series([1], dtype=pl.UInt32)})
    frame = numbered.with_columns(pl.lit(value, pl.String).alias(code) for code, value in {SUBJECT: "-", **row}.items())
    checked = check(frame, item, Columns({code: code for code in (SUBJECT, *row)}, (), ()), today)
    for fault in checked.faults:
        field = next(each for each in plain if each.code == fault.column)
        raise Refusal(
            Reason(N_("“%(field)s”：%(reason)s。"), {"field": field.name, "reason": fault.reason}),
            Reason(N_("请改正后再提交。")),
            field=field.code,
        )
    said = checked.frame.row(0, named=True)
    return {**kept, **{field.code: _kept(field, said[field.code]) for field in plain}, **named}


def _kept(field: Field, value: Any) -> Any:
    """Return `value` as the record table gives it back: exact decimals of two places."""
    return Decimal(f"{value:.2f}") if field.type == "decimal" and value is not None else value


def as_typed(value: Any) -> str:
    """Return `value` as a person would type it into the form."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    return value.isoformat() if isinstance(value, datetime.date) else str(value)
