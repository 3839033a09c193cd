"""Enter subjects into the vault, one or a city of them."""

from __future__ import annotations

import datetime
import os
import uuid
from collections.abc import Sequence
from typing import TypeAlias

import polars as pl
from django.db import transaction

from mianzheng.people.actions.guard import VAULT, check_marks
from mianzheng.people.ports import KEYS
from mianzheng.people.queries import keyring, subjects_of
from mianzheng.people.rules.bulk import check_all
from mianzheng.people.rules.keyring import NONCE_BYTES, Keyring
from mianzheng.people.rules.subjects import NewSubject, Number, owner
from mianzheng.web import sql
from mianzheng.web.ids import uuid7s

MANY = 1_000
"""From so many on nobody looks first whether all are known already: somebody always is new."""

Missing: TypeAlias = tuple[uuid.UUID, str, Number]
"""A document to be written: its subject, the name and the number on it."""


def register(*, people: Sequence[NewSubject], now: datetime.datetime) -> dict[Number, uuid.UUID]:
    """Enter `people` by COPY and return the subject of every (kind, number) as written.

    A number already known keeps its subject, and further numbers given with it become that subject's: a new passport
    is not a new person. A wrong number, or numbers of two known subjects in one entry, refuse the whole. One
    registration runs at a time.
    """
    groups = check_all(people)
    wanted = {number for group in groups for number in group}
    with transaction.atomic():
        known = subjects_of(wanted) if len(wanted) < MANY else {}
        for group in groups if known else ():
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
    fresh = iter(uuid7s(len(people)))
    subjects: list[tuple[str, str]] = []
    documents: list[Missing] = []
    for each, group in zip(people, groups, strict=True):
        subject = owner(group, known)
        if subject is None:
            subject = each.id or next(fresh)
            subjects.append((subject.hex, each.kind.value))
        for number in group:
            if number not in known:
                known[number] = subject
                documents.append((subject, each.name, number))
    when = pl.lit(now.isoformat())
    new = pl.DataFrame(subjects, schema={"id": pl.String, "kind": pl.String}, orient="row")
    sql.copy_frame("people_subject", new.with_columns(when.alias("first_seen_at")))
    sql.copy_frame("people_document", _sealed(documents, keys).with_columns(when.alias("added_at")))
    return known


def _sealed(documents: Sequence[Missing], keys: Keyring) -> pl.DataFrame:
    """Return the rows of `documents`, all but the time, as COPY reads them."""
    subjects = [subject for subject, _, _ in documents]
    numbers = [number for _, _, (_, number) in documents]
    names = [name for _, name, _ in documents]
    return pl.DataFrame(
        {
            "id": [one.hex for one in uuid7s(len(documents))],
            "subject": [subject.hex for subject in subjects],
            "kind": [str(kind) for _, _, (kind, _) in documents],
            "index": _written(_indexes(documents, keys)),
            "number_sealed": _written(
                keys.seal_many(numbers, subjects=subjects, field="number", nonces=_nonces(numbers))
            ),
            "name_sealed": _written(keys.seal_many(names, subjects=subjects, field="name", nonces=_nonces(names))),
        },
        schema_overrides=dict.fromkeys(("id", "subject", "kind", "index", "number_sealed", "name_sealed"), pl.String),
    ).with_columns(pl.lit(keys.current).alias("key_version"))


def _indexes(documents: Sequence[Missing], keys: Keyring) -> list[bytes]:
    found = [b""] * len(documents)
    places: dict[str, list[int]] = {}
    for place, (_, _, (kind, _)) in enumerate(documents):
        places.setdefault(kind, []).append(place)
    for kind, of_kind in places.items():
        indexes = keys.index_many(kind, [documents[place][2][1] for place in of_kind])
        for place, index in zip(of_kind, indexes, strict=True):
            found[place] = index
    return found


def _nonces(texts: Sequence[str]) -> bytes:
    return os.urandom(NONCE_BYTES * len(texts))


def _written(values: Sequence[bytes]) -> list[str]:
    """Return bytes as PostgreSQL writes them."""
    return [f"\\x{value.hex()}" for value in values]
