"""The registers outside the city, as the demo plays them: they know people by their numbers, not by our subjects."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from mianzheng.catalogue.rules.city import Item

SCHEMA, NUMBER = "outside", "number"
COLUMN_TYPES: Mapping[str, str] = {
    "text": "text",
    "code": "text",
    "integer": "bigint",
    "decimal": "numeric(18,2)",
    "date": "date",
    "month": "text",
    "boolean": "boolean",
    "subject": "text",
}


def named(frame: pl.DataFrame) -> pl.DataFrame:
    """Return a frame whose subjects are numbers as such a register keeps it."""
    return frame.rename({"subject": NUMBER})


def columns(item: Item) -> list[tuple[str, str]]:
    """Return name and type of the columns of an outside register."""
    return [(NUMBER, "text"), *((field.code, COLUMN_TYPES[field.type]) for field in item.fields)]
