"""Statements that are asked again and again: the server plans each once a connection, and they go straight to it.

Where one question takes a dozen small statements, the driver's own cursors are half of what it costs: they can be waited
for by a loop, fetched in parts and told of notices, none of which is needed here. This is the driver's own way to the
client library beneath (``psycopg.pq``, ``PQexecPrepared``), with its conversion of values.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import (
    FeatureNotSupported,
    InvalidSqlStatementName,
    OperationalError,
    ProgrammingError,
    error_from_result,
)
from psycopg.pq import ConnStatus, ExecStatus, TransactionStatus

from mianzheng.web.sql import uuids

STATEMENTS = 600
"""Planned statements a connection keeps: about two for each item of a city."""

_OUTDATED = (FeatureNotSupported, InvalidSqlStatementName)
"""What the server says to a plan whose tables have other types now, or that somebody threw away."""

_DONE = (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK)


def fetch(statement: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Run one statement and return all its rows, as `web.sql.fetch` does.

    Parameters are ``%s``, and nothing else has a per cent sign; the server must be able to tell their types.
    """
    statements, result = _run(statement, params)
    return statements.rows(result)


def run(statement: str, params: Sequence[Any]) -> int:
    """Do the same for a statement that returns nothing; return how many rows it touched."""
    _, result = _run(statement, params)
    return int(result.command_tuples or 0)


def _run(statement: str, params: Sequence[Any]) -> tuple[_Statements, Any]:
    here = connections[DEFAULT_DB_ALIAS]
    here.close_if_health_check_failed()
    here.ensure_connection()
    there: _Statements | None = getattr(here, "planned", None)
    if there is None or there.raw is not here.connection:
        # kept by what keeps the connection, and gone with it: a thread that ends lets its connection go
        there = here.planned = _Statements(here.connection)
    # Django wraps it as it wraps its own cursors: errors, broken transactions, and who watches what is asked
    seen: Any = here.make_debug_cursor(there) if here.queries_logged else here.make_cursor(there)
    return there, seen.execute(statement, params)


class _Statements:
    """The statements planned on one connection; to Django, a cursor."""

    def __init__(self, raw: Any) -> None:
        self.raw = raw
        self._values = Transformer.from_context(raw)
        self._names: dict[tuple[str, tuple[int, ...]], bytes] = {}
        self._made = 0
        self._last = ""

    @property
    def _query(self) -> Any:
        """What Django keeps of a statement where it keeps them."""
        return SimpleNamespace(query=self._last.encode())

    def execute(self, statement: str, params: Sequence[Any]) -> Any:
        """Run it and return its result (``PGresult``); raises the driver's errors."""
        self._last = statement
        written: Sequence[Any] = [_array(value) for value in params]
        written = self._values.dump_sequence(written, [PyFormat.TEXT] * len(written))
        which = (statement, self._values.types or ())
        idle = self.raw.pgconn.transaction_status == TransactionStatus.IDLE
        if idle and not self.raw.autocommit:
            self._checked(self.raw.pgconn.exec_(b"BEGIN"))
        try:
            return self._planned(which, written)
        except _OUTDATED:
            if not (idle and self.raw.autocommit):
                raise
        return self._planned(which, written)

    def rows(self, result: Any) -> list[tuple[Any, ...]]:
        """Return the rows of `result`."""
        self._values.set_pgresult(result)
        return self._values.load_rows(0, result.ntuples, tuple)

    def _planned(self, which: tuple[str, tuple[int, ...]], written: Sequence[Any]) -> Any:
        name = self._names.pop(which, None) or self._plan(*which)
        try:
            result = self._checked(self.raw.pgconn.exec_prepared(name, written))
        except (*_OUTDATED, ProgrammingError):
            self.raw.pgconn.close_prepared(name)  # what it names has changed since: it is planned anew
            raise
        except Exception:
            self._names[which] = name
            raise
        self._names[which] = name  # as the one used last: the first of all goes when there are too many
        return result

    def _plan(self, statement: str, types: tuple[int, ...]) -> bytes:
        if len(self._names) >= STATEMENTS:
            self.raw.pgconn.close_prepared(self._names.pop(next(iter(self._names))))
        first, *parts = statement.split("%s")
        text = first + "".join(f"${n}{part}" for n, part in enumerate(parts, 1))
        self._made += 1
        name = b"planned_%d" % self._made
        self._checked(self.raw.pgconn.prepare(name, text.encode(), types))
        return name

    def _checked(self, result: Any) -> Any:
        if result.status in _DONE:
            return result
        if self.raw.pgconn.status == ConnStatus.BAD:
            raise OperationalError(self.raw.pgconn.get_error_message().strip())
        raise error_from_result(result)


def _array(value: Any) -> Any:
    """Return a list of UUIDs as PostgreSQL writes it, which is cheaper than the driver's way; anything else as it is."""
    if value.__class__ is list and value and value[0].__class__ is uuid.UUID and None not in value:
        return uuids(value)
    return value
