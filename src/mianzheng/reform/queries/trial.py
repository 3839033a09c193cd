"""The trial of a batch in figures: how the facts behind its certificates were settled since, and what points to trouble."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from mianzheng.catalogue.queries.editions import city as city_in_force
from mianzheng.common.texts import Text
from mianzheng.evidence.queries.steps import checks_around
from mianzheng.reform.models import Act, Batch, Slip
from mianzheng.reform.queries.batches import members
from mianzheng.reform.queries.dry_run import asked_since
from mianzheng.reform.rules.acts import Did
from mianzheng.reform.rules.trying import Tried, tally
from mianzheng.reform.rules.watching import BEFORE, Figures, Point, points


@dataclass(frozen=True, slots=True)
class Watched:
    """One certificate of the watch list, with what is open about it."""

    code: str
    name: Text
    figures: Figures
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Watch:
    """The watch list of a batch, those with something open first, and how all its cases ended."""

    days: int
    rows: tuple[Watched, ...]
    total: Tried

    @property
    def open(self) -> tuple[Point, ...]:
        """What is open about the batch."""
        return tuple(point for each in self.rows for point in each.points)


def watch(batch: Batch, *, now: datetime.datetime) -> Watch:
    """Return the watch list of a published batch (eight queries, however many certificates it has)."""
    assert batch.published_at is not None
    city = city_in_force()
    since, days = batch.published_at, max(1, (now - batch.published_at).days)
    listed = members(batch)
    facts = {each.fact for each in listed.values() if each.fact}
    cases = asked_since(city, facts, since, now=now)
    checks = checks_around(facts, since, before=datetime.timedelta(days=BEFORE))
    looked = _looked_into(batch)
    slips, open_ = _slips(listed, since, looked)
    rows = []
    for code, each in listed.items():
        before, after = checks.get(each.fact, (0, 0))
        tried = tally(cases.get(each.fact, ()), days=days)
        figures = Figures(tried, days, before, after, slips[code], open_[code])
        rows.append(Watched(code, each.name, figures, points(figures, looked_into=code in looked)))
    rows.sort(key=lambda row: (not row.points, -row.figures.tried.asked, row.code))
    return Watch(days, tuple(rows), tally([case for fact in facts for case in cases.get(fact, ())], days=days))


def _looked_into(batch: Batch) -> dict[str, datetime.datetime]:
    acts = Act.objects.filter(batch=batch, kind=Did.LOOKED_INTO).order_by("done_at")
    return dict(acts.values_list("candidate__code", "done_at"))


def _slips(
    codes: Collection[str], since: datetime.datetime, looked: dict[str, datetime.datetime]
) -> tuple[Counter[str], Counter[str]]:
    """Return how many slips were made out for each certificate since, and how many are open: without an answer, or answered that it
    is still asked for, and not looked into since.
    """
    every: Counter[str] = Counter()
    open_: Counter[str] = Counter()
    found = Slip.objects.filter(certificate__in=list(codes), made_at__gte=since)
    for code, made, answered, still in found.values_list("certificate", "made_at", "answered_at", "answer"):
        every[code] += 1
        waits = answered is None or bool(still)
        open_[code] += waits and not (code in looked and max(made, answered or made) <= looked[code])
    return every, open_
