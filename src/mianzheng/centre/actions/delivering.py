"""Sending changes by machine: at least once, in order of one subject, and never twice at the same time.

A sender takes a few deliveries by moving their `next_at` ahead (a lease), lets go of the rows, and only then talks to
the other side. One that dies in the middle loses nothing: the lease runs out and the next takes them up again.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F

from mianzheng.catalogue.rules.city import City
from mianzheng.catalogue.rules.exchange import Feed
from mianzheng.centre.actions.hooks import secret_of
from mianzheng.centre.models import Delivery, Hook
from mianzheng.centre.ports import CALLER, Call, Outcome
from mianzheng.centre.rules import signing
from mianzheng.centre.rules.feeding import HOPELESS, LEASE, Status, next_try
from mianzheng.common.actors import PROGRAM
from mianzheng.people.actions.disclosure import reveal
from mianzheng.people.rules.keyring import SealBroken
from mianzheng.people.rules.subjects import Person
from mianzheng.web.sql import fetch

BATCH = 50
AT_ONCE = 16

_CLAIM = """
UPDATE centre_delivery d SET next_at = %(until)s FROM (
  SELECT id FROM centre_delivery d
  WHERE d.status = 'pending' AND d.receiver = %(receiver)s AND d.next_at <= %(now)s
    AND NOT EXISTS (SELECT FROM centre_delivery e WHERE e.subject = d.subject AND e.feed = d.feed
                    AND e.receiver = d.receiver AND e.id < d.id AND e.settled_at IS NULL)
  ORDER BY d.next_at, d.id LIMIT %(limit)s FOR UPDATE SKIP LOCKED) taken
WHERE d.id = taken.id
RETURNING d.id, d.feed, d.item, d.subject, d.change, d.payload, d.tries, d.made_at
"""


@dataclass(frozen=True, slots=True)
class _Taken:
    """A delivery that is ours to send until the lease runs out."""

    id: int
    feed: str
    item: str
    subject: UUID
    change: str
    payload: Mapping[str, Any]
    tries: int
    made_at: datetime.datetime


@dataclass(frozen=True, slots=True)
class Sent:
    """How a round went: how many were taken by the other side, how many not, and who took none at all."""

    done: int
    failed: int
    failing: frozenset[str]


def deliver(*, city: City, now: datetime.datetime, sent_at: datetime.datetime, leave_out: Collection[str] = ()) -> Sent:
    """Send a few of what is due to every receiver with an address but those to `leave_out`.

    Of one feed, receiver and subject only the first that is not settled is sent. `sent_at` is the real time the
    signature is dated by. Call it outside a transaction.
    """
    done = failed = 0
    failing = set()
    for hook in Hook.objects.exclude(receiver__in=list(leave_out)).order_by("receiver"):
        taken = _claim(hook.receiver, now)
        if not taken:
            continue
        still = Hook.objects.filter(receiver=hook.receiver).first()  # it may have been closed, or replaced, meanwhile
        if still is None:
            Delivery.objects.filter(id__in=[each.id for each in taken]).update(next_at=now)
            continue
        good = sum(_write(city, each, outcome, now) for each, outcome in _send(city, still, taken, now, sent_at))
        done += good
        failed += len(taken) - good
        if not good:
            failing.add(hook.receiver)
    return Sent(done, failed, frozenset(failing))


def _claim(receiver: str, now: datetime.datetime) -> list[_Taken]:
    params = {"receiver": receiver, "now": now, "until": now + LEASE, "limit": BATCH}
    with transaction.atomic():
        rows = fetch(_CLAIM, params)
    return [_Taken(*row[:5], _parsed(row[5]), *row[6:]) for row in sorted(rows)]


def _parsed(payload: Any) -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads(payload) if isinstance(payload, str) else payload
    return found


def _send(
    city: City, hook: Hook, taken: Sequence[_Taken], now: datetime.datetime, sent_at: datetime.datetime
) -> Iterator[tuple[_Taken, Outcome]]:
    """Yield how each of `taken` went, as soon as it is known."""
    try:
        secret = secret_of(hook)
    except SealBroken:
        yield from ((each, Outcome(each.id, "secret")) for each in taken)
        return
    people = _whom(city, taken, now)
    calls = []
    for each in taken:
        if each.feed not in city.feeds:
            yield each, Outcome(each.id, "withdrawn")
        elif each.subject not in people:
            yield each, Outcome(each.id, "unknown")
        else:
            body = _body(city.feeds[each.feed], each, people[each.subject])
            signed = signing.headers(secret, key=f"{city.code}-{each.id}", at=sent_at, body=body)
            calls.append(Call(each.id, hook.url, body, signed))
    by_id = {each.id: each for each in taken}
    for outcome in CALLER().send(calls, at_once=AT_ONCE):
        yield by_id[outcome.id], outcome


def _whom(city: City, taken: Sequence[_Taken], now: datetime.datetime) -> dict[UUID, Person]:
    """Return whom the deliveries are about; that they leave the house is in the log before they do."""
    found: dict[UUID, Person] = {}
    for code in {each.feed for each in taken} & set(city.feeds):
        purpose = f"数据回流“{city.feeds[code].name.zh}”"
        subjects = {each.subject for each in taken if each.feed == code}
        found |= reveal(subjects=subjects, purpose=purpose, now=now, leave_out_broken=True, **PROGRAM.log())
    return found


def _body(feed: Feed, taken: _Taken, person: Person) -> bytes:
    """Return the message: the payload of the feed, and by which number the receiver knows whom it is about."""
    about = {"kind": person.kind.value, "number": person.number} | ({"place": person.name} if feed.place else {})
    told = {
        "type": f"{taken.item}.{taken.change}",
        "timestamp": taken.made_at.isoformat(),
        "data": {"feed": taken.feed, "change": taken.change, "about": about, "payload": taken.payload},
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def _write(city: City, taken: _Taken, outcome: Outcome, now: datetime.datetime) -> bool:
    """Write down how a try went and return whether the other side took it. What was settled meanwhile stays so."""
    waiting = Delivery.objects.filter(id=taken.id, status=Status.PENDING)
    tries = taken.tries + 1
    if not outcome.problem:
        waiting.update(
            status=Status.DONE, tries=F("tries") + 1, problem="", settled_at=now, settled_by=PROGRAM.id, next_at=now
        )
        return True
    dead = outcome.problem in HOPELESS or tries >= city.policy.delivery_tries
    waiting.update(
        status=Status.DEAD if dead else Status.PENDING,
        tries=F("tries") + 1,
        problem=outcome.problem,
        next_at=now + next_try(tries, asked=outcome.retry_after),
    )
    return False
