"""What is due at the desk of the data centre: deadlines, never totals."""

from __future__ import annotations

import datetime
from collections.abc import Collection

from mianzheng.centre.models import Doubt, SharingRequest
from mianzheng.centre.queries.changes import dead_count


def due(*, office: str, items: Collection[str], today: datetime.date) -> dict[str, int]:
    """Return how many doubts and sharing requests are due on `today` or overdue, and for the data centre how many changes
    could not be sent (at most three queries).

    `office` limits them to its own: doubts put to it, requests for `items`, which it owns; "" is everybody's.
    """
    doubts = Doubt.objects.filter(answered_at=None, due__lte=today)
    requests = SharingRequest.objects.filter(decided_at=None, due__lte=today)
    if office:
        doubts, requests = doubts.filter(office=office), requests.filter(item__in=list(items))
    dead = 0 if office else dead_count()
    return {"doubts": doubts.count(), "sharing": requests.count(), "changes": dead}
