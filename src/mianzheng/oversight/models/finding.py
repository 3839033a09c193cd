"""Findings (问题线索): what oversight has to look at that is no look-up."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from mianzheng.oversight.rules.findings import Kind
from mianzheng.web.ids import uuid7
from mianzheng.web.privacy import Card


class Finding(models.Model):
    """Something an office did that it must not, as one thing shows it: `source` is what does, and makes one finding.

    Of kind ``demanded``: a cancelled certificate is still asked for, and whoever asks has opened the slip that says so.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.TextField(choices=[(k.value, k.value) for k in Kind])
    certificate = models.TextField(help_text="Code in the catalogue.")
    office = models.TextField(blank=True, default="", help_text="Code of the office it is about.")
    office_said = models.TextField(blank=True, default="", help_text="Its name as told, where it has no code.")
    source = models.UUIDField(help_text="The slip.")
    day = models.DateField()
    made_at = models.DateTimeField()

    privacy: ClassVar[dict[str, Card]] = {
        name: Card(personal=False, why="where a cancelled certificate is still asked for", keep="3 years (policy)")
        for name in "id kind certificate office office_said source day made_at".split()
    }

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "source"], name="finding_once"),
            models.CheckConstraint(condition=models.Q(kind__in=[k.value for k in Kind]), name="finding_kind"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["-day"], name="finding_newest"),
            models.Index(fields=["certificate", "office"], name="finding_about"),
        ]
