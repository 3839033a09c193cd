"""Home with its one search box, and matters by theme."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from mianzheng.catalogue.pages.rows import certificate_row, party, themes, zero
from mianzheng.catalogue.queries import searching
from mianzheng.catalogue.queries.editions import city
from mianzheng.catalogue.rules.package import counts
from mianzheng.web.access import public

SHOWN = 30
"""How many answers to a search are shown; the box says when there were more."""
LONGEST = 60


@public
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """One search box, the matters one can do here, the themes, and the city's figures."""
    here = city()
    asked = " ".join(request.GET.get("q", "").split())[:LONGEST]
    if asked:
        found = searching.matters(here, asked)
        papers = [certificate_row(here, c) for c in searching.certificates(here, asked)[:5]]
        shown = [(m, zero(here, m), party(here, m.owner)) for m in found[:SHOWN]]
        context = {"asked": asked, "found": shown, "found_total": len(found), "papers": papers}
        return render(request, "catalogue/search.html", {**context, "here": "matters"})
    worked = [(m, zero(here, m)) for m in here.matters.values() if m.work]
    context = {
        "city": here,
        "worked": worked,
        "asked_now": sum(z.papers_asked for _, z in worked),
        "asked_then": sum(len(z.papers) for _, z in worked),
        "trips_then": sum(z.trips for _, z in worked),
        "themes": themes(here.matters.values()),
        "figures": counts(here),
        "baseline_year": here.baseline_year,
        "here": "matters",
    }
    return render(request, "catalogue/home.html", context)


@public
@require_safe
def by_theme(request: HttpRequest) -> HttpResponse:
    """All matters of the city, theme by theme."""
    here = city()
    rows = [(theme, [(m, party(here, m.owner)) for m in theme.matters]) for theme in themes(here.matters.values())]
    total = sum(len(matters) for _, matters in rows)
    return render(request, "catalogue/matters.html", {"themes": rows, "total": total, "here": "matters"})
