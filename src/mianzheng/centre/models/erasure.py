"""That something was erased (删除), never what."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from mianzheng.web.privacy import Card

KEEP = "as long as the item is held"


class Erasure(models.Model):
    """Whatever was held about `subject` in `item` was erased: that nothing is found there proves nothing any more.

    Where nothing of it was open (`sealed`), nobody may know that there was anything, and no record is read as before.
    """

    pk = models.CompositePrimaryKey("subject", "item")
    subject = models.UUIDField()
    item = models.TextField()
    at = models.DateTimeField()
    sealed = models.BooleanField(default=False)

    privacy: ClassVar[dict[str, Card]] = {
        "subject": Card(personal=True, why="an erased record must not read as “never there”", keep=KEEP),
        "item": Card(personal=False, why="which register", keep=KEEP),
        "at": Card(personal=False, why="when", keep=KEEP),
        "sealed": Card(personal=True, why="an erased sealed record must not read as one that was there", keep=KEEP),
    }
