"""Secrecy orders (保密令): under which an office looks somebody up and they are told later."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from mianzheng.web.ids import uuid7
from mianzheng.web.pairs import both_or_neither
from mianzheng.web.privacy import Card

KEEP = "10 years after the end"


class SecrecyOrder(models.Model):
    """One file of one office about one person, under one article. It is in force from its first approved term on, through
    the day `until`, or up to when it was ended.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    office = models.TextField()
    basis = models.TextField(help_text="The article under which the office asks.")
    untold = models.TextField(help_text="The article that lets it tell the person later.")
    reference = models.TextField(help_text="Number of the file at the office; it names nobody.")
    subject = models.UUIDField()
    opened_at = models.DateTimeField()
    opened_by = models.TextField()
    until = models.DateField(null=True, help_text="The last day that was approved.")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.TextField(null=True)

    privacy: ClassVar[dict[str, Card]] = {
        name: Card(personal=False, why="who may ask what without telling, and until when", keep=KEEP)
        for name in "id office basis untold reference opened_at until ended_at".split()
    } | {
        "subject": Card(personal=True, why="an order is about one person and nobody else", keep=KEEP),
        "opened_by": Card(personal=True, why="who answers for it", keep=KEEP),
        "ended_by": Card(personal=True, why="who answers for it", keep=KEEP),
    }

    class Meta:
        constraints: ClassVar = [
            both_or_neither("opened_at", "opened_by"),
            both_or_neither("ended_at", "ended_by"),
        ]
        indexes: ClassVar = [models.Index(fields=["office", "-opened_at"], name="secrecy_office")]


class SecrecyTerm(models.Model):
    """A period asked for by one person of the office and approved by another."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    order = models.ForeignKey(SecrecyOrder, on_delete=models.CASCADE, related_name="terms")
    until = models.DateField()
    why = models.TextField()
    asked_at = models.DateTimeField()
    asked_by = models.TextField()
    approved_at = models.DateTimeField(null=True)
    approved_by = models.TextField(null=True)

    privacy: ClassVar[dict[str, Card]] = {
        name: Card(personal=False, why="that two people stand for every period", keep=KEEP)
        for name in "id order until why asked_at approved_at".split()
    } | {name: Card(personal=True, why="who answers for it", keep=KEEP) for name in ("asked_by", "approved_by")}

    class Meta:
        constraints: ClassVar = [
            both_or_neither("asked_at", "asked_by"),
            both_or_neither("approved_at", "approved_by"),
            models.CheckConstraint(
                condition=models.Q(approved_by=None) | ~models.Q(approved_by=models.F("asked_by")),
                name="secrecy_two_people",
            ),
            models.UniqueConstraint(
                fields=["order"], condition=models.Q(approved_at=None), name="secrecy_one_term_waits"
            ),
        ]


class SecretLook(models.Model):
    """One look-up under an order, for the public count; what was asked is in the log alone."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    order = models.ForeignKey(SecrecyOrder, on_delete=models.CASCADE, related_name="looks")
    at = models.DateTimeField()

    privacy: ClassVar[dict[str, Card]] = {
        name: Card(personal=False, why="how often it was looked in secret is counted openly", keep=KEEP)
        for name in ("id", "order", "at")
    }
