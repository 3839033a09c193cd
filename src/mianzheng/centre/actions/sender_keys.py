"""Keys by which a department's own system hands in records: made once, shown once, ended."""

from __future__ import annotations

import datetime
import hashlib
import secrets
import uuid

from django.db import IntegrityError, transaction

from mianzheng.centre.actions.acts import note
from mianzheng.centre.models import SenderKey
from mianzheng.centre.rules.handing_in import NotYours
from mianzheng.common.actors import Actor
from mianzheng.common.errors import NotFound, Refusal
from mianzheng.common.reasons import N_, Reason

PREFIX = "mz-sender-"
"""So that a key that got lost is known for what it is."""
NOTED_AGAIN_AFTER = datetime.timedelta(minutes=1)


def make_key(*, id: uuid.UUID, name: str, actor: Actor, now: datetime.datetime) -> str:
    """Make a key for the actor's office and return it; nobody can read it again, only its SHA-256 is kept.

    `id` is made by whoever asks, so that sending the same form twice makes no second key.
    """
    if not actor.office:
        raise NotYours(Reason(N_("您的账号没有部门，不能生成上交密钥。")), Reason(N_("请由部门账号生成。")))
    if not name.strip():
        raise Refusal(Reason(N_("没有写明哪个系统使用。")), Reason(N_("请填写系统名称，以便日后辨认。")), field="name")
    secret = PREFIX + secrets.token_urlsafe(32)
    try:
        with transaction.atomic():
            SenderKey.objects.create(
                id=id,
                office=actor.office,
                name=name.strip()[:200],
                digest=_digest(secret),
                made_at=now,
                made_by=actor.id,
            )
            note(action="make_key", purpose="生成上交密钥", actor=actor, now=now, key=str(id))
    except IntegrityError as twice:
        what = Reason(N_("这个密钥已经生成过，只显示一次。"))
        raise Refusal(what, Reason(N_("没有记下的话，请作废它，再生成一个。"))) from twice
    return secret


def end_key(*, key: uuid.UUID, actor: Actor, now: datetime.datetime) -> None:
    """End a key of the actor's office, or any for the centre: nothing is taken in by it any more."""
    with transaction.atomic():
        row = SenderKey.objects.select_for_update().filter(id=key).first()
        if row is None or (actor.role != "centre" and row.office != actor.office):
            raise NotFound(Reason(N_("没有这个密钥。")))
        if row.ended_at is None:
            row.ended_at, row.ended_by = now, actor.id
            row.save(update_fields=["ended_at", "ended_by"])
            note(action="end_key", purpose="作废上交密钥", actor=actor, now=now, key=str(key))


def recognise(*, secret: str, now: datetime.datetime) -> Actor | None:
    """Return who sends with this key and note that it was used; None where there is no such key, or no more."""
    row = SenderKey.objects.filter(digest=_digest(secret), ended_at=None).first()
    if row is None:
        return None
    if row.used_at is None or now - row.used_at > NOTED_AGAIN_AFTER:
        SenderKey.objects.filter(id=row.id).update(used_at=now)
    return Actor(f"key:{row.id}", "sender", row.office)


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
