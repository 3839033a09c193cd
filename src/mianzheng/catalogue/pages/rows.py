"""What the catalogue's pages show: rows made of the city package, without a person and without a case."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field

from mianzheng.catalogue.rules.city import Basis, Batch, Certificate, City, Fact, Matter
from mianzheng.catalogue.rules.kinds import INSTEAD, WAY_OF, Disposal
from mianzheng.catalogue.rules.papers import kept_for, papers_of
from mianzheng.common.reasons import N_, Reason
from mianzheng.common.texts import Text

Words = Text | Reason

PLANNED = {
    "document": Reason(N_("已有电子证照，直接核对。")),
    "data": Reason(N_("这件事有登记，直接查登记。")),
    "certificate": Reason(N_("法律明文要求交这份证明，眼下没有别的办法核验。")),
}


@dataclass(frozen=True, slots=True)
class FactRow:
    """A fact as parts/fact_row.html shows it. Nothing has been asked yet: there is no verdict."""

    code: str
    question: Text
    about: Words | None
    way: str
    office: Words
    reason: Reason | None
    basis: Basis | None
    why: Text | None = None
    note: Reason | None = None
    verdict: str = ""
    passed: tuple[tuple[str, Reason], ...] = ()
    as_of: datetime.date | None = None
    pending: bool = False
    url_verify: str = ""


@dataclass(frozen=True, slots=True)
class PaperRow:
    """A paper the baseline year asked for, with what it cost."""

    code: str
    name: Text
    offices: int
    trips: int


@dataclass(frozen=True, slots=True)
class Zero:
    """What parts/zero.html shows, all of it counted."""

    papers_asked: int
    papers: tuple[PaperRow, ...]
    papers_kept: tuple[Certificate, ...]

    @property
    def offices(self) -> int:
        return sum(paper.offices for paper in self.papers)

    @property
    def trips(self) -> int:
        return sum(paper.trips for paper in self.papers)


@dataclass(frozen=True, slots=True)
class CertificateRow:
    """A certificate with both sides named, and what became of it."""

    certificate: Certificate
    demander: Words
    issuer: Words
    batch: Batch | None
    instead: Reason

    @property
    def way(self) -> str:
        return WAY_OF.get(self.certificate.disposal, "")


@dataclass(frozen=True, slots=True)
class ThemeRow:
    """The matters of one theme."""

    name: Text
    matters: list[Matter] = field(default_factory=list)


def party(city: City, code: str) -> Words:
    """Return the name of who demands or issues: a department, a body, or a level of the city."""
    return city.party(code) or Text(code)


def certificate_row(city: City, certificate: Certificate) -> CertificateRow:
    return CertificateRow(
        certificate,
        party(city, certificate.demander),
        party(city, certificate.issuer),
        city.batches.get(certificate.batch or 0),
        INSTEAD[certificate.disposal],
    )


def zero(city: City, matter: Matter) -> Zero:
    """Count what `matter` asks a person to bring: the certificates the law still demands for it, and nothing else."""
    kept = kept_for(city, matter)
    papers = papers_of(city, matter.work)
    return Zero(
        len(kept),
        tuple(PaperRow(p.certificate, city.certificates[p.certificate].name, p.offices, p.trips) for p in papers),
        kept,
    )


def fact_row(city: City, fact: Fact, *, basis: Basis | None, certificate: Certificate) -> FactRow:
    """Return a row for `fact` alone, by the way that took the place of `certificate`, or by its first one where none had to."""
    way = WAY_OF.get(certificate.disposal) or ("document" if city.items[fact.item].licence else "data")
    office = city.departments[fact.answered_by].name
    by_law = certificate.disposal is Disposal.RETAINED and certificate.basis is not None
    reason = INSTEAD[certificate.disposal] if certificate.asked_for and not by_law else PLANNED.get(way)
    return FactRow(fact.code, fact.question, None, way, office, reason, basis)


def themes(matters: Iterable[Matter]) -> list[ThemeRow]:
    """Group matters by theme, in the order the package names the themes; worked ones first within a theme."""
    found: dict[str, ThemeRow] = {}
    for matter in matters:
        found.setdefault(matter.theme.zh, ThemeRow(matter.theme)).matters.append(matter)
    for theme in found.values():
        theme.matters.sort(key=lambda m: m.work is None)
    return list(found.values())
