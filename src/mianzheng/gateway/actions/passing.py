"""What time does to grants: a request or a wish nobody answers lapses, and an announced end comes."""

from __future__ import annotations

import datetime

from django.db import transaction

from mianzheng.catalogue.rules.city import City
from mianzheng.common.actors import PROGRAM
from mianzheng.common.periods import WorkingDays, here
from mianzheng.gateway.actions.grants import finish, log_move
from mianzheng.gateway.actions.raising import end_raise, open_raise
from mianzheng.gateway.models import Grant, GrantStep, RaiseRequest
from mianzheng.gateway.queries.grants import changes_of
from mianzheng.gateway.rules.allowances import Outcome, allowance
from mianzheng.gateway.rules.grants import Stage, lapses_on
from mianzheng.gateway.rules.stages import By


def lapse(*, city: City, now: datetime.datetime) -> int:
    """End every request whose step nobody answered for `lapse_days` working days; return how many.

    Whose turn it was stays on the step: it is still open, and everybody concerned reads whose it is.
    """
    today, calendar = here(now).date(), WorkingDays(city.holidays)
    count = 0
    waiting = GrantStep.objects.filter(done_at=None, due__lt=today, grant__stage=Stage.ASKED)
    for step in waiting.select_related("grant").order_by("due", "id"):
        with transaction.atomic():
            grant = Grant.objects.select_for_update().get(id=step.grant_id)
            step.refresh_from_db()
            if step.done_at is not None or grant.stage != Stage.ASKED:
                continue
            before = grant.steps.filter(number=step.number - 1).values_list("done_at", flat=True).first()
            if today <= lapses_on(here(before or grant.asked_at).date(), city.asking.lapse_days, calendar):
                continue
            finish(grant, "lapse", By.PROGRAM, actor=PROGRAM, now=now)
            log_move(grant, "lapse_grant", "查询授权申请逾期未答复", city=city, actor=PROGRAM, now=now, step=step.kind,
                     office=step.office)  # fmt: skip
            count += 1
    return count


def lapse_raises(*, city: City, now: datetime.datetime) -> int:
    """End the wishes nobody answered for `lapse_days` working days, and those whose grant has ended; return how many."""
    today, calendar = here(now).date(), WorkingDays(city.holidays)
    count = 0
    for each in RaiseRequest.objects.select_related("grant").filter(ended_at=None).order_by("asked_at"):
        late = today > calendar.add(here(each.asked_at).date(), city.asking.lapse_days)
        over = each.grant.stage != Stage.IN_FORCE or today > each.grant.until_day
        if late or over:
            with transaction.atomic():
                found = open_raise(each.grant_id)
                if found is not None and found.id == each.id:
                    end_raise(found, Outcome.LAPSED, actor=PROGRAM, now=now)
                    log_move(found.grant, "lapse_raise", "调高申请逾期未答复", city=city, actor=PROGRAM, now=now)
                    count += 1
    return count


def close_announced(*, city: City, now: datetime.datetime) -> int:
    """Revoke every grant whose announced allowance of none has begun; return how many. It answered nothing since then."""
    today = here(now).date()
    count = 0
    for grant in Grant.objects.filter(stage=Stage.IN_FORCE, changes__daily=0, changes__day__lte=today).distinct():
        with transaction.atomic():
            held = Grant.objects.select_for_update().get(id=grant.id)
            if held.stage != Stage.IN_FORCE or allowance(held.daily, changes_of(held.id), today):
                continue
            last = held.changes.filter(daily=0, day__lte=today).latest("announced_at")
            finish(held, "revoke", By.PROGRAM, actor=PROGRAM, now=now, why=last.why)
            log_move(held, "revoke_grant", "公告的收回日期已到", city=city, actor=PROGRAM, now=now)
            count += 1
    return count
