"""Candidates: certificates on their way from an office's list to the public one."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from mianzheng.catalogue.rules.kinds import Disposal
from mianzheng.reform.models.batch import Batch
from mianzheng.reform.models.group import Group
from mianzheng.reform.rules.states import Stage
from mianzheng.web.ids import uuid7
from mianzheng.web.pairs import both_or_neither
from mianzheng.web.privacy import Card


class Candidate(models.Model):
    """A certificate that one office demands for one purpose (证明事项), with what the rules propose and what the office decided.

    `code` is its address on the public list, and stays. `proposal` is what `rules.classes.propose` said when the office
    decided. A disposal other than the proposed one has `deviation`, the reason.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    group = models.ForeignKey(Group, null=True, on_delete=models.PROTECT, related_name="candidates")
    code = models.SlugField(max_length=80, unique=True)
    name = models.TextField()
    name_en = models.TextField(blank=True, default="")
    demander = models.TextField(
        help_text="Code of a department or body; empty: outside the city.", blank=True, default=""
    )
    demander_said = models.TextField(blank=True, default="", help_text="As the lists write it.")
    demander_kind = models.TextField()
    demander_level = models.TextField()
    issuer = models.TextField(blank=True, default="")
    issuer_said = models.TextField(blank=True, default="")
    issuer_level = models.TextField()
    purpose = models.TextField(blank=True, default="")
    purpose_en = models.TextField(blank=True, default="")
    basis = models.TextField(blank=True, default="", help_text="The basis as the lists claim it.")
    volume = models.IntegerField(default=0, help_text="Papers a year.")
    volume_from = models.TextField(
        blank=True, default="", help_text="The side that counted them; of the issuing side's count this is a share."
    )
    unlisted = models.BooleanField(default=False, help_text="No list that counts names it any more.")
    stage = models.TextField(choices=[(s.value, s.value) for s in Stage], default=Stage.FOUND)
    fact = models.TextField(blank=True, default="", help_text="Code of the fact it attests.")
    disposal = models.TextField(blank=True, default="", choices=[(d.value, d.value) for d in Disposal])
    proposal = models.JSONField(default=dict)
    deviation = models.TextField(blank=True, default="")
    owner = models.TextField(blank=True, default="", help_text="The office that answers for its other way.")
    decided_at = models.DateTimeField(null=True)
    decided_by = models.TextField(null=True)
    settled_why = models.TextField(blank=True, default="", help_text="Why it goes on over an objection or silence.")
    settled_at = models.DateTimeField(null=True)
    settled_by = models.TextField(null=True)
    batch = models.ForeignKey(Batch, null=True, on_delete=models.PROTECT, related_name="candidates")
    review_due = models.DateField(null=True, help_text="When a retained one is looked at again.")
    made_at = models.DateTimeField()

    privacy: ClassVar[dict[str, Card]] = {
        name: Card(personal=False, why="what becomes of a certificate, and why", keep="always")
        for name in (
            "id group code name name_en demander demander_said demander_kind demander_level issuer issuer_said issuer_level purpose"
            " purpose_en basis volume volume_from unlisted stage fact disposal proposal deviation owner decided_at settled_why settled_at batch"
            " review_due made_at"
        ).split()
    } | {name: Card(personal=True, why="who answers for it", keep="always") for name in ("decided_by", "settled_by")}

    class Meta:
        constraints: ClassVar = [
            both_or_neither("decided_at", "decided_by"),
            both_or_neither("settled_at", "settled_by"),
            models.CheckConstraint(condition=models.Q(stage__in=[s.value for s in Stage]), name="candidate_stage"),
            models.CheckConstraint(
                condition=models.Q(stage__in=[Stage.FOUND.value, Stage.DROPPED.value]) | ~models.Q(disposal=""),
                name="candidate_decided",
            ),
            models.CheckConstraint(
                condition=~models.Q(stage__in=[Stage.LISTED.value, Stage.PUBLISHED.value])
                | models.Q(batch__isnull=False),
                name="candidate_in_batch",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["stage"], name="candidate_at_stage"),
            models.Index(fields=["demander", "stage"], name="candidate_demander"),
        ]
