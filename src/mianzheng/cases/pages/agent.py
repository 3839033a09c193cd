"""The agent's desk (村社代办): "somebody asks for paper X" answered in one screen."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from mianzheng.catalogue.queries import searching
from mianzheng.catalogue.queries.editions import city as city_in_force
from mianzheng.catalogue.rules.city import Certificate
from mianzheng.catalogue.rules.kinds import Disposal
from mianzheng.centre.queries.changes import waiting
from mianzheng.web.access import allow
from mianzheng.web.acting import actor_of

LONGEST = 60
SHOWN = 12


def _state(certificate: Certificate) -> str:
    """Return what the agent answers: ``cancelled``, ``kept``, or ``asked`` where it was not dealt with yet."""
    if not certificate.asked_for:
        return "cancelled"
    return "kept" if certificate.disposal is Disposal.RETAINED else "asked"


@allow("agent")
@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """Search a certificate a neighbour was asked for: cancelled since which batch, or kept, and what happens instead."""
    city = city_in_force()
    place = city.communities.get(actor_of(request, "agent").office)
    asked = " ".join(request.GET.get("q", "").split())[:LONGEST]
    found = searching.certificates(city, asked)[:SHOWN] if asked else []
    rows = [
        {
            "certificate": certificate,
            "batch": city.batches.get(certificate.batch or 0),
            "state": _state(certificate),
            "demander": city.office(certificate.demander),
            "fact": city.facts.get(certificate.fact),
            "matters": [
                m for m in city.matters.values() if m.work and any(n.fact == certificate.fact for n in m.work.needs)
            ],
        }
        for certificate in found
    ]
    context = {
        "place": place,
        "asked": asked,
        "changes": waiting(place.code) if place else 0,
        "rows": rows,
        "matters": searching.matters(city, asked)[:5] if asked else [],
        "here": "agent",
    }
    return render(request, "cases/agent.html", context)
