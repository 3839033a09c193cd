"""Editions of the city package."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from mianzheng.web.ids import uuid7
from mianzheng.web.pairs import both_or_neither
from mianzheng.web.privacy import Card


class Edition(models.Model):
    """One loaded city package, kept with the very text of its files.

    Editions are never changed: a case names the edition it was decided under, so what was in force then can be read
    again word for word.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    city = models.TextField()
    digest = models.TextField(unique=True, help_text="SHA-256 of the files, so that loading twice is loading once.")
    files = models.JSONField(help_text="Path within the package -> text.")
    loaded_at = models.DateTimeField()
    loaded_by = models.TextField()
    from_folder = models.BooleanField(default=True, help_text="Loaded from a folder, not made on the pages.")

    privacy: ClassVar[dict[str, Card]] = {
        name: Card(personal=False, why="the published rules of the city", keep="always")
        for name in ("id", "city", "digest", "files", "loaded_at", "from_folder")
    } | {"loaded_by": Card(personal=True, why="who put the rules in force", keep="always")}

    class Meta:
        constraints: ClassVar = [both_or_neither("loaded_at", "loaded_by")]
        indexes: ClassVar = [models.Index(fields=["-loaded_at"])]
