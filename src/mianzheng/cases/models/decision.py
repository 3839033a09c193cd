"""Decisions (决定)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from mianzheng.web.ids import uuid7
from mianzheng.web.pairs import both_or_neither
from mianzheng.web.privacy import Card

KEEP = "as the case"


class Decision(models.Model):
    """One decision a case: outcome, findings, the verdicts it rests on as they stood, article and remedies.

    `relied` is frozen: the need, verdict, way, source and day of every fact. It covers whoever decided (免责).
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.OneToOneField("cases.Case", on_delete=models.PROTECT, related_name="decision")
    outcome = models.TextField()
    findings = models.TextField(blank=True, default="")
    basis = models.TextField(blank=True, default="")
    relied = models.JSONField()
    digest = models.TextField(help_text="SHA-256 of what was relied on, for the reliance receipt.")
    decided_at = models.DateTimeField()
    decided_by = models.TextField()

    privacy: ClassVar[dict[str, Card]] = {
        "id": Card(personal=False, why="key", keep=KEEP),
        "case": Card(personal=True, why="which case", keep=KEEP),
        "outcome": Card(personal=True, why="the decision", keep=KEEP),
        "findings": Card(personal=True, why="the decision must give its reasons", keep=KEEP),
        "basis": Card(personal=False, why="the article", keep=KEEP),
        "relied": Card(personal=True, why="what the decision rests on", keep=KEEP),
        "digest": Card(personal=False, why="shows a later change", keep=KEEP),
        "decided_at": Card(personal=True, why="when", keep=KEEP),
        "decided_by": Card(personal=True, why="who decided", keep=KEEP),
    }

    class Meta:
        constraints: ClassVar = [
            both_or_neither("decided_at", "decided_by"),
            models.CheckConstraint(
                condition=models.Q(outcome="granted")
                | models.Q(outcome="refused")
                & ~models.Q(decided_by="program")
                & ~models.Q(basis="")
                & ~models.Q(findings=""),
                name="decision_only_a_person_refuses",
            ),
        ]
