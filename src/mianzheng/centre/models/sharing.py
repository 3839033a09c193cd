"""Requests of departments to use an item of another (数据共享申请)."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from mianzheng.web.ids import uuid7
from mianzheng.web.pairs import both_or_neither
from mianzheng.web.privacy import Card

KEEP = "10 years"


class SharingRequest(models.Model):
    """Which fields, for which matter, under which article; the owner answers by `due` (政务数据共享条例)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    item = models.TextField()
    fields_asked = ArrayField(models.TextField())
    office = models.TextField(help_text="Who asks.")
    purpose = models.TextField()
    matter = models.TextField(blank=True, default="")
    basis = models.TextField(help_text="Legal basis, in words.")
    due = models.DateField()
    asked_at = models.DateTimeField()
    asked_by = models.TextField()
    approved = models.BooleanField(null=True)
    answer = models.TextField(blank=True, default="")
    until_day = models.DateField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.TextField(null=True)

    privacy: ClassVar[dict[str, Card]] = {
        name: Card(personal=False, why="who may use which data, why, until when", keep=KEEP)
        for name in (
            "id item fields_asked office purpose matter basis due asked_at approved answer until_day decided_at"
        ).split()
    } | {name: Card(personal=True, why="who asked and decided", keep=KEEP) for name in ("asked_by", "decided_by")}

    class Meta:
        constraints: ClassVar = [both_or_neither("asked_at", "asked_by"), both_or_neither("decided_at", "decided_by")]
        indexes: ClassVar = [models.Index(fields=["item", "-asked_at"], name="sharing_item")]
