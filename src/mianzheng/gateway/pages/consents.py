"""The asker's side of consent: what was asked for, where it stands, signing before the clerk, the sheet to sign on."""

from __future__ import annotations

import uuid
from typing import Any

import segno
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mianzheng.catalogue.queries.editions import city as city_in_force
from mianzheng.catalogue.rules.city import City
from mianzheng.common.identifiers import mask
from mianzheng.common.reasons import Reason
from mianzheng.gateway.actions import consents
from mianzheng.gateway.models import Consent
from mianzheng.gateway.pages.acting import asking_actor
from mianzheng.gateway.pages.carried import carried
from mianzheng.gateway.queries.consents import of_asker, one_of_asker, state
from mianzheng.gateway.rules.consents import CHANNELS, STATES, TEXT, Channel, State, grouped, said_for
from mianzheng.web import clock
from mianzheng.web.access import allow
from mianzheng.web.acting import told
from mianzheng.web.paging import paged


def shown(city: City, row: Consent) -> dict[str, Any]:
    """Return a consent in plain words, for whoever may see it."""
    where = state(row, now=clock.now())
    return {
        "consent": row,
        "number": grouped(row.number),
        "asker": city.office(row.asker) or row.asker,
        "purpose": city.purpose(row.matter) or row.matter,
        "said": _said(city, row),
        "facts": [_fact(city, row, code) for code in row.facts if code in city.facts],
        "state": str(where),
        "state_name": Reason(STATES[where]),
        "channel": Reason(CHANNELS[Channel(row.channel)]),
        "open": where is State.OPEN,
        "given": where is State.GIVEN,
        "child": row.guardian is not None,
    }


def _said(city: City, row: Consent) -> list[dict[str, Any]]:
    """Return what the asker wrote for the person, as it was when they were asked. Where each fact has a sentence of its own,
    it is named with it.
    """
    known = [code for code in row.facts if code in city.facts]
    found = said_for(known, row.terms)
    return [
        {"sentence": sentence, "facts": [city.facts[code].name for code in codes] if len(codes) < len(known) else []}
        for sentence, codes in found.items()
    ]


def _fact(city: City, row: Consent, code: str) -> dict[str, Any]:
    """Return one fact of a consent: the question with its parameters as they were agreed to, and whose register answers."""
    fact = city.facts[code]
    terms = row.terms.get(code, {"params": {}, "values": []})
    names = {field.code: field.name for field in city.items[fact.item].fields}
    return {
        "question": fact.question,
        "item": city.items[fact.item].name,
        "owner": city.departments[city.items[fact.item].owner].name,
        "params": [(fact.params[name].name, value) for name, value in terms["params"].items() if name in fact.params],
        "values": [names[name] for name in terms["values"] if name in names],
    }


@allow("asker", "officer")
@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """What the own office asked for, the newest first."""
    city, actor = city_in_force(), asking_actor(request)
    pages = paged(request, of_asker(actor.office))
    context = {**pages, "rows": [shown(city, row) for row in pages["page"]], "here": "consents"}
    return render(request, "gateway/consents.html", context)


def _own(request: HttpRequest, consent: uuid.UUID) -> Consent:
    row = one_of_asker(consent, asking_actor(request).office)
    if row is None:
        raise Http404
    return row


@allow("asker", "officer")
@require_safe
def one(request: HttpRequest, consent: uuid.UUID) -> HttpResponse:
    """One request: how the person can answer it, and once they did, the button that goes on. htmx asks whether they have:
    nothing until then, so that what the clerk is typing stays.
    """
    row = _own(request, consent)
    actor, city = asking_actor(request), city_in_force()
    if request.headers.get("HX-Request"):
        waiting = state(row, now=clock.now()) is State.OPEN
        return HttpResponse(status=204) if waiting else HttpResponse(headers={"HX-Refresh": "true"})
    number = carried(request, account=actor.id, consent=row.id, now=clock.now())
    address = request.build_absolute_uri(reverse("gateway:consent_code", args=[row.number]))
    context = {
        **shown(city, row),
        "masked": mask(number) if number else "",
        "address": address,
        "qr": segno.make(address, error="m").svg_inline(scale=4, border=2),
        "text": city.texts.get(TEXT),
        "window_days": city.asking.window_days,
        "here": "consents",
    }
    return render(request, "gateway/consent.html", context)


@allow("asker", "officer")
@require_safe
def sheet(request: HttpRequest, consent: uuid.UUID) -> HttpResponse:
    """The sheet to be printed, read and signed by a person without a phone."""
    row = _own(request, consent)
    city = city_in_force()
    context = {**shown(city, row), "city": city, "text": city.texts.get(TEXT), "here": "consents"}
    return render(request, "gateway/consent_sheet.html", context)


@allow("asker", "officer")
@require_POST
def record(request: HttpRequest, consent: uuid.UUID) -> HttpResponse:
    """Note that the person consented here: on the signed sheet, or before the clerk."""
    row = _own(request, consent)
    paper = request.POST.get("channel") == Channel.PAPER
    with told(request):
        consents.record(
            city=city_in_force(),
            consent=row.id,
            channel=Channel.PAPER if paper else Channel.WINDOW,
            paper=request.POST.get("paper", ""),
            seen=request.POST.get("seen") == "yes",
            actor=asking_actor(request),
            now=clock.now(),
        )
        messages.success(request, _("已记下本人同意。本人在“我的同意”里看得到，随时可以收回。"))
    return redirect("gateway:consent", row.id)


@allow("asker", "officer")
@require_POST
def take_back(request: HttpRequest, consent: uuid.UUID) -> HttpResponse:
    """Note that the person has taken the consent back, by word or in writing."""
    row = _own(request, consent)
    with told(request):
        consents.note_revocation(city=city_in_force(), consent=row.id, actor=asking_actor(request), now=clock.now())
        messages.success(request, _("已记下：本人收回同意，马上生效。"))
    return redirect("gateway:consent", row.id)


@allow("asker", "officer")
@require_POST
def drop(request: HttpRequest, consent: uuid.UUID) -> HttpResponse:
    """End a request nobody answered yet."""
    row = _own(request, consent)
    with told(request):
        consents.drop(city=city_in_force(), consent=row.id, actor=asking_actor(request), now=clock.now())
        messages.success(request, _("请求已经撤掉。"))
    return redirect("gateway:consent", row.id)
