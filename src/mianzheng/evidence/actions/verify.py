"""Verifying the needs of a case: looked up, logged, and where the records cannot tell, handed to the department."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Sequence

from django.db import transaction

from mianzheng.catalogue.rules.city import City, Need
from mianzheng.centre.queries.records import readiness_of
from mianzheng.common.actors import PROGRAM, Actor
from mianzheng.common.reasons import N_, Reason
from mianzheng.evidence.actions.gathering import Gathered, gather
from mianzheng.evidence.actions.writing import add_events, log_looks, put_question
from mianzheng.evidence.queries.asking import items_of
from mianzheng.evidence.queries.files import events_of, is_barred, looked_up
from mianzheng.evidence.rules.inquiry import Answer, Inquiry, bar_need
from mianzheng.evidence.rules.progress import Event, Kind, Stage, progress, since_again
from mianzheng.evidence.rules.verdicts import Way
from mianzheng.evidence.rules.ways import Plan, offices_of, plan


def verify(
    *,
    city: City,
    inquiry: Inquiry,
    needs: Sequence[Need],
    actor: Actor,
    now: datetime.datetime,
    gathered: Gathered | None = None,
) -> None:
    """Look up those of `needs` that nobody has looked up yet, and ask departments where the records cannot tell.

    The log entries and the answers are committed together before anybody sees an answer. Repeating it changes nothing.
    Within a transaction of the caller's, pass what `gather` brought before it began; needs it did not know of stay open.
    """
    if gathered is None:
        gathered = gather(city=city, inquiry=inquiry, needs=needs, actor=actor, now=now)
    with transaction.atomic():
        events = events_of([inquiry.case])[inquiry.case]
        _write_down(city, inquiry, needs, gathered, events, actor, now)
        plans = plan(
            tuple(needs),
            facts=city.facts,
            items=city.items,
            offices=offices_of(city),
            readiness=readiness_of(city, items_of(city, needs), now=now),
            barred=is_barred(events),
        )
        to_ask = [each.need for each in plans if _next_is_department(each, events.get(each.need.code, ()))]
        asked = [_ask_department(need, city, inquiry, actor, now) for need in to_ask]
        add_events(
            asked,
            actor=PROGRAM,
            trace={need.code: {"applicant": str(inquiry.applicant), "matter": inquiry.matter} for need in to_ask},
        )


def _write_down(
    city: City,
    inquiry: Inquiry,
    needs: Sequence[Need],
    gathered: Gathered,
    events: dict[str, list[Event]],
    actor: Actor,
    now: datetime.datetime,
) -> None:
    """Write looks and answers of what is still open, and add the answers to `events`.

    Somebody else may have looked the same up meanwhile: then theirs counts, and ours is dropped unseen.
    """
    bar = bar_need(city)
    asked = [*needs, bar] if bar and bar.code not in events else needs
    open_ = {need.code: need for need in asked if need and not since_again(events.get(need.code, ()))}
    answers = [a for a in gathered.answers if gathered.inquiry == inquiry and open_.get(a.need.code) == a.need]
    if not answers:
        return
    codes = {answer.need.code: answer.need for answer in answers}
    every = {answer.need.code: answer.need for answer in gathered.answers}
    looks = [look for look in gathered.looks if look.need in codes or look.relation]
    log_looks(city, city.matters[inquiry.matter], inquiry, every, looks, actor, now)
    added = [(inquiry.case, answer.need.code, _event(answer, city, now)) for answer in answers]
    add_events(added, actor=PROGRAM, trace={a.need.code: a.trace for a in answers})
    for _, code, event in added:
        events.setdefault(code, []).append(event)


def _event(answer: Answer, city: City, now: datetime.datetime) -> Event:
    way = Way.DOCUMENT if city.items[city.facts[answer.need.fact].item].licence else Way.DATA
    return Event(Kind.ANSWER, now, way, answer.verdict, answer.reason, answer.source, answer.as_of)


def _next_is_department(each: Plan, events: Sequence[Event]) -> bool:
    found = progress(each, events)
    return found.stage is Stage.ASKING and found.way is Way.DEPARTMENT


def _ask_department(
    need: Need, city: City, inquiry: Inquiry, actor: Actor, now: datetime.datetime
) -> tuple[uuid.UUID, str, Event]:
    """Put the question to the department and return the event."""
    subjects = looked_up(inquiry.case, need.code)
    check = put_question(city, need, inquiry, subjects, actor=actor, now=now)
    office = city.departments[check.office].name
    reason = Reason(N_("已请%(office)s核查，最迟 %(due)s 答复。"), {"office": office, "due": check.due})
    return inquiry.case, need.code, Event(Kind.ASKED, now, Way.DEPARTMENT, None, reason, check.office, None, check.id)


def start_again(*, inquiry: Inquiry, needs: Sequence[Need], actor: Actor, now: datetime.datetime) -> None:
    """Note that the application was corrected: what was found before stays readable, and is looked up afresh."""
    with transaction.atomic():
        events = events_of([inquiry.case])[inquiry.case]
        again = Event(Kind.AGAIN, now, reason=Reason(N_("申请内容有更正，重新核验。")))
        looked = [need for need in needs if since_again(events.get(need.code, ()))]
        add_events([(inquiry.case, need.code, again) for need in looked], actor=actor)
