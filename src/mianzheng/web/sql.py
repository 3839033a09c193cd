"""Sets in and out of PostgreSQL: for the places where one row at a time would be too slow."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection
from psycopg import sql


def copy_rows(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Append `rows` to `table` (``name`` or ``schema.name``) by COPY in the caller's transaction; return how many
    there were.
    """
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(*table.split(".")), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    count = 0
    with connection.wrap_database_errors, connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)
            count += 1
    return count


def fetch(statement: str, params: Sequence[Any] | dict[str, Any] = ()) -> list[tuple[Any, ...]]:
    """Run one statement and return all its rows."""
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return list(cursor.fetchall())


def run(statement: str, params: Sequence[Any] | dict[str, Any] = ()) -> int:
    """Run one statement that returns nothing; return how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return int(cursor.rowcount)


def hold(lock: int, *, shared: bool = False) -> None:
    """Wait for the city-wide lock `lock` and hold it until the caller's transaction ends."""
    kind = "pg_advisory_xact_lock_shared" if shared else "pg_advisory_xact_lock"
    fetch(f"SELECT {kind}(%s)", [lock])
