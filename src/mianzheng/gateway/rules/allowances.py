"""Allowances (每日次数): how many answers a day, and when a change begins to count. What stays unknown is not counted."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from mianzheng.common.errors import Refusal
from mianzheng.common.periods import WorkingDays
from mianzheng.common.reasons import N_, Reason


@dataclass(frozen=True, slots=True, order=True)
class Change:
    """From `day` on the allowance is `daily`; 0 ends the grant."""

    day: datetime.date
    daily: int


def allowance(daily: int, changes: Sequence[Change], today: datetime.date) -> int:
    """Return what counts `today`: the newest change that has begun, or what was granted at first."""
    begun = [change for change in sorted(changes) if change.day <= today]
    return begun[-1].daily if begun else daily


def earliest(
    current: int, wanted: int, *, today: datetime.date, notice_days: int, calendar: WorkingDays
) -> datetime.date:
    """Return from when a change may count: more at once, less only after it was announced for `notice_days` working days."""
    return today if wanted >= current else calendar.add(today, notice_days)


def check_change(
    current: int,
    wanted: int,
    day: datetime.date,
    *,
    why: str,
    misuse: bool,
    today: datetime.date,
    notice_days: int,
    calendar: WorkingDays,
) -> None:
    """Refuse a change without a reason, or one for the worse that was not announced. For misuse (滥用) one may act at once."""
    if not why.strip():
        raise Refusal(Reason(N_("请写明为什么改。")), Reason(N_("对方会看到这句话。")), field="why")
    first = today if misuse else earliest(current, wanted, today=today, notice_days=notice_days, calendar=calendar)
    if wanted < 0 or day < first:
        raise Refusal(
            Reason(N_("减少次数要提前公告，最早从 %(day)s 起。"), {"day": first}),
            Reason(N_("发现滥用的，可以注明后立即收回。")),
            field="day",
        )
