"""Counting answers against the day's allowance, in the transaction that logs them."""

from __future__ import annotations

import datetime
import uuid
from collections import Counter
from collections.abc import Mapping, Sequence

from mianzheng.evidence.rules.verdicts import Verdict
from mianzheng.gateway.queries.standing import Granted, used_today
from mianzheng.web import sql

# the rows are locked in one order and last of all, so that processes neither wait long nor for each other in a circle
_COUNT = """
    INSERT INTO gateway_day AS held ("grant", day, answered, unknown)
    SELECT g, %s, n, u FROM unnest(%s::uuid[], %s::integer[], %s::integer[]) AS more (g, n, u) ORDER BY g
    ON CONFLICT ("grant", day) DO UPDATE
        SET answered = held.answered + excluded.answered, unknown = held.unknown + excluded.unknown
    RETURNING "grant", answered
"""


class OverAllowance(Exception):
    """Meanwhile others used up what was left: nothing of this transaction may stay."""


def count(answered: Sequence[tuple[Granted, Verdict]], *, today: datetime.date) -> dict[uuid.UUID, int]:
    """Count one answer for each that settled something, and return how many are left of each grant's allowance today.

    What stayed unknown is counted apart and costs nothing. Raises `OverAllowance` where an allowance would be exceeded.
    """
    granted = {grant.id: grant for grant, _ in answered}
    settled = Counter(grant.id for grant, verdict in answered if verdict is not Verdict.UNKNOWN)
    every = Counter(grant.id for grant, _ in answered)
    ids = sorted(granted)
    rows = sql.fetch_prepared(_COUNT, [today, ids, [settled[i] for i in ids], [every[i] - settled[i] for i in ids]])
    left = {grant: granted[grant].allowed(today) - used for grant, used in rows}
    if any(settled[grant] and rest < 0 for grant, rest in left.items()):
        _remembered.clear()
        raise OverAllowance
    _remembered.update((grant, (today, used)) for grant, used in rows)
    return left


PLENTY = 10_000
"""While so many answers are left, how many were used need not be asked before: what is counted in the end decides."""
_remembered: dict[uuid.UUID, tuple[datetime.date, int]] = {}


def left_today(grants: Mapping[uuid.UUID, Granted], today: datetime.date) -> dict[uuid.UUID, int]:
    """Return how many answers are left of each grant's allowance today (one query, none while plenty are left)."""
    left = {}
    for key, granted in grants.items():
        day, used = _remembered.get(key, (None, 0))
        left[key] = granted.allowed(today) - used if day == today else 0
    if any(rest < PLENTY for rest in left.values()):
        used_now = used_today(grants, today)
        return {key: granted.allowed(today) - used_now.get(key, 0) for key, granted in grants.items()}
    return left
