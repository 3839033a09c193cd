"""Looking up one fact a matter needs, outside a case: for somebody at a desk who may ask it, and no more than that."""

from __future__ import annotations

import datetime
import uuid
from functools import partial

from django.db import transaction
from django.utils import timezone

from mianzheng.catalogue.rules.city import City, Matter, Need
from mianzheng.centre.queries.records import held, readiness_of
from mianzheng.common.actors import Actor
from mianzheng.common.errors import NotFound, Refusal
from mianzheng.common.reasons import N_, Reason
from mianzheng.evidence.actions.gathering import reader
from mianzheng.evidence.actions.secrecy import in_force
from mianzheng.evidence.actions.writing import log_looks
from mianzheng.evidence.models import SecretLook
from mianzheng.evidence.queries.asking import ask, items_of
from mianzheng.evidence.rules.inquiry import Answer, Inquiry
from mianzheng.evidence.rules.secrecy import of_the_person


def look(
    *,
    city: City,
    matter: str,
    fact: str,
    applicant: uuid.UUID,
    actor: Actor,
    now: datetime.datetime,
    at: datetime.datetime | None = None,
    secrecy: uuid.UUID | None = None,
) -> tuple[Answer, ...]:
    """Answer every need the matter has of `fact` (a fact's code, or a need's) about `applicant` and their relatives.

    With `at`, as of that moment: from the records as they were known then, which no correction made since has changed.
    The log entries are committed before the answers leave. Raises `NotFound` for an unknown matter or fact, `Refusal`
    where the matter does not need the fact: nobody looks around. Parameters are those of the matter, never the asker's.

    What an article keeps sealed is open to an officer of the office it names. With `secrecy`, an order in force about the
    applicant, whom it is about is told when that has ended; then only what is held here is asked, for a source would learn
    of it and its kept answer would tell; and only about the applicant, for an order is about one person.
    """
    needs, found = _needed(city, matter, fact)
    if secrecy:
        needs = _of_one_person(needs)
    order = in_force(order=secrecy, subject=applicant, actor=actor, now=now) if secrecy else None
    sealed_for = actor.office if actor.role == "officer" else ""
    inquiry = Inquiry(None, found.code, applicant)
    readiness = readiness_of(city, items_of(city, needs), now=now, at=at)
    if at is None and order is None:
        reading = reader(
            city=city, matter=found, applicant=applicant, case=None, actor=actor, now=now, sealed_for=sealed_for
        )
    else:
        reading = partial(held, city, at=at, sealed_for=sealed_for)
    today = timezone.localtime(at or now).date()
    answers, looks = ask(city, inquiry, needs, readiness=readiness, read=reading, today=today, at=at)
    with transaction.atomic():
        log_looks(city, found, inquiry, {need.code: need for need in needs}, looks, actor, now, order=order)
        if order:
            SecretLook.objects.create(order=order, at=now)
    return tuple(answers)


def _of_one_person(needs: tuple[Need, ...]) -> tuple[Need, ...]:
    """Return the needs about the applicant alone; raise where all are about relatives."""
    found = tuple(need for need in needs if of_the_person(need))
    if not found:
        raise Refusal(
            Reason(N_("一份保密令只管一个人，这一项查的是亲属；没有查询任何记录。")),
            Reason(N_("要查亲属，请为他另提一份保密令。")),
            field="fact",
        )
    return found


def _needed(city: City, matter: str, fact: str) -> tuple[tuple[Need, ...], Matter]:
    """Return the needs `matter` has of `fact`, and the matter; raise where there is none."""
    found = city.matter(matter)
    if found is None:
        raise NotFound(
            Reason(N_("没有编码为“%(matter)s”的事项。"), {"matter": matter}),
            Reason(N_("请在首页搜索要办的事。")),
            field="matter",
        )
    needs = tuple(need for need in (found.work.needs if found.work else ()) if fact in (need.fact, need.code))
    if not needs and fact not in city.facts:
        raise NotFound(
            Reason(N_("没有编码为“%(fact)s”的证明事实。"), {"fact": fact}), Reason(N_("请核对编码。")), field="fact"
        )
    if not needs:
        raise Refusal(
            Reason(N_("办理“%(matter)s”不需要知道“%(fact)s”。"), {"matter": found.name, "fact": city.facts[fact].name}),
            Reason(N_("只能查所办事项需要的事实；没有查询任何记录。")),
            field="fact",
        )
    return needs, found
