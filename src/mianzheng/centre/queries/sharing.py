"""Requests for sharing as the desk lists them."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Collection

from django.db.models import Count, Q, QuerySet

from mianzheng.centre.models import SharingRequest


def requests(*, office: str, items: Collection[str], decided: bool | None = None) -> QuerySet[SharingRequest]:
    """Return the requests `office` made and those for its `items`; everybody's for "". Open ones first, by due date."""
    found = SharingRequest.objects.all()
    if office:
        found = found.filter(Q(office=office) | Q(item__in=list(items)))
    if decided is not None:
        found = found.filter(decided_at__isnull=not decided)
    return found.order_by("-decided_at", "id") if decided else found.order_by("due", "id")


def one(request: uuid.UUID, *, office: str, items: Collection[str]) -> SharingRequest | None:
    """Return one request that `office` may see."""
    return requests(office=office, items=items).filter(id=request).first()


def counts(*, office: str, items: Collection[str], today: datetime.date) -> dict[str, int]:
    """Return how many requests wait for this office's answer, are overdue, and wait for others (one query)."""
    mine = Q(item__in=list(items)) if office else Q()
    found: dict[str, int] = requests(office=office, items=items, decided=False).aggregate(
        to_answer=Count("id", filter=mine) if office else Count("id"),
        overdue=Count("id", filter=mine & Q(due__lt=today)),
        waiting=Count("id", filter=Q(office=office)),
    )
    return found


def granted(item: str, office: str, *, today: datetime.date) -> SharingRequest | None:
    """Return the approval under which `office` uses `item` today, None where there is none."""
    rows = SharingRequest.objects.filter(item=item, office=office, approved=True).order_by("-decided_at")
    return next((row for row in rows if row.until_day is None or row.until_day >= today), None)


def open_request(item: str, office: str) -> SharingRequest | None:
    """Return the request about `item` that `office` still waits for."""
    return SharingRequest.objects.filter(item=item, office=office, decided_at=None).first()
