"""Verifying the needs of a case: looked up, logged, and where the records cannot tell, handed to the department."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from django.db import transaction

from mianzheng.catalogue.rules.city import City, Need
from mianzheng.centre.queries.records import readiness_of
from mianzheng.common.actors import PROGRAM, Actor
from mianzheng.common.reasons import N_, Reason
from mianzheng.evidence.actions.writing import add_events, log_looks, put_question
from mianzheng.evidence.queries.asking import ask, items_of
from mianzheng.evidence.queries.files import events_of, is_barred
from mianzheng.evidence.rules.inquiry import Answer, Inquiry, bar_need
from mianzheng.evidence.rules.progress import Event, Kind, Stage, progress, since_again
from mianzheng.evidence.rules.verdicts import Way
from mianzheng.evidence.rules.ways import Plan, offices_of, plan


def verify(*, city: City, inquiry: Inquiry, needs: Sequence[Need], actor: Actor, now: datetime.datetime) -> None:
    """Look up those of `needs` that nobody has looked up yet, and ask departments where the records cannot tell.

    The log entries and the answers are committed together before anybody sees an answer. Repeating it changes nothing.
    """
    matter = city.matters[inquiry.matter]
    with transaction.atomic():
        events = events_of([inquiry.case])[inquiry.case]
        bar = bar_need(city)
        asked = [need for need in needs if not since_again(events.get(need.code, ()))]
        if bar and bar.code not in events and any(need.commitment for need in asked):
            asked.append(bar)
        readiness = readiness_of(city, items_of(city, asked), now=now)
        answers, looks = ask(city, inquiry, asked, readiness=readiness, today=now.date())
        log_looks(city, matter, inquiry, {need.code: need for need in asked}, looks, actor, now)
        subjects = {answer.need.code: answer.subjects for answer in answers}
        added = [(answer.need.code, _event(answer, city, now)) for answer in answers]
        add_events(inquiry.case, added, actor=PROGRAM, trace={a.need.code: a.trace for a in answers})
        for code, event in added:
            events.setdefault(code, []).append(event)
        plans = plan(
            tuple(needs),
            facts=city.facts,
            items=city.items,
            offices=offices_of(city),
            readiness=readiness_of(city, items_of(city, needs), now=now),
            barred=is_barred(events),
        )
        waiting = [_ask_department(each, city, inquiry, subjects, events, actor, now) for each in plans]
        add_events(inquiry.case, [pair for pair in waiting if pair], actor=PROGRAM)


def _event(answer: Answer, city: City, now: datetime.datetime) -> Event:
    way = Way.DOCUMENT if city.items[city.facts[answer.need.fact].item].licence else Way.DATA
    return Event(Kind.ANSWER, now, way, answer.verdict, answer.reason, answer.source, answer.as_of)


def _ask_department(
    each: Plan,
    city: City,
    inquiry: Inquiry,
    subjects: dict[str, tuple],
    events: dict[str, list[Event]],
    actor: Actor,
    now: datetime.datetime,
) -> tuple[str, Event] | None:
    """Put the question to the department when that is the next way."""
    need = each.need
    found = progress(each, events.get(need.code, ()))
    if found.stage is not Stage.ASKING or found.way is not Way.DEPARTMENT:
        return None
    check = put_question(city, need, inquiry, subjects.get(need.code, ()), actor=actor, now=now)
    office = city.departments[check.office].name
    reason = Reason(N_("已请%(office)s核查, 最迟 %(due)s 答复。"), {"office": office, "due": check.due})
    return need.code, Event(Kind.ASKED, now, Way.DEPARTMENT, None, reason, check.office, None, check.id)


def start_again(*, inquiry: Inquiry, needs: Sequence[Need], actor: Actor, now: datetime.datetime) -> None:
    """Note that the application was corrected: what was found before stays readable, and is looked up afresh."""
    with transaction.atomic():
        events = events_of([inquiry.case])[inquiry.case]
        again = Event(Kind.AGAIN, now, reason=Reason(N_("申请内容有更正, 重新核验。")))
        add_events(inquiry.case, [(n.code, again) for n in needs if since_again(events.get(n.code, ()))], actor=actor)
