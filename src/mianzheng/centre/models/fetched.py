"""What was asked at its source, kept for one cycle of the item."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from mianzheng.web.privacy import Card


class Fetched(models.Model):
    """The source was asked about one subject; its answer (also "no record") is in the record table of the item."""

    pk = models.CompositePrimaryKey("subject", "item")
    subject = models.UUIDField()
    item = models.TextField()
    at = models.DateTimeField()

    privacy: ClassVar[dict[str, Card]] = {
        "subject": Card(personal=True, why="whose answer is kept", keep="one cycle of the item"),
        "item": Card(personal=False, why="which register answered", keep="one cycle of the item"),
        "at": Card(personal=False, why="until when the answer is fresh", keep="one cycle of the item"),
    }

    class Meta:
        indexes: ClassVar = [models.Index(fields=["item", "at"], name="fetched_item_at")]
