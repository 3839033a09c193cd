"""Looking somebody up and telling them later (依法保密的查询): orders of an office, approving them, asking under them."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mianzheng.catalogue.queries.editions import city as city_in_force
from mianzheng.catalogue.rules.city import City
from mianzheng.common.actors import Actor
from mianzheng.common.errors import Refusal
from mianzheng.common.reasons import Reason, packed, unpacked
from mianzheng.evidence.actions import secrecy
from mianzheng.evidence.actions.look import look
from mianzheng.evidence.queries.secrecy import Order, order_of, orders_of, subject_under
from mianzheng.evidence.rules.inquiry import Answer
from mianzheng.evidence.rules.secrecy import STATES, State, grounds, last_day, of_the_person
from mianzheng.people.queries import subject_of
from mianzheng.web import clock
from mianzheng.web.access import allow
from mianzheng.web.acting import actor_of, told

KEPT, ANSWER = "secret_answer", "answer"
"""Where the session keeps an answer until it is shown, and the name under which the page's address calls it."""


@allow("officer")
@require_safe
def orders(request: HttpRequest) -> HttpResponse:
    """The orders of the office, the newest first. An office the city lets tell everybody at once has no such page."""
    city, actor = _desk(request)
    rows = [_row(city, each) for each in orders_of(actor.office, today=clock.today())]
    return render(
        request, "evidence/secrecy.html", {"office": city.office(actor.office), "rows": rows, "here": "secrecy"}
    )


@allow("officer")
@require_http_methods(["GET", "HEAD", "POST"])
def open_order(request: HttpRequest) -> HttpResponse:
    """The form for an order: under which article, for which file, about whom, until when, why."""
    city, actor = _desk(request)
    wrong, today = None, clock.today()
    if request.method == "POST":
        try:
            made = secrecy.open_order(
                city=city,
                basis=request.POST.get("basis", ""),
                reference=request.POST.get("reference", ""),
                why=request.POST.get("why", ""),
                until=_day(request.POST.get("until", "")),
                subject=subject_of(request.POST.get("number", ""), today=today),
                actor=actor,
                now=clock.now(),
            )
        except Refusal as refusal:
            wrong = refusal
        else:
            messages.success(request, _("已经提出，等另一个人批准后生效。"))
            return redirect("evidence:secrecy_order", made)
    context = {
        "grounds": [_ground(city, each, today) for each in grounds(city, actor.office)],
        "typed": {name: request.POST.get(name, "") for name in ("basis", "reference", "why", "until")},
        "today": today,
        "wrong": wrong,
        "here": "secrecy",
    }
    return render(request, "evidence/secrecy_open.html", context, status=422 if wrong else 200)


@allow("officer")
@require_safe
def order_page(request: HttpRequest, order: uuid.UUID) -> HttpResponse:
    """One order: its terms, what may be done with it, and once what was answered. It never says whom it is about."""
    city, actor = _desk(request)
    today = clock.today()
    found = _mine(order, actor)
    ground = next((each for each in grounds(city, actor.office) if each.basis == found.basis), None)
    waiting = found.waiting
    asked, answers = _shown_once(request, city, order)
    context = {
        **_row(city, found),
        "terms": [(term, term.asked_by == actor.id) for term in found.terms],
        "approves": waiting is not None and waiting.asked_by != actor.id,
        "in_force": found.state is State.IN_FORCE,
        "extends": found.state is State.IN_FORCE and waiting is None and ground is not None,
        "ends": found.state is not State.ENDED,
        "last": last_day(ground, today) if ground else None,
        "today": today,
        "questions": _questions(city) if found.state is State.IN_FORCE else [],
        "answers": answers,
        "was_shown": ANSWER in request.GET and not answers,
        "asked": asked,
        "here": "secrecy",
    }
    return render(request, "evidence/secrecy_order.html", context)


@allow("officer")
@require_POST
def approve(request: HttpRequest, order: uuid.UUID) -> HttpResponse:
    """Approve what waits, by typing the number from one's own file: it must be the same person."""
    _city, actor = _desk(request)
    with told(request):
        _mine(order, actor)
        subject = subject_of(request.POST.get("number", ""), today=clock.today())
        secrecy.approve_order(order=order, subject=subject, actor=actor, now=clock.now())
        messages.success(request, _("已批准，从现在起生效。"))
    return redirect("evidence:secrecy_order", order)


