"""Slips (不再开具告知单): for whoever is still asked for a cancelled certificate."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from mianzheng.web.ids import uuid7
from mianzheng.web.pairs import both_or_neither
from mianzheng.web.privacy import Card


class Slip(models.Model):
    """One slip. It names the certificate and who still asked for it, and nobody whose paper it was."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    token = models.TextField(unique=True, help_text="In the address of the QR code.")
    certificate = models.TextField(help_text="Code in the catalogue.")
    demander = models.TextField(blank=True, default="", help_text="Code of the office that asked.")
    demander_said = models.TextField(blank=True, default="", help_text="Its name as told, where it has no code.")
    purpose = models.TextField(blank=True, default="", help_text="What it was asked for, without a name.")
    channel = models.TextField(help_text="village, window, phone or online")
    place = models.TextField(blank=True, default="", help_text="Code of the community or office that made it out.")
    made_at = models.DateTimeField()
    made_by = models.TextField(blank=True, default="", help_text="Empty: the person, on the public page.")
    opened_at = models.DateTimeField(null=True, help_text="First scanned by somebody who is not who made it.")
    opened_office = models.TextField(
        blank=True, default="", help_text="Whose desk opened it, where somebody signed in."
    )
    answered_at = models.DateTimeField(null=True)
    answered_by = models.TextField(null=True)
    answer = models.TextField(
        blank=True, default="", help_text="What the demander says: no longer asked, or why still."
    )

    privacy: ClassVar[dict[str, Card]] = {
        name: Card(personal=False, why="where a cancelled certificate is still asked for", keep="3 years (policy)")
        for name in (
            "id token certificate demander demander_said purpose channel place made_at opened_at opened_office answered_at answer"
        ).split()
    } | {
        name: Card(personal=True, why="who made it out or answered it", keep="3 years (policy)")
        for name in ("made_by", "answered_by")
    }

    class Meta:
        constraints: ClassVar = [both_or_neither("answered_at", "answered_by")]
        indexes: ClassVar = [models.Index(fields=["certificate", "-made_at"], name="slip_certificate")]
