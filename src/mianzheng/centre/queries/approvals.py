"""Approvals that the centre may hold a copy of an item (数据归集授权), as pages and actions see them."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Q

from mianzheng.centre.models import Approval


@dataclass(frozen=True, slots=True)
class Approved:
    """One document on file."""

    id: uuid.UUID
    item: str
    document: str
    scope: str
    from_day: datetime.date
    until_day: datetime.date | None
    file: str
    file_name: str
    filed_at: datetime.datetime
    ended_at: datetime.datetime | None

    def in_force(self, today: datetime.date) -> bool:
        """Return whether it allows copying on `today`."""
        return self.ended_at is None and self.from_day <= today and (self.until_day is None or today <= self.until_day)


_FIELDS = tuple(Approved.__dataclass_fields__)


def approved_items(items: Collection[str], *, today: datetime.date) -> set[str]:
    """Return which of `items` may be copied on `today` (one query)."""
    rows = Approval.objects.filter(
        Q(until_day=None) | Q(until_day__gte=today), item__in=list(items), from_day__lte=today
    )
    return set(rows.filter(ended_at=None).values_list("item", flat=True))


def approvals(items: Collection[str]) -> list[Approved]:
    """Return every document about `items`, the newest first (one query)."""
    rows = Approval.objects.filter(item__in=list(items)).order_by("-filed_at")
    return [Approved(*row) for row in rows.values_list(*_FIELDS)]


def approval(approval: uuid.UUID) -> Approved | None:
    """Return one document."""
    row = Approval.objects.filter(id=approval).values_list(*_FIELDS).first()
    return Approved(*row) if row else None
