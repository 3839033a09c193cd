"""How the connections to sources do: now, today, and when they were down lately."""

from __future__ import annotations

import datetime
import time
from dataclasses import dataclass

from mianzheng.catalogue.rules.city import City, Item
from mianzheng.catalogue.rules.exchange import Connection
from mianzheng.centre.models import Breakage, ConnectionDay
from mianzheng.centre.queries.gates import gate_of
from mianzheng.centre.rules.breaker import State

WINDOW = 30
"""Days over which breakages are told."""


@dataclass(frozen=True, slots=True)
class Down:
    """A time a connection was given up; `until` is None while it still is."""

    since: datetime.datetime
    until: datetime.datetime | None
    reason: dict[str, object]


@dataclass(frozen=True, slots=True)
class Standing:
    """One connection: how it stands, today's counts, the mean time of a question in ms, what is left of the quota."""

    connection: Connection
    state: State
    items: int
    asked: int = 0
    answered: int = 0
    failed: int = 0
    held_back: int = 0
    mean_ms: int | None = None
    quota_left: int | None = None
    downs: tuple[Down, ...] = ()


def standings(city: City, *, now: datetime.datetime) -> list[Standing]:
    """Return how each connection of the city does (two queries).

    It counts as open while a breakage is, whichever process noticed; the trial is known to this process only.
    """
    today = {row.connection: row for row in ConnectionDay.objects.filter(day=now.date())}
    since = now - datetime.timedelta(days=WINDOW)
    downs: dict[str, list[Down]] = {}
    for row in Breakage.objects.filter(opened_at__gte=since).order_by("-opened_at"):
        downs.setdefault(row.connection, []).append(Down(row.opened_at, row.closed_at, row.reason))
    items = [item.connection for item in city.items.values() if item.connection]
    return [
        _standing(connection, items.count(code), today.get(code), tuple(downs.get(code, ())))
        for code, connection in city.connections.items()
    ]


def items_over(city: City, connection: str) -> list[Item]:
    """Return the items that come over `connection`."""
    return [item for item in city.items.values() if item.connection == connection]


def _standing(connection: Connection, items: int, day: ConnectionDay | None, downs: tuple[Down, ...]) -> Standing:
    gate = gate_of(connection)
    state = gate.breaker.state
    if state is State.OPEN and not gate.silent(at=time.monotonic()):
        state = State.HALF_OPEN
    if state is State.CLOSED and any(down.until is None for down in downs):
        state = State.OPEN
    left = connection.quota - (day.asked if day else 0) if connection.quota else None
    if day is None:
        return Standing(connection, state, items, quota_left=left, downs=downs)
    theirs = day.quota_left
    return Standing(
        connection,
        state,
        items,
        day.asked,
        day.answered,
        day.failed,
        day.held_back,
        round(day.milliseconds / day.asked) if day.asked else None,
        min(each for each in (left, theirs) if each is not None) if left is not None or theirs is not None else None,
        downs,
    )
