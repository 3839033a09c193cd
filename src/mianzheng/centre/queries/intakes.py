"""Batches that were handed in, and registers it is time to pull."""

from __future__ import annotations

import datetime
import uuid

from django.db.models import QuerySet

from mianzheng.catalogue.rules.city import City, Item
from mianzheng.centre.models import Intake, Register
from mianzheng.centre.queries.approvals import approved_items
from mianzheng.centre.rules.handing_in import AT_WORK
from mianzheng.centre.rules.intakes import Stage, Way
from mianzheng.centre.rules.pulling import can_pull
from mianzheng.centre.rules.readiness import CYCLE_DAYS

PULLED_AGAIN_AFTER = datetime.timedelta(hours=1)
"""After a pull that came to nothing."""


def batches(*, office: str, item: str = "", stage: str = "", way: str = "") -> QuerySet[Intake]:
    """Return the batches of `office` ("" is everybody's), the newest first."""
    wanted = {"office": office, "item": item, "stage": stage, "way": way}
    return Intake.objects.filter(**{name: value for name, value in wanted.items() if value}).order_by(
        "-received_at", "-id"
    )


def batch_of(intake: uuid.UUID, *, office: str) -> Intake | None:
    """Return one batch where `office` may see it ("" may see all)."""
    return batches(office=office).filter(id=intake).first()


def next_queued() -> Intake | None:
    """Return the batch whose turn it is; what a command loads by itself does not wait here."""
    return Intake.objects.filter(stage=Stage.QUEUED).exclude(way=Way.COMMAND).order_by("received_at").first()


def held(item: str) -> Register | None:
    """Return what is held of `item` now."""
    return Register.objects.filter(item=item).first()


def newest(items: list[str]) -> dict[str, Intake]:
    """Return the newest batch of each of `items` (one query)."""
    rows = Intake.objects.filter(item__in=items).order_by("item", "-received_at").distinct("item")
    return {row.item: row for row in rows}


def pull_under_way(item: str) -> Intake | None:
    """Return the pull of `item` that waits or is being read."""
    return Intake.objects.filter(item=item, way=Way.PULL, stage__in=AT_WORK).order_by("received_at").first()


def pulls_due(city: City, *, now: datetime.datetime) -> list[Item]:
    """Return the copies to pull now: over a connection, approved, older than their cycle, and not being loaded."""
    pulled = [item for item in city.items.values() if can_pull(city, item)]
    codes = [item.code for item in pulled]
    approved = approved_items(codes, today=now.date())
    as_of = dict(Register.objects.filter(item__in=codes).values_list("item", "as_of"))
    last = newest(codes)
    return [
        item
        for item in pulled
        if item.code in approved
        and (item.code not in as_of or now - as_of[item.code] > datetime.timedelta(days=CYCLE_DAYS[item.cycle]))
        and _quiet(last.get(item.code), now)
    ]


def _quiet(last: Intake | None, now: datetime.datetime) -> bool:
    if last is None:
        return True
    failed = last.way == Way.PULL and last.stage != Stage.LOADED
    return last.stage not in AT_WORK and not (failed and now - last.received_at < PULLED_AGAIN_AFTER)
