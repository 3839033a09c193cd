"""Batches, what is in them and how they fare, in words: for the reform office and for everybody."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from mianzheng.catalogue.rules.city import City
from mianzheng.catalogue.rules.kinds import DISPOSAL_NAMES, Disposal
from mianzheng.common.reasons import N_, Reason
from mianzheng.common.small import told
from mianzheng.common.texts import Text
from mianzheng.evidence.rules.verdicts import Way
from mianzheng.reform.models import Act
from mianzheng.reform.pages.proposed import side
from mianzheng.reform.queries.trial import Watch, Watched
from mianzheng.reform.rules.acts import NAMES, PUBLIC, Did
from mianzheng.reform.rules.batches import Check, Listed, What
from mianzheng.reform.rules.states import BatchStage
from mianzheng.reform.rules.trying import WAY_NAMES, Tried
from mianzheng.reform.rules.watching import BEFORE, POINT_NAMES

STAGES = {
    BatchStage.COMPOSED: Reason(N_("在编")),
    BatchStage.CHECKED: Reason(N_("核对过，可以公布")),
    BatchStage.TRIAL: Reason(N_("已公布，试行观察")),
    BatchStage.DONE: Reason(N_("完成")),
    BatchStage.WITHDRAWN: Reason(N_("已撤回")),
}
WHATS = {
    What.DECIDED: Reason(N_("怎么处理")),
    What.CONSULTED: Reason(N_("征求意见")),
    What.SIDES: Reason(N_("要的和开的")),
    What.FACT: Reason(N_("证明的事")),
    What.WORKS: Reason(N_("别的办法今天能办")),
    What.OWNER: Reason(N_("谁负责")),
    What.LIST: Reason(N_("公开清单")),
    What.GUIDES: Reason(N_("办事指南")),
    What.ENGLISH: Reason(N_("英文名")),
}
_ENDINGS = (*Way,)[:-1]


@dataclass(frozen=True, slots=True)
class Row:
    """A certificate in a batch, or ready for one."""

    code: str
    name: Text
    purpose: Text
    demander: Text | Reason
    issuer: Text | Reason
    disposal: Reason
    volume: int
    checks: tuple[tuple[Reason, Check], ...] = ()

    @property
    def passed(self) -> int:
        """How many checks stop nothing."""
        return sum(not check.stops for _, check in self.checks)

    @property
    def share(self) -> float:
        """The share of checks passed."""
        return self.passed / len(self.checks) if self.checks else 0.0

    @property
    def failing(self) -> list[tuple[Reason, Check]]:
        """The checks that stop it, and those that only warn."""
        return [(name, check) for name, check in self.checks if not check.ok]

    @property
    def way(self) -> Reason:
        """What the dry run says."""
        return next((check.reason for _, check in self.checks if check.what is What.WORKS), Reason(""))


def row(city: City, listed: Listed, checks: Sequence[Check] = ()) -> Row:
    """Return one certificate as a row."""
    return Row(
        listed.code,
        listed.name,
        listed.purpose,
        side(city, listed.demanded_by),
        side(city, listed.issued_by),
        DISPOSAL_NAMES[listed.disposal],
        listed.volume,
        tuple((WHATS[check.what], check) for check in checks),
    )


@dataclass(frozen=True, slots=True)
class Ending:
    """How many cases ended in one way; None where it would be so few that somebody could be meant."""

    way: str
    name: Reason
    count: int | None
    share: float


UNKNOWN, WAITING = Reason(N_("暂不能确定")), Reason(N_("还在等"))


def endings(tried: Tried) -> list[Ending]:
    """Return how the cases of a batch ended, for bars."""
    counts: dict[str, int] = {way.value: tried.settled.get(way, 0) for way in _ENDINGS}
    counts |= {"unknown": tried.unknown, "waiting": tried.waiting}
    names: dict[str, Reason] = {way.value: WAY_NAMES[way] for way in _ENDINGS}
    names |= {"unknown": UNKNOWN, "waiting": WAITING}
    shown = told(counts, with_sum=True)
    most = max((count for count in shown.values() if count), default=1)
    return [Ending(code, name, shown[code], (shown[code] or 0) / most) for code, name in names.items()]


@dataclass(frozen=True, slots=True)
class WatchRow:
    """One line of the watch list; None stands for a number too small to be told."""

    code: str
    name: Text
    asked: int | None
    settled: int | None
    review: int | None
    unknown: int | None
    checks_before: float | None
    checks_now: float | None
    slips: int
    slips_open: int
    points: tuple[Reason, ...]

    @property
    def quiet(self) -> bool:
        """Whether nothing has happened."""
        return not self.points and not self.slips and self.asked == 0 and self.checks_now == 0


def watch_rows(watch: Watch) -> list[WatchRow]:
    """Return the watch list in words, small counts left out."""
    return [_watch_row(each) for each in watch.rows]


def _watch_row(each: Watched) -> WatchRow:
    seen = each.figures
    review = seen.tried.settled.get(Way.REVIEW, 0)
    counts = {
        "settled": seen.tried.answered - review,
        "review": review,
        "unknown": seen.tried.unknown,
        "waiting": seen.tried.waiting,
    }
    shown = told(counts, with_sum=True)
    rates = told({"before": seen.checks_before, "now": seen.checks})
    return WatchRow(
        each.code,
        each.name,
        told({"asked": seen.tried.asked})["asked"],
        shown["settled"],
        shown["review"],
        shown["unknown"],
        None if rates["before"] is None else round(rates["before"] / BEFORE, 1),
        None if rates["now"] is None else round(rates["now"] / seen.days, 1),
        seen.slips,
        seen.slips_open,
        tuple(POINT_NAMES[point] for point in each.points),
    )


@dataclass(frozen=True, slots=True)
class Line:
    """One act of a trail, in words."""

    act: Act
    name: Reason
    certificate: Text | None
    before: Reason | None
    after: Reason | None


def trail(acts: Iterable[Act], *, public: bool = False) -> list[Line]:
    """Return what was done to a batch or a certificate on the public list, newest first; with what the office found, or only what is
    `public`.
    """
    kinds = PUBLIC if public else (*PUBLIC, Did.LOOKED_INTO)
    shown = [act for act in acts if act.kind in kinds]
    return [_line(act) for act in reversed(shown)]


def _line(act: Act) -> Line:
    about = Text(act.candidate.name, act.candidate.name_en) if act.candidate else None
    return Line(act, NAMES[Did(act.kind)], about, _disposal(act.before), _disposal(act.after))


def _disposal(code: str) -> Reason | None:
    return DISPOSAL_NAMES[Disposal(code)] if code else None


def by_disposal(disposals: Mapping[Disposal, int]) -> list[tuple[Reason, int, float]]:
    """Return counts by disposal, for bars."""
    most = max(disposals.values(), default=1)
    return [(DISPOSAL_NAMES[each], n, n / most) for each in Disposal if (n := disposals.get(each, 0))]
