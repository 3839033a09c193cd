"""Changes as desks show them: the work list of an office, what could not be sent, and who takes changes by machine."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q

from mianzheng.centre.models import Delivery, Hook
from mianzheng.centre.rules.feeding import Change, Status


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One delivery as a list or its own page shows it."""

    id: int
    feed: str
    case: uuid.UUID | None
    receiver: str
    item: str
    subject: uuid.UUID
    change: Change
    payload: Mapping[str, Any]
    status: Status
    tries: int
    made_at: datetime.datetime
    next_at: datetime.datetime
    problem: str
    settled_at: datetime.datetime | None
    note: str
    behind: int = 0


@dataclass(frozen=True, slots=True)
class HookState:
    """Where a receiver takes changes, and how that goes."""

    receiver: str
    url: str
    opened_at: datetime.datetime | None
    waiting: int
    dead: int
    last_taken_at: datetime.datetime | None
    problem: str


def _row(row: Delivery, behind: int = 0) -> ChangeRow:
    return ChangeRow(
        row.id,
        row.feed,
        row.case,
        row.receiver,
        row.item,
        row.subject,
        Change(row.change),
        row.payload,
        Status(row.status),
        row.tries,
        row.made_at,
        row.next_at,
        row.problem,
        row.settled_at,
        row.note,
        behind,
    )


def waiting(receiver: str) -> int:
    """Return how many changes are on the work list of an office or community."""
    return Delivery.objects.filter(receiver=receiver, status=Status.LISTED).count() if receiver else 0


def by_feed(receiver: str) -> dict[str, int]:
    """Return how many changes wait on the work list of `receiver`, by feed ("" for those of decided cases)."""
    rows = Delivery.objects.filter(receiver=receiver, status=Status.LISTED)
    return dict(rows.values_list("feed").annotate(Count("id")).order_by("feed"))


def work_list(
    receiver: str, *, done: bool = False, feed: str | None = None, offset: int = 0, limit: int = 50
) -> list[ChangeRow]:
    """Return the changes for `receiver` that wait, the oldest first, or those dealt with, the newest first.

    At most `limit` and one more, which says that there is a next page.
    """
    if not receiver:
        return []
    rows = Delivery.objects.filter(receiver=receiver)
    if feed is not None:
        rows = rows.filter(feed=feed)
    if done:
        # what went by machine never was on the list
        rows = rows.filter(status=Status.DONE, tries=0).order_by("-id")
    else:
        rows = rows.filter(status=Status.LISTED).order_by("id")
    return [_row(row) for row in rows[offset : offset + limit + 1]]


def one(delivery: int, receiver: str) -> ChangeRow | None:
    """Return one change on the list of `receiver`; None where there is none."""
    rows = Delivery.objects.filter(id=delivery, receiver=receiver, status__in=(Status.LISTED, Status.DONE), tries=0)
    found = rows.first() if receiver else None
    return _row(found) if found else None


def dead_letters(*, offset: int = 0, limit: int = 50) -> list[ChangeRow]:
    """Return what could not be sent (死信), the oldest first, each with how many wait behind it."""
    rows = list(Delivery.objects.filter(status=Status.DEAD).order_by("id")[offset : offset + limit + 1])
    lines = Q()
    for row in rows:
        lines |= Q(subject=row.subject, feed=row.feed, receiver=row.receiver)
    open_ones = Delivery.objects.filter(lines, settled_at=None) if rows else Delivery.objects.none()
    line = [(each.subject, each.feed, each.receiver, each.id) for each in open_ones]
    return [_row(row, sum(_is_behind(each, row) for each in line)) for row in rows]


def _is_behind(each: tuple[uuid.UUID, str, str, int], row: Delivery) -> bool:
    return each[:3] == (row.subject, row.feed, row.receiver) and each[3] > row.id


def dead_count() -> int:
    """Return how many changes could not be sent."""
    return Delivery.objects.filter(status=Status.DEAD).count()


def retrying() -> int:
    """Return how many changes could not be sent so far and are tried again by themselves."""
    return Delivery.objects.filter(status=Status.PENDING, tries__gt=0).count()


def dead_by_receiver() -> dict[str, int]:
    """Return how many changes could not be sent, by receiver."""
    rows = Delivery.objects.filter(status=Status.DEAD)
    return dict(rows.values_list("receiver").annotate(Count("id")).order_by("receiver"))


def hook_states(receivers: Mapping[str, object]) -> list[HookState]:
    """Return how it goes with each of `receivers`, whether they have an address or not."""
    hooks = {hook.receiver: hook for hook in Hook.objects.filter(receiver__in=list(receivers))}
    return [_state(receiver, hooks.get(receiver)) for receiver in receivers]


def _state(receiver: str, hook: Hook | None) -> HookState:
    rows = Delivery.objects.filter(receiver=receiver)
    pending, dead = Q(status=Status.PENDING), Q(status=Status.DEAD)
    counts = rows.filter(pending | dead).aggregate(waiting=Count("id", filter=pending), dead=Count("id", filter=dead))
    sent = rows.filter(status=Status.DONE, tries__gt=0).order_by("-id").first()
    stuck = rows.filter(pending, ~Q(problem="")).order_by("-id").first()
    return HookState(
        receiver,
        hook.url if hook else "",
        hook.opened_at if hook else None,
        counts["waiting"],
        counts["dead"],
        sent.settled_at if sent else None,
        stuck.problem if stuck else "",
    )