@allow("officer")
@require_POST
def extend(request: HttpRequest, order: uuid.UUID) -> HttpResponse:
    """Ask for a longer term."""
    city, actor = _desk(request)
    until, why = _day(request.POST.get("until", "")), request.POST.get("why", "")
    with told(request):
        secrecy.extend_order(city=city, order=order, until=until, why=why, actor=actor, now=clock.now())
        messages.success(request, _("已经提出延长，等另一个人批准。"))
    return redirect("evidence:secrecy_order", order)


@allow("officer")
@require_POST
def end(request: HttpRequest, order: uuid.UUID) -> HttpResponse:
    """End an order: from here on the person sees what was looked up."""
    _city, actor = _desk(request)
    with told(request):
        secrecy.end_order(order=order, actor=actor, now=clock.now())
        messages.success(request, _("已经结束。查过的，从现在起本人看得到；没有查过的，什么也没有发生。"))
    return redirect("evidence:secrecy_order", order)


@allow("officer")
@require_POST
def ask(request: HttpRequest, order: uuid.UUID) -> HttpResponse:
    """Ask one fact of a matter about the person under the order; the page of the order shows the answer once."""
    city, actor = _desk(request)
    subject = subject_under(order, office=actor.office)
    if subject is None:
        raise Http404
    asked = request.POST.get("asked", "")
    matter, _colon, need = asked.partition(":")
    address = reverse("evidence:secrecy_order", args=[order])
    with told(request):
        answers = look(
            city=city, matter=matter, fact=need, applicant=subject, actor=actor, now=clock.now(), secrecy=order
        )
        token = uuid.uuid4().hex
        request.session[KEPT] = {
            ANSWER: token,
            "order": str(order),
            "asked": asked,
            "answers": [_kept(each) for each in answers],
        }
        address += f"?{ANSWER}={token}"
    return redirect(address)


def _kept(answer: Answer) -> dict[str, Any]:
    """Return an answer as it waits in the session for the page that shows it: it names nobody."""
    as_of = answer.as_of.isoformat() if answer.as_of else None
    return {"fact": answer.need.fact, "verdict": str(answer.verdict), "reason": packed(answer.reason), "as_of": as_of}


def _shown_once(request: HttpRequest, city: City, order: uuid.UUID) -> tuple[str, list[dict[str, Any]]]:
    """Return what was just asked under `order` and its answers, and forget them."""
    kept = request.session.get(KEPT)
    if request.method != "GET" or not kept:
        return "", []
    if (kept[ANSWER], kept["order"]) != (request.GET.get(ANSWER), str(order)):
        return "", []
    del request.session[KEPT]
    return kept["asked"], [
        {
            "question": city.facts[each["fact"]].question if each["fact"] in city.facts else each["fact"],
            "verdict": each["verdict"],
            "reason": unpacked(each["reason"]),
            "as_of": _day(each["as_of"] or ""),
        }
        for each in kept["answers"]
    ]


def _desk(request: HttpRequest) -> tuple[City, Actor]:
    city, actor = city_in_force(), actor_of(request, "officer")
    if not grounds(city, actor.office):
        raise Http404
    return city, actor


def _mine(key: uuid.UUID, actor: Actor) -> Order:
    found = order_of(key, office=actor.office, today=clock.today())
    if found is None:
        raise Http404
    return found


def _row(city: City, order: Order) -> dict[str, Any]:
    return {
        "order": order,
        "basis": city.bases.get(order.basis),
        "untold": city.bases.get(order.untold),
        "state": Reason(STATES[order.state]),
    }


def _ground(city: City, each: Any, today: datetime.date) -> dict[str, Any]:
    return {
        "code": each.basis,
        "basis": city.bases[each.basis],
        "untold": city.bases[each.untold],
        "months": each.months,
        "last": last_day(each, today),
    }


def _questions(city: City) -> list[dict[str, Any]]:
    """Return what may be asked, by matter: facts about the person themself, of items that are held here, for a source would
    learn of it.
    """
    found = []
    for matter in city.matters.values():
        needs = matter.work.needs if matter.work else ()
        own = [need for need in needs if of_the_person(need)]
        held = [need for need in own if not city.items[city.facts[need.fact].item].at_source]
        if held:
            rows = [
                {"value": f"{matter.code}:{need.code}", "question": city.facts[need.fact].question} for need in held
            ]
            found.append({"matter": matter.name, "rows": rows})
    return found


def _day(text: str) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(text.strip())
    except ValueError:
        return None
