"""Asking records. Only `evidence` asks; everything it asks is logged before an answer leaves."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from django.db import connection
from psycopg import sql

from mianzheng.catalogue.rules.city import City, Item
from mianzheng.centre import models
from mianzheng.centre.rules.readiness import Readiness, Register, readiness


def readiness_of(city: City, items: Iterable[str], *, now: datetime.datetime) -> dict[str, Readiness]:
    """Return how each of `items` stands (one query)."""
    codes = set(items)
    rows = models.Register.objects.filter(item__in=codes).values_list("item", "as_of", "silent", "records")
    registers = {row[0]: Register(*row) for row in rows}
    cycles = city.policy.stale_cycles
    return {code: readiness(city.items[code], registers.get(code), now=now, stale_cycles=cycles) for code in codes}


def records(item: Item, subjects: Collection[UUID]) -> dict[UUID, list[dict[str, Any]]]:
    """Return the current records of `subjects` in `item` (one query); who has none has no entry."""
    if not subjects or not item.fields:
        return {}
    columns = [field.code for field in item.fields]
    query = sql.SQL("SELECT subject, {} FROM {} WHERE subject = ANY(%s)").format(
        sql.SQL(", ").join(map(sql.Identifier, columns)), sql.Identifier("centre", item.code)
    )
    found: dict[UUID, list[dict[str, Any]]] = {}
    with connection.cursor() as cursor:
        cursor.execute(query, [list(subjects)])
        for subject, *values in cursor:
            found.setdefault(subject, []).append(dict(zip(columns, values, strict=True)))
    return found


def disputed(items: Collection[str], subjects: Collection[UUID]) -> set[tuple[str, UUID]]:
    """Return which of `subjects` have records under objection in which of `items` (one query)."""
    rows = models.Dispute.objects.filter(item__in=items, subject__in=subjects, closed_at=None)
    return set(rows.values_list("item", "subject"))
