"""A department's own SQL database, read as a stream: any database SQLAlchemy knows and whose driver is installed."""

from __future__ import annotations

import math
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Timer
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

from mianzheng.catalogue.rules.city import Item
from mianzheng.centre.adapters.reading.frames import parts_of
from mianzheng.centre.adapters.sqlite_file import is_missing
from mianzheng.centre.ports import Part, Source
from mianzheng.centre.rules.intakes import too_slow
from mianzheng.common.errors import Refusal
from mianzheng.common.headings import distinct
from mianzheng.common.reasons import N_, Reason
from mianzheng.web.reading.texts import as_text

T = TypeVar("T")

AT_ONCE = 20_000
_TABLE = re.compile(r"[\w$]+(\.[\w$]+)?", re.UNICODE)


class DatabaseTable:
    """A table, view or SELECT. Nothing is ever written there: the transaction is rolled back."""

    notes: tuple[Reason, ...] = ()
    expected_rows = 0

    def __init__(self, source: Source, item: Item) -> None:
        query = source.query or item.code
        self._deadline = source.deadline
        try:
            self._engine = sa.create_engine(source.url, poolclass=sa.NullPool, hide_parameters=True)
            self._statement: sa.Executable = _whole(query) if _TABLE.fullmatch(query) else sa.text(query)
            if is_missing(self._engine):
                raise _not_read(self._deadline)
            with self._engine.connect() as connected, _until(self._deadline, connected):
                self.headings = distinct(list(_streamed(connected, 1).execute(self._statement).keys()))
        except (ArgumentError, NoSuchModuleError, ImportError):
            raise _refused(
                N_("数据库地址不对，或者缺少这种数据库的驱动。"), N_("请运维人员核对地址，并安装驱动。")
            ) from None
        except (SQLAlchemyError, OSError):
            raise _not_read(self._deadline) from None

    def parts(self) -> Iterator[Part]:
        """Yield the rows, numbered from 1."""
        try:
            with self._engine.connect() as connected, _until(self._deadline, connected):
                rows = _streamed(connected, AT_ONCE).execute(self._statement)
                numbered = ((number, [as_text(value) for value in row]) for number, row in enumerate(rows, 1))
                yield from parts_of(self.headings, _in_time(numbered, self._deadline))
        except (SQLAlchemyError, OSError):
            raise _not_read(self._deadline) from None


@contextmanager
def _until(deadline: float, connected: sa.Connection) -> Iterator[None]:
    """Have the database stop at `deadline` what it does for us, where its driver can say so."""
    if deadline == math.inf:
        yield
        return
    timer = Timer(max(0.0, deadline - time.monotonic()), _stop, [connected.connection.driver_connection])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _stop(driver: Any) -> None:
    with suppress(Exception):
        (getattr(driver, "cancel", None) or getattr(driver, "interrupt", None) or driver.close)()


def _in_time(rows: Iterator[T], deadline: float) -> Iterator[T]:
    for row in rows:
        if time.monotonic() > deadline:
            raise too_slow()
        yield row


def _whole(table: str) -> sa.Executable:
    """Return a query for all of a table, its name quoted where the database wants that."""
    schema, _, name = table.rpartition(".")
    return sa.select(sa.text("*")).select_from(sa.table(name, schema=schema or None))


def _streamed(connected: sa.Connection, rows: int) -> sa.Connection:
    """Have rows come in as they are read, not all at once into memory."""
    return connected.execution_options(stream_results=True, yield_per=rows)


def _not_read(deadline: float) -> Refusal:
    if time.monotonic() >= deadline:
        return too_slow()
    return _refused(
        N_("连不上对方的数据库，或者那里没有这张表。"), N_("请运维人员核对地址、账号和表名；已有的记录没有改变。")
    )


def _refused(what: str, now: str) -> Refusal:
    return Refusal(Reason(what), Reason(now), field="source")
