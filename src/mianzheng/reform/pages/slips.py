"""Slips (不再开具告知单): made out at the village, the window, on the phone or by oneself; read and answered by whoever asked."""

from __future__ import annotations

from typing import Any

import segno
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mianzheng.catalogue.queries import searching
from mianzheng.catalogue.queries.editions import city as city_in_force
from mianzheng.catalogue.rules.city import Certificate, City
from mianzheng.catalogue.rules.kinds import Disposal
from mianzheng.common.actors import Actor
from mianzheng.common.errors import NotFound, Refusal
from mianzheng.gateway.queries.window import open_grants
from mianzheng.gateway.rules.grants import facts_for, purposes_for
from mianzheng.people.rules.roles import AGENT, ASKER, HEAD, OFFICER, REFORM
from mianzheng.reform.actions import slips
from mianzheng.reform.models import Slip
from mianzheng.reform.queries.slips import one
from mianzheng.reform.rules.slips import (
    CHANNELS,
    INSTEAD,
    LONGEST_ANSWER,
    LONGEST_NAME,
    LONGEST_PURPOSE,
    Channel,
    as_typed,
    check_certificate,
    ground,
    grouped,
)
from mianzheng.web import clock
from mianzheng.web.access import allow, public, roles_of
from mianzheng.web.acting import actor_of, told

DOORS = {
    AGENT: (Channel.VILLAGE,),
    OFFICER: (Channel.WINDOW, Channel.PHONE),
    ASKER: (Channel.WINDOW, Channel.PHONE),
    HEAD: (Channel.WINDOW, Channel.PHONE),
    REFORM: (Channel.PHONE, Channel.WINDOW),
}
"""In which role somebody makes a slip out for another, the first they hold, and how that one may have come."""
ANSWERING = (OFFICER, ASKER, HEAD)
SHOWN = 8


@public
@require_safe
def enter(request: HttpRequest) -> HttpResponse:
    """Type the code of a slip that was read out, or look for the certificate one is to be made out about."""
    code = as_typed(request.GET.get("code", ""))
    if code and one(code):
        return redirect(f"{reverse('reform:slip', args=[code])}?qr=1")
    city, asked = city_in_force(), " ".join(request.GET.get("q", "").split())[:60]
    found = searching.certificates(city, asked)[:SHOWN] if asked else []
    context = {
        "code": code,
        "missing": bool(code),
        "asked": asked,
        "rows": [(each, city.batches.get(each.batch or 0)) for each in found],
        "here": "slip_enter",
    }
    return render(request, "reform/slip_enter.html", context)


@public
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, code: str) -> HttpResponse:
    """Who asked, and what for; for whoever stands at a counter or is on the phone, or for oneself."""
    city = city_in_force()
    certificate = city.certificates.get(code)
    if certificate is None:
        raise Http404
    actor, channels = _maker(request)
    wrong: Refusal | None = None
    try:
        check_certificate(certificate)
        if request.method == "POST":
            chosen = request.POST.get("channel", "")
            slip = slips.make(
                city=city,
                certificate=code,
                demander=request.POST.get("demander", ""),
                demander_said=request.POST.get("demander_said", ""),
                purpose=request.POST.get("purpose", ""),
                channel=Channel(chosen) if chosen in channels else channels[0],
                place=actor.office if actor else "",
                actor=actor,
                now=clock.now(),
            )
            return redirect("reform:slip", slip.token)
    except Refusal as refusal:
        wrong = refusal
    context = {
        "certificate": certificate,
        "cancelled": not certificate.asked_for,
        "batch": city.batches.get(certificate.batch or 0),
        "demander": request.POST.get("demander", certificate.demander),
        "demander_said": request.POST.get("demander_said", ""),
        "purpose": request.POST.get("purpose", ""),
        "departments": city.departments.values(),
        "bodies": city.bodies.values(),
        "channels": [(each.value, CHANNELS[each]) for each in channels],
        "wrong": wrong,
        "longest_name": LONGEST_NAME,
        "longest_purpose": LONGEST_PURPOSE,
        "here": "certificates",
    }
    return render(request, "reform/slip_new.html", context, status=422 if wrong and request.method == "POST" else 200)


