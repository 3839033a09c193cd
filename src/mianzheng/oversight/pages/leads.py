"""The department's list of leads (线索): the officer explains, the head decides or passes on."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mianzheng.catalogue.queries.editions import city as city_in_force
from mianzheng.common.actors import Actor
from mianzheng.common.errors import NotFound, Refusal
from mianzheng.oversight.actions import deciding
from mianzheng.oversight.pages.showing import DESK_ROLES, desk_actor, page, row
from mianzheng.oversight.queries.leads import leads_of, one
from mianzheng.oversight.rules.leads import ENDED, Status
from mianzheng.people.queries import accounts
from mianzheng.people.rules.roles import HEAD
from mianzheng.web import clock
from mianzheng.web.access import allow
from mianzheng.web.acting import actor_of
from mianzheng.web.paging import paged


@allow(*DESK_ROLES)
@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """Leads about oneself and, for the head, of the whole department; the most urgent first."""
    return render(request, "oversight/leads.html", list_of(request, desk_actor(request)))


def list_of(request: HttpRequest, actor: Actor) -> dict[str, Any]:
    """Return what a list of leads shows: ``show`` is "", ``passed``, ``mine`` or ``ended``."""
    city = city_in_force()
    show = request.GET.get("show", "")
    found = leads_of(actor, mine=show == "mine")
    if show == "ended":
        found = found.filter(status__in=ENDED).order_by("-made_at", "id")
    elif show == "passed":
        found = found.filter(status=Status.PASSED)
    else:
        found = found.exclude(status__in=ENDED)
    pages = paged(request, found)
    leads = list(pages["page"])
    cards = accounts({lead.account for lead in leads if lead.account})
    return {
        **pages,
        "rows": [row(city, lead, cards, actor) for lead in leads],
        "show": show,
        "head": actor.role == HEAD,
        "office": city.office(actor.office) if actor.role == HEAD else None,
        "here": "leads",
        "space": "lead",
    }


@allow(*DESK_ROLES)
@require_safe
def lead(request: HttpRequest, lead: uuid.UUID) -> HttpResponse:
    """One lead: why it is one, what was said, what to do now. What was looked up is opened by itself."""
    return render(request, "oversight/lead.html", page_of(lead, desk_actor(request)))


def page_of(lead: uuid.UUID, actor: Actor) -> dict[str, Any]:
    """Return what the page of one lead shows; 404 for a lead of others."""
    found = one(lead, actor)
    if found is None:
        raise Http404
    cards = accounts([found.account] if found.account else [])
    return {**page(city_in_force(), found, cards, actor), "here": "leads", "space": "lead"}


@allow(*DESK_ROLES)
@require_safe
def looks(request: HttpRequest, lead: uuid.UUID) -> HttpResponse:
    """What was looked up, without a name. That it was opened is in the log of each person first."""
    actor = desk_actor(request)
    return render(request, "oversight/looks.html", {**page_of(lead, actor), "lines": opened(lead, actor)})


def opened(lead: uuid.UUID, actor: Actor) -> Any:
    """Return the lines of a lead, logged; 404 for a lead of others."""
    try:
        return deciding.open_looks(city=city_in_force(), lead=lead, actor=actor, now=clock.now())
    except NotFound:
        raise Http404 from None


def done(request: HttpRequest, lead: uuid.UUID, act: Callable[[], None], said: str, back: str) -> HttpResponse:
    """Do `act` and go back to the lead. Where it is refused, the page says why and keeps what was typed."""
    try:
        act()
    except NotFound as missing:
        raise Http404 from missing
    except Refusal as refusal:
        wrong = refusal
    else:
        messages.success(request, said)
        return redirect(back, lead)
    space, actor = back.removeprefix("oversight:"), _actor(request, back)
    return render(
        request, "oversight/lead.html", {**page_of(lead, actor), "space": space, "wrong": wrong, "typed": request.POST}
    )


def _actor(request: HttpRequest, back: str) -> Actor:
    return desk_actor(request) if back == "oversight:lead" else actor_of(request, "supervisor")


@allow(*DESK_ROLES)
@require_POST
def reply(request: HttpRequest, lead: uuid.UUID) -> HttpResponse:
    """The officer explains."""
    actor, text = desk_actor(request), request.POST.get("reply", "")
    return done(
        request,
        lead,
        lambda: deciding.reply(city=city_in_force(), lead=lead, text=text, actor=actor, now=clock.now()),
        _("您的说明已经记下。"),
        "oversight:lead",
    )


@allow(HEAD)
@require_POST
def ask(request: HttpRequest, lead: uuid.UUID) -> HttpResponse:
    """The head asks the officer to explain."""
    actor = desk_actor(request)
    return done(
        request,
        lead,
        lambda: deciding.ask(city=city_in_force(), lead=lead, actor=actor, now=clock.now()),
        _("已请经办人说明。"),
        "oversight:lead",
    )


@allow(HEAD)
@require_POST
def explain(request: HttpRequest, lead: uuid.UUID) -> HttpResponse:
    """The head closes it as explained; where a person asked, this is their answer."""
    actor, answer = desk_actor(request), request.POST.get("answer", "")
    return done(
        request,
        lead,
        lambda: deciding.explain(lead=lead, answer=answer, actor=actor, now=clock.now()),
        _("已办结。"),
        "oversight:lead",
    )


@allow(HEAD)
@require_POST
def pass_on(request: HttpRequest, lead: uuid.UUID) -> HttpResponse:
    """The head passes it on to oversight."""
    actor, why = desk_actor(request), request.POST.get("why", "")
    return done(
        request,
        lead,
        lambda: deciding.pass_on(city=city_in_force(), lead=lead, why=why, actor=actor, now=clock.now()),
        _("已转监督机构。"),
        "oversight:lead",
    )
