"""Requests for sharing (共享申请): a department asks from the item's page, the owner's department decides in its period."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mianzheng.catalogue.queries.editions import city as city_in_force
from mianzheng.catalogue.rules.city import City
from mianzheng.catalogue.rules.metadata import SENSITIVITY
from mianzheng.centre.actions import sharing
from mianzheng.centre.models import SharingRequest
from mianzheng.centre.pages.acting import desk_actor, items_seen, seen_by
from mianzheng.centre.queries.sharing import counts, one, requests
from mianzheng.centre.rules.sharing import why_no_request
from mianzheng.common.errors import Refusal
from mianzheng.common.periods import WorkingDays
from mianzheng.common.reasons import Reason
from mianzheng.web import clock
from mianzheng.web.access import allow
from mianzheng.web.acting import actor_of, told
from mianzheng.web.paging import paged
from mianzheng.web.words import say


def _mine(request: HttpRequest, city: City) -> tuple[str, list[str]]:
    """Return the office whose requests are shown ("" is everybody's) and the items it owns."""
    actor = desk_actor(request)
    return seen_by(actor), [item.code for item in items_seen(city, actor)]


def _left(city: City, found: SharingRequest) -> int:
    return WorkingDays(city.holidays).between(clock.today(), found.due)


def _row(city: City, found: SharingRequest, office: str) -> dict[str, Any]:
    item = city.items.get(found.item)
    return {
        "asked": found,
        "item": item,
        "asker": city.office(found.office),
        "owner": city.departments[item.owner].name if item else None,
        "matter": city.matters[found.matter].name if found.matter in city.matters else None,
        "mine": found.office == office,
        "left": _left(city, found),
        "over": bool(found.approved and found.until_day and found.until_day < clock.today()),
    }


@allow("centre", "officer")
@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """The requests to answer and those one waits for, the most urgent first."""
    city = city_in_force()
    office, items = _mine(request, city)
    decided = request.GET.get("show") == "decided"
    pages = paged(request, requests(office=office, items=items, decided=decided))
    context = {
        **pages,
        "rows": [_row(city, each, office) for each in pages["page"]],
        "show": "decided" if decided else "",
        "office": city.office(office) if office else None,
        "counts": counts(office=office, items=items, today=clock.today()),
        "here": "sharing",
    }
    return render(request, "centre/sharing.html", context)


@allow("officer")
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, code: str) -> HttpResponse:
    """Ask for fields of an item; what was typed stays on the page where something is missing."""
    city = city_in_force()
    item = city.items.get(code)
    if item is None:
        raise Http404
    actor = actor_of(request, "officer")
    why_not = why_no_request(item, actor.office)
    wrong: Refusal | None = None
    if request.method == "POST" and why_not:
        messages.error(request, say(why_not))
        return redirect("centre:item", code)
    if request.method == "POST":
        try:
            made = sharing.request(
                city=city,
                item=code,
                fields=request.POST.getlist("fields"),
                purpose=request.POST.get("purpose", ""),
                matter=request.POST.get("matter", ""),
                basis=request.POST.get("basis", ""),
                actor=actor,
                now=clock.now(),
            )
        except Refusal as refusal:
            wrong = refusal
        else:
            messages.success(request, _("申请已经送到提供部门。"))
            return redirect("centre:sharing_one", made)
    own = [matter for matter in city.matters.values() if matter.owner == actor.office]
    context = {
        "item": item,
        "owner": city.departments[item.owner].name,
        "why_not": why_not,
        "fields": [(field, Reason(SENSITIVITY[field.sensitivity])) for field in item.fields],
        "matters": own,
        "days": city.policy.sharing_days,
        "typed": {name: request.POST.get(name, "") for name in ("purpose", "matter", "basis")},
        "ticked": request.POST.getlist("fields"),
        "wrong": wrong,
        "here": "sharing",
    }
    return render(request, "centre/sharing_ask.html", context, status=422 if wrong else 200)


@allow("centre", "officer")
@require_safe
def request_page(request: HttpRequest, asked: uuid.UUID) -> HttpResponse:
    """One request: what is asked and why; the owner's form to decide it, or the decision."""
    city = city_in_force()
    office, items = _mine(request, city)
    found = one(asked, office=office, items=items)
    if found is None or found.item not in city.items:
        raise Http404
    names = {field.code: field.name for field in city.items[found.item].fields}
    context = {
        **_row(city, found, office),
        "fields": [names[code] for code in found.fields_asked if code in names],
        "decides": found.decided_at is None and city.items[found.item].owner == office,
        "tomorrow": clock.today() + datetime.timedelta(days=1),
        "here": "sharing",
    }
    return render(request, "centre/sharing_one.html", context)


@allow("officer")
@require_POST
def decide(request: HttpRequest, asked: uuid.UUID) -> HttpResponse:
    """Approve or refuse a request for an item of one's own department."""
    verdict = request.POST.get("approved", "")
    until = request.POST.get("until", "").strip()
    try:
        last = datetime.date.fromisoformat(until) if until else None
    except ValueError:
        messages.error(request, _("截止日期请写成 2027-03-31 这样。"))
        return redirect("centre:sharing_one", asked)
    with told(request):
        sharing.decide(
            city=city_in_force(),
            request=asked,
            approved=verdict == "yes",
            answer=request.POST.get("answer", ""),
            until=last,
            actor=actor_of(request, "officer"),
            now=clock.now(),
        )
        messages.success(request, _("已同意共享。") if verdict == "yes" else _("已答复不同意，理由一并告知。"))
    return redirect("centre:sharing_one", asked)
