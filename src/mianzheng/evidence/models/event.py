"""What was done about a need of a case; where the need stands is folded from it (`rules.progress`)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from mianzheng.web.ids import uuid7
from mianzheng.web.privacy import Card

KEEP = "as the case"


class Event(models.Model):
    """One step. Steps are added, never changed."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.UUIDField()
    need = models.TextField()
    kind = models.TextField()
    way = models.TextField(blank=True, default="")
    verdict = models.TextField(blank=True, default="")
    reason = models.JSONField(default=dict)
    source = models.TextField(blank=True, default="")
    as_of = models.DateField(null=True)
    check_asked = models.UUIDField(null=True)
    trace = models.JSONField(default=dict)
    done_at = models.DateTimeField()
    done_by = models.TextField()

    privacy: ClassVar[dict[str, Card]] = {
        "id": Card(personal=False, why="key", keep=KEEP),
        "case": Card(personal=True, why="the case it belongs to", keep=KEEP),
        "need": Card(personal=False, why="which fact the matter needs", keep=KEEP),
        "kind": Card(personal=False, why="what was done", keep=KEEP),
        "way": Card(personal=False, why="which way answered", keep=KEEP),
        "verdict": Card(personal=True, why="what the case is decided on", keep=KEEP),
        "reason": Card(personal=True, why="why, in words the person can check", keep=KEEP),
        "source": Card(personal=False, why="which register or office answered", keep=KEEP),
        "as_of": Card(personal=False, why="the day the answer is true of", keep=KEEP),
        "check_asked": Card(personal=False, why="the question put to a department", keep=KEEP),
        "trace": Card(personal=True, why="counts of records, never their values", keep=KEEP),
        "done_at": Card(personal=True, why="when", keep=KEEP),
        "done_by": Card(personal=True, why="who answers for it", keep=KEEP),
    }

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(verdict__in=["", "holds", "fails", "unknown"]), name="event_verdict"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["case", "id"], name="event_case"),
            models.Index(fields=["check_asked"], name="event_check", condition=models.Q(check_asked__isnull=False)),
        ]
