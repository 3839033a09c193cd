"""Consultations as pages show them: what is to be asked, what an office is asked, what everybody said."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterable

from django.db.models import Count, F, Prefetch, Q, QuerySet

from mianzheng.catalogue.rules.kinds import Disposal
from mianzheng.common.actors import Actor
from mianzheng.people.rules.roles import ASKER, HEAD, OFFICER
from mianzheng.reform.models import Candidate, Opinion
from mianzheng.reform.rules.consulting import OBJECTING, Heard
from mianzheng.reform.rules.states import Part, Says, Stage

SPEAKERS = (HEAD, OFFICER, ASKER)
"""Who speaks for an office."""


def to_ask() -> QuerySet[Candidate]:
    """Return what has been decided and not been asked about, office by office."""
    return (
        Candidate.objects.filter(stage=Stage.DECIDED).exclude(disposal=Disposal.RETAINED).order_by("demander", "code")
    )


def in_consultation(stage: Stage = Stage.ASKED) -> QuerySet[Candidate]:
    """Return what is being asked about, or is agreed on, with the opinions of this round (one query more); what fewest have
    not answered first.
    """
    round_ = Opinion.objects.filter(past=False).order_by("part", "office")
    unsaid = Count("opinions", filter=Q(opinions__past=False, opinions__said_at=None))
    found = Candidate.objects.filter(stage=stage).annotate(unsaid=unsaid)
    return found.prefetch_related(Prefetch("opinions", round_, to_attr="round")).order_by("unsaid", "code")


def disputed() -> QuerySet[Candidate]:
    """Return what somebody objects to, in consultation."""
    return in_consultation().filter(Q(id__in=_current().filter(says__in=OBJECTING).values("candidate")))


def unanswered(today: datetime.date) -> QuerySet[Candidate]:
    """Return what somebody was silent about for both periods, in consultation."""
    return in_consultation().filter(id__in=_silent(today).values("candidate"))


def to_settle(today: datetime.date) -> int:
    """Return how many consultations wait for the reform office: objected to, or met with silence (one query)."""
    waits = Q(says__in=OBJECTING) | Q(said_at=None, escalated_at__isnull=False, due__lt=today)
    return _current().filter(waits).values("candidate").distinct().count()


def _current() -> QuerySet[Opinion]:
    return Opinion.objects.filter(past=False, candidate__stage=Stage.ASKED)


def _silent(today: datetime.date) -> QuerySet[Opinion]:
    return _current().filter(said_at=None, escalated_at__isnull=False, due__lt=today)


def heard_of(opinions: Iterable[Opinion]) -> tuple[Heard, ...]:
    """Return opinions as the rules see them."""
    return tuple(Heard(Says(o.says) if o.says else None, o.due, o.escalated_at is not None) for o in opinions)


def asked_of(office: str, *, said: bool = False) -> QuerySet[Opinion]:
    """Return what an office is asked and has not answered, the most urgent first; with `said` what it answered, newest first."""
    found = Opinion.objects.filter(office=office).select_related("candidate")
    if said:
        return found.filter(said_at__isnull=False).order_by("-said_at", "candidate__code")
    return found.filter(past=False, candidate__stage=Stage.ASKED, said_at=None).order_by("due", "candidate__code")


def to_sign(office: str) -> QuerySet[Opinion]:
    """Return what an office the city cannot order has not undertaken yet; an objection may still become a signature."""
    found = _current().filter(office=office, part=Part.UNDERTAKING, wording="").select_related("candidate")
    return found.order_by("candidate__code")


def signed_by(office: str, wording: str) -> QuerySet[Opinion]:
    """Return what an office undertook under one version of the text."""
    found = Opinion.objects.filter(office=office, part=Part.UNDERTAKING, wording=wording, says=Says.AGREE)
    return found.select_related("candidate").order_by("candidate__code")


def wordings_of(office: str) -> list[str]:
    """Return the versions of the undertaking an office has signed something under."""
    found = Opinion.objects.filter(office=office).exclude(wording="")
    return list(found.order_by("wording").values_list("wording", flat=True).distinct())


def one(opinion: uuid.UUID, office: str) -> Opinion | None:
    """Return what `office` was asked; None for what others were asked."""
    return Opinion.objects.select_related("candidate").filter(id=opinion, office=office).first()


def due_count(actor: Actor, *, today: datetime.date) -> int:
    """Return how many questions wait for the actor's office and are due today or overdue; for its head also those it was
    reminded of (one query).
    """
    late = Q(due__lte=today)
    if actor.role == HEAD:
        late |= Q(escalated_at__isnull=False)
    return _current().filter(late, office=actor.office, said_at=None).count()


def by_office(today: datetime.date) -> list[tuple[str, int, int, int]]:
    """Return, for each office in consultation: its code, how much it was asked, what of it is unanswered, what of that is
    overdue or was reminded of (one query). The slowest stand first.
    """
    unsaid = Q(said_at=None)
    found = (
        _current()
        .values(code=F("office"))
        .annotate(
            asked=Count("id"),
            left=Count("id", filter=unsaid),
            late=Count("id", filter=unsaid & (Q(due__lt=today) | Q(escalated_at__isnull=False))),
        )
    )
    return list(found.order_by("-late", "-left", "code").values_list("code", "asked", "left", "late"))
