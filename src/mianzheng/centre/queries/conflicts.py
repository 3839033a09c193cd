"""One source per datum (一数一源): while a conflict is open, what the registering item says stands in every copy."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db import connection
from psycopg import sql

from mianzheng.catalogue.rules.city import City, Item
from mianzheng.catalogue.rules.exchange import Datum
from mianzheng.centre.rules.doubts import Cause, copies_in
from mianzheng.web.sql import fetch_prepared

_OPEN = """
    SELECT datum, subject FROM centre_doubt
    WHERE subject = ANY(%s) AND item = %s AND cause = %s AND datum = ANY(%s) AND answered_at IS NULL
"""


def prevailing(city: City, item: Item, subjects: Collection[UUID]) -> dict[tuple[UUID, str], Any]:
    """Return, by subject and field of `item`, the value that prevails over the copy held there.

    Only where a conflict is open: one query tells, and one more for each datum concerned. Nothing is overlaid in the
    registering item itself, nor where its register has no record of the subject.
    """
    fields = copies_in(city, item)
    if not fields or not subjects:
        return {}
    doubted: dict[str, list[UUID]] = {}
    for datum, subject in fetch_prepared(_OPEN, [list(subjects), item.code, Cause.CONFLICT.value, list(fields)]):
        doubted.setdefault(datum, []).append(subject)
    return {
        (subject, fields[datum]): value
        for datum, whom in doubted.items()
        for subject, value in registered(city, city.data[datum], whom).items()
    }


def registered(city: City, datum: Datum, subjects: Collection[UUID]) -> dict[UUID, Any]:
    """Return what the registering item says about `datum` of each of `subjects` at present (one query)."""
    query = sql.SQL("SELECT subject, {} FROM ({}) AS registered WHERE subject = ANY(%s)").format(
        sql.Identifier(datum.field), one_each(city.items[datum.item], datum.field)
    )
    with connection.cursor() as cursor:
        cursor.execute(query, [list(subjects)])
        return dict(cursor.fetchall())


def one_each(item: Item, field: str) -> sql.Composable:
    """Return the statement that gives one row a subject of `item`: the `field` where it is known, and `known_from`.

    Of several records the newest counts.
    """
    columns = sql.SQL("subject, {}, known_from").format(sql.Identifier(field))
    table, known = sql.Identifier("centre", item.code), sql.SQL("{} IS NOT NULL").format(sql.Identifier(field))
    if not item.keys:
        return sql.SQL("SELECT {} FROM {} WHERE {}").format(columns, table, known)
    newest = [sql.SQL("{} DESC NULLS LAST").format(sql.Identifier(f)) for f in (item.newest_field, "known_from") if f]
    return sql.SQL("SELECT DISTINCT ON (subject) {} FROM {} WHERE {} ORDER BY subject, {}").format(
        columns, table, known, sql.SQL(", ").join(newest)
    )
