"""Home with its one search box, matters by theme, and the page of one matter."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from mianzheng.catalogue.pages.rows import CHANNEL_NAMES, certificate_row, fact_rows, party, themes, zero
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


@public
@require_safe
def matter(request: HttpRequest, code: str) -> HttpResponse:
    """One matter: who decides and how long it takes, what it asks for (nothing), and what will be looked up."""
    here = city()
    found = here.matters.get(code)
    if found is None:
        raise Http404
    owner = here.departments.get(found.owner)
    counted = zero(here, found)
    context = {
        "matter": found,
        "owner": party(here, found.owner),
        "phone": owner.phone if owner else "",
        "zero": counted,
        "papers_asked": counted.papers_asked,
        "papers": counted.papers,
        "papers_kept": counted.papers_kept,
        "papers_offices": counted.offices,
        "papers_trips": counted.trips,
        "baseline_year": here.baseline_year,
        "rows": fact_rows(here, found),
        "channels": [CHANNEL_NAMES[c] for c in found.channels if c != "online" or found.work],
        "bases": [here.bases[b] for b in found.bases],
        "here": "matters",
    }
    return render(request, "catalogue/matter.html", context)
