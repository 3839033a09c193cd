"""Replies to requests that carry an idempotency key: a repeat gets what was answered before, and nobody is looked up twice."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from mianzheng.gateway.models import Reply
from mianzheng.web import planned

KEPT = datetime.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Repeat:
    """By what a request, or one `part` of a batch, is known again: the asker's key, and the SHA-256 of what was asked.

    `alone` says that the request is a single question, so that two questions with it are two requests.
    """

    asker: str
    key: str
    part: int
    request: bytes
    alone: bool = False


@dataclass(frozen=True, slots=True)
class Kept:
    """What was answered before, line by line (None: not yet), as it is stored; `other` where the key was another request's."""

    lines: Sequence[Any]
    body: bytes = b""
    other: bool = False


class AnsweredMeanwhile(Exception):
    """The same request was answered by another process just now: nothing of this transaction may stay."""


_REPLIES = """
    SELECT asker, key, part, request, body FROM gateway_reply
    JOIN unnest(%s::text[], %s::text[], %s::integer[]) AS asked (asker, key, part) USING (asker, key, part)
    WHERE made_at > %s
"""


def replies_to(repeats: Sequence[Repeat], *, now: datetime.datetime) -> dict[Repeat, Kept]:
    """Return what was answered to each of `repeats` within a day, where anything was (one query)."""
    if not repeats:
        return {}
    names = [list(column) for column in zip(*((r.asker, r.key, r.part) for r in repeats), strict=True)]
    rows = planned.fetch(_REPLIES, [*names, now - KEPT])
    known = {(asker, key, part): (bytes(request), bytes(body)) for asker, key, part, request, body in rows}
    found: dict[Repeat, Kept] = {}
    for repeat in repeats:
        there = known.get((repeat.asker, repeat.key, repeat.part))
        if there is not None:
            request, body = there
            found[repeat] = Kept(orjson.loads(body), body) if request == repeat.request else Kept((), other=True)
    return found


# a row that is there is taken over where its day is over, or where it still says what we read
_KEEP = """
    INSERT INTO gateway_reply AS held (asker, key, part, request, body, made_at)
    SELECT asker, key, part, request, body, %s
    FROM unnest(%s::text[], %s::text[], %s::integer[], %s::bytea[], %s::bytea[]) AS given (asker, key, part, request, body)
    ON CONFLICT (asker, key, part) DO UPDATE SET request = excluded.request, body = excluded.body, made_at = excluded.made_at
        WHERE held.made_at <= %s OR sha256(held.body) = ANY(%s::bytea[])
"""


def keep_replies(
    lines: Mapping[Repeat, Sequence[Mapping[str, Any] | None]],
    *,
    before: Mapping[Repeat, Kept],
    now: datetime.datetime,
) -> None:
    """Keep the lines of each request in the transaction that logs them, in the place of what was kept `before`.

    Raises `AnsweredMeanwhile` where somebody else kept an answer since.
    """
    if not lines:
        return
    columns: list[list[Any]] = [
        [repeat.asker for repeat in lines],
        [repeat.key for repeat in lines],
        [repeat.part for repeat in lines],
        [repeat.request for repeat in lines],
        [orjson.dumps(kept) for kept in lines.values()],
    ]
    read = [hashlib.sha256(before[repeat].body).digest() for repeat in lines if repeat in before]
    if planned.run(_KEEP, [now, *columns, now - KEPT, read]) < len(lines):
        raise AnsweredMeanwhile


def forget_replies(*, now: datetime.datetime) -> int:
    """Delete what is kept no longer; return how much that was."""
    return Reply.objects.filter(made_at__lte=now - KEPT).delete()[0]
