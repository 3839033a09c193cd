"""Record tables: one typed table an item in schema ``centre``, its superseded rows in ``centre_history``."""

from __future__ import annotations

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


def ensure_table(*, item: Item) -> None:
    """Make the tables of `item`, or add the columns a newer edition of the catalogue brings."""
    fields = [
        sql.SQL("{} {}").format(sql.Identifier(field.code), sql.SQL(COLUMN_TYPES[field.type])) for field in item.fields
    ]
    known = [sql.SQL("subject uuid NOT NULL"), sql.SQL("known_from timestamptz NOT NULL")]
    with connection.cursor() as cursor:
        for schema, extra in (("centre", []), ("centre_history", [sql.SQL("known_to timestamptz NOT NULL")])):
            table = sql.Identifier(schema, item.code)
            columns = sql.SQL(", ").join([known[0], *fields, known[1], *extra])
            cursor.execute(sql.SQL("CREATE TABLE IF NOT EXISTS {} ({})").format(table, columns))
            for field in fields:
                cursor.execute(sql.SQL("ALTER TABLE {} ADD COLUMN IF NOT EXISTS {}").format(table, field))
            index = sql.Identifier(f"{item.code}_subject")
            cursor.execute(sql.SQL("CREATE INDEX IF NOT EXISTS {} ON {} (subject)").format(index, table))
