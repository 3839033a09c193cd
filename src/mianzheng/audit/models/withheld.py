"""Lines of which the person they are about is told only later (暂缓告知)."""

from __future__ import annotations

from django.db import models

from mianzheng.web.privacy import Card

KEEP = "10 years"


class Withheld(models.Model):
    """The lines whose ``detail`` names this `id` as ``withheld`` are not shown to the person before `until`.

    They are in the log and under its seals like any other; whoever oversees the log sees them.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    until = models.DateTimeField()

    privacy = {
        "id": Card(personal=False, why="under which order the person is told later", keep=KEEP),
        "until": Card(personal=False, why="from when on the person is told", keep=KEEP),
    }

    class Meta:
        db_table = "audit_withheld"