def _maker(request: HttpRequest) -> tuple[Actor | None, tuple[Channel, ...]]:
    """Return who makes a slip out and how; nobody where people do so for themselves."""
    held = roles_of(request.user)
    role = next((role for role in DOORS if role in held), None)
    return (actor_of(request, role), DOORS[role]) if role else (None, (Channel.ONLINE,))


@public
@require_safe
def slip(request: HttpRequest, token: str) -> HttpResponse:
    """The slip, to be printed, shown or read out; whoever comes by its QR code or its code has been asking."""
    if request.GET.get("qr") and request.method == "GET":
        reader, account = _reader(request), str(getattr(request.user, "id", "") or "")
        with told(request):
            slips.opened(token=token, office=reader.office if reader else "", by=account, now=clock.now())
        return redirect("reform:slip", token)
    return _page(request, token)


def _page(request: HttpRequest, token: str, wrong: Refusal | None = None) -> HttpResponse:
    city, found = city_in_force(), one(token)
    certificate = city.certificates.get(found.certificate) if found else None
    if found is None or certificate is None:
        raise Http404
    reader = _reader(request)
    page = request.build_absolute_uri(reverse("reform:slip", args=[token]))
    context = {
        **_said(city, found, certificate),
        **(_verifying(city, reader, certificate) if reader else {}),
        "reader": reader,
        "may_answer": bool(reader and found.demander in ("", reader.office)),
        "wrong": wrong,
        "typed": request.POST.get("answer", found.answer),
        "page": page.partition("://")[2],
        "qr": segno.make(f"{page}?qr=1", error="m").svg_inline(omitsize=True, border=1),
        "longest": LONGEST_ANSWER,
        "here": "certificates",
    }
    return render(request, "reform/slip.html", context, status=422 if wrong else 200)


def _said(city: City, slip: Slip, certificate: Certificate) -> dict[str, Any]:
    fact = city.facts.get(certificate.fact)
    department = city.departments.get(slip.demander)
    place = city.communities.get(slip.place)
    return {
        "slip": slip,
        "code": grouped(slip.token),
        "certificate": certificate,
        "again": certificate.asked_for,
        "batch": city.batches.get(certificate.batch or 0),
        "demander": city.office(slip.demander) or slip.demander_said,
        "purpose": slip.purpose or certificate.purpose,
        "ground": ground(city, slip.demander),
        "instead": INSTEAD.get(certificate.disposal),
        "fact": fact if certificate.disposal is not Disposal.CANCEL else None,
        "answered_by": city.departments[fact.answered_by] if fact else None,
        "phone": department.phone if department else "",
        "channel": CHANNELS[Channel(slip.channel)],
        "place": place.name if place else city.office(slip.place),
    }


def _reader(request: HttpRequest) -> Actor | None:
    """Return who reads for an office that may have asked; None for everybody else."""
    held = roles_of(request.user)
    role = next((role for role in ANSWERING if role in held), None)
    return actor_of(request, role) if role else None


def _verifying(city: City, reader: Actor, certificate: Certificate) -> dict[str, str]:
    """Return where the reader verifies the one fact, or asks to be allowed to; nothing where their office has no use for it."""
    fact = certificate.fact
    if reader.role == HEAD or fact not in city.facts or certificate.disposal is Disposal.CANCEL:
        return {}
    open_ = open_grants(reader.office, today=clock.today())
    matter = next((matter for matter, grants in open_.items() if any(each.grant.fact == fact for each in grants)), "")
    if matter:
        return {"verify_url": f"{reverse('gateway:window')}?{urlencode({'matter': matter, 'facts': fact})}"}
    purposes = purposes_for(city, reader.office)
    matter = next((each for each in purposes if fact in facts_for(city, reader.office, each)), "")
    if matter:
        return {"grant_url": f"{reverse('gateway:grant_new')}?{urlencode({'matter': matter, 'fact': fact})}"}
    return {}


@allow(*ANSWERING)
@require_POST
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """What the office says: it asks no more, or why it still does."""
    reader = _reader(request)
    assert reader is not None  # the rule above lets nobody else in
    still, why = {"1": True, "0": False}.get(request.POST.get("still", "")), request.POST.get("answer", "")
    try:
        slips.answer(token=token, still=still, why=why, actor=reader, now=clock.now())
    except NotFound as missing:
        raise Http404 from missing
    except Refusal as refusal:
        return _page(request, token, refusal)
    messages.success(request, _("已经记下，减证办看得到。"))
    return redirect("reform:slip", token)
