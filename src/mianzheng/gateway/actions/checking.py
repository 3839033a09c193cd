"""Checking a sealed answer for anybody: by itself, on its sheet, or by its number and the last signs of the person's."""

from __future__ import annotations

import datetime
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from mianzheng.audit.ports import SIGNER
from mianzheng.gateway.actions.sealing import tail_digest
from mianzheng.gateway.models import SealedAnswer
from mianzheng.gateway.ports import STAMP
from mianzheng.gateway.rules.consents import as_typed
from mianzheng.gateway.rules.sealed import Standing, opened, person_digest, standing
from mianzheng.people.rules.subjects import normalise

MOST_TRIES = 10
"""Wrong tries a day to open one answer by its number; after that it opens by its file only until tomorrow."""
ATTACHED = "answer.jws"
PDF = b"%PDF"


@dataclass(frozen=True, slots=True)
class Checked:
    """How something stands and what it says; nothing where it is not ours. `kept` says whether the row is still here."""

    standing: Standing
    said: Mapping[str, Any] | None = None
    why: str = ""
    withdrawn_at: datetime.datetime | None = None
    kept: bool = False


ALTERED = Checked(Standing.ALTERED)


def check_file(content: bytes, *, now: datetime.datetime) -> Checked:
    """Return how a sheet (PDF) or a JWS somebody has stands."""
    if content.lstrip()[:4] != PDF:
        return check_text(content.decode("ascii", "replace"), now=now)
    found = STAMP().examine(content, ATTACHED)
    return check_text(found.attached.decode("ascii", "replace"), now=now) if found and found.whole else ALTERED


def check_text(jws: str, *, now: datetime.datetime) -> Checked:
    """Return how a JWS stands: ours where a key that ever signed the log signed exactly this."""
    found = opened(jws)
    if found is None:
        return ALTERED
    said, text, signature = found
    if not SIGNER().verify(text, signature):
        return ALTERED
    row = SealedAnswer.objects.filter(number=said["jti"]).first()
    return _checked(said, row, now)


def check_number(number: str, tail: str, *, now: datetime.datetime) -> Checked | None:
    """Return how the sealed answer `number` stands, for whoever knows the last signs of the person's number too.

    None for everything else: a number nobody has, wrong signs, too many tries. From outside they look the same.
    """
    plain, typed = as_typed(number), normalise("ric", tail)
    given = tail_digest(plain, typed)
    with transaction.atomic():
        row = SealedAnswer.objects.select_for_update().filter(number=plain).first()
        if row is None:
            return None
        today = now.date()
        tries = row.tries if row.tried_on == today else 0
        if tries >= MOST_TRIES:
            return None
        if not hmac.compare_digest(given, bytes(row.tail)):
            SealedAnswer.objects.filter(id=row.id).update(tries=tries + 1, tried_on=today)
            return None
    found = opened(row.jws)
    return _checked(found[0], row, now) if found else None


def is_about(said: Mapping[str, Any], key: str, number: str) -> bool:
    """Return whether an answer is about whoever has `number`; `key` is what is printed on the sheet."""
    try:
        digest = person_digest(
            bytes.fromhex("".join(key.replace("-", " ").split())), said["person"]["kind"], normalise("", number)
        )
    except ValueError:
        return False
    return hmac.compare_digest(digest, said["person"]["digest"])


def _checked(said: Mapping[str, Any], row: SealedAnswer | None, now: datetime.datetime) -> Checked:
    withdrawn = row is not None and row.withdrawn_at is not None
    how = standing(said, withdrawn=withdrawn, now=now)
    return Checked(how, said, row.why if row else "", row.withdrawn_at if row else None, row is not None)
