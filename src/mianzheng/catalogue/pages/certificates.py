"""The list of certificates, and the page for the moment when somebody is asked for one."""

from __future__ import annotations

from typing import Any

import segno
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from mianzheng.catalogue.pages.rows import CertificateRow, Words, certificate_row, fact_row, party
from mianzheng.catalogue.queries import searching
from mianzheng.catalogue.queries.editions import city
from mianzheng.catalogue.rules.certificates import OFFICE_LIST
from mianzheng.catalogue.rules.city import Basis, Certificate, City
from mianzheng.catalogue.rules.kinds import DEMANDER_NAMES, DISPOSAL_NAMES, Disposal
from mianzheng.common.reasons import N_, Reason
from mianzheng.web.access import public
from mianzheng.web.paging import paged

A_PAGE = 30
FORCE_NAMES = {
    "law": Reason(N_("法律")),
    "administrative_regulation": Reason(N_("行政法规")),
    "local_regulation": Reason(N_("地方性法规")),
    "state_council_decision": Reason(N_("国务院决定")),
    "departmental_rule": Reason(N_("部门规章，不能作为依据")),
    "normative_document": Reason(N_("规范性文件，不能作为依据")),
}


@public
@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """List certificates by name (Chinese, pinyin, English), batch, disposal, demander; filters are in the address."""
    here = city()
    asked = " ".join(request.GET.get("q", "").split())[:60]
    found = searching.certificates(here, asked) if asked else sorted(here.certificates.values(), key=_order)
    chosen = {name: request.GET.get(name, "") for name in ("batch", "disposal", "demander", "office", "issuer")}
    found = [c for c in found if _fits(c, chosen)]
    pages = paged(request, found, a_page=A_PAGE)
    context: dict[str, Any] = {
        "asked": asked,
        "chosen": chosen,
        **pages,
        "rows": [certificate_row(here, c) for c in pages["page"]],
        "batches": [(str(b.number), b) for b in here.batches.values()],
        "disposals": [(d.value, name) for d, name in DISPOSAL_NAMES.items()],
        "demanders": list(DEMANDER_NAMES.items()),
        "offices": _sides(here, {c.demander for c in here.certificates.values()}),
        "issuers": _sides(here, {c.issuer for c in here.certificates.values()}),
        "cancelled": sum(not c.asked_for for c in here.certificates.values()),
        "kept": sum(c.disposal is Disposal.RETAINED for c in here.certificates.values()),
        "undealt": sum(c.disposal is Disposal.ASKED for c in here.certificates.values()),
        "here": "certificates",
    }
    return render(request, "catalogue/certificates.html", context)


def _sides(here: City, codes: set[str]) -> list[tuple[str, Words]]:
    """Return who asks for certificates or makes them out, in the order of the package; levels of the city last."""
    places = {code: place for place, code in enumerate((*here.departments, *here.bodies))}
    return [(code, party(here, code)) for code in sorted(codes, key=lambda code: (places.get(code, len(places)), code))]


def _order(certificate: Certificate) -> tuple[int, str]:
    return (certificate.batch or 99, certificate.code)


def _fits(certificate: Certificate, chosen: dict[str, str]) -> bool:
    return (
        chosen["batch"] in ("", str(certificate.batch))
        and chosen["disposal"] in ("", certificate.disposal.value)
        and chosen["demander"] in ("", certificate.demander_kind)
        and chosen["office"] in ("", certificate.demander)
        and chosen["issuer"] in ("", certificate.issuer)
    )


@public
@require_safe
def certificate(request: HttpRequest, code: str) -> HttpResponse:
    """Somebody asks me for this paper: cancelled or kept, since when, what is done instead, by whom, whom to tell."""
    here = city()
    found = here.certificates.get(code)
    if found is None:
        raise Http404
    row = certificate_row(here, found)
    matters = [m for m in here.matters.values() if m.work and any(p.certificate == code for p in m.work.papers)]
    basis = _basis(here, row)
    fact = here.facts.get(found.fact)
    demander = here.departments.get(found.demander)
    context = {
        "row": row,
        "certificate": found,
        "kept": found.asked_for,
        "asked": found.disposal is Disposal.ASKED,
        "fact": fact_row(here, fact, basis=basis, certificate=found) if fact else None,
        "basis": basis,
        "demander_kind": DEMANDER_NAMES[found.demander_kind],
        "disposal": DISPOSAL_NAMES[found.disposal],
        "force": FORCE_NAMES[found.basis.force] if found.basis else None,
        "phone": demander.phone if demander else "",
        "matters": matters,
        "baseline_year": here.baseline_year,
        "counted_then": found.source != OFFICE_LIST,
        "qr": segno.make(request.build_absolute_uri(request.path), error="m").svg_inline(omitsize=True, border=1),
        "here": "certificates",
    }
    return render(request, "catalogue/certificate.html", context)


def _basis(here: City, row: CertificateRow) -> Basis | None:
    """Return the article a matter looks the same fact up under; None where no worked matter asks it."""
    fact = row.certificate.fact
    needs = (n for m in here.matters.values() if m.work for n in m.work.needs if fact and n.fact == fact)
    found = next(needs, None)
    return here.bases[found.basis] if found else None
