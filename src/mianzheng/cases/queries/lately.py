"""Which cases of some matters were looked up lately; nothing of what is in them."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Collection

from mianzheng.cases import models


def looked_up_since(
    since: datetime.datetime, *, matters: Collection[str]
) -> list[tuple[uuid.UUID, str, datetime.datetime]]:
    """Return (case, matter, when it was agreed to look) of the cases of `matters` since then (one query)."""
    found = models.Case.objects.filter(agreed_at__gte=since, matter__in=list(matters))
    return list(found.values_list("id", "matter", "agreed_at"))
