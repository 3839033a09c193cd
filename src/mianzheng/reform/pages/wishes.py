"""New demands (新设证明): a department asks for one with its reasons; the reform office answers, with no unless a law says otherwise."""

from __future__ import annotations

import datetime
import json
import uuid
from dataclasses import fields, replace
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from mianzheng.catalogue.queries.editions import city as city_in_force
from mianzheng.catalogue.rules.certificates import LEVEL_ISSUERS
from mianzheng.catalogue.rules.city import City
from mianzheng.catalogue.rules.kinds import DISPOSAL_NAMES, LEVEL_NAMES, Disposal
from mianzheng.common.actors import PROGRAM
from mianzheng.common.errors import NotFound, Refusal
from mianzheng.common.reasons import Reason, unpacked
from mianzheng.people.rules.roles import HEAD, OFFICER, REFORM
from mianzheng.reform.actions import wishes
from mianzheng.reform.models import Wish
from mianzheng.reform.queries.wishes import answered, asked_of, candidate_of, found_of, one, waiting, wishes_of
from mianzheng.reform.rules.judging import ADD_IT
from mianzheng.reform.rules.states import WishStage
from mianzheng.reform.rules.wishes import LONGEST, NAMES, Asked, Found, check_wish, reasons_against
from mianzheng.web import clock
from mianzheng.web.access import allow, roles_of
from mianzheng.web.acting import actor_of
from mianzheng.web.paging import paged
from mianzheng.web.words import say

NO_WAY = (Disposal.CANCEL, Disposal.RETAINED)
"""What a proposal may say that is no other way to settle the fact."""


def answer_of(wish: Wish) -> Reason | str:
    """Return the answer in words; what the program said was kept as a reason."""
    return unpacked(json.loads(wish.answer)) if wish.decided_by == PROGRAM.id else wish.answer


def _row(city: City, wish: Wish) -> dict[str, Any]:
    return {
        "wish": wish,
        "office": city.office(wish.office) or wish.office,
        "issuer": city.party(wish.issuer) or wish.issuer,
        "stage": NAMES[WishStage(wish.stage)],
        "answer": answer_of(wish) if wish.decided_at else "",
        "late": wish.stage == WishStage.MADE and wish.due < clock.today(),
        "over": wish.until is not None and wish.until < clock.today(),
    }


@allow(HEAD, OFFICER)
@require_http_methods(["GET", "HEAD", "POST"])
def mine(request: HttpRequest) -> HttpResponse:
    """What the own office asked for, and the form; it is told what the rules find before it sends anything."""
    city, now = city_in_force(), clock.now()
    actor = actor_of(request, HEAD if HEAD in roles_of(request.user) else OFFICER)
    typed = Asked(**{each.name: request.POST.get(each.name, "") for each in fields(Asked)})
    wrong: Refusal | None = None
    found: Found | None = None
    if request.method == "POST":
        try:
            said = check_wish(city, typed)
            if request.POST.get("then") == "send":
                wish = wishes.ask(city=city, asked=typed, actor=actor, now=now)
                if wish.stage == WishStage.REFUSED:
                    messages.warning(request, say(answer_of(wish)))
                else:
                    messages.success(request, _("已送减证办。最迟哪天答复，写在下面。"))
                return redirect("reform:my_wishes")
            found, _fact = found_of(city, candidate_of(city, actor.office, said, now=now), now=now)
        except NotFound as missing:
            raise Http404 from missing
        except Refusal as refusal:
            wrong = refusal
    pages = paged(request, wishes_of(actor.office))
    context = {
        **pages,
        "rows": [_row(city, each) for each in pages["page"]],
        "typed": typed,
        "wrong": wrong,
        **(_told(city, found) if found else {}),
        "departments": city.departments.values(),
        "bodies": city.bodies.values(),
        "levels": [(code, LEVEL_NAMES[code]) for code in LEVEL_ISSUERS],
        "longest": LONGEST,
        "days": city.policy.wish_days,
        "here": "my_wishes",
    }
    return render(request, "reform/my_wishes.html", context, status=422 if wrong else 200)


def _told(city: City, found: Found) -> dict[str, Any]:
    """Return what the rules find, in words, with the slip of the cancelled certificate it would bring back."""
    back = found.returned
    return {
        "found": found,
        "add_it": ADD_IT,
        "against": list(reasons_against(replace(found, returned=None))),
        "proposed": None if found.proposal.disposal in NO_WAY else DISPOSAL_NAMES[found.proposal.disposal],
        "why": found.proposal.why,
        "missing": found.proposal.missing,
        "returned": city.certificates.get(back.cancelled.code) if back else None,
        "slip_url": reverse("catalogue:certificate", args=[back.cancelled.code]) if back else "",
    }


@allow(REFORM)
@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """New demands, those to be answered first."""
    city, shown = city_in_force(), request.GET.get("show", "")
    pages = paged(request, answered() if shown == "answered" else waiting())
    rows = [_row(city, each) for each in pages["page"]]
    return render(request, "reform/wishes.html", {**pages, "rows": rows, "show": shown, "here": "wishes"})


@allow(REFORM)
@require_http_methods(["GET", "HEAD", "POST"])
def wish(request: HttpRequest, wish: uuid.UUID) -> HttpResponse:
    """One new demand: its reasons, what the rules find, and the answer, which is no unless somebody says otherwise."""
    city, now, found = city_in_force(), clock.now(), one(wish)
    if found is None:
        raise Http404
    wrong: Refusal | None = None
    if request.method == "POST":
        try:
            wishes.decide(
                wish=wish,
                allow=request.POST.get("allow") == "1",
                answer=request.POST.get("answer", ""),
                until=_day(request.POST.get("until", "")),
                actor=actor_of(request, REFORM),
                now=now,
            )
        except Refusal as refusal:
            wrong = refusal
        else:
            messages.success(request, _("已答复。"))
            return redirect("reform:wish", wish)
    seen, _fact = found_of(city, candidate_of(city, found.office, asked_of(found), now=now), now=now)
    told = _told(city, seen)
    context = {
        **_row(city, found),
        **told,
        "open": found.stage == WishStage.MADE,
        "default": "\n".join(say(each) for each in reasons_against(seen)),
        "most": clock.today() + datetime.timedelta(days=city.policy.review_days),
        "typed": request.POST,
        "wrong": wrong,
        "here": "wishes",
    }
    return render(request, "reform/wish.html", context, status=422 if wrong else 200)


def _day(text: str) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        return None
