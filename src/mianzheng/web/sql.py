"""Sets in and out of PostgreSQL: for the places where one row at a time would be too slow."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import polars as pl
import psycopg
from django.db import connection
from psycopg import sql

COPIED_AT_ONCE = 50_000
"""Rows put into one piece of a COPY."""


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


def copy_frame(table: str, frame: pl.DataFrame) -> int:
    """Append the rows of `frame` to the columns of `table` named like its own, by COPY in the caller's transaction;
    return how many there were. No value is made into a Python object on the way.
    """
    connection.ensure_connection()
    with connection.wrap_database_errors:
        _copy_frame(connection.connection, table, frame)
    return frame.height


def _copy_frame(raw: Any, table: str, frame: pl.DataFrame, *, frozen: bool = False) -> None:
    statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT csv, FREEZE {})").format(
        sql.Identifier(*table.split(".")), sql.SQL(", ").join(map(sql.Identifier, frame.columns)), sql.Literal(frozen)
    )
    with raw.cursor() as cursor, cursor.copy(statement) as copy:
        for part in frame.iter_slices(COPIED_AT_ONCE):
            copy.write(part.write_csv(include_header=False).encode())


class Copying:
    """Copies frames in the caller's transaction while the caller goes on; a context, at whose end all is copied.

    Whoever wants anything else of the database meanwhile calls `wait` first. What went wrong is raised there.
    `frozen` is for a table that was emptied in this transaction: its rows are written as they will stay, so that nobody
    has to go over all pages once more afterwards (VACUUM), which with 300 million rows slows everything for an hour.
    """

    def __init__(self, table: str, *, frozen: bool = False) -> None:
        self._table = table
        self._frozen = frozen
        self._thread = ThreadPoolExecutor(1)
        self._under_way: Future[None] | None = None

    def copy(self, frame: pl.DataFrame) -> None:
        """Begin to copy `frame`, when the one before is in."""
        self.wait()
        connection.ensure_connection()
        self._under_way = self._thread.submit(
            _copy_frame, connection.connection, self._table, frame, frozen=self._frozen
        )

    def wait(self) -> None:
        """Wait until nothing is under way."""
        under_way, self._under_way = self._under_way, None
        if under_way is not None:
            with connection.wrap_database_errors:
                under_way.result()

    def __enter__(self) -> Copying:
        return self

    def __exit__(self, *error: object) -> None:
        try:
            self.wait()
        finally:
            self._thread.shutdown()


def fetch(statement: str | sql.Composable, params: Sequence[Any] | dict[str, Any] = ()) -> list[tuple[Any, ...]]:
    """Run one statement and return all its rows."""
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return list(cursor.fetchall())


def uuids(values: Iterable[uuid.UUID]) -> str:
    """Return `values` as PostgreSQL writes an array of them; for thousands, several times faster than the driver."""
    return "{" + ",".join([value.hex for value in values]) + "}"


def fetch_bytes(statement: str, params: Sequence[Any] = ()) -> bytes:
    """Run a statement that returns one ``bytea``, however large; null is no bytes."""
    connection.ensure_connection()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        found = cursor.execute(statement, params, binary=True).fetchone()
        return bytes(found[0] or b"") if found else b""


def run(statement: str | sql.Composable, params: Sequence[Any] | dict[str, Any] = ()) -> int:
    """Run one statement that returns nothing; return how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return int(cursor.rowcount)


def hold(lock: int, *, shared: bool = False) -> None:
    """Wait for the city-wide lock `lock` and hold it until the caller's transaction ends."""
    kind = "pg_advisory_xact_lock_shared" if shared else "pg_advisory_xact_lock"
    fetch(f"SELECT {kind}(%s)", [lock])
