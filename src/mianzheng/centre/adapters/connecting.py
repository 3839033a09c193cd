"""From a connection of the city package to who asks it: by its kind, with what the operator configured."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from mianzheng.catalogue.rules.city import Item
from mianzheng.catalogue.rules.exchange import Connection
from mianzheng.centre.adapters.connections_file import Configured, configured
from mianzheng.centre.adapters.plain import Plain
from mianzheng.centre.adapters.provincial import Platform
from mianzheng.centre.ports import Connector, SourceFailed
from mianzheng.centre.rules.answers import Failure
from mianzheng.common.reasons import Reason


def _database(connection: Connection, given: Configured) -> Connector:
    from mianzheng.centre.adapters.database import Database  # a large library, which few cities need

    return Database(connection, given)


KINDS: Mapping[str, Callable[[Connection, Configured], Connector]] = {
    "provincial": Platform,
    "plain": Plain,
    "database": _database,
}
NEEDED = {"provincial": ("address", "app_key", "secret"), "plain": ("address",), "database": ("address",)}

_made: dict[str, tuple[Connection, Configured, Connector]] = {}
_lock = threading.Lock()


class Connecting:
    """See `centre.ports.Connectors`. A connector lives as long as edition and configuration stay as they are, so that
    tokens and open connections are kept.
    """

    def to(self, connection: Connection) -> Connector:
        """Return who asks `connection`; one that is not configured refuses every question with the reason."""
        given = configured(connection.code)
        with _lock:
            known = _made.get(connection.code)
            if known is not None and known[:2] == (connection, given):
                return known[2]
            problems = given.problems(NEEDED[connection.kind])
            made: Connector = Unset(problems) if problems else KINDS[connection.kind](connection, given)
            _made[connection.code] = (connection, given, made)
            return made


class Unset:
    """A connection the operator has not configured, or not rightly."""

    def __init__(self, problems: list[Reason]) -> None:
        self.problems = problems

    def ask(self, item: Item, numbers: Sequence[str], *, deadline: float) -> dict[str, list[dict[str, Any]]]:
        raise SourceFailed(self.problems[0], Failure.UNSET)

    def check_config(self, items: Sequence[Item] = ()) -> list[Reason]:
        return self.problems
