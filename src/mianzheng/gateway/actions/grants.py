"""The right to ask (查询授权) on its way: requested, withdrawn, decided by one office after the other."""

from __future__ import annotations

import datetime
import uuid

from django.db import transaction

from mianzheng.catalogue.rules.city import City, TextVersion
from mianzheng.centre.actions.acts import note as write
from mianzheng.common.actors import Actor
from mianzheng.common.errors import NotFound, Refusal
from mianzheng.common.periods import WorkingDays, here
from mianzheng.common.reasons import N_, Reason
from mianzheng.gateway.models import Grant, GrantStep
from mianzheng.gateway.rules.grants import (
    LIVE,
    Ground,
    Held,
    Stage,
    Step,
    Wish,
    check_decision,
    check_granting,
    check_two_people,
    check_wish,
    steps_of,
)
from mianzheng.gateway.rules.stages import By, check_move
from mianzheng.people.rules.roles import CENTRE
from mianzheng.web import sql

LIABILITY = "liability"
"""The text of the city package an asker accepts."""
WISHES = int.from_bytes(b"wishes")
"""The lock under which wishes are held against each other, so that two at once are not both let through."""


def request(
    *,
    city: City,
    wish: Wish,
    actor: Actor,
    now: datetime.datetime,
    renews: uuid.UUID | None = None,
    copied_from: uuid.UUID | None = None,
) -> uuid.UUID:
    """Ask to be granted `wish` for the actor's office; return the grant. The first office's period begins now.

    Raises `Refusal` for what the law or the city's rules do not allow, and `NotFound` for an office that is not the actor's.
    """
    if wish.asker != actor.office:
        raise NotFound(Reason(N_("只能为自己的单位申请。")))
    today = here(now).date()
    with transaction.atomic():
        sql.hold(WISHES)
        check_wish(city, wish, held=held(wish.asker), today=today)
        clause = clause_of(city)
        made = Grant.objects.create(
            asker=wish.asker,
            fact=wish.fact,
            matter=wish.matter,
            params=dict(wish.params),
            ground=wish.ground,
            basis=wish.basis,
            purpose=wish.purpose.strip(),
            daily=wish.daily,
            from_day=wish.from_day,
            until_day=wish.until_day,
            values=list(wish.values),
            liability=f"{clause.code}-{clause.version}",
            renews=renews,
            copied_from=copied_from,
            asked_at=now,
            asked_by=actor.id,
        )
        steps = steps_of(city, wish.asker, wish.fact)
        GrantStep.objects.bulk_create(
            GrantStep(grant=made, kind=kind, office=office, number=number)
            for number, (kind, office) in enumerate(steps, 1)
        )
        _begin(city, made.steps.get(number=1), today)
        log_move(made, "request_grant", "申请查询授权", city=city, actor=actor, now=now)
    return made.id


def clause_of(city: City) -> TextVersion:
    """Return the liability clause (责任条款) in force; where the city has none nobody can accept it."""
    found = city.texts.get(LIABILITY)
    if found is None:
        raise Refusal(
            Reason(N_("城市包里没有责任条款，现在不能申请。")), Reason(N_("请数据管理中心补上 texts/liability.md。"))
        )
    return found


def withdraw(*, city: City, grant: uuid.UUID, actor: Actor, now: datetime.datetime) -> None:
    """Take back a request of the actor's office, at any time before it is decided."""
    with transaction.atomic():
        found = of_asker(grant, actor)
        finish(found, "withdraw", By.ASKER, actor=actor, now=now)
        log_move(found, "withdraw_grant", "撤回查询授权申请", city=city, actor=actor, now=now)


