"""Wishes: new demands for a certificate (新设证明申请), which must be justified."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from mianzheng.reform.rules.states import WishStage
from mianzheng.web.ids import uuid7
from mianzheng.web.pairs import both_or_neither
from mianzheng.web.privacy import Card


class Wish(models.Model):
    """An office wants to demand a certificate that is on no list: necessity, legality, alternatives. The default is no."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    office = models.TextField()
    name = models.TextField()
    purpose = models.TextField()
    issuer = models.TextField()
    necessity = models.TextField()
    basis = models.TextField(help_text="Law and article claimed.")
    alternatives = models.TextField(help_text="Why no licence, data, check or commitment will do.")
    stage = models.TextField(choices=[(s.value, s.value) for s in WishStage], default=WishStage.MADE)
    due = models.DateField()
    made_at = models.DateTimeField()
    made_by = models.TextField()
    answer = models.TextField(blank=True, default="")
    until = models.DateField(null=True, help_text="An allowed one ends by itself.")
    decided_at = models.DateTimeField(null=True)
    decided_by = models.TextField(null=True)

    privacy: ClassVar[dict[str, Card]] = {
        name: Card(personal=False, why="why an office wanted a certificate", keep="always")
        for name in (
            "id office name purpose issuer necessity basis alternatives stage due made_at answer until decided_at".split()
        )
    } | {name: Card(personal=True, why="who asked, who decided", keep="always") for name in ("made_by", "decided_by")}

    class Meta:
        constraints: ClassVar = [
            both_or_neither("made_at", "made_by"),
            both_or_neither("decided_at", "decided_by"),
            models.CheckConstraint(condition=models.Q(stage__in=[s.value for s in WishStage]), name="wish_stage"),
        ]
