"""What desks are told of batches."""

from __future__ import annotations

from django.db.models import Count, Q

from mianzheng.reform.models import Notice
from mianzheng.reform.rules.acts import Did


def notices_of(office: str) -> list[Notice]:
    """Return what `office` is told, unread first, then the newest, each with how many changes came `later` (one query)."""
    later = Count("batch__acts", filter=Q(batch__acts__kind__in=(Did.AMENDED, Did.WITHDRAWN)))
    found = Notice.objects.filter(office=office).select_related("batch").annotate(later=later) if office else ()
    return sorted(found, key=lambda notice: (notice.seen_at is not None, -notice.batch.number))


def unread(office: str) -> int:
    """Return how many notices nobody of `office` has read (one query, none without an office)."""
    return Notice.objects.filter(office=office, seen_at=None).count() if office else 0
