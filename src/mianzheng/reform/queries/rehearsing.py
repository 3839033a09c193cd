"""The rehearsal of a draft on the cases of the last days: from what was kept, whose answer it is left out.

There is no new look-up about anybody, and so no line of the log about anybody.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence

from mianzheng.cases.queries.lately import Applied, applied_since
from mianzheng.catalogue.rules.city import City, Matter
from mianzheng.catalogue.rules.papers import papers_of
from mianzheng.centre.queries.records import readiness_of
from mianzheng.centre.rules.readiness import Readiness
from mianzheng.evidence.queries.steps import steps_of
from mianzheng.evidence.rules.progress import Event
from mianzheng.evidence.rules.ways import offices_of, plan
from mianzheng.reform.rules.rehearsal import Kept, Rehearsed, Rules, changed, read_for, rehearsed
from mianzheng.reform.rules.trying import WINDOWS


def rehearsal(before: City, after: City, *, now: datetime.datetime) -> tuple[Rehearsed, ...]:
    """Return what the cases of the matters that change would have been under `after` (three queries, however many they are)."""
    found = changed(before, after)
    pairs = [(before.matters[code], then) for code, then in found.items()]
    works = [matter.work for pair in pairs for matter in pair if matter]
    since = now - datetime.timedelta(days=max(WINDOWS))
    cases = applied_since(since, matters=found, questions=read_for(*works))
    needs = {need.code for matter, _ in pairs if matter.work for need in matter.work.needs}
    steps = steps_of([each.case for each in cases], needs)
    kept: dict[str, list[Kept]] = {}
    for each in cases:
        events = {code: steps[each.case, code] for code in needs if (each.case, code) in steps}
        kept.setdefault(each.matter, []).append(_kept(each, events))
    ready = _ready(before, after, [matter for pair in pairs for matter in pair if matter], now)
    return tuple(
        rehearsed(matter, _rules(before, matter, ready), _then(after, then, ready), kept.get(matter.code, ()), now=now)
        for matter, then in pairs
    )


def _kept(case: Applied, events: Mapping[str, Sequence[Event]]) -> Kept:
    return Kept(case.number, case.matter, case.at, case.answers, case.answered, events)


def _ready(before: City, after: City, matters: list[Matter], now: datetime.datetime) -> dict[str, Readiness]:
    facts = {need.fact for matter in matters if matter.work for need in matter.work.needs}
    items = {city.facts[fact].item for city in (before, after) for fact in facts if fact in city.facts}
    return readiness_of(after, items, now=now)


def _then(after: City, then: Matter | None, ready: Mapping[str, Readiness]) -> Rules | None:
    return _rules(after, then, ready) if then and then.work else None


def _rules(city: City, matter: Matter, ready: Mapping[str, Readiness]) -> Rules:
    work = matter.work
    assert work is not None
    plans = plan(
        work.needs, facts=city.facts, items=city.items, offices=offices_of(city), readiness=ready, barred=False
    )
    asked = frozenset(paper.certificate for paper in papers_of(city, work, asked=True))
    return Rules(work, {each.need.code: each for each in plans}, city.facts, asked)
