"""The owner's approval that the centre may hold a copy of an item (数据归集授权)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from mianzheng.web.ids import uuid7
from mianzheng.web.pairs import both_or_neither
from mianzheng.web.privacy import Card


class Approval(models.Model):
    """A document on file. Without one in force no copy of the item is taken in."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    item = models.TextField()
    document = models.TextField(help_text="Number of the document (文号).")
    scope = models.TextField(help_text="What may be copied, in the document's words.")
    from_day = models.DateField()
    until_day = models.DateField(null=True)
    file = models.TextField(blank=True, default="", help_text="The scanned document, encrypted (see `adapters.spool`).")
    file_name = models.TextField(blank=True, default="")
    filed_at = models.DateTimeField()
    filed_by = models.TextField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.TextField(null=True)

    privacy: ClassVar[dict[str, Card]] = {
        name: Card(personal=False, why="proof that copying was allowed", keep="10 years after it ended")
        for name in "id item document scope from_day until_day file file_name filed_at ended_at".split()
    } | {
        name: Card(personal=True, why="who filed or ended it", keep="10 years after it ended")
        for name in ("filed_by", "ended_by")
    }

    class Meta:
        constraints: ClassVar = [both_or_neither("filed_at", "filed_by"), both_or_neither("ended_at", "ended_by")]
        indexes: ClassVar = [models.Index(fields=["item"], name="approval_item")]
