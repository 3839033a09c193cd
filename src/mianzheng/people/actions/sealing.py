"""Seal the secrets of other domains with the key of the vault, which lies outside the database and its backups."""

from __future__ import annotations

import os
import uuid

from django.db import transaction

from mianzheng.people.actions.guard import VAULT, check_marks
from mianzheng.people.ports import KEYS
from mianzheng.people.queries import KeysLost, keyring
from mianzheng.people.rules.keyring import NONCE_BYTES
from mianzheng.web import sql


def seal_secret(text: str, *, owner: uuid.UUID, field: str) -> bytes:
    """Return `text` sealed with the current key, for `owner` and `field` only."""
    with transaction.atomic():
        sql.hold(VAULT)
        keys = keyring() or KEYS().create()
        check_marks(keys)
    return keys.seal(text, subject=owner, field=field, nonce=os.urandom(NONCE_BYTES))


def open_secret(sealed: bytes, *, owner: uuid.UUID, field: str) -> str:
    """Return what was sealed; raise `SealBroken` where it does not open, `KeysLost` where there are no keys at all."""
    keys = keyring()
    if keys is None:
        raise KeysLost
    return keys.unseal(sealed, subject=owner, field=field)
