"""Wishes for a larger allowance (调高申请): answered by the data centre by a day."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from mianzheng.gateway.models.grant import KEEP, Grant
from mianzheng.gateway.rules.allowances import Outcome
from mianzheng.web.ids import uuid7
from mianzheng.web.pairs import both_or_neither
from mianzheng.web.privacy import Card


class RaiseRequest(models.Model):
    """The asker of `grant` would like `daily` answers a day; one is open at a time. `outcome` is empty until it ended."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    grant = models.ForeignKey(Grant, on_delete=models.PROTECT, related_name="raises", db_column="grant_id")
    daily = models.IntegerField()
    why = models.TextField()
    due = models.DateField()
    asked_at = models.DateTimeField()
    asked_by = models.TextField()
    outcome = models.TextField(blank=True, default="", choices=[(each.value, each.value) for each in Outcome])
    answer = models.TextField(blank=True, default="")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.TextField(null=True)

    privacy: ClassVar[dict[str, Card]] = {
        name: Card(personal=False, why="how often one would like to ask, and what was answered", keep=KEEP)
        for name in "id grant daily why due asked_at outcome answer ended_at".split()
    } | {name: Card(personal=True, why="who asked and who answered", keep=KEEP) for name in ("asked_by", "ended_by")}

    class Meta:
        db_table = "gateway_raise"
        constraints: ClassVar = [
            both_or_neither("asked_at", "asked_by"),
            both_or_neither("ended_at", "ended_by"),
            models.UniqueConstraint(
                fields=["grant"], condition=models.Q(ended_at__isnull=True), name="gateway_raise_one_open"
            ),
            models.CheckConstraint(
                condition=models.Q(ended_at__isnull=True, outcome="")
                | models.Q(ended_at__isnull=False, outcome__gt=""),
                name="gateway_raise_ends_with_an_outcome",
            ),
            models.CheckConstraint(
                condition=~models.Q(outcome__in=[Outcome.GRANTED, Outcome.REFUSED])
                | ~models.Q(ended_by=models.F("asked_by")),
                name="gateway_raise_two_people",
            ),
        ]
