"""Consents: those a person was asked for, those an asker waits for, those in force."""

from __future__ import annotations

import datetime
import uuid

from django.db.models import Q, QuerySet

from mianzheng.common.periods import here
from mianzheng.gateway.models import Consent
from mianzheng.gateway.rules.consents import State, state_of


def of_person(subject: uuid.UUID, *, today: datetime.date) -> QuerySet[Consent]:
    """Return what somebody was asked for, for themselves or as a guardian, and what a guardian consented to for them who
    are 14 `today`; the newest first.
    """
    grown = Q(subject=subject, grown_on__lte=today, given_at__isnull=False)
    mine = Q(subject=subject, guardian=None) | Q(guardian=subject) | grown
    return Consent.objects.filter(mine).order_by("-asked_at")


def open_for(subject: uuid.UUID, *, now: datetime.datetime) -> QuerySet[Consent]:
    """Return the requests somebody can answer now."""
    return of_person(subject, today=here(now).date()).filter(given_at=None, declined_at=None, answer_by__gte=now)


def one_of_person(consent: uuid.UUID, subject: uuid.UUID | None, *, today: datetime.date) -> Consent | None:
    """Return one of them; None for one put to somebody else."""
    return of_person(subject, today=today).filter(id=consent).first() if subject else None


def by_number(number: str, subject: uuid.UUID | None, *, today: datetime.date) -> Consent | None:
    """Return what `number` names, where it was put to `subject`."""
    return of_person(subject, today=today).filter(number=number).first() if subject else None


def of_asker(asker: str) -> QuerySet[Consent]:
    """Return what `asker` asked for, the newest first."""
    return Consent.objects.filter(asker=asker).order_by("-asked_at")


def one_of_asker(consent: uuid.UUID, asker: str) -> Consent | None:
    """Return one of them; None for one of somebody else."""
    return of_asker(asker).filter(id=consent).first()


def state(consent: Consent, *, now: datetime.datetime) -> State:
    """Return where a consent stands at `now`."""
    return state_of(
        given_at=consent.given_at,
        declined_at=consent.declined_at,
        revoked_at=consent.revoked_at,
        until_day=consent.until_day,
        answer_by=consent.answer_by,
        now=now,
        today=here(now).date(),
    )
