"""Answering checks: once, for every case that asks the same; and passing on those nobody answered in time."""

from __future__ import annotations

import datetime
import uuid

from django.db import transaction

from mianzheng.audit import actions as audit
from mianzheng.audit.rules import NewEntry
from mianzheng.catalogue.rules.city import City
from mianzheng.centre.actions.registers import close_dispute
from mianzheng.common.actors import PROGRAM, Actor
from mianzheng.common.errors import NotFound, Refusal
from mianzheng.common.reasons import N_, Reason
from mianzheng.evidence import models
from mianzheng.evidence.actions.writing import add_events
from mianzheng.evidence.queries.files import question
from mianzheng.evidence.rules.progress import Event, Kind
from mianzheng.evidence.rules.verdicts import Verdict, Way
from mianzheng.web.jobs import defer

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
            for subject in row.subjects:
                item = city.facts[row.fact].item
                close_dispute(item=item, subject=uuid.UUID(subject), actor=actor.id, now=now)
        return _tell(city, row, verdict, actor, now)


def expire_checks(*, city: City, now: datetime.datetime) -> int:
    """Give up waiting for checks past their day: the office answered nothing, so the next way is taken. Return how many."""
    with transaction.atomic():
        rows = models.Check.objects.select_for_update(skip_locked=True).filter(
            answered_at__isnull=True, due__lt=now.date()
        )
        late = list(rows)
        for row in late:
            row.answered_at, row.answered_by, row.verdict = now, PROGRAM.id, Verdict.UNKNOWN
            row.save()
            _tell(city, row, Verdict.UNKNOWN, PROGRAM, now)
    return len(late)


def _tell(
    city: City, row: models.Check, verdict: Verdict, actor: Actor, now: datetime.datetime
) -> tuple[uuid.UUID, ...]:
    """Write the answer into every case that waits, with its log entries, and tell the cases."""
    found = question(row.id)
    assert found is not None
    office = city.departments[row.office].name
    words = {
        Verdict.HOLDS: N_("%(office)s核查：符合。%(note)s"),
        Verdict.FAILS: N_("%(office)s核查：不符。%(note)s"),
        Verdict.UNKNOWN: N_("%(office)s没能在期限内查清。%(note)s"),
    }
    event = Event(
        Kind.ANSWER,
        now,
        Way.DEPARTMENT,
        verdict,
        Reason(words[verdict], {"office": office, "note": row.note}),
        row.office,
        now.date(),
        row.id,
    )
    asked = models.Event.objects.filter(check_asked=row.id, kind__in=[Kind.ASKED, Kind.OBJECT])
    waiting = set(asked.values_list("case", "need", "trace__applicant"))
    add_events([(case, need, event) for case, need, _ in waiting], actor=actor)
    audit.write(
        [
            NewEntry(
                at=now,
                action="check",
                purpose=f"部门核查“{city.facts[row.fact].name.zh}”",
                subject=subject,
                applicant=uuid.UUID(applicant),
                case=case,
                fact=row.fact,
                verdict=verdict,
                detail={"check": str(row.id)},
                **actor.log(),
            )
            for case, _, applicant in waiting
            for subject in (found.subjects or (row.applicant,))
        ]
    )
    defer(ANSWERED, check=row.id)
    return found.cases
