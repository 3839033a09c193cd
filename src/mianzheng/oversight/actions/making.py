"""Making leads: who decides on each, by when, and that nobody decides on their own."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Sequence
from typing import Any

from mianzheng.audit import actions as audit
from mianzheng.audit.rules import NOBODY, NewEntry
from mianzheng.catalogue.rules.city import City
from mianzheng.common.actors import PROGRAM, Actor
from mianzheng.common.periods import WorkingDays
from mianzheng.common.reasons import N_, Reason, packed
from mianzheng.oversight import models
from mianzheng.oversight.queries.heads import heads_of_offices
from mianzheng.oversight.rules.curiosity import Lead
from mianzheng.oversight.rules.leads import Source, Status

NO_HEAD = N_("部门没有别的负责人可以决定，直接送监督机构。")


def made(
    *,
    city: City,
    day: datetime.date,
    source: Source,
    wanted: Sequence[tuple[Lead, list[dict[str, Any]]]],
    actor: Actor,
    now: datetime.datetime,
) -> int:
    """Make the leads that are not there yet, each with a line in the log; return how many. Joins the caller's transaction."""
    there = set(models.Lead.objects.filter(source=source, day=day).values_list("account", flat=True))
    heads = heads_of_offices()
    rows = [
        row(
            city=city,
            source=source,
            day=day,
            account=lead.account,
            role=lead.role,
            office=lead.office,
            entries=lead.entries,
            heads=heads,
            now=now,
            points=lead.points,
            reasons=reasons,
        )
        for lead, reasons in wanted
        if lead.account not in there
    ]
    models.Lead.objects.bulk_create(rows)
    audit.write([line("lead", "核对查询：列为线索", each, actor, now) for each in rows])
    return len(rows)


def row(
    *,
    city: City,
    source: Source,
    day: datetime.date,
    account: uuid.UUID | None,
    role: str,
    office: str,
    entries: Sequence[uuid.UUID],
    heads: dict[str, set[uuid.UUID]],
    now: datetime.datetime,
    points: int = 0,
    reasons: Sequence[dict[str, Any]] = (),
) -> models.Lead:
    """Return a lead, not stored yet: with the head of its department, or at once with oversight where there is nobody else
    than the officer to decide.
    """
    rules = city.curiosity
    found = models.Lead(
        source=source, day=day, account=account, role=role, office=office, points=points, reasons=list(reasons),
        entries=list(entries), made_at=now,
    )  # fmt: skip
    if heads.get(office, set()) - {account}:
        days = rules.head_days if source is Source.RULES else rules.question_days
        found.due = days_from(city, now, days)
    else:
        pass_to_oversight(found, city=city, why=packed(Reason(NO_HEAD)), by=PROGRAM, now=now)
    return found


def pass_to_oversight(lead: models.Lead, *, city: City, why: dict[str, Any], by: Actor, now: datetime.datetime) -> None:
    """Set what being passed on means; the caller stores it."""
    lead.status, lead.due = Status.PASSED, days_from(city, now, city.curiosity.oversight_days)
    lead.passed_why, lead.passed_at, lead.passed_by = why, now, by.id


def days_from(city: City, now: datetime.datetime, days: int) -> datetime.date:
    """Return the last of `days` working days from today."""
    return WorkingDays(city.holidays).add(now.date(), days)


def line(action: str, purpose: str, lead: models.Lead, actor: Actor, now: datetime.datetime, **detail: str) -> NewEntry:
    """Return the log's line of an act about a lead: about nobody, for the lead names only who looked."""
    return NewEntry(
        at=now, action=action, purpose=purpose, subject=NOBODY, detail={"lead": str(lead.id), **detail}, **actor.log()
    )
