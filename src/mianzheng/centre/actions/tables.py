"""Record tables: one typed table an item in schema ``centre``, its superseded rows in ``centre_history``."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from django.db import connection
from psycopg import sql

from mianzheng.catalogue.rules.city import Item

COLUMN_TYPES = {
    "text": "text",
    "code": "text",
    "integer": "bigint",
    "decimal": "numeric(18,2)",
    "date": "date",
    "boolean": "boolean",
    "subject": "uuid",
}

CURRENT, PAST = "centre", "centre_history"


def ensure_table(*, item: Item, indexed: bool = True) -> None:
    """Make the tables of `item`, or add the columns a newer edition of the catalogue brings.

    Whoever fills a new table and builds the index afterwards wants it not `indexed`.
    """
    schemas = (CURRENT, PAST)
    with connection.cursor() as cursor:
        there = _columns(item, schemas)
        for name in schemas:
            extra = [sql.SQL("known_to timestamptz NOT NULL")] if name == PAST else []
            table = sql.Identifier(name, item.code)
            if name not in there:
                known = sql.SQL("known_from timestamptz NOT NULL")
                columns = sql.SQL(", ").join([*column_definitions(item), known, *extra])
                cursor.execute(sql.SQL("CREATE TABLE IF NOT EXISTS {} ({})").format(table, columns))
                if indexed or name == PAST:
                    build_index(item=item, schema=name)
            for field, definition in zip(item.fields, column_definitions(item)[1:], strict=True):
                if name in there and field.code not in there[name]:
                    cursor.execute(sql.SQL("ALTER TABLE {} ADD COLUMN IF NOT EXISTS {}").format(table, definition))


def _columns(item: Item, schemas: Sequence[str]) -> dict[str, set[str]]:
    """Return the columns the tables of `item` have, by schema; what is missing is not there."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT n.nspname, a.attname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped"
            " WHERE c.relname = %s AND n.nspname = ANY(%s) AND c.relkind = 'r'",
            [item.code, list(schemas)],
        )
        found: dict[str, set[str]] = {}
        for name, column in cursor.fetchall():
            found.setdefault(name, set()).add(column)
        return found


def column_definitions(item: Item) -> list[sql.Composable]:
    """Return ``subject uuid NOT NULL`` and the columns of the fields."""
    fields = (sql.SQL("{} {}").format(sql.Identifier(f.code), sql.SQL(COLUMN_TYPES[f.type])) for f in item.fields)
    return [sql.SQL("subject uuid NOT NULL"), *fields]


def build_index(*, item: Item, schema: str = CURRENT) -> None:
    """Build the index by subject where it is missing."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL maintenance_work_mem = '512MB'")
        cursor.execute(
            sql.SQL("CREATE INDEX IF NOT EXISTS {} ON {} (subject)").format(
                _index(item), sql.Identifier(schema, item.code)
            )
        )


def empty_table(*, item: Item, known_from: datetime.datetime) -> None:
    """Empty the table for a first load, in the caller's transaction: no index to keep up, `known_from` by default.

    Rows copied into a table emptied in the same transaction need no write-ahead log where ``wal_level`` is minimal.
    """
    table = sql.Identifier(CURRENT, item.code)
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("TRUNCATE {}").format(table))
        cursor.execute(sql.SQL("DROP INDEX IF EXISTS {}").format(sql.Identifier(CURRENT, f"{item.code}_subject")))
        cursor.execute(
            sql.SQL("ALTER TABLE {} ALTER COLUMN known_from SET DEFAULT {}").format(table, sql.Literal(known_from))
        )


def subjects_in(*, item: Item) -> int:
    """Return how many subjects have at least one record."""
    statement = sql.SQL("SELECT count(*) FROM (SELECT DISTINCT subject FROM {}) AS subjects")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '256MB'")
        cursor.execute(statement.format(sql.Identifier(CURRENT, item.code)))
        found: int = (cursor.fetchone() or (0,))[0]
        return found


def has_past(*, item: Item) -> bool:
    """Return whether records of `item` were ever superseded."""
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("SELECT EXISTS (SELECT FROM {})").format(sql.Identifier(PAST, item.code)))
        return bool((cursor.fetchone() or (False,))[0])


def _index(item: Item) -> sql.Identifier:
    return sql.Identifier(f"{item.code}_subject")
