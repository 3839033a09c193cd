"""A month behind the demo city: what its registers were like, who handed in what, who asked whom for data."""

from __future__ import annotations

import datetime
import random
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import transaction

from mianzheng.catalogue.rules.city import City, Item
from mianzheng.centre.actions.conflicts import find_all
from mianzheng.centre.actions.measuring import Measured, measure, remember
from mianzheng.centre.actions.sharing import decide, request
from mianzheng.centre.queries.quality import qualities
from mianzheng.centre.queries.sharing import requests
from mianzheng.centre.rules.quality import Quality
from mianzheng.centre.rules.readiness import CYCLE_DAYS
from mianzheng.common.actors import Actor
from mianzheng.common.periods import WorkingDays

DAYS = 30
ASKERS = 6


@dataclass(frozen=True, slots=True)
class Told:
    """What the month holds."""

    conflicts: int
    measures: int
    requests: int


def write_history(*, city: City, seed: int, now: datetime.datetime) -> Told:
    """Compare the copies with their sources, write a month of measures before today, and some requests for sharing.

    The numbers are made up, the same for the same seed; today's are measured.
    """
    found = find_all(city=city, now=now)
    typed = [item for item in city.items.values() if item.fields]
    rows = [row for quality in qualities(city, typed, now=now) for row in _month(city, quality, seed, now)]
    remember(rows)
    measure(city=city, day=now.date(), now=now)
    return Told(found.raised, len(rows), _requests(city, now))


def _month(city: City, quality: Quality, seed: int, now: datetime.datetime) -> Iterator[Measured]:
    item, draw = quality.item, random.Random(f"{seed}.{quality.item.code}")
    cycle = CYCLE_DAYS[item.cycle]
    busy = sum(fact.item == item.code for fact in city.facts.values())
    asked_a_day = draw.uniform(6, 40) * busy + draw.choice((0, 0, 0.4, 2))
    doubtful = draw.uniform(0.005, 0.05) + (0 if item.complete else draw.uniform(0.02, 0.09))
    sloppy = draw.uniform(0.0005, 0.012) * draw.choice((1, 1, 1, 3))
    growth = draw.uniform(0.0001, 0.0025)
    came = draw.randrange(cycle)
    for back in range(DAYS, 0, -1):
        day = now.date() - datetime.timedelta(days=back)
        working = WorkingDays(city.holidays).is_working(day)
        records = round(quality.records * (1 - growth) ** back)
        fed = not item.at_source and working and (day.toordinal() + came) % cycle == 0
        rows = max(1, round(records * (1 if cycle > 7 else draw.uniform(0.01, 0.06)))) if fed and records else 0
        asked = round(asked_a_day * (draw.uniform(0.8, 1.2) if working else draw.uniform(0.1, 0.3)))
        at = datetime.datetime.combine(day, datetime.time(18), now.tzinfo)
        yield Measured(
            item=item.code,
            day=day,
            records=records,
            subjects=round(quality.subjects * (1 - growth) ** back),
            expected=quality.expected,
            as_of=min(quality.as_of, at - datetime.timedelta(days=(day.toordinal() + came) % cycle))
            if quality.as_of
            else None,
            rows=rows,
            refused_rows=min(rows, round(rows * sloppy * draw.uniform(0.4, 1.8))),
            conflicts=round(quality.conflicts * draw.uniform(0.9, 1.6)),
            disputes=round(quality.disputes * draw.uniform(0.6, 1.2)),
            asked=asked,
            unknown=min(asked, round(asked * doubtful * draw.uniform(0.5, 1.6))),
        )


def _requests(city: City, now: datetime.datetime) -> int:
    """Make a few requests: overdue, due, fresh, approved, refused; none where there are some already."""
    if requests(office="", items=()).exists():
        return 0
    wanted = list(_wishes(city))[:ASKERS]
    ages = (16, 9, 2, 40, 33, 1)
    with transaction.atomic():
        for n, (matter, item) in enumerate(wanted):
            basis = city.bases[city.matters[matter].bases[0]] if city.matters[matter].bases else None
            made = request(
                city=city,
                item=item.code,
                fields=[field.code for field in item.fields[:3]],
                purpose=f"办理“{city.matters[matter].name.zh}”时自行核验，不再向群众要证明。",
                matter=matter,
                basis=f"《{basis.law.zh}》{basis.article}" if basis else "《政务数据共享条例》第二十条",
                actor=Actor("program", office=city.matters[matter].owner),
                now=now - datetime.timedelta(days=ages[n]),
            )
            if n in (3, 4):
                decide(
                    city=city,
                    request=made,
                    approved=n == 3,
                    answer="只用于这个事项，不得转给他人。"
                    if n == 3
                    else "这个事项只需要知道符合或者不符，不需要整条记录。",
                    until=now.date() + datetime.timedelta(days=365) if n == 3 else None,
                    actor=Actor("program", office=item.owner),
                    now=now - datetime.timedelta(days=ages[n] - 5),
                )
    return len(wanted)


def _wishes(city: City) -> Iterator[tuple[str, Item]]:
    """Yield a matter and an item of another department that it needs, each department asking once."""
    seen: set[str] = set()
    for matter in city.matters.values():
        for code in matter.facts:
            item = city.items[city.facts[code].item]
            if (
                item.sharing == "conditional"
                and item.fields
                and item.owner != matter.owner
                and matter.owner in city.departments
                and not {matter.owner, item.code} & seen
            ):
                seen |= {matter.owner, item.code}
                yield matter.code, item
