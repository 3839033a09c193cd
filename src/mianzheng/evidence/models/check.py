"""Questions put to departments (部门核查)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from mianzheng.web.ids import uuid7
from mianzheng.web.pairs import both_or_neither
from mianzheng.web.privacy import Card

KEEP = "3 years after the answer"


class Check(models.Model):
    """One question to one office about one set of subjects. Cases that ask the same share it, so it is answered once."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    office = models.TextField()
    fact = models.TextField()
    subjects = models.JSONField(help_text="Whom it is about, as vault identifiers; empty where the office finds out.")
    applicant = models.UUIDField()
    about = models.TextField()
    params = models.JSONField(default=dict)
    objection = models.BooleanField(default=False, help_text="A person said that the register is wrong.")
    why = models.TextField(blank=True, default="", help_text="What the person says is wrong.")
    digest = models.TextField(help_text="Equal for equal questions.")
    asked_at = models.DateTimeField()
    asked_by = models.TextField()
    due = models.DateField()
    answered_at = models.DateTimeField(null=True)
    answered_by = models.TextField(null=True)
    verdict = models.TextField(blank=True, default="")
    note = models.TextField(blank=True, default="", help_text="What the officer found, for the decision.")

    privacy: ClassVar[dict[str, Card]] = {
        "id": Card(personal=False, why="key", keep=KEEP),
        "office": Card(personal=False, why="who is asked", keep=KEEP),
        "fact": Card(personal=False, why="what is asked", keep=KEEP),
        "subjects": Card(personal=True, why="whom it is about", keep=KEEP),
        "applicant": Card(personal=True, why="for whom it is asked", keep=KEEP),
        "about": Card(personal=False, why="the relation to the applicant", keep=KEEP),
        "params": Card(personal=False, why="what exactly is asked", keep=KEEP),
        "objection": Card(personal=True, why="somebody objected", keep=KEEP),
        "why": Card(personal=True, why="the objection in the person's own words", keep=KEEP),
        "digest": Card(personal=True, why="finds the same question", keep=KEEP),
        "asked_at": Card(personal=True, why="deadline", keep=KEEP),
        "asked_by": Card(personal=True, why="who asked", keep=KEEP),
        "due": Card(personal=False, why="deadline", keep=KEEP),
        "answered_at": Card(personal=True, why="deadline", keep=KEEP),
        "answered_by": Card(personal=True, why="who answers for it", keep=KEEP),
        "verdict": Card(personal=True, why="the answer", keep=KEEP),
        "note": Card(personal=True, why="what was found", keep=KEEP),
    }

    class Meta:
        constraints: ClassVar = [
            both_or_neither("asked_at", "asked_by"),
            both_or_neither("answered_at", "answered_by"),
            models.UniqueConstraint(
                fields=["digest"], condition=models.Q(answered_at__isnull=True), name="check_asked_once"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["office", "due"], name="check_open", condition=models.Q(answered_at__isnull=True))
        ]
