"""One grant: what it is, who has to agree by when, how it is used; and what each side can do about it."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mianzheng.catalogue.queries.editions import city as city_in_force
from mianzheng.catalogue.rules.city import City
from mianzheng.common.actors import Actor
from mianzheng.common.errors import Refusal
from mianzheng.common.periods import WorkingDays
from mianzheng.common.reasons import Reason
from mianzheng.gateway.actions import grants, raising, terms
from mianzheng.gateway.models import Grant, RaiseRequest
from mianzheng.gateway.pages.acting import any_actor, asking_actor, frame_of
from mianzheng.gateway.pages.grants import notices_of
from mianzheng.gateway.pages.rows import Row, figure_of, row_of
from mianzheng.gateway.queries.grants import cards, one, use
from mianzheng.gateway.rules.allowances import OUTCOMES, Outcome
from mianzheng.gateway.rules.grants import STAGES, Stage, Step, check_renewal, check_two_people
from mianzheng.gateway.rules.stages import By, can_move
from mianzheng.people.rules.roles import CENTRE
from mianzheng.web import clock
from mianzheng.web.access import allow
from mianzheng.web.acting import actor_of, told


@allow("asker", "officer", "centre")
@require_safe
def page(request: HttpRequest, grant: uuid.UUID) -> HttpResponse:
    """One grant, for its asker, for the departments that have to agree, and for the data centre."""
    city, actor, today = city_in_force(), any_actor(request), clock.today()
    found = one(grant, role=actor.role, office=actor.office)
    if found is None:
        raise Http404
    row = row_of(city, cards([found], today=today)[0])
    item = city.items.get(city.facts[found.fact].item) if found.fact in city.facts else None
    names = {field.code: field.name for field in item.fields} if item else {}
    begun = found.stage in (Stage.IN_FORCE, Stage.REVOKED, Stage.ENDED)
    context = {
        "row": row,
        "card": row.card,
        "item": item,
        "source": city.office(item.owner) if item else None,
        "basis": city.bases.get(found.basis),
        "values": [names.get(code, code) for code in found.values],
        "notices": notices_of(city, row) if found.asker == actor.office else [],
        "figure": figure_of(use(found.id, today=today), row.card.allowed) if begun else None,
        "raises": [
            (wish, Reason(OUTCOMES[Outcome(wish.outcome)] if wish.outcome else STAGES[Stage.ASKED]), _late(wish, today))
            for wish in row.card.raises
        ],
        "raise_left": -1 if row.card.wanted and _late(row.card.wanted, today) else 0,
        "near": row.card.nearly_used(city.asking.warn),
        "clause": city.texts.get(grants.LIABILITY),
        "days": city.asking,
        **_acts(city, row, actor, today),
        "frame": frame_of(actor),
        "back": {CENTRE: "gateway:everybody"}.get(
            actor.role, "gateway:grants" if found.asker == actor.office else "gateway:to_department"
        ),
        "here": "my_grants" if found.asker == actor.office and actor.role != CENTRE else "grants",
    }
    return render(request, "gateway/grant.html", context)


def _acts(city: City, row: Row, actor: Actor, today: datetime.date) -> dict[str, Any]:
    """Return what whoever looks can do: a button appears where its action would be taken, else why it is not."""
    grant, stage, wanted = row.grant, Stage(row.grant.stage), row.card.wanted
    mine = grant.asker == actor.office and actor.role != CENTRE
    turn = row.card.turn if row.card.waiting and row.card.turn and grants.decides(row.card.turn, actor) else None
    side = By.CENTRE if actor.role == CENTRE else By.SOURCE
    sources = {step.office for step in row.card.steps if step.kind == Step.SOURCE}
    concerned = actor.role == CENTRE or (actor.role == "officer" and actor.office in sources)
    answers_raise = wanted is not None and actor.role == CENTRE and row.card.in_force
    why_no_renewal = _why_no_renewal(city, row, today) if mine and row.card.in_force else None
    why_no_answer = _why_no_answer(grant, actor) if turn else None
    why_no_raise = _why_no_answer(wanted, actor) if wanted and answers_raise else None
    return {
        "mine": mine,
        "step": turn if why_no_answer is None else None,
        "why_no_answer": why_no_answer,
        "answers_raise": answers_raise,
        "why_no_raise": why_no_raise,
        "can_withdraw": mine and can_move("withdraw", stage, By.ASKER),
        "can_end": mine and row.card.in_force and can_move("end", stage, By.ASKER),
        "why_no_renewal": why_no_renewal,
        "can_renew": mine and row.card.in_force and not row.card.follows and why_no_renewal is None,
        "can_ask_for_more": mine and row.card.in_force and wanted is None,
        "can_change": actor.role == CENTRE and row.card.in_force,
        "can_revoke": concerned and row.card.in_force and can_move("revoke", stage, side),
        "notice_day": WorkingDays(city.holidays).add(today, city.asking.notice_days),
        "today": today,
    }


def _late(wish: RaiseRequest, today: datetime.date) -> bool:
    return wish.ended_at is None and wish.due < today


def _why_no_renewal(city: City, row: Row, today: datetime.date) -> Refusal | None:
    try:
        check_renewal(city, until_day=row.grant.until_day, today=today, end=row.card.end)
    except Refusal as refusal:
        return refusal
    return None


def _why_no_answer(asked: Grant | RaiseRequest, actor: Actor) -> Refusal | None:
    try:
        check_two_people(asked_by=asked.asked_by, answers=actor.id)
    except Refusal as refusal:
        return refusal
    return None


@allow("officer", "centre")
@require_POST
def decide(request: HttpRequest, grant: uuid.UUID, step: uuid.UUID) -> HttpResponse:
    """Answer a step, as the department whose register is asked or as the data centre."""
    approved = request.POST.get("approved", "") == "yes"
    with told(request):
        stage = grants.decide(
            city=city_in_force(),
            step=step,
            approved=approved,
            note=request.POST.get("note", ""),
            document=request.POST.get("document", "")[:200],
            actor=any_actor(request),
            now=clock.now(),
        )
        said = {
            Stage.ASKED: _("已同意，转数据管理中心审核。"),
            Stage.IN_FORCE: _("已同意，授权生效。"),
        }
        messages.success(request, said.get(stage, _("已答复不同意，理由会告诉对方。")))
    return redirect("gateway:grant", grant)


@allow("asker", "officer")
@require_POST
def withdraw(request: HttpRequest, grant: uuid.UUID) -> HttpResponse:
    """Take back a request of one's own office."""
    with told(request):
        grants.withdraw(city=city_in_force(), grant=grant, actor=asking_actor(request), now=clock.now())
        messages.success(request, _("申请已撤回。"))
    return redirect("gateway:grant", grant)


