"""Secrecy orders as their office sees them, and as the person does once they have ended."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Count, Prefetch, Q
from django.utils import timezone

from mianzheng.evidence import models
from mianzheng.evidence.rules.secrecy import Kept, State, state

ONE_DAY = datetime.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Term:
    """A period of an order: until when, why, who asked, and whether it was approved."""

    id: uuid.UUID
    until: datetime.date
    why: str
    asked_by: str
    asked_at: datetime.datetime
    approved_at: datetime.datetime | None


@dataclass(frozen=True, slots=True)
class Order:
    """An order with its terms, oldest first, and how often it was looked under it; whom it is about is not among it."""

    id: uuid.UUID
    office: str
    basis: str
    untold: str
    reference: str
    opened_at: datetime.datetime
    until: datetime.date | None
    ended_at: datetime.datetime | None
    state: State
    terms: tuple[Term, ...]
    looks: int

    @property
    def waiting(self) -> Term | None:
        """The term that waits for approval."""
        over = self.state is State.ENDED
        return next((term for term in self.terms if term.approved_at is None and not over), None)


def end_of(until: datetime.date) -> datetime.datetime:
    """Return the moment the day `until` is over in the city."""
    return timezone.make_aware(datetime.datetime.combine(until + ONE_DAY, datetime.time()))


def orders_of(office: str, *, today: datetime.date, limit: int = 200) -> tuple[Order, ...]:
    """Return the newest orders of `office` (two queries)."""
    rows = _with_terms().filter(office=office).order_by("-opened_at")[:limit]
    return tuple(_order(row, today) for row in rows)


def awaiting(office: str, *, officer: str, today: datetime.date) -> int:
    """Return how many orders of `office` wait for a second person who may be `officer`: terms that others asked for (one
    query).
    """
    open_ = Q(order__until=None) | Q(order__until__gte=today)
    waiting = models.SecrecyTerm.objects.filter(open_, order__office=office, order__ended_at=None, approved_at=None)
    return waiting.exclude(asked_by=officer).count()


def order_of(key: uuid.UUID, *, office: str, today: datetime.date) -> Order | None:
    """Return one order of `office`; None where it has no such order."""
    row = _with_terms().filter(id=key, office=office).first()
    return _order(row, today) if row else None


def told_of(keys: Collection[uuid.UUID]) -> dict[uuid.UUID, models.SecrecyOrder]:
    """Return the orders `keys`, for the lines of the log that were made under them (one query, none without keys)."""
    return models.SecrecyOrder.objects.in_bulk(list(keys)) if keys else {}


def over_at(order: models.SecrecyOrder) -> datetime.datetime | None:
    """Return when the secrecy of `order` was over, or will be; None before it was approved."""
    if order.until is None:
        return None
    last = end_of(order.until)
    return min(last, order.ended_at) if order.ended_at else last


def kept(*, now: datetime.datetime) -> tuple[Kept, ...]:
    """Return every order that was ever in force, as the figures count them (three queries)."""
    terms = models.SecrecyTerm.objects.exclude(approved_at=None).order_by("approved_at")
    rows = models.SecrecyOrder.objects.exclude(until=None).prefetch_related(
        Prefetch("terms", queryset=terms), Prefetch("looks", queryset=models.SecretLook.objects.order_by("at"))
    )
    return tuple(_kept(row, now) for row in rows)


def _kept(row: models.SecrecyOrder, now: datetime.datetime) -> Kept:
    over = over_at(row)
    approved = next(term.approved_at for term in row.terms.all() if term.approved_at)
    return Kept(
        row.office,
        row.basis,
        timezone.localtime(approved).date(),
        timezone.localtime(over).date() if over and over <= now else None,
        tuple(timezone.localtime(look.at).date() for look in row.looks.all()),
    )


def _with_terms():  # type: ignore[no-untyped-def] # a queryset annotated with the count
    terms = Prefetch("terms", queryset=models.SecrecyTerm.objects.order_by("asked_at", "id"))
    return models.SecrecyOrder.objects.annotate(count=Count("looks")).prefetch_related(terms)


def _order(row: models.SecrecyOrder, today: datetime.date) -> Order:
    return Order(
        row.id,
        row.office,
        row.basis,
        row.untold,
        row.reference,
        row.opened_at,
        row.until,
        row.ended_at,
        state(row.until, row.ended_at, today),
        tuple(Term(t.id, t.until, t.why, t.asked_by, t.asked_at, t.approved_at) for t in row.terms.all()),
        row.count,  # type: ignore[attr-defined]
    )


def subject_under(key: uuid.UUID, *, office: str) -> uuid.UUID | None:
    """Return whom an order of `office` is about, to ask under it; no page shows it."""
    found: uuid.UUID | None = (
        models.SecrecyOrder.objects.filter(id=key, office=office).values_list("subject", flat=True).first()
    )
    return found
