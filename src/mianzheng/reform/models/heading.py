"""Corrections of headings: what an office means by the name of a column."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from mianzheng.web.pairs import both_or_neither
from mianzheng.web.privacy import Card


class Heading(models.Model):
    """What a person said a heading of an office's lists means; the office's next list is read so. Empty: it means nothing."""

    office = models.TextField()
    heading = models.TextField()
    says = models.TextField(blank=True, default="", help_text="A member of `rules.columns.Says`, or empty.")
    set_at = models.DateTimeField()
    set_by = models.TextField()

    privacy: ClassVar[dict[str, Card]] = {
        name: Card(personal=False, why="reading the office's next list alike", keep="always")
        for name in ("id", "office", "heading", "says", "set_at")
    } | {"set_by": Card(personal=True, why="who corrected it", keep="always")}

    class Meta:
        constraints: ClassVar = [
            both_or_neither("set_at", "set_by"),
            models.UniqueConstraint(fields=["office", "heading"], name="heading_once"),
        ]
