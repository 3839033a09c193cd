"""Changes on their way to those who need to know (数据回流)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from mianzheng.centre.rules.feeding import Change, Status
from mianzheng.web.ids import uuid7
from mianzheng.web.pairs import both_or_neither
from mianzheng.web.privacy import Card

KEEP = "1 year after it was settled"


class Delivery(models.Model):
    """One change for one receiver, written with the records in one transaction; `id` is its place in line.

    `feed` names the city's feed, or is empty where a decided `case` relied on the record. Of one `feed`, `receiver` and
    `subject` only the first that is not settled is sent, so that changes arrive in order.
    """

    id = models.BigAutoField(primary_key=True)
    feed = models.TextField(blank=True, default="")
    case = models.UUIDField(null=True)
    receiver = models.TextField(help_text="Code of the department, body or community.")
    item = models.TextField()
    subject = models.UUIDField()
    change = models.TextField(choices=[(c.value, c.value) for c in Change])
    payload = models.JSONField(default=dict)
    status = models.TextField(choices=[(s.value, s.value) for s in Status], default=Status.PENDING)
    tries = models.SmallIntegerField(default=0)
    made_at = models.DateTimeField()
    next_at = models.DateTimeField()
    problem = models.TextField(blank=True, default="", help_text="Why the last try failed; never what was sent.")
    seen_at = models.DateTimeField(null=True, help_text="When the receiver opened it on the work list.")
    settled_at = models.DateTimeField(null=True)
    settled_by = models.TextField(null=True)
    note = models.TextField(blank=True, default="")

    privacy: ClassVar[dict[str, Card]] = {
        name: Card(personal=False, why="sending a change", keep=KEEP)
        for name in "id feed receiver item change status tries made_at next_at problem seen_at".split()
    } | {
        name: Card(personal=True, why="what the receiver needs to know, about whom", keep=KEEP)
        for name in "case subject payload settled_at settled_by note".split()
    }

    class Meta:
        constraints: ClassVar = [both_or_neither("settled_at", "settled_by")]
        indexes: ClassVar = [
            models.Index(
                fields=["subject", "feed", "receiver", "id"],
                condition=models.Q(settled_at__isnull=True),
                name="delivery_line",
            ),
            models.Index(
                fields=["receiver", "next_at", "id"], condition=models.Q(status="pending"), name="delivery_next"
            ),
            models.Index(fields=["receiver", "status", "id"], name="delivery_receiver"),
        ]


class Watch(models.Model):
    """A decided case relied on records of `subject` in `item`: its `office` learns when they change, until `until`."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    item = models.TextField()
    subject = models.UUIDField()
    office = models.TextField()
    case = models.UUIDField()
    until = models.DateField()

    privacy: ClassVar[dict[str, Card]] = {
        name: Card(personal=True, why="the owner of a decision learns when its ground changes", keep="until `until`")
        for name in ("id", "item", "subject", "office", "case", "until")
    }

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["subject", "item", "case"], name="watch_once")]


class Hook(models.Model):
    """Where a receiver takes changes by machine (webhook). The secret is sealed by the vault's file key."""

    receiver = models.TextField(primary_key=True)
    url = models.TextField()
    secret = models.BinaryField()
    opened_at = models.DateTimeField()
    opened_by = models.TextField()

    privacy: ClassVar[dict[str, Card]] = {
        name: Card(personal=False, why="sending changes", keep="while it is in use")
        for name in ("receiver", "url", "secret", "opened_at")
    } | {"opened_by": Card(personal=True, why="who set it up", keep="while it is in use")}

    class Meta:
        constraints: ClassVar = [both_or_neither("opened_at", "opened_by")]
