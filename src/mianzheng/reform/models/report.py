"""Reports (报送清单): the files offices send, cell for cell."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from mianzheng.reform.rules.states import ReportStage, Side
from mianzheng.web.ids import uuid7
from mianzheng.web.pairs import both_or_neither
from mianzheng.web.privacy import Card


class Report(models.Model):
    """One file an office sent. Every cell of it is kept, so that whatever was understood can be traced to where it stood."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    office = models.TextField(
        blank=True,
        default="",
        help_text="Code of the department, body or place whose list it is; a place's name for another city; empty until somebody says.",
    )
    side = models.TextField(choices=[(s.value, s.value) for s in Side])
    name = models.TextField(help_text="Of the file.")
    digest = models.TextField(help_text="SHA-256 of the file.")
    sheets = models.JSONField(
        help_text="List of {name, hidden, lines: [[row, [cells], [merged columns]]]}; a cell that held a contact is null."
    )
    listed = models.IntegerField(default=0, help_text="Certificates it names, as it was read last.")
    stage = models.TextField(choices=[(s.value, s.value) for s in ReportStage], default=ReportStage.READ)
    replaces = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="replaced_by")
    made_at = models.DateTimeField()
    made_by = models.TextField()
    taken_at = models.DateTimeField(null=True)
    taken_by = models.TextField(null=True)

    privacy: ClassVar[dict[str, Card]] = {
        name: Card(personal=False, why="what an office listed, traceable to its file", keep="always")
        for name in "id office side name digest sheets listed stage replaces made_at taken_at".split()
    } | {name: Card(personal=True, why="who took the list in", keep="always") for name in ("made_by", "taken_by")}

    class Meta:
        constraints: ClassVar = [
            both_or_neither("made_at", "made_by"),
            both_or_neither("taken_at", "taken_by"),
            models.CheckConstraint(condition=models.Q(stage__in=[s.value for s in ReportStage]), name="report_stage"),
            models.CheckConstraint(condition=models.Q(side__in=[s.value for s in Side]), name="report_side"),
            models.UniqueConstraint(
                fields=["office", "side", "digest"],
                condition=models.Q(stage__in=[ReportStage.READ.value, ReportStage.TAKEN.value]),
                name="report_once",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["office", "side", "stage"], name="report_office")]
