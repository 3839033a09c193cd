"""Consent (同意): asked for by an asker, given or declined by the person, noted by the clerk, taken back by the person."""

from __future__ import annotations

import datetime
import secrets
import uuid
from collections.abc import Collection

from django.db import transaction

from mianzheng.audit import actions as audit
from mianzheng.audit.rules import NewEntry
from mianzheng.catalogue.rules.city import City
from mianzheng.common.actors import Actor
from mianzheng.common.errors import NotFound, Refusal
from mianzheng.common.periods import here
from mianzheng.common.reasons import N_, Reason
from mianzheng.gateway.actions.guardians import check_guardian
from mianzheng.gateway.models import Consent
from mianzheng.gateway.queries.consents import of_asker, of_person, state
from mianzheng.gateway.queries.persons import Person, person_of
from mianzheng.gateway.queries.standing import in_force
from mianzheng.gateway.rules.consents import (
    TEXT,
    Channel,
    State,
    check_asked,
    check_open,
    check_recorded,
    needs_guardian,
    number_of,
)

NUMBER_BYTES = 8
KEPT = datetime.timedelta(days=3 * 365)
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
    guardian, who is asked instead. The same asked twice is one request. Raises `Refusal` for a wrong number, for facts the
    office holds no grant of or needs no consent for, for a term that is too long.
    """
    today = here(now).date()
    if TEXT not in city.texts:
        raise Refusal(
            Reason(N_("本市还没有同意书的文本，不能征求同意。")),
            Reason(N_("请运维人员在城市包里补上 texts/consent.md。")),
        )
    person = person_of(number, today=today)
    standing = in_force()
    grants = {fact: standing.grant(actor.office, fact, matter, today) for fact in facts}
    grounds = {fact: grant.ground for fact, grant in grants.items() if grant}
    check_asked(city, asker=actor.office, matter=matter, facts=facts, grounds=grounds, days=days)
    answers = _guardian(person, guardian, today)
    wanted = [fact for fact in city.facts if fact in facts]
    same = of_asker(actor.office).filter(
        subject=person.subject, matter=matter, facts=wanted, guardian=answers, given_at=None, declined_at=None
    )
    with transaction.atomic():
        waiting = same.filter(answer_by__gte=now).first()
        if waiting:
            return waiting.id
        made = Consent.objects.create(
            number=number_of(secrets.token_bytes(NUMBER_BYTES)),
            asker=actor.office,
            subject=person.subject,
            guardian=answers,
            matter=matter,
            facts=wanted,
            terms=standing.terms(actor.office, wanted, matter, today),
            channel=Channel.PHONE,
            wording=f"{TEXT}-{city.texts[TEXT].version}",
            language=language,
            until_day=today + datetime.timedelta(days=days),
            answer_by=now + datetime.timedelta(days=city.asking.answer_days),
            asked_at=now,
            asked_by=actor.id,
        )
        _note(city, made, "consent.ask", actor, now)
    return made.id


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
    row = _of_person(consent, actor)
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

    What is only the clerk's word ends soon (`window_days`), and the person sees it among their consents. Raises `NotFound`
    for a request of another asker, `Refusal` without proof or where it is no longer open.
    """
    row = of_asker(actor.office).filter(id=consent).first()
    if row is None:
        raise NotFound(_NOT_THERE)
    check_recorded(channel, paper=paper, seen=seen, unsigned=city.asking.window_days > 0)
    check_open(state(row, now=now))
    if row.guardian:
        check_guardian(city=city, child=row.subject, guardian=row.guardian, matter=row.matter, actor=actor, now=now)
    with transaction.atomic():
        row = _held(consent)
        check_open(state(row, now=now))
        row.given_at, row.given_by, row.channel = now, actor.id, channel
        row.paper = paper.strip() if channel is Channel.PAPER else ""
        if channel is Channel.WINDOW:
            last = here(now).date() + datetime.timedelta(days=city.asking.window_days - 1)
            row.until_day = min(row.until_day, last)
        row.save()
        _note(city, row, "consent.record", actor, now)


def decline(*, city: City, consent: uuid.UUID, actor: Actor, now: datetime.datetime) -> None:
    """Say no. Nothing was looked up and nothing will be."""
    _of_person(consent, actor)
    with transaction.atomic():
        row = _held(consent)
        check_open(state(row, now=now))
        row.declined_at, row.declined_by = now, actor.id
        row.save()
        _note(city, row, "consent.decline", actor, now)


def revoke(*, city: City, consent: uuid.UUID, actor: Actor, now: datetime.datetime) -> None:
    """Take a consent back, at once and without a reason (个人信息保护法 15). Twice is once."""
    _of_person(consent, actor)
    with transaction.atomic():
        row = _held(consent)
        if row.revoked_at:
            return
        if state(row, now=now) is not State.GIVEN:
            raise Refusal(Reason(N_("这份同意已经不起作用了，不用收回。")))
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


def _of_person(consent: uuid.UUID, actor: Actor) -> Consent:
    row = of_person(actor.subject).filter(id=consent).first() if actor.subject else None
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
