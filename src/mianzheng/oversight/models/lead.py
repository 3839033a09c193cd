"""Leads (线索): look-ups somebody is asked about."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Cast

from mianzheng.oversight.rules.leads import Outcome, Source, Status
from mianzheng.web.ids import uuid7
from mianzheng.web.pairs import both_or_neither
from mianzheng.web.privacy import Card

KEEP = "3 years after it ended, as the log (policy)"


class Lead(models.Model):
    """What `account` is asked about of one day, or what a person asked about one look; nothing else comes of it.

    It names the officer and lines of the log, never whom they were about. Of the rules there is one lead an account a day;
    `account` is empty where the program looked. `reasons` say which rules made it (`rules.curiosity.said`).
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    source = models.TextField(choices=[(s.value, s.value) for s in Source])
    day = models.DateField(help_text="The day of the look-ups.")
    account = models.UUIDField(null=True)
    role = models.TextField(blank=True, default="")
    office = models.TextField(blank=True, default="", help_text="Whose head decides; empty: oversight alone.")
    points = models.IntegerField(default=0)
    reasons = models.JSONField(default=list)
    entries = ArrayField(models.UUIDField())
    status = models.TextField(choices=[(s.value, s.value) for s in Status], default=Status.OPEN)
    due = models.DateField(help_text="Until when whoever has it in hand does the next thing.")
    made_at = models.DateTimeField()
    asked_at = models.DateTimeField(null=True)
    asked_by = models.TextField(null=True)
    reply_due = models.DateField(null=True)
    reply = models.TextField(blank=True, default="")
    replied_at = models.DateTimeField(null=True)
    answer = models.TextField(blank=True, default="", help_text="The head's; a person who asked reads it.")
    answered_at = models.DateTimeField(null=True)
    answered_by = models.TextField(null=True)
    passed_why = models.JSONField(default=dict, help_text="A packed reason, or the head's words.")
    passed_at = models.DateTimeField(null=True)
    passed_by = models.TextField(null=True)
    outcome = models.TextField(choices=[(o.value, o.value) for o in Outcome], blank=True, default="")
    closing = models.TextField(blank=True, default="", help_text="Oversight's; a person who asked reads it.")
    closed_at = models.DateTimeField(null=True)
    closed_by = models.TextField(null=True)

    privacy: ClassVar[dict[str, Card]] = {
        name: Card(personal=False, why="asking about look-ups in time", keep=KEEP)
        for name in "id source office status due made_at reply_due".split()
    } | {
        name: Card(
            personal=True, why="who is asked about which look-ups, what was said about it (PIPL 6, 51)", keep=KEEP
        )
        for name in (
            "day account role points reasons entries asked_at asked_by reply replied_at answer answered_at answered_by"
            " passed_why passed_at passed_by outcome closing closed_at closed_by"
        ).split()
    }

    class Meta:
        constraints: ClassVar = [
            both_or_neither("asked_at", "asked_by"),
            both_or_neither("answered_at", "answered_by"),
            both_or_neither("passed_at", "passed_by"),
            both_or_neither("closed_at", "closed_by"),
            models.UniqueConstraint(
                fields=["account", "day"], condition=models.Q(source=Source.RULES), name="lead_once_a_day"
            ),
            models.CheckConstraint(condition=models.Q(status__in=[s.value for s in Status]), name="lead_status"),
            *(
                models.CheckConstraint(
                    condition=models.Q(account=None)
                    | models.Q(**{by: None})
                    | ~models.Q(**{by: Cast("account", models.TextField())}),
                    name=f"lead_not_{by}_its_own",
                )
                for by in ("answered_by", "closed_by")
            ),
            models.CheckConstraint(
                condition=models.Q(account__isnull=False) | models.Q(source=Source.PERSON), name="lead_about_somebody"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["office", "status", "due"], name="lead_office"),
            models.Index(fields=["account", "-day"], name="lead_account"),
            models.Index(fields=["day"], name="lead_day"),
        ]
