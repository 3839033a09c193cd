"""Consent (同意): asked for by an asker, given or declined by the person, taken back when they like."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from mianzheng.gateway.rules.consents import Channel
from mianzheng.web.ids import uuid7
from mianzheng.web.pairs import both_or_neither
from mianzheng.web.privacy import Card

KEEP = "3 years after it ended"


class Consent(models.Model):
    """Exactly which `facts` about `subject`, to `asker`, for `matter`, until `until_day`.

    `terms` are what the person read, with the sentence that says what for: a grant with another threshold or another
    sentence, made later, is another question. `wording` is the text agreed to, as CODE-VERSION; `paper` names the signed
    sheet in the asker's file, also one that was not taken; `guardian` is who gave it for a child (个人信息保护法 31). `number` is
    what the asker sends with its question and what the answer carries.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.TextField(unique=True)
    asker = models.TextField()
    subject = models.UUIDField()
    guardian = models.UUIDField(null=True)
    grown_on = models.DateField(
        null=True, help_text="From when the child sees it and takes it back; kept only where that is before it ends."
    )
    matter = models.TextField()
    facts = ArrayField(models.TextField())
    terms = models.JSONField(
        default=dict, help_text="For each fact the parameters and values of its grant when it was asked."
    )
    channel = models.TextField(choices=[(each.value, each.value) for each in Channel])
    wording = models.TextField()
    language = models.TextField(default="zh-hans")
    paper = models.TextField(blank=True, default="")
    until_day = models.DateField()
    answer_by = models.DateTimeField(help_text="Past this an unanswered request is over.")
    asked_at = models.DateTimeField()
    asked_by = models.TextField()
    given_at = models.DateTimeField(null=True)
    given_by = models.TextField(null=True)
    declined_at = models.DateTimeField(null=True)
    declined_by = models.TextField(null=True)
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.TextField(null=True)

    privacy: ClassVar[dict[str, Card]] = {
        name: Card(personal=False, why="what was agreed to", keep=KEEP)
        for name in "id number asker matter facts terms channel wording language paper until_day answer_by asked_at".split()
    } | {
        name: Card(personal=True, why="who agreed, and who was told", keep=KEEP)
        for name in (
            "subject guardian grown_on asked_by given_at given_by declined_at declined_by revoked_at revoked_by"
        ).split()
    }

    class Meta:
        db_table = "gateway_consent"
        constraints: ClassVar = [
            *(both_or_neither(f"{what}_at", f"{what}_by") for what in ("asked", "given", "declined", "revoked")),
            models.CheckConstraint(
                condition=models.Q(given_at__isnull=True) | models.Q(declined_at__isnull=True),
                name="gateway_consent_given_or_declined",
            ),
            models.CheckConstraint(
                condition=models.Q(revoked_at__isnull=True) | models.Q(given_at__isnull=False),
                name="gateway_consent_given_before_revoked",
            ),
            models.CheckConstraint(
                condition=~models.Q(channel=Channel.PAPER) | models.Q(given_at__isnull=True) | ~models.Q(paper=""),
                name="gateway_consent_paper_is_named",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["subject", "asker"], name="gateway_consent_subject")]
