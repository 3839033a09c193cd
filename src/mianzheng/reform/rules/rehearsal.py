"""The rehearsal (试跑): what the cases of the last days would have been under a draft, read from what was kept of them.

Nobody is looked up for it. Where a fact is asked otherwise than before nobody can know what would have come out, and that
is what is said.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from mianzheng.cases.rules.answers import needs_of
from mianzheng.catalogue.rules.city import City, Fact, Matter, Need, Work
from mianzheng.catalogue.rules.papers import papers_of
from mianzheng.common.reasons import N_, Reason
from mianzheng.common.texts import Text
from mianzheng.evidence.rules.progress import Event, Kind, progress
from mianzheng.evidence.rules.verdicts import Way
from mianzheng.evidence.rules.ways import Plan
from mianzheng.reform.rules.trying import WINDOWS

EXAMPLES = 5
"""Numbers of cases named for each change."""


class Change(StrEnum):
    """What would have been otherwise in a case."""

    SAME = "same"
    FACT_LESS = "fact_less"
    PAPER_LESS = "paper_less"
    FACT_MORE = "fact_more"
    PAPER_MORE = "paper_more"
    QUESTION_MORE = "question_more"
    WAY_CLOSED = "way_closed"  # what settled it would not be open
    UNSURE = "unsure"  # the fact is asked otherwise, so another verdict could have come out
    IMPOSSIBLE = "impossible"  # the matter is gone, or the answer given is none any more


WORSE = frozenset(
    {Change.FACT_MORE, Change.PAPER_MORE, Change.QUESTION_MORE, Change.WAY_CLOSED, Change.UNSURE, Change.IMPOSSIBLE}
)
NAMES = {
    Change.SAME: Reason(N_("和现在一样")),
    Change.FACT_LESS: Reason(N_("少查一项事实")),
    Change.PAPER_LESS: Reason(N_("少要一份证明")),
    Change.FACT_MORE: Reason(N_("多查一项事实")),
    Change.PAPER_MORE: Reason(N_("多要一份证明")),
    Change.QUESTION_MORE: Reason(N_("多填一项")),
    Change.WAY_CLOSED: Reason(N_("原来弄清事实的办法走不通")),
    Change.UNSURE: Reason(N_("查的条件变了，结论可能不同")),
    Change.IMPOSSIBLE: Reason(N_("办不成了")),
}
_ACTS = {
    Kind.ASKED: Way.DEPARTMENT,
    Kind.COMMIT: Way.COMMITMENT,
    Kind.FALLBACK: Way.COMMITMENT,
    Kind.REVIEW: Way.REVIEW,
}
"""By which way something is done that names none itself."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What was kept of one case: its number, the closed answers that decide which facts are asked, what was answered at all,
    and what was done about each need. Nothing says whose it is.
    """

    number: str
    matter: str
    at: datetime.datetime
    answers: Mapping[str, str]
    answered: frozenset[str]
    events: Mapping[str, Sequence[Event]]


@dataclass(frozen=True, slots=True)
class Rules:
    """A matter as one package has it, with its ways today."""

    work: Work
    plans: Mapping[str, Plan]
    facts: Mapping[str, Fact]
    asked: frozenset[str]
    """Papers its guide asks for."""


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """What `cases` of the last `days` days of a matter would have been: how many of each change, and some of their numbers."""

    matter: str
    name: Text
    days: int
    cases: int
    worse: int = 0
    counts: Mapping[Change, int] = field(default_factory=dict)
    examples: Mapping[Change, tuple[str, ...]] = field(default_factory=dict)


def asks(fact: Fact) -> tuple[Any, ...]:
    """Return what of a fact decides its verdict; its words do not."""
    params = sorted((code, param.type) for code, param in fact.params.items())
    return fact.item, fact.form, fact.where, fact.n, fact.empty, fact.answered_by, params


def changed(before: City, after: City) -> dict[str, Matter | None]:
    """Return the worked matters that are not the same in both, with what becomes of each: itself, the one it is merged into, or
    None.
    """
    found: dict[str, Matter | None] = {}
    for code, matter in before.matters.items():
        then = after.matter(code)
        if matter.work and (then is None or _known_by(before, matter) != _known_by(after, then)):
            found[code] = then
    return found


def _known_by(city: City, matter: Matter) -> tuple[Any, ...]:
    work = matter.work
    facts = [asks(city.facts[need.fact]) for need in work.needs] if work else []
    return matter.code, work, facts, {paper.certificate for paper in papers_of(city, work, asked=True)}


def rehearsed(
    matter: Matter, before: Rules, after: Rules | None, cases: Sequence[Kept], *, now: datetime.datetime
) -> Rehearsed:
    """Return what the cases of yesterday would have been, or of the last 7 or 30 days where yesterday had none."""
    for days in WINDOWS:
        lately = [case for case in cases if case.at >= now - datetime.timedelta(days=days)]
        if lately:
            break
    else:
        return Rehearsed(matter.code, matter.name, max(WINDOWS), 0)
    counts: Counter[Change] = Counter()
    examples: dict[Change, list[str]] = {}
    worse = 0
    for case in lately:
        found = compared(case, before, after)
        worse += bool(found & WORSE)
        for change in found:
            counts[change] += 1
            examples.setdefault(change, []).append(case.number)
    named = {change: tuple(sorted(numbers)[:EXAMPLES]) for change, numbers in examples.items()}
    return Rehearsed(matter.code, matter.name, days, len(lately), worse, dict(counts), named)


def compared(case: Kept, before: Rules, after: Rules | None) -> frozenset[Change]:
    """Return what would have been otherwise in `case`."""
    if after is None:
        return frozenset({Change.IMPOSSIBLE})
    found = _asked_otherwise(case, before, after) | _filled_otherwise(case, before.work, after.work)
    if after.asked - before.asked:
        found.add(Change.PAPER_MORE)
    if before.asked - after.asked:
        found.add(Change.PAPER_LESS)
    return frozenset(found or {Change.SAME})


def _asked_otherwise(case: Kept, before: Rules, after: Rules) -> set[Change]:
    was = {_same(need): need for need in needs_of(before.work, case.answers)}
    will = {_same(need): need for need in needs_of(after.work, case.answers)}
    found: set[Change] = set()
    gone = {_whom(key) for key in was.keys() - will.keys()}
    come = {_whom(key) for key in will.keys() - was.keys()}
    if gone & come:
        found.add(Change.UNSURE)  # the same fact with another parameter
    if gone - come:
        found.add(Change.FACT_LESS)
    if come - gone:
        found.add(Change.FACT_MORE)
    for key, need in will.items():
        old = was.get(key)
        if old is None:
            if after.plans[need.code].first.way is Way.CERTIFICATE:
                found.add(Change.PAPER_MORE)
        elif asks(before.facts[old.fact]) != asks(after.facts[need.fact]):
            found.add(Change.UNSURE)
        else:
            found |= _settled_otherwise(before.plans[old.code], after.plans[need.code], case.events.get(old.code, ()))
    if any(before.plans[was[key].code].first.way is Way.CERTIFICATE for key in was.keys() - will.keys()):
        found.add(Change.PAPER_LESS)
    return found


def _settled_otherwise(before: Plan, after: Plan, events: Sequence[Event]) -> set[Change]:
    """Compare by which way a need is settled: what was done by a way that would be closed would not have been done."""
    closed = {way for way in Way if before.is_open(way) and not after.is_open(way)}
    stood = progress(before, events)
    stands = progress(after, [each for each in events if _by(each) not in closed])
    if Way.CERTIFICATE in (stood.way, stands.way) and stood.way is not stands.way:
        return {Change.PAPER_MORE if stands.way is Way.CERTIFICATE else Change.PAPER_LESS}
    return {Change.WAY_CLOSED} if stood.way in closed - {Way.REVIEW} else set()


def _by(event: Event) -> Way | None:
    return _ACTS.get(event.kind, event.way)


def _filled_otherwise(case: Kept, before: Work, after: Work) -> set[Change]:
    known = {question.code for question in before.form}
    found: set[Change] = set()
    for question in after.form:
        if question.required and question.code not in known and question.code not in case.answered:
            found.add(Change.QUESTION_MORE)
        given = case.answers.get(question.code)
        if question.type == "choice" and question.code in known and given and given not in question.choices:
            found.add(Change.IMPOSSIBLE)
    return found


def _same(need: Need) -> tuple[str, str, str]:
    return need.fact, need.about, repr(sorted(need.params.items()))


def _whom(key: tuple[str, str, str]) -> tuple[str, str]:
    return key[:2]


def read_for(*works: Work | None) -> set[str]:
    """Return the questions whose answers a rehearsal reads: those with a closed list of answers, and no other."""
    return {q.code for work in works if work for q in work.form if q.type in ("choice", "boolean")}


def packed(found: Sequence[Rehearsed]) -> dict[str, Any]:
    """Return a rehearsal as JSON keeps it."""
    return {
        "worse": sum(each.worse for each in found),
        "matters": [
            {
                "matter": each.matter,
                "name": {"zh": each.name.zh, "en": each.name.en},
                "days": each.days,
                "cases": each.cases,
                "worse": each.worse,
                "counts": dict(each.counts),
                "examples": {change: list(numbers) for change, numbers in each.examples.items()},
            }
            for each in found
        ],
    }


def unpacked(kept: Mapping[str, Any]) -> tuple[Rehearsed, ...]:
    """Return what `packed` kept."""
    return tuple(
        Rehearsed(
            each["matter"],
            Text(**each["name"]),
            each["days"],
            each["cases"],
            each["worse"],
            {Change(change): count for change, count in each["counts"].items()},
            {Change(change): tuple(numbers) for change, numbers in each.get("examples", {}).items()},
        )
        for each in kept.get("matters", ())
    )


def without_examples(kept: Mapping[str, Any]) -> dict[str, Any]:
    """Return what `packed` kept without numbers of cases."""
    matters = [{name: value for name, value in each.items() if name != "examples"} for each in kept.get("matters", ())]
    return {**kept, "matters": matters} if kept else {}
