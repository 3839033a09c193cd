"""The moves a case made."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from mianzheng.web.ids import uuid7
from mianzheng.web.privacy import Card

KEEP = "as the case"


class Step(models.Model):
    """One move of a case, as `rules.states` names it. Steps are added, never changed."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="steps")
    move = models.TextField()
    source = models.TextField()
    target = models.TextField()
    note = models.TextField(blank=True, default="")
    done_at = models.DateTimeField()
    done_by = models.TextField()

    privacy: ClassVar[dict[str, Card]] = {
        "id": Card(personal=False, why="key", keep=KEEP),
        "case": Card(personal=True, why="which case", keep=KEEP),
        "move": Card(personal=False, why="what was done", keep=KEEP),
        "source": Card(personal=False, why="from where", keep=KEEP),
        "target": Card(personal=False, why="to where", keep=KEEP),
        "note": Card(personal=True, why="what was said to the other side", keep=KEEP),
        "done_at": Card(personal=True, why="when", keep=KEEP),
        "done_by": Card(personal=True, why="who answers for it", keep=KEEP),
    }

    class Meta:
        indexes: ClassVar = [models.Index(fields=["case", "id"], name="step_case")]
