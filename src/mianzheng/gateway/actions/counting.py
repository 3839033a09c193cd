"""Counting answers against the day's allowance, in the transaction that logs them."""

from __future__ import annotations

import datetime
import uuid
from collections import Counter
from collections.abc import Mapping, Sequence

from mianzheng.evidence.rules.verdicts import Verdict
from mianzheng.gateway.queries.standing import MOMENT, Granted, InForce, used_today
from mianzheng.web import planned

# the rows are locked in one order and last of all, so that processes neither wait long nor for each other in a circle
_COUNT = f"""
    INSERT INTO gateway_day AS held ("grant", day, answered, unknown)
    SELECT g, %s, n, u FROM unnest(%s::uuid[], %s::integer[], %s::integer[]) AS more (g, n, u) ORDER BY g
    ON CONFLICT ("grant", day) DO UPDATE
        SET answered = held.answered + excluded.answered, unknown = held.unknown + excluded.unknown
    RETURNING "grant", answered, ({MOMENT})
"""  # noqa: S608 - a statement of our own


class OverAllowance(Exception):
    """Meanwhile others used up what was left: nothing of this transaction may stay."""


class ChangedMeanwhile(Exception):
    """A grant, a key or a consent ended while answers were being given: nothing of this transaction may stay."""


def count(
    answered: Sequence[tuple[Granted, Verdict]], *, standing: InForce, today: datetime.date
) -> dict[uuid.UUID, int]:
    """Count one answer for each that settled something, and return how many are left of each grant's allowance today.

    What stayed unknown is counted apart and costs nothing. Raises `OverAllowance` where an allowance would be exceeded,
    and `ChangedMeanwhile` where what was in force when it was decided on, `standing`, no longer is.
    """
    granted = {grant.id: grant for grant, _ in answered}
    settled = Counter(grant.id for grant, verdict in answered if verdict is not Verdict.UNKNOWN)
    every = Counter(grant.id for grant, _ in answered)
    ids = sorted(granted)
    rows = planned.fetch(_COUNT, [today, ids, [settled[i] for i in ids], [every[i] - settled[i] for i in ids]])
    if any(tuple(moment or ()) != standing.moment for _, _, moment in rows):
        raise ChangedMeanwhile
    left = {grant: granted[grant].allowed(today) - used for grant, used, _ in rows}
    if any(settled[grant] and rest < 0 for grant, rest in left.items()):
        _remembered.clear()
        raise OverAllowance
    _remembered.update((grant, (today, used)) for grant, used, _ in rows)
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
