"""Groups: near-identical certificates under their several names."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from mianzheng.web.ids import uuid7
from mianzheng.web.pairs import both_or_neither
from mianzheng.web.privacy import Card


class Group(models.Model):
    """One paper, whatever it is called: proposed by the rules, and what a person made of it.

    A group that somebody confirmed, split, joined or named keeps its rows; the others are made anew with every list.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.TextField(help_text="The name that stands for it.")
    paper = models.TextField(blank=True, default="", help_text="What it is: a member of the kinds of paper.")
    confidence = models.FloatField(default=1.0, help_text="Of the least sure row that nobody confirmed, 0 to 1.")
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.TextField(null=True)

    privacy: ClassVar[dict[str, Card]] = {
        name: Card(personal=False, why="which certificates are one", keep="always")
        for name in ("id", "name", "paper", "confidence", "confirmed_at")
    } | {"confirmed_by": Card(personal=True, why="who answers for it", keep="always")}

    class Meta:
        constraints: ClassVar = [
            both_or_neither("confirmed_at", "confirmed_by"),
            models.CheckConstraint(condition=models.Q(confidence__gte=0, confidence__lte=1), name="group_confidence"),
        ]
