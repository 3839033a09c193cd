"""Rows: one certificate as one line of a report names it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from mianzheng.reform.models.group import Group
from mianzheng.reform.models.report import Report
from mianzheng.web.ids import uuid7
from mianzheng.web.privacy import Card

NAMED = "name demander issuer basis purpose way remark".split()


class Row(models.Model):
    """One certificate of a taken report: as written (`name` ... `remark`), whom the two sides were taken for, what it was
    recognised as, and the group of papers it belongs to. `sheet` counts from 0; `number` is the row as the file counts.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="rows")
    sheet = models.IntegerField()
    number = models.IntegerField()
    part = models.IntegerField(default=0, help_text="Which of several names in one cell.")
    name = models.TextField()
    name_en = models.TextField(blank=True, default="")
    demander = models.TextField(blank=True, default="")
    issuer = models.TextField(blank=True, default="")
    basis = models.TextField(blank=True, default="")
    purpose = models.TextField(blank=True, default="")
    purpose_en = models.TextField(blank=True, default="")
    way = models.TextField(blank=True, default="")
    remark = models.TextField(blank=True, default="")
    volume = models.IntegerField(null=True, help_text="Papers a year; null where the list does not say.")
    demander_code = models.TextField(blank=True, default="", help_text="Empty: nobody of the city was recognised.")
    demander_kind = models.TextField(blank=True, default="")
    demander_level = models.TextField(blank=True, default="")
    issuer_code = models.TextField(blank=True, default="")
    issuer_level = models.TextField(blank=True, default="")
    paper = models.TextField(blank=True, default="", help_text="What it is: a member of the kinds of paper.")
    why = models.JSONField(default=dict, help_text="The packed reason of `paper`.")
    group = models.ForeignKey(Group, null=True, on_delete=models.SET_NULL, related_name="rows")
    likeness = models.FloatField(default=1.0, help_text="How sure it is that it belongs to its group, 0 to 1.")
    alike = models.JSONField(default=list, help_text="Packed reasons of `likeness`.")
    placed = models.BooleanField(default=False, help_text="A person said that it belongs to its group.")

    privacy: ClassVar[dict[str, Card]] = {
        name: Card(personal=False, why="what an office listed", keep="always")
        for name in (
            *"id report sheet number part name_en purpose_en volume demander_code demander_kind demander_level".split(),
            *"issuer_code issuer_level paper why group likeness alike placed".split(),
            *NAMED,
        )
    }

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["report", "sheet", "number", "part"], name="row_once"),
            models.CheckConstraint(condition=models.Q(likeness__gte=0, likeness__lte=1), name="row_likeness"),
        ]
        indexes: ClassVar = [models.Index(fields=["group"], name="row_group")]
