"""Allowances (每日次数): how many answers a day, and when a change begins to count. What stays unknown is not counted."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from mianzheng.common.errors import Refusal
from mianzheng.common.periods import WorkingDays
from mianzheng.common.reasons import N_, Reason
from mianzheng.gateway.rules.parameters import LONGEST


class Outcome(StrEnum):
    """How a wish for a larger allowance ended."""

    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


OUTCOMES = {
    Outcome.GRANTED: N_("已同意"),
    Outcome.REFUSED: N_("未同意"),
    Outcome.WITHDRAWN: N_("已撤回"),
    Outcome.LAPSED: N_("逾期未答复"),
}


@dataclass(frozen=True, slots=True)
class Change:
    """From `day` on the allowance is `daily`; 0 ends the grant."""

    day: datetime.date
    daily: int


def allowance(daily: int, changes: Sequence[Change], today: datetime.date) -> int:
    """Return what counts `today`: the newest change that has begun, or what was granted at first.

    `changes` stand in the order in which they were announced; of two for one day the later counts.
    """
    begun = [change for change in sorted(changes, key=lambda each: each.day) if change.day <= today]
    return begun[-1].daily if begun else daily


def end_announced(daily: int, changes: Sequence[Change], until_day: datetime.date) -> datetime.date | None:
    """Return the first day of a grant until `until_day` on which nothing is answered any more; None where its term runs out
    as it was granted. What is announced for later days changes nothing: on that day the grant is revoked.
    """
    days = sorted(change.day for change in changes if change.day <= until_day)
    return next((day for day in days if not allowance(daily, changes, day)), None)


def check_change(
    daily: int,
    changes: Sequence[Change],
    change: Change,
    *,
    why: str,
    today: datetime.date,
    largest: int,
    notice_days: int,
    calendar: WorkingDays,
) -> None:
    """Refuse a change without a reason, and one for the worse that was not announced. Misuse (滥用) is no change but the
    grant's end (see `stages`).
    """
    if not why.strip() or len(why) > LONGEST:
        raise Refusal(
            Reason(N_("请写明为什么改，不超过 %(signs)s 字。"), {"signs": LONGEST}),
            Reason(N_("对方会看到这句话。")),
            field="why",
        )
    if not 0 <= change.daily <= largest:
        raise Refusal(
            Reason(N_("每日次数应当在 0 到 %(most)s 之间。"), {"most": largest}),
            Reason(N_("写 0 就是到那天收回授权。")),
            field="daily",
        )
    first = calendar.add(today, notice_days)
    if change.day < today or (change.day < first and change.daily < allowance(daily, changes, change.day)):
        raise Refusal(
            Reason(N_("减少次数要提前公告，最早从 %(day)s 起。"), {"day": first}),
            Reason(N_("增加的可以从今天起。发现滥用的，用“立即收回”。")),
            field="day",
        )


def check_raise(current: int, wanted: int, *, why: str, largest: int) -> None:
    """Refuse a wish that is no larger than what there is, larger than the city lets, or without a reason."""
    if not current < wanted <= largest:
        raise Refusal(
            Reason(
                N_("调高以后的每日次数应当在 %(least)s 到 %(most)s 之间。"), {"least": current + 1, "most": largest}
            ),
            Reason(N_("现在是 %(current)s 次。"), {"current": current}),
            field="daily",
        )
    if not why.strip() or len(why) > LONGEST:
        raise Refusal(
            Reason(N_("请写明为什么不够用，不超过 %(signs)s 字。"), {"signs": LONGEST}),
            Reason(N_("写：平常一天多少，忙的时候多少。")),
            field="why",
        )
