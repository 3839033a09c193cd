"""The page of one matter: what it asks for (nothing), what will be looked up, by which way today, and why."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from mianzheng.cases.pages.rows import Row, paper_rows, planned
from mianzheng.catalogue.queries.editions import city as city_in_force
from mianzheng.catalogue.rules.city import City, Matter
from mianzheng.catalogue.rules.guides import needs_of, only_when, open_channels
from mianzheng.catalogue.rules.papers import kept_for, papers_of
from mianzheng.centre.queries.records import readiness_of
from mianzheng.common.reasons import N_, Reason
from mianzheng.evidence.queries.asking import items_of
from mianzheng.evidence.rules.ways import Plan, offices_of, papers_asked, plan
from mianzheng.web import clock
from mianzheng.web.access import public

CHANNEL_NAMES = {
    "online": Reason(N_("网上")),
    "window": Reason(N_("政务服务窗口")),
    "agent": Reason(N_("村社代办")),
}


@public
@require_safe
def matter(request: HttpRequest, code: str) -> HttpResponse:
    """One matter: who decides and how long it takes, what must be known, and how each fact would be settled today."""
    city = city_in_force()
    found = city.matter(code)
    if found is None:
        raise Http404
    if found.code != code:  # merged into another: old links and bookmarks lead there
        return redirect("cases:matter", found.code)
    needs = needs_of(city, found)
    plans = plan(
        needs,
        facts=city.facts,
        items=city.items,
        offices=offices_of(city),
        readiness=readiness_of(city, items_of(city, needs), now=clock.now()),
        barred=False,
    )
    kept = kept_for(city, found)
    asked = papers_of(city, found.work, asked=True)
    papers = paper_rows(city, found.work)
    owner = city.departments.get(found.owner)
    context: dict[str, Any] = {
        "matter": found,
        "owner": city.office(found.owner),
        "phone": owner.phone if owner else "",
        "papers_asked": papers_asked(plans) + len(asked) if found.work else len(kept),
        "papers": papers,
        "papers_kept": kept,
        "papers_offices": sum(paper.offices for paper in papers),
        "papers_trips": sum(paper.trips for paper in papers),
        "baseline_year": city.baseline_year,
        "rows": [_row(city, found, each) for each in plans],
        "channels": [CHANNEL_NAMES[channel] for channel in open_channels(found)],
        "bases": [city.bases[b] for b in found.bases],
        "here": "matters",
    }
    return render(request, "cases/matter.html", context)


def _row(city: City, matter: Matter, each: Plan) -> Row:
    return planned(city, each, matter.owner, note=only_when(matter, each.need))
