"""New demands (新设证明) and what the rules find of them."""

from __future__ import annotations

import datetime
import uuid

from django.db.models import QuerySet

from mianzheng.catalogue.queries.editions import made_once
from mianzheng.catalogue.rules.city import City
from mianzheng.catalogue.rules.kinds import LEVEL_NAMES
from mianzheng.reform.models import Candidate, Wish
from mianzheng.reform.queries.proposals import proposals, standings
from mianzheng.reform.queries.returns import struck_of
from mianzheng.reform.rules.states import WishStage
from mianzheng.reform.rules.wishes import Asked, Found, kind_of, level_of


def wishes_of(office: str) -> QuerySet[Wish]:
    """Return what an office asked for, the newest first."""
    return Wish.objects.filter(office=office).order_by("-made_at")


def waiting() -> QuerySet[Wish]:
    """Return what waits for an answer, the most urgent first."""
    return Wish.objects.filter(stage=WishStage.MADE).order_by("due", "made_at")


def answered() -> QuerySet[Wish]:
    """Return what was answered, the newest first."""
    return Wish.objects.exclude(stage=WishStage.MADE).order_by("-decided_at")


def one(wish: uuid.UUID) -> Wish | None:
    """Return a wish."""
    return Wish.objects.filter(id=wish).first()


def due_count(today: datetime.date) -> int:
    """Return how many new demands are to be answered today or should have been (one query)."""
    return waiting().filter(due__lte=today).count()


def asked_of(wish: Wish) -> Asked:
    """Return a stored wish as the rules take it."""
    return Asked(wish.name, wish.purpose, wish.issuer, wish.necessity, wish.basis, wish.alternatives)


def candidate_of(city: City, office: str, asked: Asked, *, code: str = "", now: datetime.datetime) -> Candidate:
    """Return the candidate, not stored, that a new demand would be."""
    level = LEVEL_NAMES.get(asked.issuer)
    return Candidate(
        code=code,
        name=asked.name,
        demander=office,
        demander_kind=kind_of(city, office),
        demander_level="city",
        issuer="" if level else asked.issuer,
        issuer_said=level.msgid if level else "",
        issuer_level=level_of(city, asked.issuer),
        purpose=asked.purpose,
        basis=asked.basis,
        owner=office,
        made_at=now,
    )


def found_of(city: City, candidate: Candidate, *, now: datetime.datetime) -> tuple[Found, str]:
    """Return what the rules find of a new demand, and the fact it would attest (one query)."""
    [proposed] = proposals(city, [candidate], now=now).values()
    [standing] = standings(city, [candidate]).values()
    issuer = city.office(candidate.issuer)
    back = _struck(city).returns(candidate.name, candidate.purpose, issuer.zh if issuer else candidate.issuer_said)
    return Found(back, proposed.proposal, standing.by_law, standing.silent), proposed.judged.fact


_struck = made_once(struck_of)
"""The cancelled certificates of a city, ready to be recognised."""
