"""Enter subjects into the vault, one or a city of them."""

from __future__ import annotations

import datetime
import os
import uuid
from collections.abc import Iterator, Sequence

from django.db import transaction

from mianzheng.people.actions.guard import VAULT, check_marks
from mianzheng.people.ports import KEYS
from mianzheng.people.queries import keyring, subjects_of
from mianzheng.people.rules.keyring import NONCE_BYTES, Keyring
from mianzheng.people.rules.subjects import NewSubject, Number, check_new, owner
from mianzheng.web import sql
from mianzheng.web.ids import uuid7

_DOCUMENT = ("id", "subject", "kind", "index", "number_sealed", "name_sealed", "key_version", "added_at")


def register(*, people: Sequence[NewSubject], now: datetime.datetime) -> dict[Number, uuid.UUID]:
    """Enter `people` by COPY and return the subject of every (kind, number) as written.

    A number already known keeps its subject, and further numbers given with it become that subject's: a new passport
    is not a new person. A wrong number, or numbers of two known subjects in one entry, refuse the whole. One
    registration runs at a time.
    """
    groups = [check_new(each) for each in people]
    wanted = {number for group in groups for number in group}
    with transaction.atomic():
        known = subjects_of(wanted)
        for group in groups:
            owner(group, known)  # refuses numbers of two subjects
        if len(known) < len(wanted):
            sql.hold(VAULT)
            known = _add_missing(people, groups, wanted, now)
    pairs = (
        pair for each, group in zip(people, groups, strict=True) for pair in zip(each.documents, group, strict=True)
    )
    return {written: known[number] for written, number in pairs}


def _add_missing(
    people: Sequence[NewSubject], groups: Sequence[tuple[Number, ...]], wanted: set[Number], now: datetime.datetime
) -> dict[Number, uuid.UUID]:
    # under the lock: what another registration committed meanwhile is seen now, and the keys cannot change
    keys = keyring() or KEYS().create()
    check_marks(keys)
    known = subjects_of(wanted)
    subjects: list[tuple[object, ...]] = []
    documents: list[tuple[uuid.UUID, str, Number]] = []
    for each, group in zip(people, groups, strict=True):
        subject = owner(group, known)
        if subject is None:
            subject = uuid7()
            subjects.append((subject, each.kind.value, now))
        for number in group:
            if number not in known:
                known[number] = subject
                documents.append((subject, each.name, number))
    sql.copy_rows("people_subject", ("id", "kind", "first_seen_at"), subjects)
    sql.copy_rows("people_document", _DOCUMENT, _sealed(documents, keys, now))
    return known


def _sealed(
    documents: Sequence[tuple[uuid.UUID, str, Number]], keys: Keyring, now: datetime.datetime
) -> Iterator[tuple[object, ...]]:
    for subject, name, (kind, number) in documents:
        yield (
            uuid7(),
            subject,
            kind,
            keys.index(kind, number),
            keys.seal(number, subject=subject, field="number", nonce=os.urandom(NONCE_BYTES)),
            keys.seal(name, subject=subject, field="name", nonce=os.urandom(NONCE_BYTES)),
            keys.current,
            now,
        )
