"""Whether an item can be asked today. An item that cannot is no error: it answers *unknown*, and the next way is taken."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from enum import StrEnum

from mianzheng.catalogue.rules.city import Item
from mianzheng.common.reasons import N_, Reason
from mianzheng.common.texts import Text

CYCLE_DAYS = {"realtime": 1, "day": 1, "week": 7, "month": 31, "quarter": 92, "year": 366}


class State(StrEnum):
    """How an item stands."""

    READY = "ready"
    SILENT = "silent"
    STALE = "stale"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class Register:
    """What the centre knows about one item's register: how fresh it is and whether it answers."""

    item: str
    as_of: datetime.datetime
    silent: bool
    records: int


@dataclass(frozen=True, slots=True)
class Readiness:
    """Whether `item` can be asked, and the time its records are true of."""

    item: str
    state: State
    as_of: datetime.datetime | None = None

    @property
    def ready(self) -> bool:
        """Return whether an answer from this item may be relied on."""
        return self.state is State.READY


def cycle(item: Item) -> datetime.timedelta:
    """Return the update cycle of `item`: so long an answer of its source is fresh."""
    return datetime.timedelta(days=CYCLE_DAYS[item.cycle])


def readiness(
    item: Item, register: Register | None, *, now: datetime.datetime, stale_cycles: int, silent: bool = False
) -> Readiness:
    """Judge `item`: an old truth is not a truth, so past `stale_cycles` update cycles it is stale.

    What stays at its source is true of the moment it is asked, unless nothing would be asked now (`silent`).
    """
    if item.at_source and item.fields:
        silent = silent or (register is not None and register.silent)
        return Readiness(item.code, State.SILENT) if silent else Readiness(item.code, State.READY, now)
    if register is None:
        return Readiness(item.code, State.ABSENT)
    if register.silent:
        return Readiness(item.code, State.SILENT, register.as_of)
    limit = cycle(item) * stale_cycles
    state = State.STALE if now - register.as_of > limit else State.READY
    return Readiness(item.code, state, register.as_of)


_WHY = {
    State.SILENT: N_("“%(item)s”的登记系统现在没有应答。"),
    State.STALE: N_("“%(item)s”超过约定时间没有更新，不拿旧数据下结论。"),
    State.ABSENT: N_("“%(item)s”还没有接入数据中心。"),
    State.READY: N_("“%(item)s”可以查询。"),
}


def why_not(item: Text, state: State) -> Reason:
    """Say why the item of this name cannot be asked while it is not ready."""
    return Reason(_WHY[state], {"item": item})
