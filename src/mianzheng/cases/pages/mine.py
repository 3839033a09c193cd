"""The resident's cases, receipts, and the page a receipt's QR code leads to."""

from __future__ import annotations

import uuid

import segno
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_safe

from mianzheng.cases.pages.rows import rows_of, zero_of
from mianzheng.cases.queries import dossiers
from mianzheng.cases.rules.states import NAMES, Status
from mianzheng.catalogue.queries.editions import edition
from mianzheng.common.reasons import N_, Reason
from mianzheng.web import clock
from mianzheng.web.access import allow, public
from mianzheng.web.acting import actor_of, told

HOW_FAR = {
    False: Reason(N_("第 2 步，共 4 步：还没同意核验")),
    True: Reason(N_("第 3 步，共 4 步：已同意核验，还没提交")),
}
"""How far a draft has come, by whether its notice was agreed to."""


@allow("resident")
@require_safe
def cases(request: HttpRequest) -> HttpResponse:
    """What the person has applied for: what needs them first."""
    subject = actor_of(request, "resident").subject
    rows = []
    for case in dossiers.mine(subject) if subject else ():
        city = edition(case.edition)
        rows.append(
            {
                "case": case,
                "matter": city.matters[case.matter],
                "status": case.status,
                "status_name": Reason(
                    N_("待提交")
                    if case.status == Status.DRAFT and case.agreed_at is not None
                    else NAMES[Status(case.status)]
                ),
                "needs_you": case.status in (Status.DRAFT, Status.WAITING_COMMITMENT),
                "how_far": HOW_FAR.get(case.agreed_at is not None) if case.status == Status.DRAFT else None,
                "unread": case.status == Status.DRAFT and case.agreed_at is None,
            }
        )
    rows.sort(key=lambda row: not row["needs_you"])
    return render(request, "cases/mine.html", {"rows": rows, "here": "my"})


def qr(text: str) -> str:
    """Return a QR code as an SVG picture to put into a page."""
    return segno.make(text, error="m").svg_inline(scale=4, border=2)


@allow("resident")
@require_safe
def receipt(request: HttpRequest, case: uuid.UUID) -> HttpResponse:
    """The receipt (受理回执) of a submitted case, with number, time, facts and a QR code; made to be printed."""
    with told(request):
        dossier = dossiers.of_applicant(case, actor_of(request, "resident").subject, now=clock.now())
    if dossier.case.submitted_at is None:
        raise Http404
    url = request.build_absolute_uri(reverse("cases:receipt_check", args=[dossier.case.key]))
    context = {
        **zero_of(dossier),
        "case": dossier.case,
        "city": dossier.city,
        "matter": dossier.matter,
        "work": dossier.work,
        "status_name": Reason(NAMES[dossier.status]),
        "owner": dossier.city.office(dossier.case.owner),
        "rows": rows_of(dossier, acting=False),
        "decision": getattr(dossier.case, "decision", None),
        "qr": qr(url),
        "url": url,
        "here": "my",
    }
    return render(request, "cases/receipt.html", context)


@public
@require_GET
def receipt_check(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """What anybody who scans a receipt may know: that it is real, for which matter, since when, how far. No person."""
    case = dossiers.by_key(key)
    if case is None or case.submitted_at is None:
        raise Http404
    city = edition(case.edition)
    context = {
        "case": case,
        "matter": city.matters[case.matter],
        "owner": city.office(case.owner),
        "status_name": Reason(NAMES[Status(case.status)]),
    }
    return render(request, "cases/receipt_check.html", context)
