"""What was done about needs, without a word about whom: for figures over many cases."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Collection

from mianzheng.evidence.rules.progress import Event, Kind
from mianzheng.evidence.rules.verdicts import Verdict, Way
from mianzheng.web import sql

_STEPS = """
    SELECT "case", need, kind, done_at, way, verdict FROM evidence_event
    WHERE "case" = ANY(%s) AND need = ANY(%s) ORDER BY id
"""
_CHECKS = """
    SELECT fact, count(*) FILTER (WHERE asked_at < %s), count(*) FILTER (WHERE asked_at >= %s) FROM evidence_check
    WHERE fact = ANY(%s) AND asked_at >= %s AND NOT objection GROUP BY fact
"""


def steps_of(cases: Collection[uuid.UUID], needs: Collection[str]) -> dict[tuple[uuid.UUID, str], list[Event]]:
    """Return the kept steps of `needs` in `cases`, oldest first (one statement); subjects, traces and reasons are not read."""
    found: dict[tuple[uuid.UUID, str], list[Event]] = {}
    for case, need, kind, at, way, verdict in sql.fetch(_STEPS, [list(cases), list(needs)]) if cases else ():
        event = Event(Kind(kind), at, Way(way) if way else None, Verdict(verdict) if verdict else None)
        found.setdefault((case, need), []).append(event)
    return found


def checks_around(
    facts: Collection[str], moment: datetime.datetime, *, before: datetime.timedelta
) -> dict[str, tuple[int, int]]:
    """Return how many questions about each of `facts` were put to departments in the time `before` the moment, and since
    (one statement).
    """
    rows = sql.fetch(_CHECKS, [moment, moment, list(facts), moment - before]) if facts else ()
    return {fact: (earlier, since) for fact, earlier, since in rows}
