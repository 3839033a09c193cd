"""Asking for the right to ask: for which matter, which fact, with which parameters, on which ground, how often, how long."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from mianzheng.catalogue.queries.editions import city as city_in_force
from mianzheng.catalogue.rules.city import Basis, City, Fact
from mianzheng.common.actors import Actor
from mianzheng.common.errors import Refusal
from mianzheng.common.reasons import N_, Reason
from mianzheng.common.texts import Text
from mianzheng.gateway.actions import grants
from mianzheng.gateway.models import Grant
from mianzheng.gateway.pages.acting import asking_actor, frame_of
from mianzheng.gateway.pages.rows import CENTRE_NAME
from mianzheng.gateway.queries.copying import examples, live, to_copy
from mianzheng.gateway.rules.grants import (
    STEPS,
    Ground,
    Kind,
    Step,
    Wish,
    can_tell,
    facts_for,
    kind_of,
    purposes_for,
    steps_of,
    why_not,
)
from mianzheng.gateway.rules.parameters import read_params
from mianzheng.web import clock
from mianzheng.web.access import allow


@dataclass(frozen=True, slots=True)
class Choice:
    """A fact one might ask: why it cannot be granted, or the grant there is already."""

    fact: Fact
    source: Text | None
    why_not: Refusal | None
    there: uuid.UUID | None


@allow("asker", "officer")
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Pick a matter, then a fact, then fill in the rest; what was typed stays where something is missing."""
    city, actor = city_in_force(), asking_actor(request)
    matter, fact_code = request.GET.get("matter", ""), request.GET.get("fact", "")
    copied = _copied(request, city, actor)
    if copied and not fact_code:
        matter, fact_code = copied.matter, copied.fact
    fact = city.facts.get(fact_code) if fact_code in facts_for(city, actor.office, matter) else None
    wrong: Refusal | None = None
    if request.method == "POST" and fact:
        try:
            wish = read_wish(city, actor, matter, fact, request.POST)
            made = grants.request(
                city=city, wish=wish, actor=actor, now=clock.now(), copied_from=copied.id if copied else None
            )
        except Refusal as refusal:
            wrong = refusal
        else:
            messages.success(request, _("申请已经送出。谁答复、最迟哪天，都在这一页。"))
            return redirect("gateway:grant", made)
    context = {
        "purposes": [(code, city.purpose(code)) for code in purposes_for(city, actor.office)],
        "matter": matter,
        "matter_name": city.purpose(matter),
        "choices": _choices(city, actor, matter),
        "never": _never(city, actor),
        "never_basis": city.asking.never_basis,
        "fact": fact,
        "wrong": wrong,
        "copied": copied,
        "office": city.office(actor.office),
        "kind": kind_of(city, actor.office),
        **(_form(request, city, actor, matter, fact, copied) if fact else {}),
        "frame": frame_of(actor),
        "here": "my_grants",
    }
    return render(request, "gateway/grant_new.html", context, status=422 if wrong else 200)


def _copied(request: HttpRequest, city: City, actor: Actor) -> Grant | None:
    """Return the grant whose content is to be filled in: one's own, or that of another body of the same kind."""
    asked = request.GET.get("copy", "")
    if not asked:
        return None
    try:
        found = to_copy(city, uuid.UUID(asked), asker=actor.office, today=clock.today())
    except ValueError:
        found = None
    if found is None:
        raise Http404
    return found


def _choices(city: City, actor: Actor, matter: str) -> list[Choice]:
    there = live(actor.office, matter, today=clock.today())
    return [
        Choice(
            city.facts[code],
            city.office(city.items[city.facts[code].item].owner),
            why_not(city, actor.office, code),
            there.get(code),
        )
        for code in facts_for(city, actor.office, matter)
    ]


def _never(city: City, actor: Actor) -> list[Text]:
    """Return the items a private asker is never told of, so that nobody looks for them in vain."""
    if kind_of(city, actor.office) is not Kind.PRIVATE:
        return []
    return [city.items[code].name for code in city.asking.never if code in city.items]


