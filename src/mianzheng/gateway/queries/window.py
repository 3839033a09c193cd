"""What an asker may ask today, and what it was told."""

from __future__ import annotations

import datetime
import uuid
from dataclasses import dataclass

from django.db.models import QuerySet

from mianzheng.gateway.models import AskedList, SealedAnswer
from mianzheng.gateway.queries.standing import Granted, in_force, used_today


@dataclass(frozen=True, slots=True)
class Open:
    """A grant that can be used today, and how many answers are left of it."""

    grant: Granted
    left: int


def open_grants(asker: str, *, today: datetime.date) -> dict[str, list[Open]]:
    """Return what `asker` may ask today, by matter (at most two queries where nothing changed)."""
    standing = in_force(today)
    keys = [key for key in standing.grants if key[0] == asker]
    found = [grant for key in keys if (grant := standing.grant(*key, today))]
    used = used_today([grant.id for grant in found], today)
    open_: dict[str, list[Open]] = {}
    for grant in found:
        left = max(0, grant.allowed(today) - used.get(grant.id, 0))
        open_.setdefault(grant.matter, []).append(Open(grant, left))
    return open_


def sealed_of(asker: str) -> QuerySet[SealedAnswer]:
    """Return what `asker` was told, the newest first."""
    return SealedAnswer.objects.filter(asker=asker).order_by("-sealed_at", "-id")


def asked_together(asked: uuid.UUID, asker: str) -> list[SealedAnswer]:
    """Return what was asked at once, in order; nothing for something of another asker."""
    return list(SealedAnswer.objects.filter(asked=asked, asker=asker).order_by("id")[:100])


def sealed_one(sealed: uuid.UUID, asker: str) -> SealedAnswer | None:
    """Return one sealed answer; None for one of another asker."""
    return SealedAnswer.objects.filter(id=sealed, asker=asker).first()


def withdrawn_of(asked: uuid.UUID) -> dict[str, SealedAnswer]:
    """Return by number what was withdrawn of what was asked at once."""
    return {row.number: row for row in withdrawn().filter(asked=asked)}


def withdrawn() -> QuerySet[SealedAnswer]:
    """Return the sealed answers that were withdrawn, the newest first."""
    return SealedAnswer.objects.exclude(withdrawn_at=None).order_by("-withdrawn_at")


def lists_of(asker: str) -> QuerySet[AskedList]:
    """Return the lists `asker` handed in, the newest first."""
    return AskedList.objects.filter(asker=asker).order_by("-asked_at")


def list_of(asked: uuid.UUID, asker: str) -> AskedList | None:
    """Return one list; None for one of another asker."""
    return lists_of(asker).filter(id=asked).first()
