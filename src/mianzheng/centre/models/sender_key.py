"""Keys by which a department's own system hands in records."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from mianzheng.web.ids import uuid7
from mianzheng.web.pairs import both_or_neither
from mianzheng.web.privacy import Card


class SenderKey(models.Model):
    """A key of one department; only its SHA-256 is kept. Several may be valid at a time, so that one can follow another."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    office = models.TextField()
    name = models.TextField()
    digest = models.BinaryField(unique=True, max_length=32)
    made_at = models.DateTimeField()
    made_by = models.TextField()
    used_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.TextField(null=True)

    privacy: ClassVar[dict[str, Card]] = {
        name: Card(personal=False, why="a system signs in", keep="3 years after it ended")
        for name in ("id", "office", "name", "digest", "made_at", "used_at", "ended_at")
    } | {
        name: Card(personal=True, why="who made or ended it", keep="3 years after it ended")
        for name in ("made_by", "ended_by")
    }

    class Meta:
        constraints: ClassVar = [both_or_neither("made_at", "made_by"), both_or_neither("ended_at", "ended_by")]
