"""Records under objection (异议)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from mianzheng.web.ids import uuid7
from mianzheng.web.pairs import both_or_neither
from mianzheng.web.privacy import Card


class Dispute(models.Model):
    """A subject's records of one item are under objection; until it is settled the item answers unknown about them."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    item = models.TextField()
    subject = models.UUIDField()
    opened_at = models.DateTimeField()
    opened_by = models.TextField()
    closed_at = models.DateTimeField(null=True)
    closed_by = models.TextField(null=True)

    privacy: ClassVar[dict[str, Card]] = {
        "id": Card(personal=False, why="key", keep="as the row"),
        "item": Card(personal=False, why="which register", keep="3 years after closing"),
        "subject": Card(personal=True, why="whose records are disputed", keep="3 years after closing"),
        "opened_at": Card(personal=True, why="objection period", keep="3 years after closing"),
        "opened_by": Card(personal=True, why="who objected", keep="3 years after closing"),
        "closed_at": Card(personal=True, why="objection period", keep="3 years after closing"),
        "closed_by": Card(personal=True, why="who decided", keep="3 years after closing"),
    }

    class Meta:
        constraints: ClassVar = [
            both_or_neither("opened_at", "opened_by"),
            both_or_neither("closed_at", "closed_by"),
            models.UniqueConstraint(
                fields=["subject", "item"], condition=models.Q(closed_at__isnull=True), name="dispute_once"
            ),
        ]
