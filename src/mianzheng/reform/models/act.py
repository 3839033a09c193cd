"""Acts: the trail of what the reform office did to a certificate or a batch."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from mianzheng.reform.models.batch import Batch
from mianzheng.reform.models.candidate import Candidate
from mianzheng.web.ids import uuid7
from mianzheng.web.pairs import both_or_neither
from mianzheng.web.privacy import Card


class Act(models.Model):
    """One act with a date: published, amended, withdrawn, retained, reviewed, declared done. Never changed, never deleted."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.TextField()
    batch = models.ForeignKey(Batch, null=True, on_delete=models.PROTECT, related_name="acts")
    candidate = models.ForeignKey(Candidate, null=True, on_delete=models.PROTECT, related_name="acts")
    why = models.TextField(blank=True, default="")
    before = models.TextField(blank=True, default="", help_text="The disposal before.")
    after = models.TextField(blank=True, default="")
    edition = models.UUIDField(null=True)
    done_at = models.DateTimeField()
    done_by = models.TextField()

    privacy: ClassVar[dict[str, Card]] = {
        name: Card(personal=False, why="the public trail", keep="always")
        for name in "id kind batch candidate why before after edition done_at".split()
    } | {"done_by": Card(personal=True, why="who answers for it", keep="always")}

    class Meta:
        constraints: ClassVar = [both_or_neither("done_at", "done_by")]
        indexes: ClassVar = [models.Index(fields=["-done_at"], name="act_newest")]
