"""How good an item is (数据质量): fresh or late, how many of those expected are in it, how often it could not answer."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from mianzheng.catalogue.rules.city import Item
from mianzheng.centre.rules.readiness import CYCLE_DAYS, State
from mianzheng.common.reasons import N_


class Freshness(StrEnum):
    """How an item keeps the update cycle it promised."""

    FRESH = "fresh"  # within the cycle
    LATE = "late"  # past the cycle, within the city's limit: it still answers
    STALE = "stale"  # past the limit: it answers unknown
    SILENT = "silent"  # its register does not answer
    ABSENT = "absent"  # nothing of it has come yet
    SOURCE = "source"  # asked at its source when needed


FRESHNESS_NAMES = {
    Freshness.FRESH: N_("按期更新"),
    Freshness.LATE: N_("迟了，还能用"),
    Freshness.STALE: N_("过期，答“暂不能确定”"),
    Freshness.SILENT: N_("没有应答"),
    Freshness.ABSENT: N_("还没有数据"),
    Freshness.SOURCE: N_("到源头查询"),
}


@dataclass(frozen=True, slots=True)
class Quality:
    """What is known of one item: its state now, and its counts of the last days."""

    item: Item
    freshness: Freshness
    as_of: datetime.datetime | None
    records: int = 0
    subjects: int = 0
    expected: int | None = None
    rows: int = 0
    refused: int = 0
    conflicts: int = 0
    disputes: int = 0
    asked: int = 0
    unknown: int = 0

    @property
    def coverage(self) -> float | None:
        """The share of the subjects one expects that are in it, None where nothing is expected."""
        return share(self.subjects, self.expected) if self.expected else None

    @property
    def thin(self) -> bool:
        """Whether clearly fewer subjects are in it than one expects."""
        return self.coverage is not None and self.coverage < THIN

    @property
    def unknown_rate(self) -> float | None:
        """The share of questions it could not answer, None where nobody asked."""
        return share(self.unknown, self.asked) if self.asked else None

    @property
    def refused_rate(self) -> float | None:
        """The share of rows refused, None where none were handed in."""
        return share(self.refused, self.rows) if self.rows else None

    @property
    def concern(self) -> int:
        """How much the item needs somebody: for sorting the worst first."""
        rank = {Freshness.STALE: 4, Freshness.SILENT: 4, Freshness.ABSENT: 3, Freshness.LATE: 1}
        return 10 * rank.get(self.freshness, 0) + 5 * self.thin + min(9, self.conflicts) + min(9, self.disputes)


THIN = 0.9
"""Below this share of what one expects an item is thin."""


def share(part: float, whole: float) -> float:
    return part / whole if whole else 0.0


def freshness(item: Item, state: State, as_of: datetime.datetime | None, *, now: datetime.datetime) -> Freshness:
    """Judge `item` by its readiness `state` and the time its records are true of."""
    if state is State.SILENT:
        return Freshness.SILENT
    if item.at_source:
        return Freshness.SOURCE
    if state is State.ABSENT or as_of is None:
        return Freshness.ABSENT
    if state is State.STALE:
        return Freshness.STALE
    late = now - as_of > datetime.timedelta(days=CYCLE_DAYS[item.cycle])
    return Freshness.LATE if late else Freshness.FRESH


def population(base_items: Mapping[str, Item], held: Mapping[str, int], known: Mapping[str, int]) -> dict[str, int]:
    """Return how many subjects of each kind the city has, by its base registers (基础库), which somebody answers for.

    `held` is how many subjects each item has; a base register has the share it `covers`. Where a kind has none, or it
    is empty, the subjects the vault has come across (`known`) have to do.
    """
    counted = {kind: round(held.get(item.code, 0) / (item.covers or 1)) for kind, item in base_items.items()}
    return {**known, **{kind: many for kind, many in counted.items() if many}}


def expected(item: Item, population: Mapping[str, int]) -> int | None:
    """Return how many subjects one expects in `item`, None where its absence says nothing (or it is asked at source)."""
    if item.covers is None or item.at_source:
        return None
    return round(item.covers * population.get(item.about, 0)) or None


@dataclass(frozen=True, slots=True)
class Sum:
    """Several items together."""

    items: int
    records: int
    thin: int
    measurable: int
    rows: int
    refused: int
    conflicts: int
    disputes: int
    asked: int
    unknown: int
    by_freshness: dict[Freshness, int]

    @property
    def unknown_rate(self) -> float | None:
        return share(self.unknown, self.asked) if self.asked else None

    @property
    def refused_rate(self) -> float | None:
        return share(self.refused, self.rows) if self.rows else None

    @property
    def covered(self) -> int:
        """How many items have as many subjects as one expects."""
        return self.measurable - self.thin

    @property
    def stopped(self) -> int:
        """How many items answer nothing at present."""
        return self.by_freshness[Freshness.STALE] + self.by_freshness[Freshness.SILENT]


def total(qualities: Iterable[Quality]) -> Sum:
    """Add up `qualities`."""
    found = list(qualities)
    return Sum(
        items=len(found),
        records=sum(q.records for q in found),
        thin=sum(q.thin for q in found),
        measurable=sum(q.coverage is not None for q in found),
        rows=sum(q.rows for q in found),
        refused=sum(q.refused for q in found),
        conflicts=sum(q.conflicts for q in found),
        disputes=sum(q.disputes for q in found),
        asked=sum(q.asked for q in found),
        unknown=sum(q.unknown for q in found),
        by_freshness={each: sum(q.freshness is each for q in found) for each in Freshness},
    )
