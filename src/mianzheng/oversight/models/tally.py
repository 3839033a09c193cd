"""What the nightly look at the log leaves behind: that it was done, and how many people each officer looked at."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from mianzheng.web.ids import uuid7
from mianzheng.web.privacy import Card

KEEP = "`keep_days` of the city's curiosity.yaml"


class Tally(models.Model):
    """How many people one account looked at on one day: only to know what is usual at a desk, never who is busy."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    day = models.DateField()
    account = models.UUIDField()
    office = models.TextField()
    role = models.TextField()
    people = models.IntegerField()

    privacy: ClassVar[dict[str, Card]] = {
        "id": Card(personal=False, why="key", keep=KEEP),
        "office": Card(personal=False, why="the desk whose norm it is", keep=KEEP),
        "role": Card(personal=False, why="the desk whose norm it is", keep=KEEP),
    } | {
        name: Card(personal=True, why="the median of a desk, to see what is far above it", keep=KEEP)
        for name in ("day", "account", "people")
    }

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["day", "account", "office", "role"], name="tally_once"),
        ]


class Screening(models.Model):
    """One day of the log was gone through: how many looks of staff there were, how many leads came of it."""

    day = models.DateField(primary_key=True)
    looks = models.IntegerField()
    accounts = models.IntegerField()
    leads = models.IntegerField()
    done_at = models.DateTimeField()

    privacy: ClassVar[dict[str, Card]] = {
        name: Card(personal=False, why="shows that no day was left out", keep=KEEP)
        for name in "day looks accounts leads done_at".split()
    }
