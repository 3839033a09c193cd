"""What keeps many questions in order: answers a day, replies to repeated requests, and whether grants or keys changed."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from mianzheng.web.privacy import Card


class GrantDay(models.Model):
    """How many answers a grant had on a day; what stayed unknown is not counted."""

    pk = models.CompositePrimaryKey("grant", "day")
    grant = models.UUIDField()
    day = models.DateField()
    answered = models.IntegerField(default=0)
    unknown = models.IntegerField(default=0)

    privacy: ClassVar[dict[str, Card]] = {
        name: Card(personal=False, why="allowances and open figures", keep="10 years")
        for name in ("grant", "day", "answered", "unknown")
    }

    class Meta:
        db_table = "gateway_day"


class Reply(models.Model):
    """What was answered to a request that carried an idempotency key (part by part, for a batch), so that a repeat gets the
    same without another look-up.
    """

    pk = models.CompositePrimaryKey("asker", "key", "part")
    asker = models.TextField()
    key = models.TextField()
    part = models.IntegerField()
    request = models.BinaryField(max_length=32, help_text="SHA-256 of what was asked.")
    body = models.BinaryField(help_text="What was answered: verdicts, sources, log entries; no number and no name.")
    made_at = models.DateTimeField(db_index=True)

    privacy: ClassVar[dict[str, Card]] = {
        name: Card(personal=name == "body", why="a repeated request is answered the same", keep="1 day")
        for name in ("asker", "key", "part", "request", "body", "made_at")
    }

    class Meta:
        db_table = "gateway_reply"


class Standing(models.Model):
    """One row whose number the database raises whenever a grant, a change or a key is written: what was read before is old."""

    id = models.SmallIntegerField(primary_key=True)
    number = models.BigIntegerField(default=0)

    privacy: ClassVar[dict[str, Card]] = {
        name: Card(personal=False, why="tells whether what a process remembers is still so", keep="-")
        for name in ("id", "number")
    }

    class Meta:
        db_table = "gateway_standing"