def decide(
    *,
    city: City,
    step: uuid.UUID,
    approved: bool,
    note: str,
    document: str = "",
    actor: Actor,
    now: datetime.datetime,
) -> Stage:
    """Answer one step with the reason `note`; return where the grant stands then.

    The department whose register answers agrees in writing (`document` is the number); the data centre comes last and puts
    the grant in force, where the city's rules still allow it. Raises `NotFound` for a step that is another office's, and
    `Refusal` for whoever asked for it: nobody answers their own request.
    """
    with transaction.atomic():
        sql.hold(WISHES)
        asked = GrantStep.objects.filter(id=step).first()
        if asked is None or not decides(asked, actor):
            raise NotFound(Reason(N_("没有这一步，或者它不归您答复。")), Reason(N_("请回到查询授权的列表。")))
        grant = Grant.objects.select_for_update().get(id=asked.grant_id)
        asked.refresh_from_db()
        check_two_people(asked_by=grant.asked_by, answers=actor.id)
        check_decision(
            stage=Stage(grant.stage),
            done=asked.done_at is not None or asked.due is None,
            approved=approved,
            note=note,
            document=document,
            step=Step(asked.kind),
        )
        asked.approved, asked.note, asked.document = approved, note.strip(), document.strip()
        asked.done_at, asked.done_by = now, actor.id
        asked.save()
        following = grant.steps.filter(number=asked.number + 1).first()
        _move_on(city, grant, asked, following, actor=actor, now=now)
        verdict = "approved" if approved else "refused"
        log_move(grant, "decide_grant", "答复查询授权申请", city=city, actor=actor, now=now, step=asked.kind,
                 verdict=verdict, document=asked.document)  # fmt: skip
        return Stage(grant.stage)


def _move_on(
    city: City, grant: Grant, asked: GrantStep, following: GrantStep | None, *, actor: Actor, now: datetime.datetime
) -> None:
    by = By.SOURCE if asked.kind == Step.SOURCE else By.CENTRE
    today = here(now).date()
    if not asked.approved:
        finish(grant, "refuse", by, actor=actor, now=now, why=asked.note)
    elif following is not None:
        check_move("agree", Stage(grant.stage), by)
        _begin(city, following, today)
    else:
        check_granting(city, wish_of(grant), held=held(grant.asker, but=grant.id), today=today)
        grant.stage = check_move("grant", Stage(grant.stage), by)
        grant.save()


def _begin(city: City, step: GrantStep, today: datetime.date) -> None:
    days = city.asking.source_days if step.kind == Step.SOURCE else city.asking.review_days
    step.due = WorkingDays(city.holidays).add(today, days)
    step.save(update_fields=["due"])


def held(asker: str, but: uuid.UUID | None = None) -> list[Held]:
    """Return what a wish of `asker` is held against: everything asked for or in force, but one."""
    found = Grant.objects.filter(asker=asker, stage__in=LIVE).exclude(id=but)
    return [Held(row.fact, row.matter, row.params, row.until_day) for row in found]


def wish_of(grant: Grant) -> Wish:
    """Return what was wished for, as the rules read it."""
    return Wish(
        grant.asker,
        grant.fact,
        grant.matter,
        grant.params,
        Ground(grant.ground),
        grant.basis,
        grant.purpose,
        grant.daily,
        grant.from_day,
        grant.until_day,
        tuple(grant.values),
        liability=True,
    )


def decides(step: GrantStep, actor: Actor) -> bool:
    """Return whether the step is the actor's to answer: the centre's by its role, a department's by its office."""
    if step.kind == Step.CENTRE:
        return actor.role == CENTRE
    return actor.role == "officer" and bool(actor.office) and actor.office == step.office


def of_asker(grant: uuid.UUID, actor: Actor) -> Grant:
    """Return a grant of the actor's office, locked; `NotFound` for any other."""
    found = Grant.objects.select_for_update().filter(id=grant, asker=actor.office).first() if actor.office else None
    if found is None:
        raise not_there()
    return found


def not_there() -> NotFound:
    """Return the refusal for a grant that is not there, or not for this person."""
    return NotFound(Reason(N_("没有这份授权，或者它不归您的单位。")), Reason(N_("请回到查询授权的列表。")))


def finish(grant: Grant, move: str, by: By, *, actor: Actor, now: datetime.datetime, why: str = "") -> None:
    """Make a move that ends `grant`, and keep who ended it, when and why. Open steps stay as they were: nobody's turn."""
    grant.stage = check_move(move, Stage(grant.stage), by)
    grant.ended_at, grant.ended_by, grant.ended_why = now, actor.id, why.strip()
    grant.save()


def log_move(
    grant: Grant, action: str, purpose: str, *, city: City, actor: Actor, now: datetime.datetime, **more: str
) -> None:
    """Write the line of the log about a move of `grant`, in the caller's transaction."""
    item = city.facts[grant.fact].item if grant.fact in city.facts else ""
    write(action=action, purpose=purpose, item=item, actor=actor, now=now, grant=str(grant.id), asker=grant.asker,
          fact=grant.fact, matter=grant.matter, **more)  # fmt: skip
