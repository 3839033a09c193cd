"""Keys (接口密钥) by which an asker's system is known: hashed, scoped, ending, several at once so that one follows another."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Collection
from dataclasses import dataclass

from mianzheng.common.errors import Refusal
from mianzheng.common.periods import ZONE, here
from mianzheng.common.reasons import N_, Reason

PREFIX = "mz-ask-"
"""So that a key that got lost is known for what it is."""
SINGLE, BATCH = "verify", "verify:batch"
SCOPES = {SINGLE: N_("单笔核验"), BATCH: N_("成批核验")}
MOST = 10


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: the asker, by which key (its id, or the client's; a person's account), what the key is good for and until
    when. `role` is the one in which it asks: an officer at the window stays one in the log.
    """

    asker: str
    key: str
    scopes: frozenset[str]
    until: datetime.datetime
    role: str = "asker"


def digest(secret: str) -> bytes:
    """Return what is kept of a key. It is 256 random bits, so a plain SHA-256 cannot be guessed back."""
    return hashlib.sha256(secret.encode()).digest()


def check_key(
    *, name: str, scopes: Collection[str], until: datetime.date, today: datetime.date, most_days: int, open_keys: int
) -> None:
    """Refuse a key nobody could tell apart, one good for nothing, one that lives too long, one too many."""
    if not name.strip():
        raise Refusal(Reason(N_("没有写明哪个系统使用。")), Reason(N_("请填写系统名称，以便日后辨认。")), field="name")
    if not scopes or not set(scopes) <= set(SCOPES):
        raise Refusal(Reason(N_("没有选密钥能做什么。")), Reason(N_("请至少选一项。")), field="scopes")
    if until <= today or (until - today).days > most_days:
        what = Reason(N_("密钥的有效期从明天起，最长 %(days)s 天。"), {"days": most_days})
        raise Refusal(what, Reason(N_("到期前换一把新的，旧的还能用一阵。")), field="until")
    if open_keys >= MOST:
        raise Refusal(
            Reason(N_("有效的密钥已经有 %(count)s 把。"), {"count": MOST}), Reason(N_("请先作废不用的。")), field="name"
        )


def ends_at(last: datetime.date) -> datetime.datetime:
    """Return the moment a key whose last day is `last` stops: midnight after it, here."""
    return datetime.datetime.combine(last + datetime.timedelta(days=1), datetime.time(), ZONE)


def last_day(until: datetime.datetime | None) -> datetime.date | None:
    """Return the last day on which a key works that stops at `until`."""
    return here(until - datetime.timedelta(microseconds=1)).date() if until else None


def overlap(until: datetime.datetime, now: datetime.datetime, days: int) -> datetime.datetime:
    """Return until when a key works on when another has taken its place: `days` more, never longer than it would have."""
    return min(until, now + datetime.timedelta(days=days))
