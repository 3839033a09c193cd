"""Move the demo's time and its registers: outages, the daily feeds of the departments."""

from __future__ import annotations

import datetime

from mianzheng.catalogue.rules.city import City
from mianzheng.centre.actions.registers import refresh, set_silent
from mianzheng.common.actors import PROGRAM
from mianzheng.common.errors import NotFound
from mianzheng.common.reasons import N_, Reason
from mianzheng.demo.rules import ground
from mianzheng.evidence.actions.checks import expire_checks
from mianzheng.oversight.actions.deciding import escalate
from mianzheng.oversight.actions.scoring import score


def outage(*, city: City, item: str, silent: bool) -> None:
    """Pull the plug of a register, or put it back. Raises `NotFound` for an item that has no register here."""
    if item not in city.items or not city.items[item].fields:
        raise NotFound(
            Reason(N_("没有代码为“%(item)s”的信息项，或者它没有接入记录。"), {"item": item}),
            Reason(N_("可用的代码见 cities/<城市>/fields.csv 的第一列。")),
            field="item",
        )
    set_silent(item=item, silent=silent)


def feed(*, city: City, now: datetime.datetime) -> None:
    """Let every register that answers confirm its records as of `now`, as the departments' daily feeds do; those that are
    late stay so many days behind.
    """
    behind = ground.late(city)
    refresh(items=[code for code, item in city.items.items() if item.fields and code not in behind], as_of=now)
    for code, days in behind.items():
        refresh(items=[code], as_of=now - datetime.timedelta(days=days))


def days_passed(*, city: City, now: datetime.datetime) -> None:
    """Do what the days that passed until `now` bring: registers are fed, checks past their day are given up, the log of the
    day before is gone through, leads past their day go to oversight.
    """
    feed(city=city, now=now)
    expire_checks(city=city, now=now)
    score(city=city, day=now.date() - datetime.timedelta(days=1), actor=PROGRAM, now=now)
    escalate(city=city, now=now)
