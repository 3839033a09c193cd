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
from weakref import WeakKeyDictionary

from django.db import DEFAULT_DB_ALIAS, connections
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import error_from_result
from psycopg.pq import ExecStatus, TransactionStatus

from mianzheng.web.sql import uuids

STATEMENTS = 600
"""Planned statements a connection keeps: about two for each item of a city."""

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
    here.ensure_connection()
    there = _OF.get(here.connection) or _OF.setdefault(here.connection, _Statements(here.connection))
    # Django wraps it as it wraps its own cursors: errors, broken transactions, and who watches what is asked
    seen: Any = here.make_debug_cursor(there) if here.queries_logged else here.make_cursor(there)
    return there, seen.execute(statement, params)


class _Statements:
    """The statements planned on one connection; to Django, a cursor."""

    def __init__(self, raw: Any) -> None:
        self._raw = raw
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
        if not self._raw.autocommit and self._raw.pgconn.transaction_status == TransactionStatus.IDLE:
            self._checked(self._raw.pgconn.exec_(b"BEGIN"))
        name = self._names.get(which) or self._plan(*which)
        try:
            return self._checked(self._raw.pgconn.exec_prepared(name, written))
        except Exception:
            self._names.pop(which, None)  # what it names may have changed since: it is planned anew
            raise

    def rows(self, result: Any) -> list[tuple[Any, ...]]:
        """Return the rows of `result`."""
        self._values.set_pgresult(result)
        return self._values.load_rows(0, result.ntuples, tuple)

    def _plan(self, statement: str, types: tuple[int, ...]) -> bytes:
        if len(self._names) >= STATEMENTS:
            oldest = self._names.pop(next(iter(self._names)))
            self._checked(self._raw.pgconn.exec_(b"DEALLOCATE " + oldest))
        first, *parts = statement.split("%s")
        text = first + "".join(f"${n}{part}" for n, part in enumerate(parts, 1))
        self._made += 1
        name = b"planned_%d" % self._made
        self._checked(self._raw.pgconn.prepare(name, text.encode(), types))
        self._names[statement, types] = name
        return name

    def _checked(self, result: Any) -> Any:
        if result.status not in _DONE:
            raise error_from_result(result)
        return result


_OF: WeakKeyDictionary[Any, _Statements] = WeakKeyDictionary()


def _array(value: Any) -> Any:
    """Return a list of UUIDs as PostgreSQL writes it, which is cheaper than the driver's way; anything else as it is."""
    return uuids(value) if value.__class__ is list and value and value[0].__class__ is uuid.UUID else value
