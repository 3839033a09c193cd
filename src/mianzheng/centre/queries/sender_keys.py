"""Keys of departments' systems."""

from __future__ import annotations

from django.db.models import F, QuerySet

from mianzheng.centre.models import SenderKey


def keys_of(office: str) -> QuerySet[SenderKey]:
    """Return the keys of `office` ("" is everybody's): those in force first, the newest first."""
    rows = SenderKey.objects.filter(office=office) if office else SenderKey.objects.all()
    return rows.order_by(F("ended_at").desc(nulls_first=True), "-made_at")
