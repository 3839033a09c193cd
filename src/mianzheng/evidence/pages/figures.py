"""How often people were looked up in secret (依法保密的查询), counted openly: by quarter, authority and article."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from mianzheng.catalogue.queries.editions import city as city_in_force
from mianzheng.evidence.queries.secrecy import kept
from mianzheng.evidence.rules.secrecy import FEWEST, figures
from mianzheng.web import clock
from mianzheng.web.access import public


@public
@require_safe
def secret_looks(request: HttpRequest) -> HttpResponse:
    """Each quarter that is over; who may do it at all, under which articles, and for how long at most."""
    city, now = city_in_force(), clock.now()
    quarters = [
        {
            "year": quarter.year,
            "number": quarter.number,
            "rows": [
                {"row": row, "office": city.office(row.office), "basis": city.bases.get(row.basis)}
                for row in quarter.rows
            ],
        }
        for quarter in figures(kept(now=now), today=now.date())
    ]
    allowed = [
        {
            "office": city.departments[each.office].name,
            "basis": city.bases[each.basis],
            "untold": city.bases[each.untold],
            "months": each.months,
        }
        for each in city.secrecy
    ]
    context = {"quarters": quarters, "allowed": allowed, "fewest": FEWEST}
    return render(request, "evidence/secret_looks.html", context)
