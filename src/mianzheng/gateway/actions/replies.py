"""Replies to requests that carry an idempotency key: a repeat gets what was answered before, and nobody is looked up twice."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from mianzheng.gateway.models import Reply
from mianzheng.web import sql

KEPT = datetime.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Repeat:
    """By what a request, or one `part` of a batch, is known again: the asker's key, and the SHA-256 of what was asked."""

    asker: str
    key: str
    part: int
    request: bytes


class AnsweredMeanwhile(Exception):
    """The same request was answered by another process just now: nothing of this transaction may stay."""


def replies_to(repeats: Sequence[Repeat]) -> dict[Repeat, list[Any] | None]:
    """Return what was answered to each of `repeats` before, line by line; None where its key was used for another request."""
    if not repeats:
        return {}
    rows = sql.fetch_prepared(
        "SELECT asker, key, part, request, body FROM gateway_reply"
        " JOIN unnest(%s::text[], %s::text[], %s::integer[]) AS asked (asker, key, part) USING (asker, key, part)",
        [list(column) for column in zip(*((r.asker, r.key, r.part) for r in repeats), strict=True)],
    )
    known = {(asker, key, part): (bytes(request), body) for asker, key, part, request, body in rows}
    found: dict[Repeat, list[Any] | None] = {}
    for repeat in repeats:
        there = known.get((repeat.asker, repeat.key, repeat.part))
        if there is not None:
            found[repeat] = orjson.loads(bytes(there[1])) if there[0] == repeat.request else None
    return found


def keep_replies(
    lines: Mapping[Repeat, Sequence[Mapping[str, Any] | None]], *, again: set[Repeat], now: datetime.datetime
) -> None:
    """Keep the lines of each request in the transaction that logs them; those in `again` had some kept already."""
    if not lines:
        return
    rows = [
        Reply(asker=r.asker, key=r.key, part=r.part, request=r.request, body=orjson.dumps(kept), made_at=now)
        for r, kept in lines.items()
    ]
    for row, repeat in zip(rows, lines, strict=True):
        if repeat in again:
            Reply.objects.filter(asker=row.asker, key=row.key, part=row.part).update(body=row.body)
    fresh = [row for row, repeat in zip(rows, lines, strict=True) if repeat not in again]
    written = sql.run(
        "INSERT INTO gateway_reply (asker, key, part, request, body, made_at)"
        " SELECT * FROM unnest(%s::text[], %s::text[], %s::integer[], %s::bytea[], %s::bytea[], %s::timestamptz[])"
        " ON CONFLICT DO NOTHING",
        [
            [row.asker for row in fresh],
            [row.key for row in fresh],
            [row.part for row in fresh],
            [row.request for row in fresh],
            [row.body for row in fresh],
            [now] * len(fresh),
        ],
    )
    if written < len(fresh):
        raise AnsweredMeanwhile


def forget_replies(*, now: datetime.datetime) -> int:
    """Delete what is kept no longer; return how much that was."""
    return Reply.objects.filter(made_at__lt=now - KEPT).delete()[0]
