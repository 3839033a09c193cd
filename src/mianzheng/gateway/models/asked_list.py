"""Lists an asker handed in to be asked row by row, and what came out; both lie encrypted in the spool."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from mianzheng.gateway.rules.lists import Stage
from mianzheng.web.ids import uuid7
from mianzheng.web.pairs import both_or_neither
from mianzheng.web.privacy import Card

KEEP = "the city's list_days (policy), the row without its files 1 year"


class AskedList(models.Model):
    """One list: `file` and each of `parts` (its results so far, in order) are tokens of the spool, which carry their keys."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    asker = models.TextField()
    matter = models.TextField()
    facts = ArrayField(models.TextField())
    name = models.TextField()
    file = models.TextField(blank=True, default="")
    parts = ArrayField(models.TextField(), default=list, blank=True)
    rows = models.IntegerField(default=0)
    done = models.IntegerField(default=0)
    verdicts = models.JSONField(default=dict, help_text="How many answers of each kind, and how many rows got none.")
    stage = models.TextField(default=Stage.QUEUED, choices=[(each.value, each.value) for each in Stage])
    tries = models.SmallIntegerField(default=0, help_text="How often the next lot was begun and did not get through.")
    reason = models.JSONField(default=dict, blank=True)
    moved_at = models.DateTimeField(help_text="When it last got on; a job that died is noticed by it.")
    until_day = models.DateField(help_text="The last day its files are kept.")
    asked_at = models.DateTimeField()
    asked_by = models.TextField()
    asked_role = models.TextField(default="asker", help_text="The role in which they asked, as the log says it.")

    privacy: ClassVar[dict[str, Card]] = {
        name: Card(personal=False, why="how far a list is", keep=KEEP)
        for name in "id asker matter facts name rows done verdicts stage tries reason moved_at until_day asked_at asked_role".split()
    } | {
        "file": Card(personal=True, why="opens the list as it was handed in", keep=KEEP),
        "parts": Card(personal=True, why="open the results for whoever handed it in", keep=KEEP),
        "asked_by": Card(personal=True, why="who asked", keep=KEEP),
    }

    class Meta:
        db_table = "gateway_list"
        constraints: ClassVar = [
            both_or_neither("asked_at", "asked_by"),
            models.CheckConstraint(condition=models.Q(stage__in=list(Stage)), name="gateway_list_stage"),
        ]
        indexes: ClassVar = [models.Index(fields=["asker", "-asked_at"], name="gateway_list_asker")]
