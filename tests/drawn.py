"""The records the demo draws, one by one in Python, for tests that look at each."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

import polars as pl

from mianzheng.catalogue.rules.city import Item
from mianzheng.demo.rules.filling import Filling, frame


def records(
    item: Item, fillings: Iterable[Filling], known: Mapping[str, Sequence[Any]], without: Collection[Any] = ()
) -> Iterator[tuple[Any, ...]]:
    """Yield the subject and the fields of each record; `known` names the rows of each table of subjects."""
    numbered = {table: pl.Series(range(len(names)), dtype=pl.Int64) for table, names in known.items()}
    for filling in fillings:
        drawn = frame(item, filling, numbered)
        for subject, *values in drawn.iter_rows():
            whose = known[filling.whose][subject]
            if whose not in without:
                yield (
                    whose,
                    *(_value(filling, field, value, known) for field, value in zip(item.fields, values, strict=True)),
                )


def _value(filling: Filling, field: Any, value: Any, known: Mapping[str, Sequence[Any]]) -> Any:
    if value is None:
        return None
    if field.type == "subject":
        return known[filling.fields[field.code].refers][value]
    return Decimal(str(value)) if field.type == "decimal" else value
