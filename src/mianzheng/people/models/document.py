from __future__ import annotations

from django.db import models

from mianzheng.people.models.subject import Subject
from mianzheng.people.rules.subjects import DocumentKind
from mianzheng.web.ids import uuid7
from mianzheng.web.privacy import Card

KEEP = "主体仍有事项、记录或法定保存义务期间"


class Document(models.Model):
    """A number by which a subject is known (证件号码), sealed. Several documents may belong to one subject.

    `index` is the keyed hash of kind and number: equal numbers are found, nothing can be read from it. `key_version`
    says which keys of the key file made index and seals.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="documents", db_column="subject")
    kind = models.TextField(choices=[(kind.value, kind.value) for kind in DocumentKind])
    index = models.BinaryField(max_length=32)
    number_sealed = models.BinaryField()
    name_sealed = models.BinaryField()
    key_version = models.SmallIntegerField()
    added_at = models.DateTimeField()

    privacy = {
        "id": Card(personal=False, why="names the row", keep=KEEP),
        "subject": Card(personal=True, why="whose document it is", keep=KEEP),
        "kind": Card(personal=False, why="tells an ID card from a passport", keep=KEEP),
        "index": Card(personal=True, why="finds the subject of a number without storing the number", keep=KEEP),
        "number_sealed": Card(personal=True, why="live sources and printed documents need the number", keep=KEEP),
        "name_sealed": Card(personal=True, why="officers and printed documents need the name", keep=KEEP),
        "key_version": Card(personal=False, why="which keys open it", keep=KEEP),
        "added_at": Card(personal=False, why="the newest document is the one in use", keep=KEEP),
    }

    class Meta:
        db_table = "people_document"
        constraints = [
            models.UniqueConstraint(fields=["kind", "index"], name="people_document_number"),
            models.CheckConstraint(
                condition=models.Q(kind__in=[kind.value for kind in DocumentKind]), name="people_document_kind"
            ),
        ]
        indexes = [models.Index(fields=["key_version"], name="people_document_keys")]
