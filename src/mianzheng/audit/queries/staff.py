"""What staff looked up, for oversight: a day of the log in sets, however long it is."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Collection
from dataclasses import dataclass

from mianzheng.audit import models
from mianzheng.audit.queries.entries import Entry, line_of, lines_told
from mianzheng.audit.rules import WITHHELD
from mianzheng.web import sql

LOOKS = ("lookup", "prefill", "reveal", "inspect")
"""Acts by which somebody sees something about a person. Answering a check or recording a finding is none."""
FEW = 3
"""So many of an occasion's lines are named; the rest are counted."""


@dataclass(frozen=True, slots=True)
class Occasion:
    """The looks of one account at one subject, for one case or none: from when to when, how many, the first of them.

    `under` is what the gateway let it ask under: a ``grant``, with the person's ``consent`` or without, or nothing.
    """

    actor: str
    role: str
    office: str
    subject: uuid.UUID
    applicant: uuid.UUID | None
    case: uuid.UUID | None
    under: str
    first: datetime.datetime
    last: datetime.datetime
    times: int
    entries: tuple[uuid.UUID, ...]


_ACCOUNT = "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"
_OCCASIONS = """
    SELECT actor, actor_role, actor_office, subject, applicant, "case",
        CASE WHEN action = 'lookup' AND detail ? 'grant' THEN CASE WHEN detail ? 'consent' THEN 'consent' ELSE 'grant' END
        ELSE '' END, min(at), max(at), count(*),
        (array_agg(id ORDER BY id))[1:%(few)s]
    FROM audit_entry
    WHERE at >= %(first)s AND at < %(before)s AND actor_role = ANY(%(roles)s) AND action = ANY(%(looks)s)
        AND (%(everybody)s OR subject = ANY(%(subjects)s)) AND NOT detail ? %(withheld)s
        AND actor ~ %(account)s
    GROUP BY 1, 2, 3, 4, 5, 6, 7
"""


def occasions(
    first: datetime.datetime,
    before: datetime.datetime,
    *,
    roles: Collection[str],
    subjects: Collection[uuid.UUID] | None = None,
) -> list[Occasion]:
    """Return the looks of accounts (not of keys of askers' systems) that acted in `roles` from `first` until `before` (one statement), at `subjects` alone
    where they are given. What was looked up under a secrecy order is left out: two people of the office stood for it.
    """
    params = {
        "first": first,
        "before": before,
        "roles": list(roles),
        "looks": list(LOOKS),
        "few": FEW,
        "withheld": WITHHELD,
        "account": _ACCOUNT,
    }
    params |= {"everybody": subjects is None, "subjects": list(subjects or ())}
    return [Occasion(*row[:10], tuple(row[10])) for row in sql.fetch(_OCCASIONS, params)]


_PARTIES = """
    SELECT DISTINCT "case", subject FROM audit_entry
    WHERE "case" = ANY(%s) AND (actor_role = 'resident' OR actor = 'program')
"""


def parties(cases: Collection[uuid.UUID]) -> set[tuple[uuid.UUID, uuid.UUID]]:
    """Return whom the applicants of `cases`, or the program for them, had looked up: those each case is about."""
    return set(sql.fetch(_PARTIES, [list(cases)])) if cases else set()


def lines(ids: Collection[uuid.UUID]) -> tuple[Entry, ...]:
    """Return lines of the log by their ids, oldest first. Whoever shows them writes that they were opened."""
    return tuple(line_of(row) for row in models.Entry.objects.filter(id__in=list(ids)).order_by("at", "id"))


def own_line(entry: uuid.UUID, subject: uuid.UUID, *, now: datetime.datetime) -> Entry | None:
    """Return one line about `subject` that they may know of; None for others, as for one that is not there."""
    row = lines_told(subject, now=now).filter(id=entry).first()
    return line_of(row) if row else None
