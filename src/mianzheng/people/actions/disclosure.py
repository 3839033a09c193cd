"""The only way back from a subject to a name and number."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterable

import structlog
from django.db import transaction

from mianzheng.audit import actions as audit
from mianzheng.audit.rules import NewEntry
from mianzheng.common.errors import Refusal
from mianzheng.common.reasons import N_, Reason
from mianzheng.people import models
from mianzheng.people.queries import KeysLost, keyring
from mianzheng.people.rules.keyring import Keyring, SealBroken
from mianzheng.people.rules.subjects import DocumentKind, Person

log = structlog.get_logger(__name__)


def reveal(
    *,
    subjects: Iterable[uuid.UUID],
    purpose: str,
    actor: str,
    now: datetime.datetime,
    case: uuid.UUID | None = None,
    matter: str = "",
    applicant: uuid.UUID | None = None,
    actor_role: str = "",
    actor_office: str = "",
    leave_out_broken: bool = False,
) -> dict[uuid.UUID, Person]:
    """Return name and number of `subjects` as their newest document has them; unknown subjects are left out.

    `purpose` is required and `actor` is an account id or ``audit.rules.PROGRAM``. One log entry for each subject is
    written first, and all is committed before the answer leaves: it raises RuntimeError inside a transaction, which
    might still be rolled back.

    A seal that does not open raises `SealBroken`, or with `leave_out_broken` leaves only its own subject out: for those
    who serve many at a time, of whom one must not stop the others.
    """
    if not purpose.strip():
        raise Refusal(Reason(N_("查看姓名和证件号码必须写明目的。")), Reason(N_("请填写为什么要看。")), field="purpose")
    wanted = sorted(set(subjects))
    with transaction.atomic(durable=True):
        audit.write(
            [
                NewEntry(
                    at=now,
                    actor=actor,
                    actor_role=actor_role,
                    actor_office=actor_office,
                    action="reveal",
                    purpose=purpose,
                    subject=subject,
                    applicant=applicant,
                    case=case,
                    matter=matter,
                )
                for subject in wanted
            ]
        )
        rows = list(models.Document.objects.filter(subject__in=wanted).order_by("added_at", "id"))
        keys = keyring()
    if not rows:
        return {}
    if keys is None:
        raise KeysLost
    found = {}
    for row in {row.subject_id: row for row in rows}.values():
        try:
            found[row.subject_id] = _opened(row, keys)
        except SealBroken:
            if not leave_out_broken:
                raise
            log.error("a seal does not open", document=str(row.id))
    return found


def _opened(row: models.Document, keys: Keyring) -> Person:
    return Person(
        name=keys.unseal(bytes(row.name_sealed), subject=row.subject_id, field="name"),
        number=keys.unseal(bytes(row.number_sealed), subject=row.subject_id, field="number"),
        kind=DocumentKind(row.kind),
    )
