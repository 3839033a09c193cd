"""Sealed answers (核验凭证): what was told to an asker, signed, for its file; anybody can check it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from mianzheng.evidence.rules.verdicts import Verdict
from mianzheng.web.ids import uuid7
from mianzheng.web.pairs import both_or_neither
from mianzheng.web.privacy import Card

KEEP = "3 years after it was sealed"


class SealedAnswer(models.Model):
    """One answer as it was sealed: `jws` says everything. `asked` holds together what was asked at once.

    `person_key` is printed on the sheet and makes the digest in `jws`; `tail` is the digest of the last signs of the number
    under the site's own key, for who checks a sheet by its QR code. `tries` counts wrong ones on `tried_on`.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.TextField(unique=True)
    asked = models.UUIDField(db_index=True)
    entry = models.UUIDField(
        null=True, unique=True, help_text="The line of the log that says it was asked: it is sealed once."
    )
    asker = models.TextField()
    subject = models.UUIDField()
    matter = models.TextField()
    fact = models.TextField()
    verdict = models.TextField(choices=[(each.value, each.value) for each in Verdict])
    consent = models.TextField(blank=True, default="")
    jws = models.TextField()
    person_key = models.BinaryField(max_length=10)
    tail = models.BinaryField(max_length=32)
    tries = models.SmallIntegerField(default=0)
    tried_on = models.DateField(null=True)
    until = models.DateTimeField()
    sealed_at = models.DateTimeField()
    sealed_by = models.TextField()
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.TextField(null=True)
    why = models.TextField(blank=True, default="")

    privacy: ClassVar[dict[str, Card]] = {
        name: Card(personal=False, why="names the answer, who was told, until when it serves", keep=KEEP)
        for name in "id number asked entry asker matter consent until sealed_at tries tried_on withdrawn_at why".split()
    } | {
        name: Card(personal=True, why="what was told about whom, for whoever has to check it", keep=KEEP)
        for name in "subject fact verdict jws person_key tail sealed_by withdrawn_by".split()
    }

    class Meta:
        db_table = "gateway_sealed"
        constraints: ClassVar = [
            both_or_neither("sealed_at", "sealed_by"),
            both_or_neither("withdrawn_at", "withdrawn_by"),
            models.CheckConstraint(condition=models.Q(verdict__in=list(Verdict)), name="gateway_sealed_verdict"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["asker", "-sealed_at"], name="gateway_sealed_asker"),
            models.Index(fields=["subject"], name="gateway_sealed_subject"),
        ]
