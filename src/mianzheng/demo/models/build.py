"""How the synthetic city was built."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from mianzheng.web.ids import uuid7
from mianzheng.web.privacy import Card

WHY = "the same numbers give the same city again"


class Build(models.Model):
    """One build of the demo city. The newest one counts."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    seed = models.BigIntegerField()
    people = models.PositiveIntegerField()
    organisations = models.PositiveIntegerField()
    as_of = models.DateField()
    built_at = models.DateTimeField()
    records = models.BigIntegerField(default=0)

    privacy: ClassVar[dict[str, Card]] = {
        name: Card(personal=False, why=WHY, keep="always")
        for name in ("id", "seed", "people", "organisations", "as_of", "built_at", "records")
    }
