"""The tree over the log: its seals, its tiles, and what was destroyed when its time was over."""

from __future__ import annotations

from django.db import models

from mianzheng.web.privacy import Card

FOR_EVER = "永久"


class Seal(models.Model):
    """The tree as it stood: `note` is the signed checkpoint, `peaks` is what the tree needs to go on growing.

    `snapshot` says which transactions' entries are in it (and in the seals before), of the database `cluster`; `low` and
    `high` bound the ids of those that this seal brought, from index `first` on.
    """

    number = models.BigAutoField(primary_key=True)
    first = models.BigIntegerField()
    size = models.BigIntegerField(unique=True)
    root = models.BinaryField(max_length=32)
    peaks = models.BinaryField()
    note = models.TextField()
    sealed_at = models.DateTimeField()
    snapshot = models.TextField()
    cluster = models.TextField()
    low = models.UUIDField()
    high = models.UUIDField()

    privacy = {
        name: Card(personal=False, why="proves that the log was not changed", keep=FOR_EVER)
        for name in "number first size root peaks note sealed_at snapshot cluster low high".split()
    }

    class Meta:
        db_table = "audit_seal"


class Tile(models.Model):
    """256 hashes side by side: level 0 are the leaves, each higher one the roots of 256 below (C2SP tlog-tiles).

    At level 0 `ids` are the entries' own, in the same order.
    """

    pk = models.CompositePrimaryKey("level", "number")
    level = models.SmallIntegerField()
    number = models.BigIntegerField()
    hashes = models.BinaryField()
    ids = models.BinaryField(default=bytes)

    privacy = {
        name: Card(personal=False, why="proves that the log was not changed", keep=FOR_EVER)
        for name in "level number hashes ids".split()
    }

    class Meta:
        db_table = "audit_tile"


class Destroyed(models.Model):
    """A month's entries whose keeping time was over: destroyed, their leaves stay in the tree."""

    keep = models.SmallIntegerField()
    from_at = models.DateTimeField()
    until_at = models.DateTimeField()
    entries = models.BigIntegerField()
    indexes = models.TextField(help_text="Where they stood in the tree, as a multirange.")
    destroyed_at = models.DateTimeField()

    privacy = {
        name: Card(personal=False, why="tells what was destroyed from what was removed", keep=FOR_EVER)
        for name in "id keep from_at until_at entries indexes destroyed_at".split()
    }

    class Meta:
        db_table = "audit_destroyed"
