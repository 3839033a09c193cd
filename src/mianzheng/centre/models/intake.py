"""Batches of records handed in by departments (数据归集)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from mianzheng.centre.rules.intakes import Kind, Stage, Way
from mianzheng.web.ids import uuid7
from mianzheng.web.pairs import both_or_neither
from mianzheng.web.privacy import Card

KEEP = "as long as the item is held: the batch explains where records come from"


class Intake(models.Model):
    """One batch: what was handed in, by whom, how it went. Records of the batch carry its `known_from`.

    `file` names the encrypted file that waits (see `adapters.spool`), `errors` the encrypted list of refused rows; both
    are empty once the file is gone. `faults` counts refused rows by column and reason, without any value.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    item = models.TextField()
    kind = models.TextField(choices=[(k.value, k.value) for k in Kind])
    way = models.TextField(choices=[(w.value, w.value) for w in Way])
    stage = models.TextField(choices=[(s.value, s.value) for s in Stage], default=Stage.WAITING)
    office = models.TextField()
    name = models.TextField(help_text="The file's own name.")
    file = models.TextField(blank=True, default="")
    size = models.BigIntegerField(default=0)
    columns = models.JSONField(
        default=dict, help_text="Corrections a person made: heading -> field code, '' leaves it out."
    )
    confirmed = models.BooleanField(default=False, help_text="Somebody confirmed that so many fewer records are right.")
    as_of = models.DateTimeField(help_text="The time the records are true of.")
    known_from = models.DateTimeField(null=True, help_text="When the centre took them over.")
    rows = models.BigIntegerField(default=0)
    expected_rows = models.BigIntegerField(default=0, help_text="0 while it is not known.")
    bad_rows = models.BigIntegerField(default=0)
    added = models.BigIntegerField(default=0)
    changed = models.BigIntegerField(default=0)
    removed = models.BigIntegerField(default=0)
    faults = models.JSONField(default=list)
    errors = models.TextField(blank=True, default="")
    errors_until = models.DateTimeField(null=True)
    reason = models.JSONField(default=dict, help_text="Why it was refused or broke off: msgid, params, now.")
    received_at = models.DateTimeField()
    received_by = models.TextField()
    ended_at = models.DateTimeField(null=True)

    privacy: ClassVar[dict[str, Card]] = {
        name: Card(personal=False, why="how a batch went", keep=KEEP)
        for name in (
            "id item kind way stage office file size columns confirmed as_of known_from rows expected_rows bad_rows"
            " added changed removed faults errors errors_until reason received_at ended_at"
        ).split()
    } | {
        "name": Card(personal=True, why="the sender knows the file again; offices write names into them", keep=KEEP),
        "received_by": Card(personal=True, why="only the sender may open the error file", keep=KEEP),
    }

    class Meta:
        constraints: ClassVar = [both_or_neither("received_at", "received_by")]
        indexes: ClassVar = [
            models.Index(fields=["item", "-received_at"], name="intake_item_received"),
            models.Index(fields=["office", "-received_at"], name="intake_office_received"),
        ]
