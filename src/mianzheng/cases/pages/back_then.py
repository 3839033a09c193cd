"""What the registers said on the day a case was decided, beside what they say today."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from mianzheng.cases.pages.rows import APPLICANT, about_of
from mianzheng.cases.queries import dossiers
from mianzheng.cases.queries.dossiers import Dossier
from mianzheng.evidence.actions.back_then import Compared, look_back
from mianzheng.evidence.rules.verdicts import Way
from mianzheng.web import clock
from mianzheng.web.access import allow
from mianzheng.web.acting import actor_of, told


@allow("officer")
@require_http_methods(["GET", "HEAD", "POST"])
def then(request: HttpRequest, case: uuid.UUID) -> HttpResponse:
    """Ask for the purpose first; then show both answers. Each look is in the person's log before it is shown."""
    actor, now = actor_of(request, "officer"), clock.now()
    dossier = _decided(request, case)
    why = request.POST.get("why", "")
    compared: tuple[Compared, ...] = ()
    if request.method == "POST":
        with told(request):
            compared = look_back(
                city=dossier.city,
                inquiry=dossier.inquiry,
                needs=[file.need for file in dossier.files if file.progress.way in (Way.DATA, Way.DOCUMENT)],
                at=dossier.case.decision.decided_at,
                why=why,
                actor=actor,
                now=now,
            )
    context = {
        "case": dossier.case,
        "matter": dossier.matter,
        "decision": dossier.case.decision,
        "rows": [_row(dossier, each) for each in compared],
        "differ": sum(each.differs for each in compared),
        "now": now,
        "why": why,
        "here": "department",
    }
    return render(request, "cases/then.html", context)


def _decided(request: HttpRequest, case: uuid.UUID) -> Dossier:
    with told(request):
        found = dossiers.of_office(case, actor_of(request, "officer").office, now=clock.now())
        if getattr(found.case, "decision", None) is not None:
            return found
    raise Http404


def _row(dossier: Dossier, each: Compared) -> dict[str, Any]:
    fact = dossier.city.facts[each.need.fact]
    return {
        "question": fact.question,
        "about": about_of(dossier.city, each.need, APPLICANT),
        "item": dossier.city.items[fact.item].name,
        "then": each.then,
        "today": each.today,
        "differs": each.differs,
    }
