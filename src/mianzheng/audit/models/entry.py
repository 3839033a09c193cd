"""The log (审计日志): what was looked up, revealed and decided. Rows are appended, never changed (a trigger sees to it).

In the database the table is partitioned by how long lines are kept and by month, so that those past their time go as a
whole; a column Django does not know, `xid`, tells the sealer which transaction wrote a line.
"""

from __future__ import annotations

from django.contrib.postgres.indexes import BrinIndex
from django.db import models

from mianzheng.audit.rules.entries import YEARS
from mianzheng.web.ids import uuid7
from mianzheng.web.privacy import Card

KEEP = "三年 (policy)，信用查询十年，之后只留叶值"


class Entry(models.Model):
    """One line of the log: `rules.NewEntry`, its salt and its leaf."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    at = models.DateTimeField()
    actor = models.TextField()
    actor_role = models.TextField(blank=True, default="")
    actor_office = models.TextField(blank=True, default="")
    action = models.TextField()
    purpose = models.TextField()
    subject = models.UUIDField()
    applicant = models.UUIDField(null=True)
    case = models.UUIDField(null=True)
    matter = models.TextField(blank=True, default="")
    fact = models.TextField(blank=True, default="")
    item = models.TextField(blank=True, default="")
    verdict = models.TextField(blank=True, default="")
    detail = models.JSONField(default=dict)
    keep = models.SmallIntegerField(default=YEARS)
    salt = models.BinaryField(max_length=16)
    leaf = models.BinaryField(max_length=32)

    privacy = {
        "id": Card(personal=False, why="names the line", keep=KEEP),
        "at": Card(personal=True, why="when it was done", keep=KEEP),
        "actor": Card(personal=True, why="who answers for it", keep=KEEP),
        "actor_role": Card(personal=False, why="in which role", keep=KEEP),
        "actor_office": Card(personal=False, why="for which department", keep=KEEP),
        "action": Card(personal=True, why="what was done", keep=KEEP),
        "purpose": Card(personal=True, why="why it was done; the person may ask (个人信息保护法 44)", keep=KEEP),
        "subject": Card(personal=True, why="about whom; a pseudonym, the number is in the vault only", keep=KEEP),
        "applicant": Card(personal=True, why="for whose application", keep=KEEP),
        "case": Card(personal=True, why="in which case", keep=KEEP),
        "matter": Card(personal=True, why="for which matter", keep=KEEP),
        "fact": Card(personal=True, why="which fact was asked", keep=KEEP),
        "item": Card(personal=True, why="which register answered", keep=KEEP),
        "verdict": Card(personal=True, why="what came out", keep=KEEP),
        "detail": Card(personal=False, why="technical circumstances, never about a person", keep=KEEP),
        "keep": Card(personal=False, why="when the line is destroyed", keep=KEEP),
        "salt": Card(personal=False, why="makes the leaf unguessable; destroyed with the line", keep=KEEP),
        "leaf": Card(personal=False, why="proves that the line was not changed", keep="永久"),
    }

    class Meta:
        db_table = "audit_entry"
        constraints = [
            models.CheckConstraint(condition=models.Q(purpose__regex=r"\S"), name="audit_entry_has_purpose"),
            models.CheckConstraint(condition=~models.Q(actor=""), name="audit_entry_has_actor"),
            models.CheckConstraint(condition=~models.Q(action=""), name="audit_entry_has_action"),
        ]
        indexes = [
            models.Index(fields=["subject", "-at"], name="audit_entry_subject_at"),
            models.Index(fields=["case", "at"], name="audit_entry_case_at", condition=models.Q(case__isnull=False)),
            BrinIndex(fields=["at"], name="audit_entry_at"),
        ]
