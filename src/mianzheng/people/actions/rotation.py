"""Change both keys of the vault. May be interrupted anywhere and started again: nothing is lost, numbers are found
throughout.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction

from mianzheng.people import models
from mianzheng.people.actions.guard import VAULT, check_marks
from mianzheng.people.ports import KEYS
from mianzheng.people.queries import keyring
from mianzheng.people.rules.keyring import NONCE_BYTES, Keyring
from mianzheng.web import sql
from mianzheng.web.jobs import defer

BATCH = 2_000
_RESEAL = """
UPDATE people_document d SET index = f.index, number_sealed = f.number, name_sealed = f.name, key_version = %s
FROM unnest(%s::uuid[], %s::bytea[], %s::bytea[], %s::bytea[]) AS f (id, index, number, name) WHERE d.id = f.id
"""


@dataclass(frozen=True, slots=True)
class Rotation:
    """What a rotation did: the version now current, how many documents were sealed anew, whether it finished an
    interrupted one.
    """

    version: int
    documents: int
    resumed: bool


def rotate_keys(*, progress: Callable[[int, int], None] = lambda done, total: None) -> Rotation:
    """Make new keys, then seal and index every document anew in batches, each in its own transaction.

    If an earlier rotation was interrupted, that one is finished instead. The old keys stay in the key file until
    `forget_keys`.
    """
    keys, resumed = _begin()
    total = models.Document.objects.exclude(key_version=keys.current).count()
    done = 0
    while moved := _move(keys):
        done += moved
        progress(done, max(total, done))
    defer("centre.reseal_hooks")  # what other domains had sealed follows; `forget_keys` comes after that
    return Rotation(keys.current, done, resumed)


def forget_keys() -> tuple[int, ...]:
    """Drop every version no document uses any more and return them. Backups sealed with them cannot be read
    afterwards.
    """
    with transaction.atomic():
        sql.hold(VAULT)
        keys = keyring()
        if keys is None:
            return ()
        check_marks(keys)
        used = set(models.Document.objects.values_list("key_version", flat=True).distinct())
        idle = frozenset(keys.versions) - used - {keys.current}
        if idle:
            KEYS().replace(keys.without(idle))
    return tuple(sorted(idle))


def _begin() -> tuple[Keyring, bool]:
    """Return the keys to move to, and whether they are those of an interrupted rotation."""
    with transaction.atomic():
        sql.hold(VAULT)
        keys = keyring() or KEYS().create()
        check_marks(keys)
        if models.Document.objects.exclude(key_version=keys.current).exists():
            return keys, True
        keys = KEYS().new_version(keys)
        # the file first: a key that nothing uses yet harms nobody, a document whose key is nowhere is lost
        KEYS().replace(keys)
        check_marks(keys)
    return keys, False


def _move(keys: Keyring) -> int:
    left = models.Document.objects.exclude(key_version=keys.current).order_by("id")
    with transaction.atomic():
        rows = list(left.select_for_update()[:BATCH])
        if rows:
            sql.run(_RESEAL, [keys.current, *map(list, zip(*(_resealed(row, keys) for row in rows), strict=True))])
    return len(rows)


def _resealed(row: models.Document, keys: Keyring) -> tuple[object, ...]:
    subject = row.subject_id
    number = keys.unseal(bytes(row.number_sealed), subject=subject, field="number")
    name = keys.unseal(bytes(row.name_sealed), subject=subject, field="name")
    return (
        row.id,
        keys.index(row.kind, number),
        keys.seal(number, subject=subject, field="number", nonce=os.urandom(NONCE_BYTES)),
        keys.seal(name, subject=subject, field="name", nonce=os.urandom(NONCE_BYTES)),
    )
