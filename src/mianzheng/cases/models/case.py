"""A case (办件): one application for one matter."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from mianzheng.cases.rules.states import Status
from mianzheng.web.ids import uuid7
from mianzheng.web.pairs import both_or_neither
from mianzheng.web.privacy import Card

KEEP = "10 years after the decision (policy)"


class Case(models.Model):
    """One application. What the catalogue said when it began is in its `edition`."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.TextField(unique=True)
    key = models.UUIDField(unique=True, help_text="Made with the start button: pressing twice gives one case.")
    matter = models.TextField()
    owner = models.TextField(help_text="The department or body that decides.")
    edition = models.UUIDField()
    applicant = models.UUIDField()
    status = models.TextField(default=Status.DRAFT.value)
    answers = models.JSONField(default=dict)
    notice_version = models.IntegerField(null=True)
    started_at = models.DateTimeField()
    started_by = models.TextField()
    agreed_at = models.DateTimeField(null=True)
    agreed_by = models.TextField(null=True)
    handed_in_at = models.DateTimeField(null=True)
    handed_in_by = models.TextField(null=True)
    submitted_at = models.DateTimeField(null=True)
    submitted_by = models.TextField(null=True)
    due = models.DateField(null=True, help_text="The decision is due on this day.")

    privacy: ClassVar[dict[str, Card]] = {
        "id": Card(personal=False, why="key", keep=KEEP),
        "number": Card(personal=True, why="what people quote on the phone", keep=KEEP),
        "key": Card(personal=False, why="one case for a double click", keep=KEEP),
        "matter": Card(personal=True, why="what is applied for", keep=KEEP),
        "owner": Card(personal=False, why="who decides", keep=KEEP),
        "edition": Card(personal=False, why="the rules that were in force", keep=KEEP),
        "applicant": Card(personal=True, why="who applies", keep=KEEP),
        "status": Card(personal=True, why="how far it is", keep=KEEP),
        "answers": Card(personal=True, why="what the decision needs to know", keep=KEEP),
        "notice_version": Card(personal=False, why="the notice that was shown", keep=KEEP),
        "started_at": Card(personal=True, why="when", keep=KEEP),
        "started_by": Card(personal=True, why="by which account", keep=KEEP),
        "agreed_at": Card(personal=True, why="when the notice was read", keep=KEEP),
        "agreed_by": Card(personal=True, why="by which account", keep=KEEP),
        "handed_in_at": Card(personal=True, why="when", keep=KEEP),
        "handed_in_by": Card(personal=True, why="by which account", keep=KEEP),
        "submitted_at": Card(personal=True, why="the period begins", keep=KEEP),
        "submitted_by": Card(personal=True, why="by which account", keep=KEEP),
        "due": Card(personal=False, why="the period ends", keep=KEEP),
    }

    class Meta:
        constraints: ClassVar = [
            both_or_neither("started_at", "started_by"),
            both_or_neither("agreed_at", "agreed_by"),
            both_or_neither("handed_in_at", "handed_in_by"),
            both_or_neither("submitted_at", "submitted_by"),
            models.CheckConstraint(condition=models.Q(status__in=[s.value for s in Status]), name="case_status"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["applicant", "-started_at"], name="case_applicant"),
            models.Index(fields=["owner", "status", "due"], name="case_desk"),
        ]
