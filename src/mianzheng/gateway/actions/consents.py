"""Consent (同意): asked for by an asker, given or declined by the person, noted by the clerk, taken back by the person."""

from __future__ import annotations

import datetime
import secrets
import uuid
from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.db.models import Q

from mianzheng.audit import actions as audit
from mianzheng.audit.rules import NewEntry
from mianzheng.catalogue.rules.city import City
from mianzheng.common.actors import Actor
from mianzheng.common.errors import NotFound, Refusal
from mianzheng.common.periods import here
from mianzheng.common.reasons import N_, Reason
from mianzheng.gateway.actions.guardians import check_guardian, is_guardian
from mianzheng.gateway.models import Consent
from mianzheng.gateway.queries.consents import of_asker, one_of_person, state
from mianzheng.gateway.queries.persons import Person, person_of
from mianzheng.gateway.queries.standing import in_force
from mianzheng.gateway.rules.consents import (
    TEXT,
    Channel,
    State,
    check_asked,
    check_open,
    check_recorded,
    grown_on,
    needs_guardian,
    number_of,
)
from mianzheng.gateway.rules.questions import check_holder
from mianzheng.web import sql

NUMBER_BYTES = 8
KEPT = datetime.timedelta(days=3 * 365)
SHEETS_REFUSED = 2
"""Sheets signed for a child an asker may hand in in vain within `COUNTED`, about the same child or by the same adult (policy)."""
COUNTED = datetime.timedelta(days=30)
_NOT_THERE = Reason(N_("没有这份同意，或者它不是向您提出的。"))


def ask(
    *,
    city: City,
    number: str,
    matter: str,
    facts: Collection[str],
    days: int,
    guardian: str = "",
    language: str = "zh-hans",
    actor: Actor,
    now: datetime.datetime,
) -> uuid.UUID:
    """Ask whoever has `number` that the actor's office may have `facts` verified for `matter`, for `days`; return the request.

    It says nothing about whether the city knows the number. For a child under 14 `guardian` is the number of a parent or
    guardian, who is asked instead. The same asked twice, or at once, is one request. Raises `Refusal` for a wrong number, for facts the
    office holds no grant of or needs no consent for, for a term that is too long.
    """
    today = here(now).date()
    if TEXT not in city.texts:
        raise Refusal(
            Reason(N_("本市还没有同意书的文本，不能征求同意。")),
            Reason(N_("请运维人员在城市包里补上 texts/consent.md。")),
        )
    person = person_of(number, today=today)
    check_holder(city, facts, person.kind)
    standing = in_force(today)
    grants = {fact: standing.grant(actor.office, fact, matter, today) for fact in facts}
    grounds = {fact: grant.ground for fact, grant in grants.items() if grant}
    check_asked(city, asker=actor.office, matter=matter, facts=facts, grounds=grounds, days=days)
    answers = _guardian(person, guardian, today)
    until = today + datetime.timedelta(days=days)
    wanted = [fact for fact in city.facts if fact in facts]
    said: dict[str, Any] = {
        "subject": person.subject,
        "guardian": answers,
        "matter": matter,
        "facts": wanted,
        "terms": standing.terms(actor.office, wanted, matter, today),
        "until_day": until,
    }
    with transaction.atomic():
        _alone(person.subject)
        waiting = of_asker(actor.office).filter(given_at=None, declined_at=None, answer_by__gte=now, **said).first()
        if waiting:
            return waiting.id
        made = Consent.objects.create(
            number=number_of(secrets.token_bytes(NUMBER_BYTES)),
            asker=actor.office,
            **said,
            grown_on=_grown_by(until, person) if answers else None,
            channel=Channel.PHONE,
            wording=f"{TEXT}-{city.texts[TEXT].version}",
            language=language,
            answer_by=now + datetime.timedelta(days=city.asking.answer_days),
            asked_at=now,
            asked_by=actor.id,
        )
        _note(city, made, "consent.ask", actor, now)
    return made.id


