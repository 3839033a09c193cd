"""Answering checks: once, for every case that asks the same; and passing on those nobody answered in time."""

from __future__ import annotations

import datetime
import uuid
from typing import TypeAlias

from django.db import transaction

from mianzheng.audit import actions as audit
from mianzheng.audit.rules import NewEntry
from mianzheng.catalogue.rules.city import City
from mianzheng.centre.actions.doubts import raise_objection
from mianzheng.centre.actions.registers import close_dispute
from mianzheng.common.actors import PROGRAM, Actor
from mianzheng.common.errors import NotFound, Refusal
from mianzheng.common.reasons import N_, Reason
from mianzheng.evidence import models
from mianzheng.evidence.actions.writing import add_events
from mianzheng.evidence.rules.progress import Event, Kind
from mianzheng.evidence.rules.verdicts import Verdict, Way
from mianzheng.web.jobs import defer

Waiting: TypeAlias = tuple[uuid.UUID, str, str, str]
"""Who waits for a check: case, need, applicant, matter."""

_WORDS = {
    Verdict.HOLDS: N_("%(office)s核查：符合。%(note)s"),
    Verdict.FAILS: N_("%(office)s核查：不符。%(note)s"),
    Verdict.UNKNOWN: N_("%(office)s查了，没能查清。%(note)s"),
}

ANSWERED = "cases.check_answered"
"""The job that carries an answer to the cases that wait for it; `cases` owns it."""


def answer_check(
    *, city: City, check: uuid.UUID, verdict: Verdict, note: str, actor: Actor, now: datetime.datetime
) -> tuple[uuid.UUID, ...]:
    """Answer `check` for all cases that ask it and return them.

    Raises `NotFound` for a check of another office, `Refusal` when it has been answered or the note is missing: whoever
    relies on the answer must be able to say what it rests on.
    """
    with transaction.atomic():
        row = models.Check.objects.select_for_update().filter(id=check, office=actor.office).first()
        if row is None:
            raise NotFound(Reason(N_("没有这个核查请求，或者它不归您的部门答复。")), Reason(N_("请回到待办列表。")))
        if row.answered_at is not None:
            raise Refusal(
                Reason(N_("这个核查请求已经答复过了。")), Reason(N_("一次答复对所有相同的办件都有效，不用再答。"))
            )
        if not note.strip():
            raise Refusal(
                Reason(N_("请写明核查所见。")), Reason(N_("写一句依据即可，例如查了哪本台账、哪一天。")), field="note"
            )
        row.answered_at, row.answered_by, row.verdict, row.note = now, actor.id, verdict, note.strip()
        row.save()
        if row.objection:
            _settle_objection(city, row, verdict, actor, now)
        office = city.departments[row.office].name
        waiting = _tell(row, verdict, Reason(_WORDS[verdict], {"office": office, "note": row.note}), actor, now)
        _log(city, row, verdict, waiting, actor, now)
        return tuple({case for case, _, _, _ in waiting})


def expire_checks(*, city: City, now: datetime.datetime) -> int:
    """Give up waiting for checks past their day: the office answered nothing, so the next way is taken. Return how many.

    Records somebody objected to go to their owner (校核), and stay disputed until the owner has looked.
    """
    with transaction.atomic():
        rows = models.Check.objects.select_for_update(skip_locked=True).filter(
            answered_at__isnull=True, due__lt=now.date()
        )
        late = list(rows)
        for row in late:
            row.answered_at, row.answered_by, row.verdict = now, PROGRAM.id, Verdict.UNKNOWN
            row.save()
            reason = Reason(N_("%(office)s没有在期限内答复。"), {"office": city.departments[row.office].name})
            if row.objection:
                _send_back(city, row, "异议没有在期限内答复", PROGRAM, now)
            _tell(row, Verdict.UNKNOWN, reason, PROGRAM, now)  # nobody looked, so nothing is logged as a look
    return len(late)


def settle_dispute(*, city: City, item: str, subject: uuid.UUID, actor: str, now: datetime.datetime) -> None:
    """Close the dispute about the records of `subject` in `item`, unless an office is still asked about it."""
    facts = [fact.code for fact in city.facts.values() if fact.item == item]
    asked = models.Check.objects.filter(
        objection=True, answered_at=None, fact__in=facts, subjects__contains=[str(subject)]
    )
    close_dispute(item=item, subject=subject, actor=actor, now=now, unless=asked.exists)


def _tell(row: models.Check, verdict: Verdict, reason: Reason, actor: Actor, now: datetime.datetime) -> set[Waiting]:
    """Write the answer into every case that waits and tell the cases; return who waits."""
    event = Event(Kind.ANSWER, now, Way.DEPARTMENT, verdict, reason, row.office, now.date(), row.id)
    asked = models.Event.objects.filter(check_asked=row.id, kind__in=[Kind.ASKED, Kind.OBJECT])
    waiting = set(asked.values_list("case", "need", "trace__applicant", "trace__matter"))
    add_events([(case, need, event) for case, need, _, _ in waiting], actor=actor)
    defer(ANSWERED, check=row.id)
    return waiting


def _settle_objection(city: City, row: models.Check, verdict: Verdict, actor: Actor, now: datetime.datetime) -> None:
    """Close the dispute, unless there is another objection; where the office found otherwise than the records said, have
    their owner look at them (校核).

    Until the owner has, the disputed records count for nothing.
    """
    if verdict is not Verdict.UNKNOWN and _said_by_records(row) - {verdict, Verdict.UNKNOWN, ""}:
        _send_back(city, row, "异议答复与登记不符", actor, now)
        return
    for subject in map(uuid.UUID, row.subjects):
        settle_dispute(city=city, item=city.facts[row.fact].item, subject=subject, actor=actor.id, now=now)


def _send_back(city: City, row: models.Check, why: str, actor: Actor, now: datetime.datetime) -> None:
    """Have the owner of the records look at them."""
    fact = city.facts[row.fact]
    for subject in map(uuid.UUID, row.subjects):
        note = f"{why}：{fact.name.zh}"
        raise_objection(city=city, item=city.items[fact.item], subject=subject, note=note, actor=actor, now=now)


def _said_by_records(row: models.Check) -> set[str]:
    """Return the verdicts the records gave in the cases whose applicants objected."""
    objected = models.Event.objects.filter(check_asked=row.id, kind=Kind.OBJECT)
    said = models.Event.objects.filter(kind=Kind.ANSWER, way__in=[Way.DATA, Way.DOCUMENT])
    needs = set(objected.values_list("case", "need"))
    rows = said.filter(case__in=[case for case, _ in needs]).values_list("case", "need", "verdict")
    return {verdict for case, need, verdict in rows if (case, need) in needs}


def _log(
    city: City, row: models.Check, verdict: Verdict, waiting: set[Waiting], actor: Actor, now: datetime.datetime
) -> None:
    """Write that the office looked, once for each case and subject."""
    subjects = [uuid.UUID(subject) for subject in row.subjects] or [row.applicant]
    audit.write(
        [
            NewEntry(
                at=now,
                action="check",
                purpose=f"部门核查“{city.facts[row.fact].name.zh}”",
                subject=subject,
                applicant=uuid.UUID(applicant),
                case=case,
                matter=matter,
                fact=row.fact,
                verdict=verdict,
                detail={"check": str(row.id), "need": need},
                **actor.log(),
            )
            for case, need, applicant, matter in sorted(waiting)
            for subject in subjects
        ]
    )
