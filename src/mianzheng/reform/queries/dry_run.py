"""The dry run of a batch: the kept answers of the last days' cases, read under the ways of the edition to come.

Private by design: it reads which way and verdict was written down, and nobody's number, name, records or subjects; there
is no new look-up, and no line of the log about anybody.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping

from mianzheng.cases.queries.lately import looked_up_since
from mianzheng.catalogue.rules.city import City, Need
from mianzheng.catalogue.rules.kinds import Disposal
from mianzheng.centre.queries.records import readiness_of
from mianzheng.common.texts import Text
from mianzheng.evidence.queries.steps import steps_of
from mianzheng.evidence.rules.ways import Plan, offices_of, plan
from mianzheng.reform.rules.batches import Listed
from mianzheng.reform.rules.trying import WINDOWS, Asked, Result, judged


def dry_run(city: City, listed: Iterable[Listed], *, now: datetime.datetime) -> dict[str, Result]:
    """Return what the dry run shows of each of `listed` that names a fact, by code (three queries, however many they are).

    `city` is the edition to come.
    """
    tried = {each.code: each for each in listed if each.fact in city.facts}
    facts = {each.fact for each in tried.values()}
    cases = asked_since(city, facts, now - datetime.timedelta(days=max(WINDOWS)), now=now)
    planned = plans_for(city, facts, now=now)
    return {
        code: judged(each.disposal, cases.get(each.fact, ()), _plans(planned, each), now=now)
        for code, each in tried.items()
    }


def _plans(planned: Mapping[str, list[Plan]], each: Listed) -> list[Plan]:
    """Return the ways of the matters that need the fact; an officer finds out where cancelling leaves nothing to ask."""
    return [] if each.disposal is Disposal.CANCEL else planned[each.fact]


def asked_since(
    city: City, facts: Iterable[str], since: datetime.datetime, *, now: datetime.datetime
) -> dict[str, list[Asked]]:
    """Return the cases since then in which `facts` were asked, by fact, with what was done (three queries).

    Needs are told by matter and code as `city` has them: a case under an edition that named them otherwise is left out.
    """
    needs = _needs(city, facts)
    plans = {(matter, each.need.code): each for matter, each in _planned(city, needs, now=now)}
    cases = looked_up_since(since, matters={matter for matter, _ in needs})
    codes = {need.code for _, need in needs}
    steps = steps_of([case for case, _, _ in cases], codes)
    found: dict[str, list[Asked]] = {}
    for case, matter, at in cases:
        for code in codes:
            each, events = plans.get((matter, code)), steps.get((case, code))
            if each is not None and events:
                found.setdefault(each.need.fact, []).append(Asked(at, each, events))
    return found


def plans_for(city: City, facts: Iterable[str], *, now: datetime.datetime) -> dict[str, list[Plan]]:
    """Return the ways of each of `facts` in the matters that need it (one query); where none does, those it would have."""
    wanted = set(facts)
    needs = _needs(city, wanted)
    asked = {need.fact for _, need in needs}
    days = city.policy.check_days
    needs += [("", Need(fact, fact, "applicant", {}, Text(""), "", days)) for fact in sorted(wanted - asked)]
    found: dict[str, list[Plan]] = {}
    for _, each in _planned(city, needs, now=now):
        found.setdefault(each.need.fact, []).append(each)
    return found


def _needs(city: City, facts: Iterable[str]) -> list[tuple[str, Need]]:
    wanted = set(facts)
    works = [(matter.code, matter.work) for matter in city.matters.values() if matter.work]
    return [(code, need) for code, work in works for need in work.needs if need.fact in wanted]


def _planned(city: City, needs: list[tuple[str, Need]], *, now: datetime.datetime) -> list[tuple[str, Plan]]:
    every = [need for _, need in needs]
    ready = readiness_of(city, {city.facts[need.fact].item for need in every}, now=now)
    plans = plan(every, facts=city.facts, items=city.items, offices=offices_of(city), readiness=ready, barred=False)
    return list(zip((matter for matter, _ in needs), plans, strict=True))
