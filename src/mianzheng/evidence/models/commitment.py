"""Signed commitments (告知承诺书)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from mianzheng.web.ids import uuid7
from mianzheng.web.pairs import both_or_neither
from mianzheng.web.privacy import Card

KEEP = "as the case, at least until the after-check"


class Commitment(models.Model):
    """What a person promised, by the very version of the text, and when it will be checked (事后核查)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.UUIDField()
    need = models.TextField()
    subject = models.UUIDField()
    text = models.TextField()
    version = models.IntegerField()
    digest = models.TextField(help_text="SHA-256 of the text that was shown.")
    fallback = models.BooleanField(default=False, help_text="Signed ahead, in case the department cannot answer.")
    signed_at = models.DateTimeField()
    signed_by = models.TextField()
    check_due = models.DateField(help_text="The after-check is done by this day.")
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.TextField(null=True)
    withdrawn_why = models.TextField(blank=True, default="")

    privacy: ClassVar[dict[str, Card]] = {
        "id": Card(personal=False, why="key", keep=KEEP),
        "case": Card(personal=True, why="the case it was signed for", keep=KEEP),
        "need": Card(personal=False, why="which fact", keep=KEEP),
        "subject": Card(personal=True, why="who committed", keep=KEEP),
        "text": Card(personal=False, why="what was promised", keep=KEEP),
        "version": Card(personal=False, why="what was promised", keep=KEEP),
        "digest": Card(personal=False, why="the very words", keep=KEEP),
        "fallback": Card(personal=False, why="when it takes effect", keep=KEEP),
        "signed_at": Card(personal=True, why="when", keep=KEEP),
        "signed_by": Card(personal=True, why="by which account", keep=KEEP),
        "check_due": Card(personal=False, why="the after-check", keep=KEEP),
        "withdrawn_at": Card(personal=True, why="when", keep=KEEP),
        "withdrawn_by": Card(personal=True, why="by which account", keep=KEEP),
        "withdrawn_why": Card(personal=True, why="the reason given", keep=KEEP),
    }

    class Meta:
        constraints: ClassVar = [
            both_or_neither("signed_at", "signed_by"),
            both_or_neither("withdrawn_at", "withdrawn_by"),
            models.UniqueConstraint(
                fields=["case", "need"], condition=models.Q(withdrawn_at__isnull=True), name="commitment_once"
            ),
        ]