def _alone(subject: uuid.UUID) -> None:
    """Wait until nobody else asks or notes anything about `subject`; let go with the transaction."""
    sql.fetch("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"gateway.consent:{subject}"])


def _grown_by(until: datetime.date, person: Person) -> datetime.date | None:
    """Return from when a child answers alone, where that is before the consent ends; else its birthday is not kept."""
    grown = grown_on(person.birth) if person.birth else None
    return grown if grown and grown <= until else None


def _guardian(person: Person, guardian: str, today: datetime.date) -> uuid.UUID | None:
    """Return who is asked for a child; None for everybody else."""
    if not needs_guardian(person.birth, today):
        return None
    if not guardian.strip():
        raise Refusal(
            Reason(N_("这个人不满14周岁，要由父母或者其他监护人同意。")),
            Reason(N_("请填写监护人的证件号码，请求发给监护人。")),
            field="guardian",
        )
    return person_of(guardian, today=today).subject


def give(*, city: City, consent: uuid.UUID, language: str = "", actor: Actor, now: datetime.datetime) -> None:
    """Consent, signed in as the person or the child's guardian. For a guardian the registers are looked up first.

    Raises `NotFound` for a request put to somebody else, `Refusal` where it is no longer open or the registers do not know
    the actor as the child's parent or guardian.
    """
    row = _of_person(consent, actor, now)
    check_open(state(row, now=now))
    if row.guardian:
        check_guardian(city=city, child=row.subject, guardian=row.guardian, matter=row.matter, actor=actor, now=now)
    with transaction.atomic():
        row = _held(consent)
        check_open(state(row, now=now))
        row.given_at, row.given_by, row.language = now, actor.id, language or row.language
        row.channel = Channel.PHONE
        row.save()
        _note(city, row, "consent.give", actor, now)


def record(
    *, city: City, consent: uuid.UUID, channel: Channel, paper: str, seen: bool, actor: Actor, now: datetime.datetime
) -> None:
    """Note a consent given before the clerk: on `paper`, whose number in the asker's file it has, or by word of mouth.

    What is only the clerk's word ends soon (`window_days`), and the person sees it among their consents. For a child only
    paper is taken, and a sheet that cannot be taken ends the request. Raises `NotFound` for a request of another asker,
    `Refusal` without proof, where it is no longer open, or where it cannot be noted for a child, whatever the reason.
    """
    row = of_asker(actor.office).filter(id=consent).first()
    if row is None:
        raise NotFound(_NOT_THERE)
    check_recorded(
        channel, paper=paper, seen=seen, unsigned=city.asking.window_days > 0, for_child=row.guardian is not None
    )
    check_open(state(row, now=now))
    if row.guardian:
        _check_sheet(city, row, paper, actor, now)
    with transaction.atomic():
        row = _held(consent)
        if not row.guardian:
            check_open(state(row, now=now))
        row.given_at, row.given_by, row.channel = now, actor.id, channel
        row.paper = paper.strip() if channel is Channel.PAPER else ""
        if channel is Channel.WINDOW:
            last = here(now).date() + datetime.timedelta(days=city.asking.window_days - 1)
            row.until_day = min(row.until_day, last)
        row.save()
        _note(city, row, "consent.record", actor, now)


def _check_sheet(city: City, row: Consent, paper: str, actor: Actor, now: datetime.datetime) -> None:
    """Refuse a sheet signed for a child by whoever the registers do not know as its parent or guardian, always in the same
    words: a clerk must not find out who is whose parent. The request is over before anything is looked up, so that each
    takes one try; after `SHEETS_REFUSED` about the same child or adult nothing is looked up any more for a while.
    """
    with transaction.atomic():
        _alone(row.subject)
        row = _held(row.id)
        check_open(state(row, now=now))
        row.paper, row.answer_by = paper.strip(), now - datetime.timedelta(microseconds=1)
        row.save()
        _note(city, row, "consent.sheet", actor, now)
        refused = of_asker(actor.office).filter(given_at=None, asked_at__gte=now - COUNTED).exclude(paper="")
        refused = refused.filter(Q(subject=row.subject) | Q(guardian=row.guardian)).exclude(id=row.id)
        tried_out = refused.count() >= SHEETS_REFUSED
    assert row.guardian is not None
    whose = {"child": row.subject, "guardian": row.guardian, "matter": row.matter}
    if tried_out or not is_guardian(city=city, **whose, actor=actor, now=now):
        raise Refusal(
            Reason(N_("这份同意记不下来，请求已经结束。")),
            Reason(N_("请重新发一次请求，由监护人登录后在自己手机上同意。")),
        )


def decline(*, city: City, consent: uuid.UUID, actor: Actor, now: datetime.datetime) -> None:
    """Say no. Nothing was looked up and nothing will be."""
    _of_person(consent, actor, now)
    with transaction.atomic():
        row = _held(consent)
        check_open(state(row, now=now))
        row.declined_at, row.declined_by = now, actor.id
        row.save()
        _note(city, row, "consent.decline", actor, now)


def revoke(*, city: City, consent: uuid.UUID, actor: Actor, now: datetime.datetime) -> None:
    """Take a consent back, at once and without a reason (个人信息保护法 15). Twice is once."""
    _of_person(consent, actor, now)
    with transaction.atomic():
        row = _held(consent)
        if row.revoked_at:
            return
        if state(row, now=now) is not State.GIVEN:
            raise Refusal(Reason(N_("这份同意已经不起作用了，不用收回。")))
        row.revoked_at, row.revoked_by = now, actor.id
        row.save()
        _note(city, row, "consent.revoke", actor, now)


def note_revocation(*, city: City, consent: uuid.UUID, actor: Actor, now: datetime.datetime) -> None:
    """Take a consent back for a person who told the asker so, by word or in writing: somebody without a phone has no other
    way. It counts at once, like one's own; the asker can only end it, never bring it back. Twice is once.
    """
    row = of_asker(actor.office).filter(id=consent).first()
    if row is None:
        raise NotFound(_NOT_THERE)
    with transaction.atomic():
        row = _held(consent)
        if row.revoked_at is None and state(row, now=now) is State.GIVEN:
            row.revoked_at, row.revoked_by = now, actor.id
            row.save()
            _note(city, row, "consent.revoke", actor, now)


def drop(*, city: City, consent: uuid.UUID, actor: Actor, now: datetime.datetime) -> None:
    """End a request of one's own office nobody has answered yet: a mistyped number must not wait on a stranger's phone."""
    with transaction.atomic():
        row = of_asker(actor.office).filter(id=consent).select_for_update().first()
        if row is None:
            raise NotFound(_NOT_THERE)
        check_open(state(row, now=now))
        row.answer_by = now - datetime.timedelta(microseconds=1)
        row.save()
        _note(city, row, "consent.drop", actor, now)


def forget(*, today: datetime.date) -> int:
    """Delete consents and requests that ended three years ago; return how many."""
    return Consent.objects.filter(until_day__lt=today - KEPT, answer_by__date__lt=today - KEPT).delete()[0]


def _of_person(consent: uuid.UUID, actor: Actor, now: datetime.datetime) -> Consent:
    row = one_of_person(consent, actor.subject, today=here(now).date())
    if row is None:
        raise NotFound(_NOT_THERE)
    return row


def _held(consent: uuid.UUID) -> Consent:
    return Consent.objects.select_for_update().get(id=consent)


def _note(city: City, row: Consent, action: str, actor: Actor, now: datetime.datetime) -> None:
    purpose = city.purpose(row.matter)
    audit.write(
        [
            NewEntry(
                at=now,
                action=action,
                purpose=f"查询同意：办理“{purpose.zh if purpose else row.matter}”",
                subject=row.subject,
                applicant=row.subject,
                matter=row.matter,
                detail={"consent": row.number, "channel": row.channel, "asker": row.asker},
                **actor.log(),
            )
        ]
    )
