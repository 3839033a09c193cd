"""Measuring the quality of every item, day by day (数据质量)."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, Sum
from django.utils import timezone

from mianzheng.audit import queries as audit
from mianzheng.catalogue.rules.city import City
from mianzheng.centre.models import Dispute, Doubt, Intake, Register
from mianzheng.centre.queries.quality import subjects_there_are
from mianzheng.centre.rules.doubts import Cause
from mianzheng.centre.rules.intakes import Stage
from mianzheng.centre.rules.quality import expected
from mianzheng.web import sql


@dataclass(frozen=True, slots=True)
class Measured:
    """The measures of one item on one day: how it stood at the end, what happened on it."""

    item: str
    day: datetime.date
    records: int
    subjects: int
    expected: int | None
    as_of: datetime.datetime | None
    rows: int
    refused_rows: int
    conflicts: int
    disputes: int
    asked: int
    unknown: int


_NAMES = tuple(field.name for field in dataclasses.fields(Measured))
_TYPES = {"item": "text", "day": "date", "as_of": "timestamptz"}
_COUNTED = ("rows", "refused_rows", "asked", "unknown")
_STOOD = ("records", "subjects", "expected", "as_of", "conflicts", "disputes")


def measure(*, city: City, day: datetime.date, now: datetime.datetime) -> int:
    """Write the measures of `day` for every typed item, anew where they are there; return how many there are.

    The number of statements does not depend on the number of items. Of a day that is over only the counts may still
    grow: rows handed in and refused, questions asked and left open. How an item stood is known on the day itself.
    """
    found = _measured(city, day, now)
    remember(found, over=day < now.date())
    return len(found)


def remember(measures: Sequence[Measured], *, over: bool = False) -> None:
    """Write `measures` in one statement, in place of those of the same items and days; of days that are `over` the
    counts only, and only where they are greater.
    """
    columns = ", ".join(_NAMES)
    arrays = ", ".join(f"%s::{_TYPES.get(name, 'bigint')}[]" for name in _NAMES)
    renewed = [f"{name} = excluded.{name}" for name in (*_COUNTED, *_STOOD)]
    if over:
        renewed = [f"{name} = greatest(m.{name}, excluded.{name})" for name in _COUNTED]
    sql.run(
        f"INSERT INTO centre_measure AS m ({columns}) SELECT * FROM unnest({arrays}) AS t"  # noqa: S608 - names above
        f" ON CONFLICT (item, day) DO UPDATE SET {', '.join(renewed)}",
        [[getattr(each, name) for each in measures] for name in _NAMES],
    )


def _measured(city: City, day: datetime.date, now: datetime.datetime) -> list[Measured]:
    items = [code for code, item in city.items.items() if item.fields]
    first = timezone.make_aware(datetime.datetime.combine(day, datetime.time()))
    end = first + datetime.timedelta(days=1)
    until = min(end, now)
    registers = {row.item: row for row in Register.objects.filter(item__in=items)}
    batches = Intake.objects.filter(ended_at__gte=first, ended_at__lt=end, stage__in=[Stage.LOADED, Stage.REFUSED])
    counted = batches.values_list("item").annotate(Sum("rows"), Sum("bad_rows")).order_by()
    handed_in = {item: (rows, bad) for item, rows, bad in counted}
    conflicts = _open(Doubt.objects.filter(cause=Cause.CONFLICT, raised_at__lte=until), "answered_at", until)
    disputes = _open(Dispute.objects.filter(opened_at__lte=until), "closed_at", until)
    asked = audit.asked(first, end)
    known = subjects_there_are(city)
    found = []
    for code in items:
        held = registers.get(code)
        rows, refused = handed_in.get(code, (0, 0))
        total, unknown = asked.get(code, (0, 0))
        found.append(
            Measured(
                item=code,
                day=day,
                records=held.records if held else 0,
                subjects=held.subjects if held else 0,
                expected=expected(city.items[code], known),
                as_of=held.as_of if held else None,
                rows=rows,
                refused_rows=refused,
                conflicts=conflicts.get(code, 0),
                disputes=disputes.get(code, 0),
                asked=total,
                unknown=unknown,
            )
        )
    return found


def _open(rows: Any, ended: str, until: datetime.datetime) -> dict[str, int]:
    still = Q(**{f"{ended}__isnull": True}) | Q(**{f"{ended}__gt": until})
    return dict(rows.filter(still).values_list("item").annotate(Count("id")).order_by())
