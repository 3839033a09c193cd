"""Cancelled certificates that came back: an office lists one although it was cancelled, whatever it calls it now."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils import timezone

from mianzheng.catalogue.rules.certificates import Certificate
from mianzheng.catalogue.rules.city import City
from mianzheng.catalogue.rules.kinds import Disposal
from mianzheng.reform.models import Row
from mianzheng.reform.queries.groups import counted, with_lists
from mianzheng.reform.rules.grouping import Named
from mianzheng.reform.rules.returning import Cancelled, Return, Struck
from mianzheng.reform.rules.states import Side


@dataclass(frozen=True, slots=True)
class Returned:
    """A cancelled certificate, and the rows that bring it back, each with how."""

    certificate: Certificate
    rows: tuple[tuple[Row, Return], ...]


def returns(city: City) -> list[Returned]:
    """Return the cancelled certificates that demanding offices list again on lists sent in after the cancellation, those that
    most rows bring back first (two queries).
    """
    struck = struck_of(city)
    found: dict[str, list[tuple[Row, Return]]] = defaultdict(list)
    known: dict[tuple[str, str, str], Return | None] = {}
    rows = counted(Row.objects.filter(report__side=Side.DEMAND))
    for row in with_lists(rows).order_by("report__taken_at", "number", "part"):
        said = row.name, row.purpose, row.issuer
        if said not in known:
            known[said] = struck.returns(*said)
        back = known[said]
        taken = row.report.taken_at
        if back and taken and timezone.localtime(taken).date() > _since(city, city.certificates[back.cancelled.code]):
            found[back.cancelled.code].append((row, back))
    listed = [Returned(city.certificates[code], tuple(rows)) for code, rows in found.items()]
    return sorted(listed, key=lambda each: (-len(each.rows), each.certificate.code))


def struck_of(city: City, papers: Iterable[Certificate] | None = None) -> Struck:
    """Return what the catalogue says is cancelled, to be recognised: of `papers`, or of all there are."""
    cancelled, kept = [], []
    for paper in city.certificates.values() if papers is None else papers:
        named = Named(paper.name.zh, paper.purpose.zh, _issuer(city, paper), paper.fact)
        if paper.asked_for:
            kept.append(named)
        else:
            cancelled.append(Cancelled(paper.code, named, paper.disposal is Disposal.COMMITMENT))
    return Struck(cancelled, kept)


def _issuer(city: City, paper: Certificate) -> str:
    name = city.office(paper.issuer)
    return name.zh if name else ""


def _since(city: City, paper: Certificate) -> datetime.date:
    batch = city.batches.get(paper.batch or 0)
    return batch.published if batch else datetime.date.min
