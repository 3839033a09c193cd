"""The right to ask (查询授权): a grant, the steps on the way to it, and later changes of its allowance."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from mianzheng.gateway.rules.grants import Ground, Stage, Step
from mianzheng.web.ids import uuid7
from mianzheng.web.pairs import both_or_neither
from mianzheng.web.privacy import Card

KEEP = "10 years after it ended"


class Grant(models.Model):
    """What one asker may ask: one fact, for one matter, with fixed parameters, on one ground, so often a day, so long.

    `basis` is an article of the package where a duty is the ground; `liability` is the clause accepted, as CODE-VERSION.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    asker = models.TextField()
    fact = models.TextField()
    matter = models.TextField()
    params = models.JSONField(default=dict)
    ground = models.TextField(choices=[(each.value, each.value) for each in Ground])
    basis = models.TextField(blank=True, default="")
    purpose = models.TextField()
    daily = models.IntegerField()
    from_day = models.DateField()
    until_day = models.DateField()
    values = ArrayField(models.TextField(), default=list, blank=True)
    liability = models.TextField()
    stage = models.TextField(default=Stage.ASKED, choices=[(each.value, each.value) for each in Stage])
    renews = models.UUIDField(null=True)
    copied_from = models.UUIDField(null=True)
    asked_at = models.DateTimeField()
    asked_by = models.TextField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.TextField(null=True)
    ended_why = models.TextField(blank=True, default="")

    privacy: ClassVar[dict[str, Card]] = {
        name: Card(personal=False, why="who may ask what, why, how often, until when", keep=KEEP)
        for name in (
            "id asker fact matter params ground basis purpose daily from_day until_day values liability stage renews"
            " copied_from asked_at ended_at ended_why"
        ).split()
    } | {name: Card(personal=True, why="who asked for it and ended it", keep=KEEP) for name in ("asked_by", "ended_by")}

    class Meta:
        db_table = "gateway_grant"
        constraints: ClassVar = [
            both_or_neither("ended_at", "ended_by"),
            models.CheckConstraint(condition=models.Q(stage__in=list(Stage)), name="gateway_grant_stage"),
            models.CheckConstraint(
                condition=(models.Q(ground=Ground.DUTY) & ~models.Q(basis=""))
                | (models.Q(ground=Ground.CONSENT) & models.Q(basis="")),
                name="gateway_grant_duty_or_consent",
            ),
            models.CheckConstraint(condition=models.Q(daily__gt=0), name="gateway_grant_daily"),
            models.CheckConstraint(
                condition=models.Q(until_day__gt=models.F("from_day")), name="gateway_grant_has_a_term"
            ),
            models.CheckConstraint(
                condition=~models.Q(stage=Stage.REFUSED) | ~models.Q(ended_by=models.F("asked_by")),
                name="gateway_grant_two_people",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["asker", "fact", "matter"], name="gateway_grant_asker")]


class GrantStep(models.Model):
    """One who has to agree: the office ("" is the data centre), by when, and what it said. Exactly one is open at a time."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    grant = models.ForeignKey(Grant, on_delete=models.PROTECT, related_name="steps", db_column="grant_id")
    kind = models.TextField(choices=[(each.value, each.value) for each in Step])
    office = models.TextField(blank=True, default="")
    number = models.SmallIntegerField()
    due = models.DateField(null=True, help_text="None until it is its turn.")
    approved = models.BooleanField(null=True)
    note = models.TextField(blank=True, default="")
    document = models.TextField(blank=True, default="", help_text="Number of the written approval (文号).")
    done_at = models.DateTimeField(null=True)
    done_by = models.TextField(null=True)

    privacy: ClassVar[dict[str, Card]] = {
        name: Card(personal=False, why="who agreed to what, when and why", keep=KEEP)
        for name in "id grant kind office number due approved note document done_at".split()
    } | {"done_by": Card(personal=True, why="who decided", keep=KEEP)}

    class Meta:
        db_table = "gateway_step"
        constraints: ClassVar = [
            both_or_neither("done_at", "done_by"),
            models.UniqueConstraint(fields=["grant", "number"], name="gateway_step_number"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["office", "due"],
                name="gateway_step_open",
                condition=models.Q(done_at__isnull=True, due__isnull=False),
            )
        ]


class AllowanceChange(models.Model):
    """From `day` on the grant has `daily` answers a day; it was announced before it began. 0 ends the grant."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    grant = models.ForeignKey(Grant, on_delete=models.PROTECT, related_name="changes", db_column="grant_id")
    day = models.DateField()
    daily = models.IntegerField()
    why = models.TextField()
    announced_at = models.DateTimeField()
    announced_by = models.TextField()

    privacy: ClassVar[dict[str, Card]] = {
        name: Card(personal=False, why="how often one may ask from when on", keep=KEEP)
        for name in "id grant day daily why announced_at".split()
    } | {"announced_by": Card(personal=True, why="who changed it", keep=KEEP)}

    class Meta:
        db_table = "gateway_change"
        constraints: ClassVar = [
            both_or_neither("announced_at", "announced_by"),
            models.CheckConstraint(condition=models.Q(daily__gte=0), name="gateway_change_daily"),
        ]
