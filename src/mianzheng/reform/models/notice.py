"""Notices: a publication told to every desk."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from mianzheng.reform.models.batch import Batch
from mianzheng.web.pairs import both_or_neither
from mianzheng.web.privacy import Card


class Notice(models.Model):
    """What an office has to know of a batch, until somebody of it says that it was read (已知悉)."""

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="notices")
    office = models.TextField(help_text="Code of a department, body, town or community.")
    certificates = models.IntegerField(help_text="How many of the batch this office demanded or made out.")
    seen_at = models.DateTimeField(null=True)
    seen_by = models.TextField(null=True)

    privacy: ClassVar[dict[str, Card]] = {
        name: Card(personal=False, why="which office knows since when", keep="always")
        for name in ("id", "batch", "office", "certificates", "seen_at")
    } | {"seen_by": Card(personal=True, why="who read it for the office", keep="always")}

    class Meta:
        constraints: ClassVar = [
            both_or_neither("seen_at", "seen_by"),
            models.UniqueConstraint(fields=["batch", "office"], name="notice_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["office", "seen_at"], name="notice_office")]
