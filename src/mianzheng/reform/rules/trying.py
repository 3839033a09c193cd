"""The dry run (试运行): whether a certificate's other way works today, shown by the cases of the last days.

It reads what was written down when those cases were looked up, under the ways of the edition to come. Nobody is looked up
for it: a trial is no reason to look at anybody's records.
"""

from __future__ import annotations

import datetime
import statistics
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from mianzheng.catalogue.rules.kinds import Disposal
from mianzheng.common.reasons import N_, Reason
from mianzheng.evidence.rules.progress import Event, Kind, Stage, progress, since_again
from mianzheng.evidence.rules.verdicts import Verdict, Way
from mianzheng.evidence.rules.ways import Plan

WINDOWS = (1, 7, 30)
"""Days looked back over: yesterday, and more where nobody was asked the fact in that time."""
ENOUGH = 0.5
"""A way works where at least this share of the cases was settled (policy)."""
OWN = {
    Disposal.DATA_SHARING: (Way.DOCUMENT, Way.DATA),
    Disposal.DEPARTMENT_CHECK: (Way.DEPARTMENT,),
    Disposal.COMMITMENT: (Way.COMMITMENT, Way.DEPARTMENT),
}
"""The ways a disposal means; for others any will do."""
WAY_NAMES = {
    Way.DOCUMENT: Reason(N_("证照")),
    Way.DATA: Reason(N_("数据")),
    Way.DEPARTMENT: Reason(N_("部门核查")),
    Way.COMMITMENT: Reason(N_("个人承诺")),
    Way.REVIEW: Reason(N_("人工核查")),
    Way.CERTIFICATE: Reason(N_("须提交")),
}


class Outcome(StrEnum):
    """What a dry run shows."""

    WORKS = "works"
    READY = "ready"  # nobody was asked it lately, but the way is open
    FAILS = "fails"


@dataclass(frozen=True, slots=True)
class Asked:
    """One case in which a fact was asked: when it was looked up first, and what was done about it, oldest first."""

    at: datetime.datetime
    plan: Plan
    events: Sequence[Event]


@dataclass(frozen=True, slots=True)
class Tried:
    """How the cases of the last `days` days ended: how many by which way, how many an officer has to look into, how many wait.

    `median` is in days from the first look to the answer, None where none was settled; `false` are commitments that turned out
    untrue.
    """

    days: int
    asked: int
    settled: Mapping[Way, int] = field(default_factory=dict)
    unknown: int = 0
    waiting: int = 0
    median: float | None = None
    false: int = 0

    @property
    def answered(self) -> int:
        """How many were settled."""
        return sum(self.settled.values())


@dataclass(frozen=True, slots=True)
class Result:
    """What the dry run of one certificate shows, and why."""

    outcome: Outcome
    why: Reason
    tried: Tried | None = None


def tally(cases: Sequence[Asked], *, days: int) -> Tried:
    """Count how `cases` ended."""
    settled: Counter[Way] = Counter()
    took: list[float] = []
    unknown = waiting = false = 0
    for case in cases:
        found = progress(case.plan, case.events)
        false += _false(case.events)
        if found.stage is Stage.SETTLED and found.verdict is not Verdict.UNKNOWN and found.way is not Way.CERTIFICATE:
            settled[found.way] += 1
            ended = since_again(case.events)
            took.append((ended[-1].at - ended[0].at).total_seconds() / 86_400)
        elif found.stage is Stage.SETTLED:
            unknown += 1
        else:
            waiting += 1
    median = round(statistics.median(took), 1) if took else None
    return Tried(days, len(cases), dict(settled), unknown, waiting, median, false)


def _false(events: Sequence[Event]) -> bool:
    """Return whether somebody committed and the answer that came later says otherwise."""
    signed = False
    for event in events:
        if event.kind in (Kind.COMMIT, Kind.FALLBACK):
            signed = True
        elif event.kind in (Kind.WITHDRAW, Kind.AGAIN):
            signed = False
        elif signed and event.verdict is Verdict.FAILS:
            return True
    return False


def judged(disposal: Disposal, cases: Sequence[Asked], plans: Sequence[Plan], *, now: datetime.datetime) -> Result:
    """Judge whether the other way works: by `cases` of the last days, and where there are none by whether it is open in `plans`,
    those of the matters that need the fact.
    """
    for days in WINDOWS:
        lately = [case for case in cases if case.at >= now - datetime.timedelta(days=days)]
        if lately:
            return _by_cases(tally(lately, days=days))
    return _by_plans(disposal, plans)


def _by_cases(tried: Tried) -> Result:
    params = {"n": tried.answered, "asked": tried.asked, "days": tried.days}
    if tried.answered < tried.asked * ENOUGH:
        words = N_("不行：近 %(days)s 天 %(asked)s 件要弄清这件事，只弄清 %(n)s 件。")
        return Result(Outcome.FAILS, Reason(words, params), tried)
    words = N_("管用：近 %(days)s 天 %(asked)s 件要弄清这件事，弄清 %(n)s 件，中位数 %(median)s 天。")
    return Result(Outcome.WORKS, Reason(words, {**params, "median": tried.median or 0.0}), tried)


def _by_plans(disposal: Disposal, plans: Sequence[Plan]) -> Result:
    if disposal is Disposal.CANCEL:
        return Result(Outcome.READY, Reason(N_("近 30 天没有人要过；取消以后什么都不用交。")))
    closed = next((each for each in plans if not _open(each)), None)
    if closed is not None:
        return Result(Outcome.FAILS, Reason(N_("不行：%(why)s"), {"why": closed.passed[0].reason}))
    own = OWN.get(disposal, (*Way,))
    for each in plans:
        missed = next((step for step in each.passed if step.way in own), None)
        if missed is not None and not any(map(each.is_open, own)):
            words = N_("近 30 天没有人要过。眼下由%(way)s弄清，因为：%(why)s")
            why = Reason(words, {"way": WAY_NAMES[each.first.way], "why": missed.reason})
            return Result(Outcome.READY, why)
    first = plans[0].first if plans else None
    if first is None:
        return Result(Outcome.READY, Reason(N_("近 30 天没有人要过。")))
    return Result(Outcome.READY, Reason(N_("近 30 天没有人要过，办法是通的：%(why)s"), {"why": first.reason}))


def _open(each: Plan) -> bool:
    """Return whether there is a way before an officer has to look into it."""
    return each.first.way not in (Way.REVIEW, Way.CERTIFICATE)
