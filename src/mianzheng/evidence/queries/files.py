"""What has been done about the needs of cases, and the questions departments have to answer."""

from __future__ import annotations

import datetime
import itertools
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from mianzheng.catalogue.rules.city import City, Need
from mianzheng.centre.queries.records import readiness_of
from mianzheng.centre.rules.readiness import Readiness
from mianzheng.common.reasons import unpacked
from mianzheng.evidence import models
from mianzheng.evidence.queries.asking import items_of
from mianzheng.evidence.rules.inquiry import BAR
from mianzheng.evidence.rules.progress import Event, Kind, Progress, progress
from mianzheng.evidence.rules.verdicts import Verdict, Way
from mianzheng.evidence.rules.ways import Plan, offices_of, plan


@dataclass(frozen=True, slots=True)
class File:
    """A need of a case: its plan and how far it has come."""

    plan: Plan
    progress: Progress

    @property
    def need(self) -> Need:
        """Return the need itself."""
        return self.plan.need


@dataclass(frozen=True, slots=True)
class Question:
    """A check as the desk of its office shows it."""

    id: uuid.UUID
    office: str
    fact: str
    about: str
    subjects: tuple[uuid.UUID, ...]
    applicant: uuid.UUID
    params: Mapping[str, Any]
    objection: bool
    why: str
    asked_at: datetime.datetime
    due: datetime.date
    answered_at: datetime.datetime | None
    verdict: str
    note: str
    cases: tuple[uuid.UUID, ...] = ()


def events_of(cases: Collection[uuid.UUID]) -> dict[uuid.UUID, dict[str, list[Event]]]:
    """Return what was done in each of `cases`, by need, oldest first (one query)."""
    found: dict[uuid.UUID, dict[str, list[Event]]] = {case: {} for case in cases}
    for row in models.Event.objects.filter(case__in=list(cases)).order_by("id"):
        event = Event(
            Kind(row.kind),
            row.done_at,
            Way(row.way) if row.way else None,
            Verdict(row.verdict) if row.verdict else None,
            unpacked(row.reason),
            row.source,
            row.as_of,
            row.check_asked,
        )
        found[row.case].setdefault(row.need, []).append(event)
    return found


def is_barred(events: Mapping[str, list[Event]]) -> bool:
    """Return whether the case's look at the commitment bar said so; not knowing bars nobody."""
    answers = events.get(BAR, ())
    return bool(answers) and answers[-1].verdict is Verdict.FAILS


def looked_up(case: uuid.UUID, need: str) -> tuple[uuid.UUID, ...]:
    """Return whom the newest look about `need` was about; nobody where the register could not say."""
    row = models.Event.objects.filter(case=case, need=need, trace__has_key="subjects").order_by("-id").first()
    return tuple(uuid.UUID(subject) for subject in row.trace["subjects"]) if row else ()


def files_of(
    city: City,
    case: uuid.UUID,
    needs: Collection[Need],
    *,
    now: datetime.datetime,
    until: datetime.datetime | None = None,
) -> tuple[File, ...]:
    """Return where each of `needs` stands in `case` (two queries); with `until`, where it stood then."""
    return files_of_many(city, {case: needs}, now=now, until=until)[case]


def files_of_many(
    city: City,
    needs: Mapping[uuid.UUID, Collection[Need]],
    *,
    now: datetime.datetime,
    until: datetime.datetime | None = None,
) -> dict[uuid.UUID, tuple[File, ...]]:
    """Return `files_of` for many cases of one edition (two queries, however many they are)."""
    events = events_of(needs)
    readiness = readiness_of(city, items_of(city, itertools.chain.from_iterable(needs.values())), now=now)
    return {case: _files(city, asked, events[case], readiness=readiness, until=until) for case, asked in needs.items()}


def _files(
    city: City,
    needs: Collection[Need],
    events: Mapping[str, list[Event]],
    *,
    readiness: Mapping[str, Readiness],
    until: datetime.datetime | None,
) -> tuple[File, ...]:
    if until is not None:
        events = {need: [event for event in found if event.at <= until] for need, found in events.items()}
    plans = plan(
        tuple(needs),
        facts=city.facts,
        items=city.items,
        offices=offices_of(city),
        readiness=readiness,
        barred=is_barred(events),
    )
    return tuple(File(each, progress(each, events.get(each.need.code, ()))) for each in plans)


def _question(row: models.Check, cases: Collection[uuid.UUID]) -> Question:
    return Question(
        row.id,
        row.office,
        row.fact,
        row.about,
        tuple(uuid.UUID(subject) for subject in row.subjects),
        row.applicant,
        row.params,
        row.objection,
        row.why,
        row.asked_at,
        row.due,
        row.answered_at,
        row.verdict,
        row.note,
        tuple(cases),
    )


def questions_of(office: str, *, answered: bool = False, limit: int = 200) -> tuple[Question, ...]:
    """Return the checks asked of `office`, the most urgent first, with the cases that wait for them (two queries)."""
    rows = models.Check.objects.filter(office=office, answered_at__isnull=not answered)
    rows = list(rows.order_by("-answered_at" if answered else "due", "id")[:limit])
    cases = _cases([row.id for row in rows])
    return tuple(_question(row, cases.get(row.id, ())) for row in rows)


def question(key: uuid.UUID) -> Question | None:
    """Return one check with the cases that wait for it."""
    row = models.Check.objects.filter(id=key).first()
    return _question(row, _cases([key]).get(key, ())) if row else None


def _cases(checks: Collection[uuid.UUID]) -> dict[uuid.UUID, list[uuid.UUID]]:
    asked = models.Event.objects.filter(check_asked__in=checks, kind__in=[Kind.ASKED, Kind.OBJECT])
    found: dict[uuid.UUID, list[uuid.UUID]] = {}
    for check, case in asked.values_list("check_asked", "case").distinct():
        found.setdefault(check, []).append(case)
    return found


def due_of(checks: Collection[uuid.UUID]) -> dict[uuid.UUID, datetime.date]:
    """Return by when each of `checks` is due (one query)."""
    return dict(models.Check.objects.filter(id__in=list(checks)).values_list("id", "due"))
