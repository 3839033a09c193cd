"""What slips tell: where a cancelled certificate is still asked for, how often, and what was said to it."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Max, Q, QuerySet
from django.db.models.functions import TruncWeek

from mianzheng.reform.models import Slip


@dataclass(frozen=True, slots=True)
class Demand:
    """A cancelled certificate that an office is said to ask for still; `said` is its name where it has no code."""

    certificate: str
    demander: str
    said: str
    slips: int
    opened: int
    answered: int
    last: datetime.datetime


def one(token: str) -> Slip | None:
    """Return the slip with this code."""
    return Slip.objects.filter(token=token).first()


def by_id(ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Slip]:
    """Return slips by their id; those past their keeping time are gone (one query)."""
    return Slip.objects.in_bulk(list(ids))


def slips_of(*, certificate: str = "", demander: str = "", answered: bool = False) -> QuerySet[Slip]:
    """Return slips, the newest first; of one certificate, of one office (by code or as told), those answered."""
    found = Slip.objects.order_by("-made_at")
    if certificate:
        found = found.filter(certificate=certificate)
    if demander:
        found = found.filter(Q(demander=demander) | Q(demander="", demander_said=demander))
    return found.exclude(answered_at=None) if answered else found


def demands(since: datetime.datetime) -> list[Demand]:
    """Return what was still asked for since then, the most often first (one query)."""
    found = (
        Slip.objects.filter(made_at__gte=since)
        .values_list("certificate", "demander", "demander_said")
        .annotate(
            slips=Count("id"),
            opened=Count("opened_at"),
            answered=Count("answered_at"),
            last=Max("made_at"),
        )
        .order_by("-slips", "-last", "certificate")
    )
    return [Demand(*row) for row in found]


def by_week(since: datetime.datetime) -> dict[datetime.date, int]:
    """Return how many slips were made out in each week, by its Monday (one query)."""
    found = (
        Slip.objects.filter(made_at__gte=since)
        .annotate(week=TruncWeek("made_at"))
        .values_list("week")
        .annotate(slips=Count("id"))
    )
    return {week.date(): count for week, count in found}
