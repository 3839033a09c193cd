"""By what an asker's system is known: keys of ours, and clients of the identity provider (OAuth 2.0)."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from mianzheng.web.ids import uuid7
from mianzheng.web.pairs import both_or_neither
from mianzheng.web.privacy import Card

KEEP = "3 years after it ended"


class AskerKey(models.Model):
    """A key (接口密钥) of one asker; only its SHA-256 is kept. Several may be valid at a time, so that one can follow another."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    asker = models.TextField()
    name = models.TextField()
    digest = models.BinaryField(unique=True, max_length=32)
    scopes = ArrayField(models.TextField())
    until = models.DateTimeField()
    follows = models.UUIDField(null=True, help_text="The key this one takes the place of.")
    made_at = models.DateTimeField()
    made_by = models.TextField()
    used_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.TextField(null=True)

    privacy: ClassVar[dict[str, Card]] = {
        name: Card(personal=False, why="a system signs in", keep=KEEP)
        for name in "id asker name digest scopes until follows made_at used_at ended_at".split()
    } | {name: Card(personal=True, why="who made or ended it", keep=KEEP) for name in ("made_by", "ended_by")}

    class Meta:
        db_table = "gateway_key"
        constraints: ClassVar = [both_or_neither("made_at", "made_by"), both_or_neither("ended_at", "ended_by")]


class AskerClient(models.Model):
    """Which asker a client of the identity provider is (OAuth 2.0 client credentials, RFC 6749 4.4)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    client = models.TextField(unique=True, help_text="The provider's client_id.")
    asker = models.TextField()
    name = models.TextField()
    until = models.DateTimeField(null=True)
    made_at = models.DateTimeField()
    made_by = models.TextField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.TextField(null=True)

    privacy: ClassVar[dict[str, Card]] = {
        name: Card(personal=False, why="a system signs in", keep=KEEP)
        for name in "id client asker name until made_at ended_at".split()
    } | {name: Card(personal=True, why="who made or ended it", keep=KEEP) for name in ("made_by", "ended_by")}

    class Meta:
        db_table = "gateway_client"
        constraints: ClassVar = [both_or_neither("made_at", "made_by"), both_or_neither("ended_at", "ended_by")]
