"""The quality of items, now and over the last days, in a number of queries that does not depend on how many they are."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db.models import Count, Sum

from mianzheng.catalogue.rules.city import City, Item
from mianzheng.centre.models import Approval, Breakage, Dispute, Doubt, Intake, Measure, Register
from mianzheng.centre.rules import readiness as standing
from mianzheng.centre.rules.doubts import Cause
from mianzheng.centre.rules.quality import Quality, expected, freshness, population
from mianzheng.people import queries as people

WINDOW = 30
"""Days over which rows and questions are counted."""


@dataclass(frozen=True, slots=True)
class Day:
    """The measures of one day: of one item, or of several added up (then `as_of` and `expected` are None)."""

    day: datetime.date
    records: int
    subjects: int
    rows: int
    refused: int
    conflicts: int
    disputes: int
    asked: int
    unknown: int
    as_of: datetime.datetime | None = None
    expected: int | None = None


def qualities(city: City, items: Collection[Item], *, now: datetime.datetime) -> list[Quality]:
    """Return the quality of each of `items`, in their order (at most eight queries)."""
    codes = [item.code for item in items]
    registers = {row.item: row for row in Register.objects.filter(item__in=codes)}
    known = subjects_there_are(city)
    since = now.date() - datetime.timedelta(days=WINDOW - 1)
    summed = Measure.objects.filter(item__in=codes, day__gte=since).values_list("item").order_by()
    counts = {
        item: tuple(rest)
        for item, *rest in summed.annotate(Sum("rows"), Sum("refused_rows"), Sum("asked"), Sum("unknown"))
    }
    conflicts = _count(Doubt.objects.filter(item__in=codes, cause=Cause.CONFLICT, answered_at=None))
    disputes = _count(Dispute.objects.filter(item__in=codes, closed_at=None))
    down = set(Breakage.objects.filter(closed_at=None).values_list("connection", flat=True))
    found = []
    for item in items:
        held = registers.get(item.code)
        register = standing.Register(item.code, held.as_of, held.silent, held.records) if held else None
        state = standing.readiness(
            item, register, now=now, stale_cycles=city.policy.stale_cycles, silent=item.connection in down
        )
        rows, refused, asked, unknown = counts.get(item.code, (0, 0, 0, 0))
        found.append(
            Quality(
                item=item,
                freshness=freshness(item, state.state, state.as_of, now=now),
                as_of=state.as_of,
                records=held.records if held else 0,
                subjects=held.subjects if held else 0,
                expected=expected(item, known),
                rows=rows,
                refused=refused,
                conflicts=conflicts.get(item.code, 0),
                disputes=disputes.get(item.code, 0),
                asked=asked,
                unknown=unknown,
            )
        )
    return found


def trend(items: Collection[str], *, today: datetime.date, days: int = WINDOW) -> list[Day]:
    """Return the measures of `items` added up, day by day (one query); days nobody measured are left out."""
    since = today - datetime.timedelta(days=days - 1)
    names = ("records", "subjects", "rows", "refused_rows", "conflicts", "disputes", "asked", "unknown")
    rows = Measure.objects.filter(item__in=list(items), day__gte=since, day__lte=today).values_list("day")
    return [Day(*row) for row in rows.annotate(*(Sum(name) for name in names)).order_by("day")]


def days_of(item: str, *, today: datetime.date, days: int = 3 * WINDOW) -> list[Day]:
    """Return the measures of `item` day by day (one query)."""
    since = today - datetime.timedelta(days=days - 1)
    rows = Measure.objects.filter(item=item, day__gte=since, day__lte=today).order_by("day")
    return [
        Day(
            day=r.day,
            records=r.records,
            subjects=r.subjects,
            rows=r.rows,
            refused=r.refused_rows,
            conflicts=r.conflicts,
            disputes=r.disputes,
            asked=r.asked,
            unknown=r.unknown,
            as_of=r.as_of,
            expected=r.expected,
        )
        for r in rows
    ]


def subjects_there_are(city: City) -> dict[str, int]:
    """Return how many subjects of each kind the city has (at most three queries)."""
    held = Register.objects.filter(item__in=list(city.base_items.values())).values_list("item", "subjects")
    base_items = {kind: city.items[code] for kind, code in city.base_items.items()}
    return population(base_items, dict(held), people.population())


def intakes_of(item: str, *, limit: int = 10) -> Sequence[Intake]:
    """Return the newest batches of `item` (one query)."""
    return list(Intake.objects.filter(item=item).order_by("-received_at")[:limit])


def approval_in_force(item: str, *, today: datetime.date) -> Approval | None:
    """Return the document that allows a copy of `item`, None where there is none in force (one query)."""
    rows = Approval.objects.filter(item=item, ended_at=None, from_day__lte=today).order_by("-from_day")
    return next((row for row in rows if row.until_day is None or row.until_day >= today), None)


def _count(rows: object) -> dict[str, int]:
    return dict(rows.values_list("item").annotate(Count("id")).order_by())  # type: ignore[attr-defined]
