"""A larger allowance (调高申请): asked for by whoever holds the grant, answered by the data centre, counting the same day."""

from __future__ import annotations

import datetime
import uuid

from django.db import transaction

from mianzheng.catalogue.rules.city import City
from mianzheng.common.actors import Actor
from mianzheng.common.errors import NotFound, Refusal
from mianzheng.common.periods import WorkingDays, here
from mianzheng.common.reasons import N_, Reason
from mianzheng.gateway.actions.grants import WISHES, log_move, of_asker
from mianzheng.gateway.actions.terms import change_allowance
from mianzheng.gateway.models import Grant, RaiseRequest
from mianzheng.gateway.queries.grants import changes_of
from mianzheng.gateway.rules.allowances import Outcome, allowance, check_raise
from mianzheng.gateway.rules.grants import Stage, check_two_people
from mianzheng.gateway.rules.parameters import LONGEST
from mianzheng.people.rules.roles import CENTRE
from mianzheng.web import sql


def ask_for_more(
    *, city: City, grant: uuid.UUID, daily: int, why: str, actor: Actor, now: datetime.datetime
) -> uuid.UUID:
    """Ask that a grant of the actor's office have `daily` answers a day; return the request. One is open at a time."""
    today = here(now).date()
    with transaction.atomic():
        found = of_asker(grant, actor)
        if found.stage != Stage.IN_FORCE or today > found.until_day:
            raise Refusal(Reason(N_("只有有效的授权可以调高次数。")), Reason(N_("请看授权现在的情况。")))
        check_raise(allowance(found.daily, changes_of(found.id), today), daily, why=why, largest=city.asking.largest)
        if found.raises.filter(ended_at=None).exists():
            raise Refusal(Reason(N_("已经申请过调高，还在等答复。")), Reason(N_("要改数目，请先撤回那一份。")))
        made = RaiseRequest.objects.create(
            grant=found,
            daily=daily,
            why=why.strip(),
            due=WorkingDays(city.holidays).add(today, city.asking.review_days),
            asked_at=now,
            asked_by=actor.id,
        )
        log_move(found, "request_raise", "申请调高每日次数", city=city, actor=actor, now=now, daily=str(daily))
    return made.id


def answer_raise(
    *, city: City, grant: uuid.UUID, approved: bool, answer: str, actor: Actor, now: datetime.datetime
) -> None:
    """Answer the open wish of a grant with a reason; what is approved counts from today. The data centre does, and nobody
    answers their own wish.
    """
    with transaction.atomic():
        sql.hold(WISHES)  # before the row, as `change_allowance` does
        found = open_raise(grant) if actor.role == CENTRE else None
        if found is None:
            raise NotFound(Reason(N_("没有等答复的调高申请。")), Reason(N_("它可能刚刚撤回或者答复过。")))
        check_two_people(asked_by=found.asked_by, answers=actor.id)
        if not answer.strip() or len(answer) > LONGEST:
            raise Refusal(Reason(N_("请写明理由，不超过 %(signs)s 字。"), {"signs": LONGEST}), field="answer")
        if approved:
            change_allowance(
                city=city,
                grant=grant,
                daily=found.daily,
                day=here(now).date(),
                why=answer,
                actor=actor,
                now=now,
            )
        end_raise(found, Outcome.GRANTED if approved else Outcome.REFUSED, answer=answer, actor=actor, now=now)
        log_move(found.grant, "answer_raise", "答复调高申请", city=city, actor=actor, now=now, outcome=found.outcome)


def withdraw_raise(*, city: City, grant: uuid.UUID, actor: Actor, now: datetime.datetime) -> None:
    """Take back the open wish of a grant of the actor's office."""
    with transaction.atomic():
        of_asker(grant, actor)
        found = open_raise(grant)
        if found is None:
            raise Refusal(Reason(N_("没有等答复的调高申请。")), Reason(N_("它可能刚刚撤回或者答复过。")))
        end_raise(found, Outcome.WITHDRAWN, actor=actor, now=now)
        log_move(found.grant, "withdraw_raise", "撤回调高申请", city=city, actor=actor, now=now)


def open_raise(grant: uuid.UUID) -> RaiseRequest | None:
    """Return the wish of a grant nobody answered yet; the grant is locked."""
    Grant.objects.select_for_update().filter(id=grant).first()  # whoever answers or withdraws comes one after the other
    return RaiseRequest.objects.select_related("grant").filter(grant=grant, ended_at=None).first()


def end_raise(found: RaiseRequest, outcome: Outcome, *, answer: str = "", actor: Actor, now: datetime.datetime) -> None:
    """End a wish; the caller writes the log."""
    found.outcome, found.answer = outcome, answer.strip()
    found.ended_at, found.ended_by = now, actor.id
    found.save()
