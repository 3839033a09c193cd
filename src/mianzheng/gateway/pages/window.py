"""The window page (/window/) of a bank branch: one person, what is to be known, consent, verdict, sealed answers."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mianzheng.catalogue.queries.editions import city as city_in_force
from mianzheng.catalogue.queries.wordings import wording
from mianzheng.catalogue.rules.city import City
from mianzheng.common.errors import Refusal
from mianzheng.common.periods import here
from mianzheng.common.reasons import N_, Reason
from mianzheng.gateway.actions import consents as consenting
from mianzheng.gateway.actions import sealing, window
from mianzheng.gateway.adapters.sheet import next_way, pairs, spaced, typeset
from mianzheng.gateway.models import SealedAnswer
from mianzheng.gateway.pages.acting import asking_actor
from mianzheng.gateway.pages.carried import carried, carry, let_go
from mianzheng.gateway.ports import STAMP
from mianzheng.gateway.queries.persons import person_of
from mianzheng.gateway.queries.standing import consents_of
from mianzheng.gateway.queries.window import Open, asked_together, open_grants, sealed_of, sealed_one
from mianzheng.gateway.rules.consents import covering, needs_guardian, terms_of
from mianzheng.gateway.rules.grants import GROUNDS, Ground
from mianzheng.gateway.rules.questions import NOW, WHAT, Denied
from mianzheng.gateway.rules.sealed import opened
from mianzheng.web import clock
from mianzheng.web.access import allow
from mianzheng.web.acting import told
from mianzheng.web.paging import paged
from mianzheng.web.words import full_moment, language, say


@allow("asker", "officer")
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """One screen: for what, who, which facts; what has no consent yet is asked for right here, the rest is verified."""
    city, actor = city_in_force(), asking_actor(request)
    wrong: Refusal | None = None
    missing: list[str] = []
    if request.method == "POST":
        try:
            missing = _missing(request, city)
            if request.POST.get("then") == "ask":
                return _asked_for(request, city, missing)
            if not missing:
                return _verified(request, city)
        except Refusal as refusal:
            wrong = refusal
    grants = open_grants(actor.office, today=clock.today())
    typed = request.POST if request.method == "POST" else request.GET
    matter = typed.get("matter", "") or (next(iter(grants)) if len(grants) == 1 else "")
    context = {
        "purposes": [(code, city.purpose(code)) for code in grants],
        "matter": matter if matter in grants else "",
        "guide": matter in grants and matter in city.matters,
        "rows": [_row(city, each) for each in grants.get(matter, ())],
        "number": typed.get("number", "") if request.method == "POST" else "",
        "guardian": request.POST.get("guardian", ""),
        "ticked": typed.getlist("facts"),
        "missing": [city.facts[fact].question for fact in missing if fact in city.facts],
        "child": (wrong is not None and wrong.field == "guardian") or bool(missing and _child(request)),
        "days": request.POST.get("days") or min(30, city.asking.consent_days),
        "most_days": city.asking.consent_days,
        "wrong": wrong,
        "office": city.office(actor.office),
        "here": "window",
    }
    return render(request, "gateway/window.html", context, status=422 if wrong else 200)


def _row(city: City, each: Open) -> dict[str, Any]:
    fact = city.facts[each.grant.fact]
    return {
        "fact": fact,
        "params": [(fact.params[name].name, value) for name, value in each.grant.params.items()],
        "duty": each.grant.ground is Ground.DUTY,
        "ground": Reason(GROUNDS[each.grant.ground]),
        "source": city.departments[city.items[fact.item].owner].name,
        "left": each.left,
    }


def _number(request: HttpRequest) -> str:
    """Return the number that was typed, or the one typed before the person consented."""
    number = request.POST.get("number", "")
    consent = request.POST.get("consent", "")
    if number or not consent:
        return number
    try:
        name = uuid.UUID(consent)
    except ValueError:
        return ""
    return carried(request, account=asking_actor(request).id, consent=name, now=clock.now())


def _missing(request: HttpRequest, city: City) -> list[str]:
    """Return the facts asked for that need a consent the person has not given. Raises `Refusal` for a wrong number."""
    asker, today = asking_actor(request).office, here(clock.now()).date()
    matter, facts = request.POST.get("matter", ""), request.POST.getlist("facts")
    if not facts:
        raise Refusal(Reason(N_("没有选要核验的事实。")), Reason(N_("请至少选一条。")), field="facts")
    grants = {each.grant.fact: each.grant for each in open_grants(asker, today=today).get(matter, ())}
    needed = [fact for fact in facts if fact in grants and grants[fact].ground is Ground.CONSENT]
    person = person_of(_number(request), today=today)
    given = consents_of([person.subject], today=today).get(person.subject, [])
    terms = {fact: terms_of(grants[fact].params, grants[fact].values, grants[fact].purpose) for fact in needed}
    covered = covering(given, asker=asker, matter=matter, wanted=terms, today=today)
    return [fact for fact in needed if fact not in covered]


def _child(request: HttpRequest) -> bool:
    person = person_of(_number(request), today=clock.today())
    return needs_guardian(person.birth, clock.today())


def _asked_for(request: HttpRequest, city: City, missing: list[str]) -> HttpResponse:
    """Ask the person to consent to what is missing, and go to where that is waited for."""
    days = request.POST.get("days", "")
    actor, now, number = asking_actor(request), clock.now(), _number(request)
    made = consenting.ask(
        city=city,
        number=number,
        matter=request.POST.get("matter", ""),
        facts=missing or request.POST.getlist("facts"),
        days=int(days) if days.isdecimal() and len(days) < 5 else 0,
        guardian=request.POST.get("guardian", ""),
        language=language(),
        actor=actor,
        now=now,
    )
    answer = redirect("gateway:consent", made)
    return carry(answer, number, account=actor.id, consent=made, now=now)


def _verified(request: HttpRequest, city: City) -> HttpResponse:
    """Ask now; go to what came out, or say why nothing did."""
    name, outcomes = window.verify(
        city=city,
        number=_number(request),
        matter=request.POST.get("matter", ""),
        facts=request.POST.getlist("facts"),
        actor=asking_actor(request),
        now=clock.now(),
    )
    denied = [(outcome.question.fact, outcome.told) for outcome in outcomes if isinstance(outcome.told, Denied)]
    if len(denied) == len(outcomes):
        why = denied[0][1]
        raise Refusal(why.detail or Reason(WHAT[why.why]), Reason(NOW[why.why]), field=why.field)
    for fact, why in denied:
        name_ = say(city.facts[fact].name) if fact in city.facts else fact
        messages.warning(request, f"{name_}：{say(why.detail or Reason(WHAT[why.why]))} {say(Reason(NOW[why.why]))}")
    return let_go(redirect("gateway:answers", name))


@allow("asker", "officer")
@require_safe
def answers(request: HttpRequest, asked: uuid.UUID) -> HttpResponse:
    """What came out, big and plain, with the sealed answers for the file."""
    city, actor = city_in_force(), asking_actor(request)
    rows = asked_together(asked, actor.office)
    if not rows:
        raise Http404
    shown = [_shown(city, row, clock.now()) for row in rows]
    return render(request, "gateway/answers.html", {"rows": shown, "first": shown[0], "here": "sealed"})


def _shown(city: City, row: SealedAnswer, now: datetime.datetime) -> dict[str, Any]:
    """Return a sealed answer as its own asker sees it."""
    found = opened(row.jws)
    assert found is not None
    said = found[0]
    fact = city.facts.get(row.fact)
    return {
        "row": row,
        "said": said,
        "question": fact.question if fact else said["fact"]["question"]["zh"],
        "pairs": pairs(said),
        "next": next_way(said),
        "purpose": city.purpose(row.matter),
        "person_key": spaced(bytes(row.person_key).hex()),
        "over": now >= row.until,
    }


@allow("asker", "officer")
@require_safe
def sealed(request: HttpRequest) -> HttpResponse:
    """Every sealed answer of the own office, the newest first. Nobody is named: the sheet has the masked number."""
    city, actor, now = city_in_force(), asking_actor(request), clock.now()
    pages = paged(request, sealed_of(actor.office))
    rows = [_shown(city, row, now) for row in pages["page"]]
    return render(request, "gateway/sealed.html", {**pages, "rows": rows, "here": "sealed"})


@allow("asker", "officer")
@require_safe
def download(request: HttpRequest, sealed: uuid.UUID, form: str) -> HttpResponse:
    """The sealed answer for the file: the sheet (PDF) with the city's seal on it, or the bare JWS. One that was withdrawn is
    not given out any more.
    """
    row = sealed_one(sealed, asking_actor(request).office)
    found = opened(row.jws) if row else None
    if row is None or found is None or form not in ("pdf", "jws"):
        raise Http404
    if row.withdrawn_at:
        why = Reason(N_("%(at)s 作废：%(why)s"), {"at": full_moment(row.withdrawn_at), "why": row.why})
        context = {"each": _shown(city_in_force(), row, clock.now()), "why": why, "here": "sealed"}
        return render(request, "gateway/withdrawn.html", context, status=410)
    name = f"{pgettext('one', '核验凭证')}-{row.number}.{form}"
    if form == "jws":
        answer = HttpResponse(row.jws, content_type="application/jose")
        answer.headers["Content-Disposition"] = content_disposition_header(True, name)
        return answer
    address = request.build_absolute_uri(reverse("gateway:check")) + f"?n={row.number}"
    key, clause = bytes(row.person_key).hex(), wording(found[0]["liability"])
    sheet = typeset(found[0], jws=row.jws, person_key=key, address=address, clause=clause)
    answer = HttpResponse(STAMP().stamp(sheet, reason=pgettext("one", "核验凭证")), content_type="application/pdf")
    answer.headers["Content-Disposition"] = content_disposition_header(request.GET.get("show") != "1", name)
    return answer


@allow("asker", "officer")
@require_POST
def withdraw(request: HttpRequest, sealed: uuid.UUID) -> HttpResponse:
    """Say that an own sealed answer must no longer be relied on."""
    actor = asking_actor(request)
    row = sealed_one(sealed, actor.office)
    if row is None:
        raise Http404
    with told(request):
        sealing.withdraw(number=row.number, why=request.POST.get("why", ""), actor=actor, now=clock.now())
        messages.success(request, _("已作废。核对的人会看到已作废和理由。"))
    return redirect("gateway:answers", row.asked)
