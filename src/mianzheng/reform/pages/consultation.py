"""征求意见 at the desk of the reform office: what to ask, who has not answered, what to settle."""

from __future__ import annotations

import itertools
import uuid
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from mianzheng.catalogue.queries.editions import city as city_in_force
from mianzheng.catalogue.rules.city import City
from mianzheng.common.errors import NotFound, Refusal
from mianzheng.common.reasons import N_
from mianzheng.people.rules.roles import REFORM
from mianzheng.reform.actions import consulting, opining
from mianzheng.reform.models import Candidate
from mianzheng.reform.pages.proposed import SAYS_NAMES, choices, proposed, said, side
from mianzheng.reform.queries import opinions as asked
from mianzheng.reform.queries.opinions import heard_of
from mianzheng.reform.rules.consulting import can_ask, check_ask, check_over, outcome, whom
from mianzheng.reform.rules.states import Part, Stage
from mianzheng.web import clock
from mianzheng.web.access import allow
from mianzheng.web.acting import actor_of, ids_in, told
from mianzheng.web.paging import paged

TABS = ("", "open", "disputed", "silent", "agreed")
OFFICES_A_PAGE = 20


@allow(REFORM)
@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """What is to be asked, office by office; or what is being asked, objected to, left unanswered."""
    city, today = city_in_force(), clock.today()
    show = request.GET.get("show", "")
    show = show if show in TABS else ""
    rows: dict[str, QuerySet[Candidate]] = {
        "open": asked.in_consultation(),
        "disputed": asked.disputed(),
        "silent": asked.unanswered(today),
        "agreed": asked.in_consultation(Stage.AGREED),
    }
    counts = [asked.to_ask().count(), *(found.count() for found in rows.values())]
    context = {"show": show, "counts": counts, "days": city.policy.consult_days, "here": "consultation"}
    if show:
        pages = paged(request, rows[show])
        found = [(proposed(city, each), [said(city, o, today) for o in each.round]) for each in pages["page"]]
        offices = (
            [(city.office(code) or code, *rest) for code, *rest in asked.by_office(today)] if show == "open" else []
        )
        return render(request, "reform/consultation.html", {**context, **pages, "rows": found, "offices": offices})
    pages = paged(request, _by_demander(city), a_page=OFFICES_A_PAGE)
    return render(request, "reform/consultation.html", {**context, **pages, "groups": list(pages["page"])})


def _by_demander(city: City) -> list[dict[str, Any]]:
    """Return what is to be asked by the office that demands it, each with why it cannot be asked, where it cannot."""
    groups = []
    for code, found in itertools.groupby(asked.to_ask(), key=lambda each: each.demander):
        rows = [(proposed(city, each), _why_not(city, each)) for each in found]
        groups.append(
            {
                "code": code,
                "name": side(city, code),
                "rows": rows,
                "papers": sum(row.candidate.volume for row, _why in rows),
                "askable": sum(why is None for _row, why in rows),
            }
        )
    return groups


def _whom(city: City, candidate: Candidate) -> dict[str, Any]:
    asked_ = whom(city, demander=candidate.demander, kind=candidate.demander_kind, issuer=candidate.issuer)
    return {"asked": asked_, "justice": city.consult.justice, "disposal": candidate.disposal}


def _why_not(city: City, candidate: Candidate) -> Refusal | None:
    """Return why nobody can be asked about a candidate; None where they can."""
    terms = _whom(city, candidate)
    try:
        check_ask(terms.pop("asked"), **terms)
    except Refusal as refusal:
        return refusal
    return None


@allow(REFORM)
@require_POST
def ask(request: HttpRequest) -> HttpResponse:
    """Ask about the ticked ones, about all of one office (`office`), or about everything that can be asked (`all`)."""
    city, ids = city_in_force(), ids_in(request.POST, "candidate")
    if "all" in request.POST or "office" in request.POST:
        wanted = asked.to_ask()
        if "all" not in request.POST:
            wanted = wanted.filter(demander=request.POST["office"])
        terms = [(each, _whom(city, each)) for each in wanted]
        ids = [each.id for each, known in terms if can_ask(known.pop("asked"), **known)]
    with told(request):
        actor = actor_of(request, REFORM)
        offices = consulting.ask(city=city, candidates=ids, actor=actor, now=clock.now())
        said_ = ngettext("已向 %(offices)s 个单位征求意见。", "已向 %(offices)s 个单位征求意见。", offices)
        messages.success(request, said_ % {"offices": offices})
    return redirect("reform:consultation")


