"""Keys (接口密钥) of an asker's systems: made and shown once, followed by another, ended."""

from __future__ import annotations

import datetime
import secrets
import uuid
from collections.abc import Collection

from django.db import IntegrityError, transaction

from mianzheng.catalogue.rules.city import City
from mianzheng.centre.actions.acts import note
from mianzheng.common.actors import Actor
from mianzheng.common.errors import NotFound, Refusal
from mianzheng.common.periods import here
from mianzheng.common.reasons import N_, Reason
from mianzheng.gateway.models import AskerKey
from mianzheng.gateway.queries.keys import open_keys
from mianzheng.gateway.rules.grants import kind_of
from mianzheng.gateway.rules.keys import PREFIX, check_key, digest, ends_at, overlap
from mianzheng.web import sql

KEYS = int.from_bytes(b"askkeys")
"""The lock under which keys are counted."""


def make_key(
    *,
    city: City,
    id: uuid.UUID,
    name: str,
    scopes: Collection[str],
    until: datetime.date,
    actor: Actor,
    now: datetime.datetime,
) -> str:
    """Make a key for the actor's office, good until the end of `until`, and return it; only its SHA-256 is kept.

    `id` is made by whoever asks, so that sending the same form twice makes no second key.
    """
    with transaction.atomic():
        check_new(city=city, name=name, scopes=scopes, until=until, actor=actor, now=now)
        return _made(id=id, name=name, scopes=scopes, until=ends_at(until), follows=None, actor=actor, now=now)


def rotate(*, city: City, key: uuid.UUID, id: uuid.UUID, actor: Actor, now: datetime.datetime) -> str:
    """Make a key that takes the place of `key`, and return it. The old one works on for `overlap_days`, so that nobody has to
    change both ends in one moment; the new one lives as long as the city allows.
    """
    with transaction.atomic():
        old = _own(key, actor)
        if old.ended_at is not None or old.until <= now:
            raise Refusal(Reason(N_("这个密钥已经失效，不能更换。")), Reason(N_("请直接生成一个新的。")))
        last = here(now).date() + datetime.timedelta(days=city.asking.key_days)
        check_new(city=city, name=old.name, scopes=old.scopes, until=last, actor=actor, now=now, replaces=1)
        old.until = overlap(old.until, now, city.asking.overlap_days)
        old.save(update_fields=["until"])
        return _made(id=id, name=old.name, scopes=old.scopes, until=ends_at(last), follows=old.id, actor=actor, now=now)


def end_key(*, key: uuid.UUID, actor: Actor, now: datetime.datetime) -> None:
    """End a key of the actor's office: nothing is answered to it any more."""
    with transaction.atomic():
        row = _own(key, actor)
        if row.ended_at is None:
            row.ended_at, row.ended_by = now, actor.id
            row.save(update_fields=["ended_at", "ended_by"])
            note(action="end_key", purpose="作废核验密钥", actor=actor, now=now, key=str(key))


def check_new(
    *,
    city: City,
    name: str,
    scopes: Collection[str],
    until: datetime.date,
    actor: Actor,
    now: datetime.datetime,
    replaces: int = 0,
) -> None:
    """Refuse a key or a client that may not be made; in the caller's transaction, which then holds the count."""
    if kind_of(city, actor.office) is None:
        raise Refusal(
            Reason(N_("只有本市的部门、公共服务机构和金融机构可以有核验密钥。")),
            Reason(N_("请用单位账号登录。")),
        )
    sql.hold(KEYS)
    check_key(
        name=name,
        scopes=scopes,
        until=until,
        today=here(now).date(),
        most_days=city.asking.key_days,
        open_keys=open_keys(actor.office, now=now) - replaces,
    )


def shown_already() -> Refusal:
    """Return the refusal for a form that was sent twice: what it made was shown, and cannot be shown again."""
    return Refusal(Reason(N_("它已经生成过，只显示一次。")), Reason(N_("没有记下的话，请作废它，再生成一个。")))


def _made(
    *,
    id: uuid.UUID,
    name: str,
    scopes: Collection[str],
    until: datetime.datetime,
    follows: uuid.UUID | None,
    actor: Actor,
    now: datetime.datetime,
) -> str:
    secret = PREFIX + secrets.token_urlsafe(32)
    try:
        with transaction.atomic():
            AskerKey.objects.create(
                id=id,
                asker=actor.office,
                name=name.strip()[:200],
                digest=digest(secret),
                scopes=sorted(scopes),
                until=until,
                follows=follows,
                made_at=now,
                made_by=actor.id,
            )
    except IntegrityError as twice:
        raise shown_already() from twice
    note(action="make_key", purpose="生成核验密钥", actor=actor, now=now, key=str(id))
    return secret


def _own(key: uuid.UUID, actor: Actor) -> AskerKey:
    row = AskerKey.objects.select_for_update().filter(id=key, asker=actor.office).first() if actor.office else None
    if row is None:
        raise NotFound(Reason(N_("没有这个密钥。")))
    return row


NOTED_AGAIN_AFTER = datetime.timedelta(minutes=1)
EARLIEST = datetime.datetime.min.replace(tzinfo=datetime.UTC)
_noted: dict[str, datetime.datetime] = {}
_USED = """
    UPDATE gateway_key SET used_at = %s
    WHERE 'key:' || id = ANY(%s) AND (used_at IS NULL OR used_at < %s)
"""


def note_use(callers: Collection[str], *, now: datetime.datetime) -> None:
    """Note that keys were used, each at most once a minute in a process: so that it is seen which one nobody uses any more."""
    due = [
        caller
        for caller in callers
        if caller.startswith("key:") and _noted.get(caller, EARLIEST) < now - NOTED_AGAIN_AFTER
    ]
    if due:
        sql.run(_USED, [now, due, now - NOTED_AGAIN_AFTER])
        _noted.update(dict.fromkeys(due, now))
