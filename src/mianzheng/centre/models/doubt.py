"""Doubts about records, sent back to the department that registers them (校核)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from mianzheng.centre.rules.doubts import Cause, Outcome
from mianzheng.web.ids import uuid7
from mianzheng.web.pairs import both_or_neither
from mianzheng.web.privacy import Card

KEEP = "3 years after it was answered"


class Doubt(models.Model):
    """One record of `subject` in `item` may be wrong; `office` answers by `due`.

    A ``conflict`` is about a `datum` that the registering item says otherwise; an ``objection`` comes from the person or
    from an office that answered a check against the records. No values are kept here: they are in the records.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    item = models.TextField()
    subject = models.UUIDField()
    cause = models.TextField(choices=[(c.value, c.value) for c in Cause])
    datum = models.TextField(blank=True, default="")
    office = models.TextField()
    due = models.DateField()
    raised_at = models.DateTimeField()
    raised_by = models.TextField()
    note = models.TextField(blank=True, default="", help_text="What is doubted, in words without names or numbers.")
    outcome = models.TextField(choices=[(o.value, o.value) for o in Outcome], blank=True, default="")
    answer = models.TextField(blank=True, default="")
    answered_at = models.DateTimeField(null=True)
    answered_by = models.TextField(null=True)

    privacy: ClassVar[dict[str, Card]] = {
        name: Card(personal=False, why="working off doubts in time", keep=KEEP)
        for name in "id item cause datum office due outcome".split()
    } | {
        name: Card(personal=True, why="whose record is doubted, by whom, how it was settled", keep=KEEP)
        for name in "subject raised_at raised_by note answer answered_at answered_by".split()
    }

    class Meta:
        constraints: ClassVar = [
            both_or_neither("raised_at", "raised_by"),
            both_or_neither("answered_at", "answered_by"),
            models.UniqueConstraint(
                fields=["subject", "item", "cause", "datum"],
                condition=models.Q(answered_at__isnull=True),
                name="doubt_once",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["subject", "item"], name="doubt_subject"),
            models.Index(fields=["office", "due"], condition=models.Q(answered_at__isnull=True), name="doubt_open"),
        ]
