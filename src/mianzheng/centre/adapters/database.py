"""Asking a department's own SQL database: one SELECT by number, nothing else, whatever database it is."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from io import BytesIO
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, ProgrammingError, SQLAlchemyError

from mianzheng.catalogue.rules.city import Item
from mianzheng.catalogue.rules.exchange import Connection, Service
from mianzheng.centre.adapters.calling import down
from mianzheng.centre.adapters.connections_file import Configured
from mianzheng.centre.adapters.reading.database import DatabaseTable
from mianzheng.centre.adapters.sqlite_file import is_missing
from mianzheng.centre.ports import Source, SourceFailed
from mianzheng.centre.rules.answers import MOST_RECORDS, SUBJECT, Failure, translated
from mianzheng.common.errors import Refusal
from mianzheng.common.identifiers import normalise
from mianzheng.common.reasons import N_, Reason

_LIMITS = {
    "postgresql": "SET LOCAL statement_timeout = {}",
    "mysql": "SET SESSION MAX_EXECUTION_TIME = {}",
}
"""How to tell a database to give up after so many milliseconds, where it can be told."""

LONGEST_NAME = 60
"""Signs of a service shown in a sentence: it may be a whole SELECT."""


class Database:
    """See `centre.ports.Connector`. The service is the table or view (``schema.table``), `SUBJECT` the number's column."""

    together = 500

    def __init__(self, connection: Connection, configured: Configured) -> None:
        self.connection = connection
        self.configured = configured
        self._engine: sa.Engine | None = None
        self._lock = threading.Lock()

    def ask(self, item: Item, numbers: Sequence[str], *, deadline: float) -> dict[str, list[dict[str, Any]]]:
        service = self.connection.service(item.code)
        statement = _select(item, service, numbers)
        try:
            with self._connected(deadline) as connected:
                rows = [dict(row._mapping) for row in connected.execute(statement)]
        except ProgrammingError:
            words = N_("对方的数据库里没有这张表或这些列：请核对城市包里的服务和字段。")
            raise SourceFailed(Reason(words), Failure.REFUSED) from None
        except SQLAlchemyError:
            raise down(N_("连不上对方的数据库，或者没有在规定时间内答复。")) from None
        found: dict[str, list[dict[str, Any]]] = {number: [] for number in numbers}
        asked = {normalise(number): found[number] for number in numbers}
        key = service.fields.get(SUBJECT, SUBJECT)
        for row in rows:
            whose = normalise(str(row[key]))
            if whose not in asked:  # whom it means we cannot say, so nobody may be said to have no record
                raise SourceFailed(Reason(N_("答复的是另一个人的记录。")), Failure.WRONG)
            try:
                asked[whose] += translated(item, service, [row])
            except ValueError:
                raise SourceFailed(Reason(N_("答复的内容与信息项不符。")), Failure.WRONG) from None
        return found

    def check_config(self, items: Sequence[Item] = ()) -> list[Reason]:
        """Connect, and see that the table or SELECT of each of `items` can be read, without reading a record."""
        problems = self.configured.problems(("address",))
        if problems:
            return problems
        try:
            with self._connected(time.monotonic() + self.connection.timeout) as connected:
                connected.execute(sa.text("SELECT 1"))
        except SourceFailed as failed:
            return [failed.reason]
        except SQLAlchemyError:
            return [Reason(N_("连不上对方的数据库：请核对地址、用户和密码。"))]
        return [_unreadable(item, self.connection) for item in items if not self._can_read(item)]

    def _can_read(self, item: Item) -> bool:
        """Ask as `ask` would, or open it as a pull would where a copy is kept here."""
        service = self.connection.service(item.code)
        deadline = time.monotonic() + self.connection.timeout
        try:
            if not item.at_source:
                DatabaseTable(
                    Source("", BytesIO, url=self.configured.address, query=service.service, deadline=deadline), item
                )
                return True
            with self._connected(deadline) as connected:
                connected.execute(_select(item, service, []))
        except (SourceFailed, SQLAlchemyError, Refusal):
            return False
        return True

    def _connected(self, deadline: float) -> sa.Connection:
        engine = self._get()
        if is_missing(engine):
            raise down(N_("数据库文件不在 connections.toml 写的地方。"))
        connected = engine.connect()
        limit = _LIMITS.get(connected.dialect.name)
        if limit:
            left = max(int((deadline - time.monotonic()) * 1000), 1)
            connected.exec_driver_sql(limit.format(left))
        return connected

    def _get(self) -> sa.Engine:
        with self._lock:
            if self._engine is None:
                try:
                    self._engine = sa.create_engine(
                        self.configured.address,
                        pool_size=self.connection.at_once,
                        max_overflow=0,
                        pool_timeout=self.connection.timeout,
                        pool_pre_ping=True,
                        hide_parameters=True,
                    )
                except (ArgumentError, NoSuchModuleError, ImportError):
                    words = N_("数据库地址写得不对，或者没有安装它的驱动程序。")
                    raise SourceFailed(Reason(words), Failure.UNSET) from None
            return self._engine


def _unreadable(item: Item, connection: Connection) -> Reason:
    words = N_("“%(item)s”：对方的数据库里读不到 %(table)s，请核对城市包里的服务和字段，以及账号的权限。")
    return Reason(words, {"item": item.name, "table": connection.service(item.code).service[:LONGEST_NAME]})


def _select(item: Item, service: Service, numbers: Sequence[str]) -> sa.Select[Any]:
    schema, _, name = service.service.rpartition(".")
    names = [service.fields.get(code, code) for code in (SUBJECT, *(field.code for field in item.fields))]
    table = sa.table(name, *(sa.column(each) for each in dict.fromkeys(names)), schema=schema or None)
    key = table.c[names[0]]
    spellings = dict.fromkeys(spelling for number in numbers for spelling in (number, number.lower()))
    return sa.select(*table.c).where(key.in_(list(spellings))).limit(MOST_RECORDS * len(numbers))
