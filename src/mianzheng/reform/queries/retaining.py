"""What is kept (保留), why, and when it is looked at again; certificates of the package that nobody ever judged among them."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, replace

from mianzheng.catalogue.queries.editions import first_loaded
from mianzheng.catalogue.rules.certificates import Certificate
from mianzheng.catalogue.rules.city import City
from mianzheng.catalogue.rules.kinds import LEVEL_NAMES, Disposal
from mianzheng.reform.models import Act, Candidate
from mianzheng.reform.queries.proposals import judged, standings
from mianzheng.reform.rules.judging import Standing
from mianzheng.reform.rules.keeping import due_from
from mianzheng.reform.rules.offices import Kind
from mianzheng.reform.rules.states import Stage


@dataclass(frozen=True, slots=True)
class Kept:
    """A kept certificate of the catalogue, and when it is looked at again; `reviewed` is the last act about it, if any."""

    certificate: Certificate
    due: datetime.date
    overdue: bool
    reviewed: Act | None


def kept(city: City, today: datetime.date) -> list[Kept]:
    """Return what is kept, the most urgent first (three queries)."""
    dues, first = _dues(), _first_due(city)
    acts = Act.objects.filter(candidate__stage=Stage.RETAINED).select_related("candidate").order_by("done_at")
    newest = {act.candidate.code: act for act in acts if act.candidate}
    found = [
        Kept(each, due, due <= today, newest.get(each.code))
        for each in city.certificates.values()
        if each.disposal is Disposal.RETAINED
        for due in [dues.get(each.code) or first]
    ]
    return sorted(found, key=lambda each: (each.due, each.certificate.code))


def due_count(city: City, today: datetime.date) -> int:
    """Return how many kept certificates are to be looked at again today or should have been (two queries)."""
    dues, first = _dues(), _first_due(city)
    codes = [each.code for each in city.certificates.values() if each.disposal is Disposal.RETAINED]
    return sum((dues.get(code) or first) <= today for code in codes)


def _dues() -> dict[str, datetime.date]:
    found = Candidate.objects.filter(stage=Stage.RETAINED, review_due__isnull=False)
    return dict(found.values_list("code", "review_due"))


def _first_due(city: City) -> datetime.date:
    """Return when what the package brought along is looked at again: the same time after it was loaded first."""
    return due_from(first_loaded(), city.policy.review_days)


def to_retain() -> list[Candidate]:
    """Return what was decided to be kept and is not on the list yet (one query)."""
    found = Candidate.objects.filter(stage=Stage.DECIDED, disposal=Disposal.RETAINED)
    return list(found.order_by("code"))


def standing_of(city: City, candidate: Candidate, certificate: Certificate | None) -> Standing:
    """Return what keeping rests on; what the list itself names as article counts while it is in force."""
    [standing] = standings(city, [candidate]).values()
    if certificate is None:
        return standing
    basis = certificate.basis
    by_law = basis is not None and basis.accepted and judged(city, candidate).situation.in_force
    outside = certificate.demander_kind == Kind.OUTSIDE
    return replace(standing, by_law=standing.by_law or by_law, outside=standing.outside or outside)


def candidate_of(city: City, certificate: Certificate, *, now: datetime.datetime) -> Candidate:
    """Return a candidate, not stored yet, for a kept certificate that has none."""
    basis = certificate.basis
    demander, issuer = (code if city.office(code) else "" for code in (certificate.demander, certificate.issuer))
    return Candidate(
        code=certificate.code,
        name=certificate.name.zh,
        name_en=certificate.name.en,
        demander=demander,
        demander_said=_level(certificate.demander),
        demander_kind=certificate.demander_kind,
        demander_level=certificate.demander_level,
        issuer=issuer,
        issuer_said=_level(certificate.issuer),
        issuer_level=certificate.issuer_level,
        purpose=certificate.purpose.zh,
        purpose_en=certificate.purpose.en,
        basis=f"《{basis.law.zh}》{basis.article}" if basis else "",
        volume=certificate.yearly_volume,
        fact=certificate.fact,
        disposal=Disposal.RETAINED,
        owner=demander,
        made_at=now,
    )


def _level(code: str) -> str:
    return LEVEL_NAMES[code].msgid if code in LEVEL_NAMES else ""
