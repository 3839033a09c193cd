"""Opinions (征求意见): what each side says about a proposed disposal, by a day."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from mianzheng.reform.models.candidate import Candidate
from mianzheng.reform.rules.states import Part, Says
from mianzheng.web.ids import uuid7
from mianzheng.web.pairs import both_or_neither
from mianzheng.web.privacy import Card


class Opinion(models.Model):
    """One office asked about one candidate, whose disposal was to be `proposed`. `escalated_at`: it was silent past its day, and
    `due` is the end of its second period. `letter`: it came on paper, under this number, and the reform office wrote it down.
    `past`: another disposal was proposed since, about which it is asked anew.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    candidate = models.ForeignKey(Candidate, on_delete=models.CASCADE, related_name="opinions")
    office = models.TextField()
    part = models.TextField(choices=[(p.value, p.value) for p in Part])
    proposed = models.TextField(help_text="The disposal it was asked about.")
    past = models.BooleanField(default=False)
    due = models.DateField()
    asked_at = models.DateTimeField()
    asked_by = models.TextField()
    escalated_at = models.DateTimeField(null=True)
    says = models.TextField(blank=True, default="", choices=[(s.value, s.value) for s in Says])
    words = models.TextField(blank=True, default="")
    disposal = models.TextField(blank=True, default="", help_text="What a counter-proposal wants.")
    wording = models.TextField(blank=True, default="", help_text="CODE-VERSION of the undertaking signed.")
    letter = models.TextField(blank=True, default="")
    said_at = models.DateTimeField(null=True)
    said_by = models.TextField(null=True)

    privacy: ClassVar[dict[str, Card]] = {
        name: Card(personal=False, why="what was said before a certificate was cancelled", keep="always")
        for name in "id candidate office part proposed past due asked_at escalated_at says words disposal wording letter said_at".split()
    } | {name: Card(personal=True, why="who spoke for the office", keep="always") for name in ("asked_by", "said_by")}

    class Meta:
        constraints: ClassVar = [
            both_or_neither("asked_at", "asked_by"),
            both_or_neither("said_at", "said_by"),
            models.UniqueConstraint(
                fields=["candidate", "office"], condition=models.Q(past=False), name="opinion_once"
            ),
            models.CheckConstraint(condition=models.Q(part__in=[p.value for p in Part]), name="opinion_part"),
            models.CheckConstraint(
                condition=models.Q(said_at__isnull=True, says="")
                | (models.Q(said_at__isnull=False) & ~models.Q(says="")),
                name="opinion_said",
            ),
            models.CheckConstraint(
                condition=~models.Q(part=Part.UNDERTAKING.value, says=Says.AGREE.value) | ~models.Q(wording=""),
                name="opinion_signed",
            ),
            models.CheckConstraint(
                condition=~models.Q(says__in=[Says.OBJECT.value, Says.COUNTER.value]) | ~models.Q(words=""),
                name="opinion_why",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["office", "said_at", "due"], name="opinion_office")]
