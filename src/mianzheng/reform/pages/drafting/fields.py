"""The fields of an item beside the condition that names them."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass

from mianzheng.catalogue.rules.editing import rows_of
from mianzheng.common.reasons import Reason
from mianzheng.common.texts import Text
from mianzheng.reform.pages.drafting.labels import TYPES
from mianzheng.reform.pages.drafting.named import text_of


@dataclass(frozen=True, slots=True)
class Listed:
    """An item with its fields: code, name, type, and the words of its codes."""

    name: Text
    fields: tuple[tuple[str, Text, Reason, str], ...]


def fields_of(files: Mapping[str, str], item: str) -> Listed | None:
    """Return the fields of `item`; None where none is chosen yet."""
    known = rows_of(files.get("items.csv", "")).get(item)
    if known is None:
        return None
    rows = csv.DictReader(io.StringIO(files.get("fields.csv", "").removeprefix("\ufeff"), newline=""))
    fields = [
        (row["code"], text_of(row), Reason(TYPES.get(row["type"], row["type"])), row.get("codes") or "")
        for row in rows
        if row["item"] == item
    ]
    return Listed(text_of(known), tuple(fields))