def _form(
    request: HttpRequest, city: City, actor: Actor, matter: str, fact: Fact, copied: Grant | None
) -> dict[str, Any]:
    typed = _typed(request, city, actor, matter, fact, copied)
    item = city.items[fact.item]
    kind = kind_of(city, actor.office)
    grounds = [
        ground for ground in Ground if kind is Kind.SERVICE or (ground is Ground.CONSENT) == (kind is Kind.PRIVATE)
    ]
    return {
        "typed": typed,
        "item": item,
        "params": [(each, typed["params"].get(each.code, "")) for each in fact.params.values()],
        "grounds": [str(ground) for ground in grounds],
        "bases": _bases(city, matter, fact) if Ground.DUTY in grounds else [],
        "fields": [field for field in item.fields if can_tell(field)],
        "steps": [
            (Reason(STEPS[step]), CENTRE_NAME if step is Step.CENTRE else city.office(office))
            for step, office in steps_of(city, actor.office, fact.code)
        ],
        "examples": [] if copied else examples(city, actor.office, matter, fact.code, today=clock.today()),
        "days": city.asking,
        "clause": grants.clause_of(city),
    }


def _bases(city: City, matter: str, fact: Fact) -> list[Basis]:
    """Return the articles a duty may rest on: those of the matter, or all where it names none."""
    found = city.matter(matter)
    codes = [*found.bases] if found else []
    if found and found.work:
        codes += [need.basis for need in found.work.needs if need.fact == fact.code]
    named = [city.bases[code] for code in dict.fromkeys(codes) if code in city.bases]
    return named or list(city.bases.values())


def _typed(
    request: HttpRequest, city: City, actor: Actor, matter: str, fact: Fact, copied: Grant | None
) -> dict[str, Any]:
    """Return what the form shows: what was typed, else what is copied, else what is usual."""
    today = clock.today()
    if request.method == "POST":
        names = "ground basis purpose daily from_day until_day liability".split()
        return {
            **{name: request.POST.get(name, "") for name in names},
            "params": {code: request.POST.get(f"param_{code}", "") for code in fact.params},
            "values": request.POST.getlist("values"),
        }
    usual: dict[str, Any] = {
        "params": _usual_params(city, matter, fact),
        "values": [],
        "ground": "",
        "basis": "",
        "purpose": "",
        "daily": "",
        "from_day": today.isoformat(),
        "until_day": (today + datetime.timedelta(days=city.asking.term_days)).isoformat(),
    }
    if copied:
        usual |= {"params": {code: _written(value) for code, value in copied.params.items()}}
        usual |= {"values": copied.values, "ground": copied.ground, "basis": copied.basis}
        if copied.asker == actor.office:
            usual |= {"purpose": copied.purpose, "daily": copied.daily}
    return usual


def _usual_params(city: City, matter: str, fact: Fact) -> dict[str, str]:
    """Return the parameters with which the matter itself asks for the fact."""
    found = city.matter(matter)
    needs = found.work.needs if found and found.work else ()
    params: Mapping[str, Any] = next((need.params for need in needs if need.fact == fact.code), {})
    return {code: _written(value) for code, value in params.items()}


def _written(value: Any) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def read_wish(city: City, actor: Actor, matter: str, fact: Fact, posted: QueryDict) -> Wish:
    """Return the wish a form states. Raises `Refusal` where a number or a day cannot be read."""
    kind = kind_of(city, actor.office)
    asked = posted.get("ground", "")
    usual = Ground.CONSENT if kind is Kind.PRIVATE else Ground.DUTY
    ground = Ground(asked) if asked in set(Ground) else usual
    try:
        daily = int(posted.get("daily", ""))
    except ValueError:
        raise Refusal(Reason(N_("每日次数应当是整数。")), Reason(N_("例如 200。")), field="daily") from None
    return Wish(
        asker=actor.office,
        fact=fact.code,
        matter=matter,
        params=read_params(fact, {code: posted.get(f"param_{code}", "") for code in fact.params}),
        ground=ground,
        basis=posted.get("basis", "") if ground is Ground.DUTY else "",
        purpose=posted.get("purpose", ""),
        daily=daily,
        from_day=_day(posted, "from_day"),
        until_day=_day(posted, "until_day"),
        values=tuple(posted.getlist("values")),
        liability=posted.get("liability") == "yes",
    )


def _day(posted: QueryDict, name: str) -> datetime.date:
    try:
        return datetime.date.fromisoformat(posted.get(name, ""))
    except ValueError:
        raise Refusal(Reason(N_("日期没有写对。")), Reason(N_("请写成 2027-03-31 这样。")), field=name) from None
