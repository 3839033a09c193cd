"""The trial (试行观察): what is watched after a batch is published, and when it may be declared done."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from mianzheng.common.errors import Refusal
from mianzheng.common.reasons import N_, Reason
from mianzheng.common.small import FEWEST
from mianzheng.evidence.rules.verdicts import Way
from mianzheng.reform.rules.states import BatchStage
from mianzheng.reform.rules.trying import Tried

UNSETTLED_SHARE = 0.3
"""Past this share of cases in which the fact stayed unknown, or an officer had to look into it, somebody looks at why (policy)."""
MORE_CHECKS = 2.0
"""Checks a day that are so many times those before count as work moved to another office (policy)."""
BEFORE = 30
"""Days before publication the checks are held against."""


class Point(StrEnum):
    """What the watch list names."""

    STILL_ASKED = "still_asked"
    UNSETTLED = "unsettled"
    BY_HAND = "by_hand"
    FALSE = "false"
    MOVED = "moved"


POINT_NAMES = {
    Point.STILL_ASKED: Reason(N_("还有人索要，没有解决")),
    Point.UNSETTLED: Reason(N_("弄不清的太多")),
    Point.BY_HAND: Reason(N_("太多要靠人工核查")),
    Point.FALSE: Reason(N_("有承诺后来查明不实")),
    Point.MOVED: Reason(N_("部门核查明显变多")),
}


@dataclass(frozen=True, slots=True)
class Figures:
    """What happened to one certificate since it was cancelled.

    `checks_before` are the questions put to departments in the `BEFORE` days before, `checks` those in the `days` since;
    `slips` counts the slips made out, `slips_open` those without an answer, or answered that it is still asked for, that nobody has looked into since.
    """

    tried: Tried
    days: int
    checks_before: int = 0
    checks: int = 0
    slips: int = 0
    slips_open: int = 0

    @property
    def unknown_share(self) -> float:
        """The share of cases in which the fact stayed unknown."""
        return self.tried.unknown / self.tried.asked if self.tried.asked else 0.0

    @property
    def review_share(self) -> float:
        """The share of cases an officer had to look into."""
        return self.tried.settled.get(Way.REVIEW, 0) / self.tried.asked if self.tried.asked else 0.0


def points(figures: Figures, *, looked_into: bool) -> tuple[Point, ...]:
    """Return what is open about one certificate; what somebody `looked_into` with words is closed, but for slips since."""
    found = [Point.STILL_ASKED] if figures.slips_open else []
    if looked_into:
        return tuple(found)
    enough = figures.tried.asked >= FEWEST
    if enough and figures.unknown_share > UNSETTLED_SHARE:
        found.append(Point.UNSETTLED)
    if enough and figures.review_share > UNSETTLED_SHARE:
        found.append(Point.BY_HAND)
    if figures.tried.false:
        found.append(Point.FALSE)
    if figures.checks >= FEWEST and figures.checks / figures.days > MORE_CHECKS * figures.checks_before / BEFORE:
        found.append(Point.MOVED)
    return tuple(found)


def why_not_done(
    stage: BatchStage, trial_until: datetime.date | None, open_: Sequence[Point], *, today: datetime.date
) -> Reason | None:
    """Return why a batch cannot be declared done; None where it can."""
    if stage is not BatchStage.TRIAL or trial_until is None:
        return Reason(N_("这一批不在试行观察期。"))
    if today <= trial_until:
        return Reason(N_("试行观察到 %(day)s，之后才能宣布完成。"), {"day": trial_until})
    if open_:
        words = N_("观察清单上还有 %(n)s 处没有处理，第一处：%(first)s。")
        return Reason(words, {"n": len(open_), "first": POINT_NAMES[open_[0]]})
    return None


def check_done(
    stage: BatchStage, trial_until: datetime.date | None, open_: Sequence[Point], *, today: datetime.date
) -> None:
    """Refuse to declare a batch done."""
    why = why_not_done(stage, trial_until, open_, today=today)
    if why:
        now = N_("请在观察清单上逐处处理，或者写明查过的情况。")
        if stage in (BatchStage.COMPOSED, BatchStage.CHECKED):
            now = N_("请先公布；试行观察期满以后再宣布完成。")
        elif stage is not BatchStage.TRIAL:
            now = N_("请刷新页面，看它现在怎样。")
        raise Refusal(why, Reason(now))


def can_done(
    stage: BatchStage, trial_until: datetime.date | None, open_: Sequence[Point], *, today: datetime.date
) -> bool:
    """Return whether a batch may be declared done."""
    return why_not_done(stage, trial_until, open_, today=today) is None
