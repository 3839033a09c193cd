"""Batches (批次): certificates cancelled together."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from mianzheng.common.texts import Text
from mianzheng.reform.rules.states import BatchStage
from mianzheng.web.ids import uuid7
from mianzheng.web.pairs import both_or_neither
from mianzheng.web.privacy import Card


class Batch(models.Model):
    """One batch: put together, checked, published in one act, watched for a while, then declared done."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.IntegerField(unique=True)
    name = models.TextField()
    name_en = models.TextField(blank=True, default="")
    stage = models.TextField(choices=[(s.value, s.value) for s in BatchStage], default=BatchStage.COMPOSED)
    made_at = models.DateTimeField()
    made_by = models.TextField()
    checks = models.JSONField(default=dict, help_text="What the last check found (rules.batches).")
    checked_at = models.DateTimeField(null=True)
    checked_by = models.TextField(null=True)
    published_at = models.DateTimeField(null=True)
    published_by = models.TextField(null=True)
    edition = models.UUIDField(null=True, help_text="The edition of the catalogue it put in force.")
    trial_until = models.DateField(null=True)
    done_at = models.DateTimeField(null=True)
    done_by = models.TextField(null=True)

    privacy: ClassVar[dict[str, Card]] = {
        name: Card(personal=False, why="what was cancelled when", keep="always")
        for name in "id number name name_en stage made_at checks checked_at published_at edition trial_until done_at".split()
    } | {
        name: Card(personal=True, why="who answers for it", keep="always")
        for name in ("made_by", "checked_by", "published_by", "done_by")
    }

    class Meta:
        constraints: ClassVar = [
            *(both_or_neither(f"{act}_at", f"{act}_by") for act in ("made", "checked", "published", "done")),
            models.CheckConstraint(condition=models.Q(stage__in=[s.value for s in BatchStage]), name="batch_stage"),
            models.CheckConstraint(condition=models.Q(number__gt=0), name="batch_number"),
        ]

    @property
    def title(self) -> Text:
        """Its name in both languages."""
        return Text(self.name, self.name_en)
