"""What desks are told of batches."""

from __future__ import annotations

from mianzheng.reform.models import Notice


def notices_of(office: str) -> list[Notice]:
    """Return what `office` is told, unread first, then the newest (one query)."""
    found = Notice.objects.filter(office=office).select_related("batch") if office else ()
    return sorted(found, key=lambda notice: (notice.seen_at is not None, -notice.batch.number))


def unread(office: str) -> int:
    """Return how many notices nobody of `office` has read (one query, none without an office)."""
    return Notice.objects.filter(office=office, seen_at=None).count() if office else 0
