from __future__ import annotations

from django.db import models

from mianzheng.people.rules.subjects import SubjectKind
from mianzheng.web.ids import uuid7
from mianzheng.web.privacy import Card

KEEP = "与其证照同存，最后一份证照删除时删除"


class Subject(models.Model):
    """Somebody or something that matters are about (主体): a person, an organisation, a house. Everywhere else only
    its id is known.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.TextField(choices=[(kind.value, kind.value) for kind in SubjectKind])
    first_seen_at = models.DateTimeField()

    privacy = {
        "id": Card(personal=True, why="pseudonym (去标识化, not anonymous)", keep=KEEP),
        "kind": Card(personal=False, why="tells people from organisations and houses", keep=KEEP),
        "first_seen_at": Card(personal=False, why="shows since when the city knows this subject", keep=KEEP),
    }

    class Meta:
        db_table = "people_subject"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=[kind.value for kind in SubjectKind]), name="people_subject_kind"
            ),
        ]
