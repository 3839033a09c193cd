"""Gathering answers before anything is written: sources are asked here, and never inside a database transaction.

What is gathered has not left the program. `verify` and `look` write looks and answers in one transaction and only then
hand them on.
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from mianzheng.catalogue.rules.city import City, Matter, Need
from mianzheng.centre.actions.sources import Asker, begin, read
from mianzheng.centre.queries.records import Found, Reader, readiness_of
from mianzheng.common.actors import Actor
from mianzheng.evidence.queries.asking import ask, items_of
from mianzheng.evidence.queries.files import events_of
from mianzheng.evidence.rules.inquiry import Answer, Inquiry, Look, bar_need
from mianzheng.evidence.rules.progress import Event, since_again
from mianzheng.evidence.rules.verdicts import Verdict


@dataclass(frozen=True, slots=True)
class Gathered:
    """Answers for one inquiry and the looks they took, not written down yet."""

    inquiry: Inquiry
    answers: tuple[Answer, ...] = ()
    looks: tuple[Look, ...] = ()


def reader(
    *,
    city: City,
    matter: Matter,
    applicant: uuid.UUID,
    case: uuid.UUID | None,
    actor: Actor,
    now: datetime.datetime,
    sealed_for: str = "",
) -> Reader:
    """Return who reads records for one look-up. However often it reads, all sources are given up together."""
    asker = Asker(actor, f"向数据源查询：办理“{matter.name.zh}”", matter.code, case, applicant, sealed_for)
    return reader_for(city, asker, now=now)


def reader_for(city: City, asker: Asker, *, now: datetime.datetime) -> Reader:
    """Return who reads records for `asker`, whatever it is that they are read for."""
    started = begin()

    def reading(wanted: Mapping[str, Collection[uuid.UUID]]) -> Mapping[str, Found]:
        return read(city=city, wanted=wanted, asker=asker, now=now, started=started)

    return reading


def gather(*, city: City, inquiry: Inquiry, needs: Sequence[Need], actor: Actor, now: datetime.datetime) -> Gathered:
    """Answer those of `needs` that nobody has looked up yet; and, once a commitment comes into question, whether the
    person is barred from it.

    Call it outside a transaction: records that stay at their source are asked for there.
    """
    assert inquiry.case is not None
    events = events_of([inquiry.case])[inquiry.case]
    fresh = [need for need in needs if not since_again(events.get(need.code, ()))]
    bar = bar_need(city)
    if not fresh and not (bar and bar.code not in events):
        return Gathered(inquiry)
    matter = city.matters[inquiry.matter]
    reading = reader(city=city, matter=matter, applicant=inquiry.applicant, case=inquiry.case, actor=actor, now=now)
    answers, looks = _asked(city, inquiry, fresh, reading, now)
    if bar and bar.code not in events and _commitment_in_question(needs, events, answers):
        more, further = _asked(city, inquiry, [bar], reading, now)
        answers, looks = [*answers, *more], [*looks, *further]
    return Gathered(inquiry, tuple(answers), tuple(looks))


def _asked(
    city: City, inquiry: Inquiry, needs: Sequence[Need], reading: Reader, now: datetime.datetime
) -> tuple[list[Answer], list[Look]]:
    if not needs:
        return [], []
    readiness = readiness_of(city, items_of(city, needs), now=now)
    return ask(city, inquiry, needs, readiness=readiness, read=reading, today=now.date())


def _commitment_in_question(
    needs: Sequence[Need], events: Mapping[str, Sequence[Event]], answers: Sequence[Answer]
) -> bool:
    """Return whether the records leave a need open that could be committed to."""
    verdicts = {answer.need.code: answer.verdict for answer in answers}
    for need in needs:
        last = since_again(events.get(need.code, ()))[-1:]
        verdict = verdicts.get(need.code, last[0].verdict if last else None)
        if need.commitment and verdict is Verdict.UNKNOWN:
            return True
    return False
