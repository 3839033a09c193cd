"""The register behind an item: how fresh its records are and whether it answers."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from mianzheng.web.privacy import Card


class Register(models.Model):
    """One row an item that has been loaded, or asked at its source."""

    item = models.TextField(primary_key=True)
    as_of = models.DateTimeField(help_text="The time the records are true of.")
    silent = models.BooleanField(default=False, help_text="The register does not answer at present.")
    records = models.BigIntegerField(default=0)
    subjects = models.BigIntegerField(default=0, help_text="How many subjects have at least one record.")

    privacy: ClassVar[dict[str, Card]] = {
        name: Card(personal=False, why="state of a register", keep="always")
        for name in ("item", "as_of", "silent", "records", "subjects")
    }
