"""Who granted a case learns when the records it rested on change."""

from __future__ import annotations

import datetime
from collections.abc import Collection
from uuid import UUID

from mianzheng.centre.models import Watch


def watch(*, relied: Collection[tuple[str, UUID]], office: str, case: UUID, until: datetime.date) -> None:
    """Tell `office` of changes of the records it `relied` on for `case`, (item, subject) each, up to `until`."""
    rows = [
        Watch(item=item, subject=subject, office=office, case=case, until=until)
        for item, subject in sorted(set(relied))
    ]
    Watch.objects.bulk_create(rows, ignore_conflicts=True)


def forget_watches(*, today: datetime.date) -> int:
    """Drop what nobody needs to watch any more and return how many there were."""
    return Watch.objects.filter(until__lt=today).delete()[0]
