"""征求意见 at an office: what it is asked about certificates, its answer, and the undertaking of a body."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from mianzheng.catalogue.queries.editions import city as city_in_force
from mianzheng.catalogue.queries.wordings import wording as wording_of
from mianzheng.common.actors import Actor
from mianzheng.common.errors import NotFound, Refusal
from mianzheng.people.rules.roles import ASKER, HEAD, OFFICER
from mianzheng.reform.actions import opining
from mianzheng.reform.pages.proposed import SAYS_NAMES, choices, proposed, said
from mianzheng.reform.queries import opinions as asked
from mianzheng.reform.queries.opinions import SPEAKERS
from mianzheng.reform.rules.consulting import can_speak
from mianzheng.reform.rules.states import Part, Says
from mianzheng.web import clock
from mianzheng.web.access import allow, roles_of
from mianzheng.web.acting import actor_of, ids_in, told
from mianzheng.web.paging import paged


def speaker(request: HttpRequest) -> Actor:
    """Return who speaks for the office, in the first of the roles they hold."""
    held = roles_of(request.user)
    return actor_of(request, next(role for role in SPEAKERS if role in held))


@allow(HEAD, OFFICER, ASKER)
@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """What the own office is asked, the most urgent first; or what it answered."""
    city, actor, today = city_in_force(), speaker(request), clock.today()
    answered = request.GET.get("show") == "said"
    waiting = asked.asked_of(actor.office)
    pages = paged(request, asked.asked_of(actor.office, said=True) if answered else waiting)
    rows = [(proposed(city, each.candidate), said(city, each, today)) for each in pages["page"]]
    context = {
        **pages,
        "rows": rows,
        "waiting": waiting.count(),
        "ticked": [str(each.opinion.id) for _row, each in rows if each.opinion.part != Part.UNDERTAKING],
        "to_sign": 0 if answered else waiting.filter(part=Part.UNDERTAKING).count(),
        "wordings": asked.wordings_of(actor.office) if answered else (),
        "show": "said" if answered else "",
        "office": city.office(actor.office),
        "here": "opinions",
    }
    return render(request, "reform/opinions.html", context)


@allow(HEAD, OFFICER, ASKER)
@require_POST
def agree(request: HttpRequest) -> HttpResponse:
    """Agree to the ticked ones, or to all the page showed."""
    chosen = ids_in(request.POST, "shown" if "all" in request.POST else "opinion")
    with told(request):
        opining.say(opinions=chosen, says=Says.AGREE, actor=speaker(request), now=clock.now())
        _thank(request, len(chosen))
    return redirect("reform:opinions")


def _thank(request: HttpRequest, n: int) -> None:
    messages.success(request, ngettext("已同意 %(n)s 项。", "已同意 %(n)s 项。", n) % {"n": n})


@allow(HEAD, OFFICER, ASKER)
@require_safe
def one(request: HttpRequest, opinion: uuid.UUID) -> HttpResponse:
    """One question: the certificate, what is to become of it and why, and the answer."""
    return render(request, "reform/opinion.html", _page(opinion, speaker(request)))


def _page(opinion: uuid.UUID, actor: Actor) -> dict[str, Any]:
    found = asked.one(opinion, actor.office)
    if found is None:
        raise Http404
    city, candidate = city_in_force(), found.candidate
    return {
        "row": proposed(city, candidate),
        "said": said(city, found, clock.today()),
        "can_speak": can_speak(stage=candidate.stage, past=found.past, wording=found.wording),
        "signs": found.part == Part.UNDERTAKING,
        "says": [(s, name) for s, name in SAYS_NAMES.items() if s != Says.AGREE or found.part != Part.UNDERTAKING],
        "choices": choices(found.proposed),
        "here": "opinions",
    }


@allow(HEAD, OFFICER, ASKER)
@require_POST
def say(request: HttpRequest, opinion: uuid.UUID) -> HttpResponse:
    """Agree, object or want another way; where it is refused, the page says why and keeps what was typed."""
    actor, typed = speaker(request), request.POST
    words = {name: typed.get(name, "") for name in ("says", "words", "disposal")}
    try:
        opining.say(opinions=[opinion], actor=actor, now=clock.now(), **words)
    except NotFound:
        raise Http404 from None
    except Refusal as refusal:
        return render(request, "reform/opinion.html", {**_page(opinion, actor), "wrong": refusal, "typed": typed})
    messages.success(request, _("您单位的意见已经记下。"))
    return redirect("reform:opinion", opinion)


@allow(HEAD, OFFICER, ASKER)
@require_safe
def undertaking(request: HttpRequest) -> HttpResponse:
    """The undertaking with what it covers: all that waits for a signature, or the one question of the address."""
    return render(request, "reform/undertaking.html", _sheet(speaker(request), ids_in(request.GET, "opinion")))


def _sheet(actor: Actor, only: Collection[uuid.UUID] = ()) -> dict[str, Any]:
    city = city_in_force()
    found = asked.to_sign(actor.office)
    found = found.filter(id__in=only) if only else found.filter(said_at=None)
    rows = list(found)
    return {
        "rows": [proposed(city, each.candidate) for each in rows],
        "ids": [str(each.id) for each in rows],
        "text": city.texts.get(opining.UNDERTAKING),
        "office": city.office(actor.office),
        "city": city,
        "here": "opinions",
    }


@allow(HEAD, OFFICER, ASKER)
@require_POST
def sign(request: HttpRequest) -> HttpResponse:
    """Sign for exactly the certificates the page showed."""
    actor, chosen = speaker(request), ids_in(request.POST, "shown")
    try:
        opining.sign(
            city=city_in_force(),
            opinions=chosen,
            accepted=request.POST.get("accepted") == "yes",
            actor=actor,
            now=clock.now(),
        )
    except NotFound:
        raise Http404 from None
    except Refusal as refusal:
        return render(request, "reform/undertaking.html", {**_sheet(actor), "wrong": refusal})
    said_ = ngettext("已签承诺书，包括 %(n)s 项证明。", "已签承诺书，包括 %(n)s 项证明。", len(chosen))
    messages.success(request, said_ % {"n": len(chosen)})
    text = opining.undertaking(city_in_force())
    return redirect("reform:undertaking_signed", opining.name_of(text))


@allow(HEAD, OFFICER, ASKER)
@require_safe
def signed(request: HttpRequest, wording: str) -> HttpResponse:
    """What the office undertook under one version of the text, to print."""
    city, actor = city_in_force(), speaker(request)
    rows = list(asked.signed_by(actor.office, wording))
    text = wording_of(wording)
    if not rows or text is None:
        raise Http404
    context = {
        "rows": [proposed(city, each.candidate) for each in rows],
        "signed_at": max(each.said_at for each in rows if each.said_at),
        "text": text,
        "office": city.office(actor.office),
        "city": city,
        "here": "opinions",
    }
    return render(request, "reform/undertaking.html", context)
