"""The quality of an item on one day (数据质量)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from mianzheng.web.privacy import Card


class Measure(models.Model):
    """One item, one day. Counts of the day (`asked`, `unknown`, `refused_rows`, `rows`) and states at its end."""

    pk = models.CompositePrimaryKey("item", "day")
    item = models.TextField()
    day = models.DateField()
    records = models.BigIntegerField(default=0)
    subjects = models.BigIntegerField(default=0)
    expected = models.BigIntegerField(null=True, help_text="Subjects one expected that day; null where nobody does.")
    as_of = models.DateTimeField(null=True)
    rows = models.BigIntegerField(default=0, help_text="Rows handed in that day.")
    refused_rows = models.BigIntegerField(default=0)
    conflicts = models.BigIntegerField(default=0, help_text="Open at the end of the day.")
    disputes = models.BigIntegerField(default=0, help_text="Open at the end of the day.")
    asked = models.BigIntegerField(default=0)
    unknown = models.BigIntegerField(default=0)

    privacy: ClassVar[dict[str, Card]] = {
        name: Card(personal=False, why="quality of a register over time", keep="10 years")
        for name in "item day records subjects expected as_of rows refused_rows conflicts disputes asked unknown".split()
    }

    class Meta:
        indexes: ClassVar = [models.Index(fields=["day"], name="measure_day")]