@allow(REFORM)
@require_safe
def one(request: HttpRequest, candidate: uuid.UUID) -> HttpResponse:
    """One consultation: what each side says, side by side, and what the reform office can do."""
    return render(request, "reform/consultation_one.html", _page(candidate))


def _page(candidate: uuid.UUID) -> dict[str, Any]:
    """Return what the page of one consultation shows; 404 where nobody was ever asked about it."""
    city, today = city_in_force(), clock.today()
    found = Candidate.objects.filter(id=candidate).first()
    opinions = list(found.opinions.order_by("past", "part", "office")) if found else []
    if found is None or not opinions:
        raise Http404
    rounds = [[said(city, each, today) for each in opinions if each.past is past] for past in (False, True)]
    heard = heard_of(each.opinion for each in rounds[0])
    return {
        "row": proposed(city, found),
        "said": rounds[0],
        "past": rounds[1],
        "open": found.stage == Stage.ASKED,
        "outcome": outcome(heard, today).value,
        "why_not_over": _why_not_over(heard, today),
        "choices": choices(found.disposal),
        "may_take_back": found.stage in (Stage.ASKED, Stage.AGREED),
        "says": SAYS_NAMES.items(),
        "bodies": city.bodies,
        "undertaking": Part.UNDERTAKING,
        "here": "consultation",
    }


def _why_not_over(heard: Any, today: Any) -> Refusal | None:
    try:
        check_over(heard, today)
    except Refusal as refusal:
        return refusal
    return None


@allow(REFORM)
@require_POST
def settle(request: HttpRequest, candidate: uuid.UUID) -> HttpResponse:
    """Go on without everybody's yes, or take another disposal and ask anew."""
    typed = request.POST
    try:
        stage = consulting.settle(
            candidate=candidate,
            why=typed.get("why", ""),
            disposal=typed.get("disposal", ""),
            actor=actor_of(request, REFORM),
            now=clock.now(),
        )
    except NotFound:
        raise Http404 from None
    except Refusal as refusal:
        return render(request, "reform/consultation_one.html", {**_page(candidate), "wrong": refusal, "typed": typed})
    messages.success(request, _(SETTLED[stage]))
    return redirect("reform:consultation_one", candidate)


SETTLED = {
    Stage.AGREED: N_("已决定照原来的办，可以列入批次。"),
    Stage.DECIDED: N_("已改为另一种处理方式，回到“要征求的”里重新征求。"),
}


@allow(REFORM)
@require_POST
def take_back(request: HttpRequest, candidate: uuid.UUID) -> HttpResponse:
    """Take it out of the consultation, to be decided about once more."""
    with told(request):
        consulting.take_back(
            candidate=candidate, why=request.POST.get("why", ""), actor=actor_of(request, REFORM), now=clock.now()
        )
        messages.success(request, _("已退回“逐项处理”。"))
    return redirect("reform:consultation_one", candidate)


@allow(REFORM)
@require_POST
def letter(request: HttpRequest, opinion: uuid.UUID) -> HttpResponse:
    """Write down what a body said on paper."""
    found = Candidate.objects.filter(opinions=opinion).first()
    if found is None:
        raise Http404
    words = {name: request.POST.get(name, "") for name in ("says", "letter", "words", "disposal")}
    with told(request):
        opining.by_letter(
            city=city_in_force(), opinion=opinion, actor=actor_of(request, REFORM), now=clock.now(), **words
        )
        messages.success(request, _("来函的意见已经记下。"))
    return redirect("reform:consultation_one", found.id)


@allow(REFORM)
@require_safe
def undertaking(request: HttpRequest, office: str) -> HttpResponse:
    """The undertaking of a body without an account, to print and send."""
    city = city_in_force()
    name = city.office(office)
    if name is None:
        raise Http404
    context = {
        "rows": [proposed(city, each.candidate) for each in asked.to_sign(office)],
        "text": city.texts.get(opining.UNDERTAKING),
        "office": name,
        "city": city,
        "here": "consultation",
    }
    return render(request, "reform/undertaking.html", context)
