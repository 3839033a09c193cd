"""How the connections to sources do: a day's counts, and the times they were down."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from mianzheng.web.ids import uuid7
from mianzheng.web.privacy import Card


class ConnectionDay(models.Model):
    """One connection, one day: questions asked, answered, failed, not asked (breaker, quota, too many at a time)."""

    pk = models.CompositePrimaryKey("connection", "day")
    connection = models.TextField()
    day = models.DateField()
    asked = models.BigIntegerField(default=0)
    answered = models.BigIntegerField(default=0)
    failed = models.BigIntegerField(default=0)
    held_back = models.BigIntegerField(default=0)
    milliseconds = models.BigIntegerField(default=0, help_text="Of all questions asked together.")
    quota_left = models.BigIntegerField(null=True, help_text="As the other side says.")

    privacy: ClassVar[dict[str, Card]] = {
        name: Card(personal=False, why="how a connection does", keep="10 years")
        for name in "connection day asked answered failed held_back milliseconds quota_left".split()
    }


class Breakage(models.Model):
    """A connection was given up for a while (熔断): a finding for whoever answers for it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    connection = models.TextField()
    reason = models.JSONField(help_text="The last failure: msgid and params, never what was asked.")
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    privacy: ClassVar[dict[str, Card]] = {
        name: Card(personal=False, why="how a connection does", keep="3 years")
        for name in "id connection reason opened_at closed_at".split()
    }

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["connection"], condition=models.Q(closed_at__isnull=True), name="breakage_once"
            )
        ]
