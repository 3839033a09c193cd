"""Groups of near-identical certificates, for people to confirm: which there are, their rows, who demands and issues them."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet

from mianzheng.reform.models import Group, Report, Row
from mianzheng.reform.queries.reports import LIGHT
from mianzheng.reform.rules.placing import CERTIFICATE, SURE, UNCLEAR
from mianzheng.reform.rules.states import ReportStage, Side

HERE = (Side.DEMAND, Side.ISSUE)
"""The lists that say what is demanded and issued here; those of other cities only show what others did."""
MAYBE = ("", CERTIFICATE, UNCLEAR)
"""What is or may be a certificate."""
WAITING, NONE, CONFIRMED, RETURNED = "", "none", "confirmed", "returned"
"""What a list of groups shows."""


def counted(rows: QuerySet[Row]) -> QuerySet[Row]:
    """Return those of `rows` that stand on a list which counts here today."""
    return rows.filter(report__stage=ReportStage.TAKEN, report__side__in=HERE)


def with_lists(rows: QuerySet[Row]) -> QuerySet[Row]:
    """Return `rows` with the lists they stand on, but for what the files hold (one query more)."""
    return rows.prefetch_related(Prefetch("report", Report.objects.only(*LIGHT)))


def here() -> QuerySet[Group]:
    """Return the groups of which a list that counts here names a row."""
    return Group.objects.filter(id__in=_groups_of())


def waiting() -> QuerySet[Group]:
    """Return the groups that somebody has to confirm, for the first time or because of new rows."""
    return here().filter(Q(confirmed_at=None) | Q(id__in=_groups_of(placed=False)))


def _groups_of(**such: Any) -> QuerySet[Any]:
    """Return the ids of the groups with `such` rows on lists that count here; one set for all, not a look at each group."""
    return counted(Row.objects.filter(group__isnull=False, **such)).values("group")


def shown(show: str, *, asked: str = "") -> QuerySet[Group]:
    """Return the groups a list shows, those named like `asked` if anything is; the least sure first where they wait."""
    found = here().filter(confirmed_at__isnull=False) if show == CONFIRMED else waiting()
    if show == NONE:
        found = here().exclude(paper__in=MAYBE)
    else:
        found = found.filter(paper__in=MAYBE)
    if asked:
        found = found.filter(named(asked))
    return found.order_by("name", "id") if show else found.order_by("confidence", "name", "id")


def named(asked: str) -> Q:
    """Return what groups fulfil that are called `asked`, or one of whose rows is."""
    return Q(name__icontains=asked) | Q(id__in=_groups_of(name__icontains=asked))


def counts() -> dict[str, int]:
    """Return how many groups each list has, and how many of those that wait are `sure` (one query)."""
    wait, none = Q(id__in=waiting().values("id")), ~Q(paper__in=MAYBE)
    found: dict[str, int] = here().aggregate(
        waiting=Count("id", filter=wait & ~none),
        sure=Count("id", filter=wait & ~Q(paper=UNCLEAR) & Q(confidence__gte=SURE)),
        none=Count("id", filter=none),
        confirmed=Count("id", filter=~none & Q(confirmed_at__isnull=False)),
    )
    return found


@dataclass(frozen=True, slots=True)
class Card:
    """A group with its rows on lists that count, those of other cities apart."""

    group: Group
    rows: tuple[Row, ...]
    elsewhere: tuple[Row, ...]

    @property
    def new(self) -> int:
        """How many rows came to it since a person confirmed it."""
        return sum(not row.placed for row in self.rows) if self.group.confirmed_at else 0

    def names(self) -> list[Row]:
        """Return a row for each other name, the least sure; and for the one that stands for all where that is not sure."""
        least: dict[str, Row] = {}
        for row in self.rows:
            beside = row.name != self.group.name or row.likeness < SURE
            if beside and (row.name not in least or row.likeness < least[row.name].likeness):
                least[row.name] = row
        return sorted(least.values(), key=lambda row: (row.likeness, row.name))

    def demanders(self) -> list[tuple[str, str]]:
        """Return who demands it: codes, and names as written, each once."""
        return _offices((row.demander_code, row.demander) for row in self.rows)

    def issuers(self) -> list[tuple[str, str]]:
        """Return who makes it out."""
        return _offices((row.issuer_code, row.issuer) for row in self.rows)


def _offices(named: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    found = {code or said: (code, said) for code, said in named if code or said}
    return list(found.values())


def cards(groups: Iterable[Group]) -> list[Card]:
    """Return `groups` with their rows (two queries)."""
    listed = list(groups)
    rows: dict[Any, list[Row]] = defaultdict(list)
    here_or_there = Row.objects.filter(group__in=[group.id for group in listed], report__stage=ReportStage.TAKEN)
    for row in with_lists(here_or_there).order_by("name", "likeness", "id"):
        rows[row.group_id, row.report.side in HERE].append(row)
    return [Card(group, tuple(rows[group.id, True]), tuple(rows[group.id, False])) for group in listed]


def card(group: uuid.UUID) -> Card | None:
    """Return one group with its rows; None where there is none, or no list names it any more (three queries)."""
    found = cards(Group.objects.filter(id=group))
    return found[0] if found and (found[0].rows or found[0].elsewhere) else None


def to_join(group: Group, asked: str) -> list[Group]:
    """Return groups called like `asked` that `group` could be joined with."""
    return list(here().filter(named(asked)).exclude(id=group.id).order_by("name", "id")[:_OFFERED]) if asked else []


_OFFERED = 20
