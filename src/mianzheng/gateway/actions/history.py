"""What was asked a day, entered for days that are over: where a history is taken over or made up."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from mianzheng.gateway.models import GrantDay


@dataclass(frozen=True, slots=True)
class Day:
    """How many answers there were on a day, and how many stayed unknown."""

    day: datetime.date
    answered: int
    unknown: int


def remember(*, grant: uuid.UUID, days: Sequence[Day]) -> None:
    """Enter `days` of `grant`, in place of what was counted for them."""
    GrantDay.objects.bulk_create(
        (GrantDay(grant=grant, day=each.day, answered=each.answered, unknown=each.unknown) for each in days),
        update_conflicts=True,
        unique_fields=["grant", "day"],
        update_fields=["answered", "unknown"],
    )
