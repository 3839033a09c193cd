"""Drafts of the catalogue: edits on their way into force."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from mianzheng.reform.rules.states import DraftStage
from mianzheng.web.ids import uuid7
from mianzheng.web.pairs import both_or_neither
from mianzheng.web.privacy import Card


class Draft(models.Model):
    """Edits of the city package (`catalogue.rules.editing`), written on pages, tested on yesterday's cases, in force from a day."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    title = models.TextField()
    why = models.TextField(blank=True, default="")
    edits = models.JSONField(default=list)
    stage = models.TextField(choices=[(s.value, s.value) for s in DraftStage], default=DraftStage.WRITTEN)
    made_at = models.DateTimeField()
    made_by = models.TextField()
    changed_at = models.DateTimeField()
    changed_by = models.TextField()
    tests = models.JSONField(default=dict, help_text="What yesterday's cases said.")
    tested_at = models.DateTimeField(null=True)
    tested_by = models.TextField(null=True)
    worse_why = models.TextField(
        blank=True, default="", help_text="Why it may be so though some cases would be worse off."
    )
    from_day = models.DateField(null=True)
    planned_at = models.DateTimeField(null=True)
    planned_by = models.TextField(null=True)
    refused = models.JSONField(default=dict, help_text="Why it could not be put in force on its day.")
    in_force_at = models.DateTimeField(null=True)
    in_force_by = models.TextField(null=True)
    edition = models.UUIDField(null=True)

    privacy: ClassVar[dict[str, Card]] = (
        {
            name: Card(personal=False, why="how the city's rules came about", keep="always")
            for name in (
                "id title why edits stage made_at changed_at tested_at worse_why from_day planned_at refused in_force_at edition"
            ).split()
        }
        | {
            name: Card(personal=True, why="who wrote, tested, planned, put in force", keep="always")
            for name in ("made_by", "changed_by", "tested_by", "planned_by", "in_force_by")
        }
        | {"tests": Card(personal=True, why="numbers of some cases, as examples", keep="examples until it is in force")}
    )

    class Meta:
        constraints: ClassVar = [
            *(
                both_or_neither(f"{act}_at", f"{act}_by")
                for act in ("made", "changed", "tested", "planned", "in_force")
            ),
            models.CheckConstraint(condition=models.Q(stage__in=[s.value for s in DraftStage]), name="draft_stage"),
        ]
        indexes: ClassVar = [models.Index(fields=["stage", "from_day"], name="draft_due")]