@allow("asker", "officer")
@require_POST
def renew(request: HttpRequest, grant: uuid.UUID) -> HttpResponse:
    """Ask that a grant of one's own office go on."""
    with told(request):
        made = terms.renew(
            city=city_in_force(),
            grant=grant,
            liability=request.POST.get("liability") == "yes",
            actor=asking_actor(request),
            now=clock.now(),
        )
        messages.success(request, _("续期申请已经送出，原来的授权用到到期为止。"))
        return redirect("gateway:grant", made)
    return redirect("gateway:grant", grant)


@allow("asker", "officer")
@require_POST
def end(request: HttpRequest, grant: uuid.UUID) -> HttpResponse:
    """End a grant of one's own office."""
    with told(request):
        terms.end(city=city_in_force(), grant=grant, actor=asking_actor(request), now=clock.now())
        messages.success(request, _("授权已结束，不能再查。"))
    return redirect("gateway:grant", grant)


@allow("asker", "officer")
@require_POST
def ask_for_more(request: HttpRequest, grant: uuid.UUID) -> HttpResponse:
    """Ask for a larger allowance; with `withdraw`, take that back."""
    actor, now, daily = asking_actor(request), clock.now(), request.POST.get("daily", "")
    with told(request):
        if request.POST.get("withdraw"):
            raising.withdraw_raise(city=city_in_force(), grant=grant, actor=actor, now=now)
            messages.success(request, _("调高申请已撤回。"))
        else:
            why, wanted = request.POST.get("why", ""), int(daily) if daily.isdecimal() and len(daily) < 10 else 0
            raising.ask_for_more(city=city_in_force(), grant=grant, daily=wanted, why=why, actor=actor, now=now)
            messages.success(request, _("调高申请已经送到数据管理中心。"))
    return redirect("gateway:grant", grant)


@allow("centre")
@require_POST
def answer_raise(request: HttpRequest, grant: uuid.UUID) -> HttpResponse:
    """Answer a wish for a larger allowance."""
    approved = request.POST.get("approved", "") == "yes"
    with told(request):
        raising.answer_raise(
            city=city_in_force(),
            grant=grant,
            approved=approved,
            answer=request.POST.get("answer", ""),
            actor=actor_of(request, CENTRE),
            now=clock.now(),
        )
        messages.success(request, _("已调高，今天起生效。") if approved else _("已答复不同意，理由会告诉对方。"))
    return redirect("gateway:grant", grant)


@allow("centre")
@require_POST
def change(request: HttpRequest, grant: uuid.UUID) -> HttpResponse:
    """Announce another allowance; none revokes the grant on that day."""
    try:
        day = datetime.date.fromisoformat(request.POST.get("day", ""))
        daily = int(request.POST.get("daily", ""))
    except ValueError:
        messages.error(request, _("次数请写整数，日期请写成 2027-03-31 这样。"))
        return redirect("gateway:grant", grant)
    with told(request):
        terms.change_allowance(
            city=city_in_force(),
            grant=grant,
            daily=daily,
            day=day,
            why=request.POST.get("why", ""),
            actor=actor_of(request, CENTRE),
            now=clock.now(),
        )
        messages.success(request, _("已公告，对方在页面上看得到。"))
    return redirect("gateway:grant", grant)


@allow("centre", "officer")
@require_POST
def revoke(request: HttpRequest, grant: uuid.UUID) -> HttpResponse:
    """Revoke a grant at once, for misuse."""
    with told(request):
        terms.revoke(
            city=city_in_force(),
            grant=grant,
            why=request.POST.get("why", ""),
            actor=any_actor(request),
            now=clock.now(),
        )
        messages.success(request, _("已收回，从现在起不能再查。"))
    return redirect("gateway:grant", grant)
