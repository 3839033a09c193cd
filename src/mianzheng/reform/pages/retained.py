"""The list of what is kept (保留清单): put on it, looked at again every year."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mianzheng.catalogue.queries.editions import city as city_in_force
from mianzheng.catalogue.rules.city import City
from mianzheng.common.errors import NotFound, Refusal
from mianzheng.common.reasons import N_, Reason
from mianzheng.common.texts import Text
from mianzheng.people.rules.roles import REFORM
from mianzheng.reform.actions import retaining
from mianzheng.reform.queries.retaining import Kept, kept, to_retain
from mianzheng.reform.rules.judging import unpacked_proposal
from mianzheng.reform.rules.keeping import WISHED
from mianzheng.reform.rules.offices import Kind
from mianzheng.web import clock
from mianzheng.web.access import allow
from mianzheng.web.acting import actor_of, ids_in, told

FOR_OUTSIDE = Reason(N_("给市外单位的，本市不能叫它不要。"))


@allow(REFORM)
@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """What is kept and why, the ones to be looked at again on top; before them what was decided to be kept."""
    return _page(request)


def _page(request: HttpRequest, code: str = "", wrong: Refusal | None = None) -> HttpResponse:
    city, today = city_in_force(), clock.today()
    rows = [_row(city, each) for each in kept(city, today)]
    context = {
        "rows": rows,
        "due": sum(row["kept"].overdue for row in rows),
        "waiting": [_waiting(city, each) for each in to_retain()],
        "days": city.policy.review_days,
        "wrong": wrong,
        "wrong_code": code,
        "typed": request.POST,
        "here": "retained",
    }
    return render(request, "reform/retained.html", context, status=422 if wrong else 200)


def _row(city: City, each: Kept) -> dict[str, Any]:
    certificate = each.certificate
    return {
        "kept": each,
        "certificate": certificate,
        "demander": city.party(certificate.demander),
        "issuer": city.party(certificate.issuer),
        "outside": FOR_OUTSIDE if certificate.demander_kind == Kind.OUTSIDE else None,
        "fact": city.facts.get(certificate.fact),
        "ends": certificate.code.startswith(WISHED),
    }


def _waiting(city: City, candidate: Any) -> dict[str, Any]:
    proposal = unpacked_proposal(candidate.proposal)
    return {
        "candidate": candidate,
        "name": Text(candidate.name, candidate.name_en),
        "demander": city.office(candidate.demander) or candidate.demander_said,
        "why": candidate.deviation or (proposal.why if proposal else ""),
    }


@allow(REFORM)
@require_POST
def retain(request: HttpRequest) -> HttpResponse:
    """Put the ticked ones on the list."""
    chosen = ids_in(request.POST, "candidate")
    with told(request):
        count = retaining.retain(
            candidates=chosen, why=request.POST.get("why", ""), actor=actor_of(request, REFORM), now=clock.now()
        )
        messages.success(request, ngettext("%(n)s 项列入保留清单。", "%(n)s 项列入保留清单。", count) % {"n": count})
    return redirect("reform:retained")


@allow(REFORM)
@require_http_methods(["POST"])
def review(request: HttpRequest, code: str) -> HttpResponse:
    """Keep one for another year, or have it judged once more."""
    keep = {"1": True, "0": False}.get(request.POST.get("keep", ""))
    try:
        retaining.review(
            code=code, keep=keep, why=request.POST.get("why", ""), actor=actor_of(request, REFORM), now=clock.now()
        )
    except NotFound as missing:
        raise Http404 from missing
    except Refusal as refusal:
        return _page(request, code, refusal)
    messages.success(
        request, _("继续保留，已记下理由。") if keep else _("不再保留，已退回逐项处理；清单上写“还没有处理”。")
    )
    return redirect("reform:retained")
