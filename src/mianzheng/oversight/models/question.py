"""Questions of people about a look they do not recognise (我不认得这次查询)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from mianzheng.oversight.models.lead import KEEP
from mianzheng.web.ids import uuid7
from mianzheng.web.pairs import both_or_neither
from mianzheng.web.privacy import Card


class Question(models.Model):
    """One person asks about one line of the log about them, once.

    `told` is what the log itself answers at once; where it does not, a `lead` is put to the office that looked. Who asks
    stands here and not in the lead.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    subject = models.UUIDField()
    entry = models.UUIDField()
    said = models.TextField(blank=True, default="")
    told = models.JSONField(default=dict, help_text="A packed reason; empty where somebody has to answer.")
    lead = models.OneToOneField("oversight.Lead", on_delete=models.PROTECT, null=True, related_name="question")
    asked_at = models.DateTimeField()
    asked_by = models.TextField()
    contested = models.TextField(blank=True, default="", help_text="Why the answer does not answer it.")
    contested_at = models.DateTimeField(null=True)
    contested_by = models.TextField(null=True)

    privacy: ClassVar[dict[str, Card]] = {
        "id": Card(personal=False, why="key", keep=KEEP),
        "lead": Card(personal=False, why="who answers", keep=KEEP),
    } | {
        name: Card(personal=True, why="a person asks who looked at them and why (PIPL 44, 45, 50)", keep=KEEP)
        for name in "subject entry said told asked_at asked_by contested contested_at contested_by".split()
    }

    class Meta:
        constraints: ClassVar = [
            both_or_neither("asked_at", "asked_by"),
            both_or_neither("contested_at", "contested_by"),
            models.UniqueConstraint(fields=["subject", "entry"], name="question_once"),
        ]
