"""What becomes of a grant in force: renewed, its allowance changed, revoked for misuse, ended by whoever holds it."""

from __future__ import annotations

import datetime
import uuid
from dataclasses import replace

from django.db import transaction

from mianzheng.catalogue.rules.city import City
from mianzheng.common.actors import Actor
from mianzheng.common.errors import Refusal
from mianzheng.common.periods import WorkingDays, here
from mianzheng.common.reasons import N_, Reason
from mianzheng.gateway.actions.grants import WISHES, finish, log_move, not_there, of_asker, request, wish_of
from mianzheng.gateway.models import AllowanceChange, Grant
from mianzheng.gateway.queries.grants import changes_of
from mianzheng.gateway.rules.allowances import Change, allowance, check_change, end_announced
from mianzheng.gateway.rules.grants import LIVE, Stage, Step, check_renewal
from mianzheng.gateway.rules.parameters import LONGEST
from mianzheng.gateway.rules.stages import By, check_move
from mianzheng.people.rules.roles import CENTRE
from mianzheng.web import sql

ONE_DAY = datetime.timedelta(days=1)


def renew(*, city: City, grant: uuid.UUID, liability: bool, actor: Actor, now: datetime.datetime) -> uuid.UUID:
    """Ask that a grant of the actor's office go on after its last day, with the same content; return the grant that follows.

    It is looked at again by everybody who had to agree. Raises `Refusal` too early, too late, and where one follows already.
    """
    today = here(now).date()
    with transaction.atomic():
        sql.hold(WISHES)  # before the row, as `decide` does
        found = of_asker(grant, actor)
        if found.stage != Stage.IN_FORCE:
            raise Refusal(Reason(N_("只有有效的授权可以续期。")), Reason(N_("请照原样再申请一次，内容会替您填好。")))
        changes = changes_of(found.id)
        end = end_announced(found.daily, changes, found.until_day)
        check_renewal(city, until_day=found.until_day, today=today, end=end)
        days = min((found.until_day - found.from_day).days, city.asking.term_days)
        first = found.until_day + ONE_DAY
        wish = replace(
            wish_of(found),
            daily=allowance(found.daily, changes, found.until_day),
            from_day=first,
            until_day=first + datetime.timedelta(days=days),
            liability=liability,
        )
        return request(city=city, wish=wish, actor=actor, now=now, renews=found.id)


def change_allowance(
    *, city: City, grant: uuid.UUID, daily: int, day: datetime.date, why: str, actor: Actor, now: datetime.datetime
) -> None:
    """Announce that from `day` on a grant has `daily` answers a day; 0 revokes it then. The data centre does.

    More may count from today; less only after `notice_days` working days (`Refusal`). A later change for the same day
    takes the place of one announced before. What was to follow a grant whose end is announced ends with the announcement:
    else asking would go on. It stays ended where that is taken back, and can then be asked for anew.
    """
    with transaction.atomic():
        sql.hold(WISHES)  # so that no renewal comes meanwhile
        found = _of_centre(grant, actor)
        check_move("change", Stage(found.stage), By.CENTRE)
        check_change(
            found.daily,
            changes_of(found.id),
            Change(day, daily),
            why=why,
            today=here(now).date(),
            largest=city.asking.largest,
            notice_days=city.asking.notice_days,
            calendar=WorkingDays(city.holidays),
        )
        if day > found.until_day:
            raise Refusal(
                Reason(N_("那一天授权已经到期。")), Reason(N_("请选期限内的一天，或者等它到期。")), field="day"
            )
        AllowanceChange.objects.create(
            grant=found, day=day, daily=daily, why=why.strip(), announced_at=now, announced_by=actor.id
        )
        log_move(found, "change_allowance", "调整每日次数", city=city, actor=actor, now=now, day=day.isoformat(),
                 daily=str(daily))  # fmt: skip
        if end_announced(found.daily, changes_of(found.id), found.until_day):
            _end_renewals(found, By.CENTRE, "原授权公告收回，续期一并结束", city=city, actor=actor, now=now, why=why)


def revoke(*, city: City, grant: uuid.UUID, why: str, actor: Actor, now: datetime.datetime) -> None:
    """Revoke a grant at once, for misuse: the data centre, or a department that had to agree to it. `why` is told.

    What renews it, asked for or in force, ends with it: else misuse would cost only the days until the next term.
    Without misuse it is announced instead: `change_allowance` to none.
    """
    with transaction.atomic():
        sql.hold(WISHES)  # so that no renewal comes meanwhile
        by = By.CENTRE if actor.role == CENTRE else By.SOURCE
        found = _of_centre(grant, actor) if by is By.CENTRE else _of_source(grant, actor)
        if not why.strip() or len(why) > LONGEST:
            raise Refusal(
                Reason(N_("请写明发现了什么滥用，不超过 %(signs)s 字。"), {"signs": LONGEST}),
                Reason(N_("对方会看到这句话；不是滥用的，请提前公告。")),
                field="why",
            )
        finish(found, "revoke", by, actor=actor, now=now, why=why)
        log_move(found, "revoke_grant", "收回查询授权", city=city, actor=actor, now=now)
        _end_renewals(found, by, "原授权被收回，续期一并结束", city=city, actor=actor, now=now, why=why)


def end(*, city: City, grant: uuid.UUID, actor: Actor, now: datetime.datetime) -> None:
    """End a grant of the actor's own office, which needs it no more, and what renews it: else asking would go on."""
    with transaction.atomic():
        sql.hold(WISHES)  # so that no renewal comes meanwhile
        found = of_asker(grant, actor)
        finish(found, "end", By.ASKER, actor=actor, now=now)
        log_move(found, "end_grant", "自行结束查询授权", city=city, actor=actor, now=now)
        _end_renewals(found, By.ASKER, "原授权自行结束，续期一并结束", city=city, actor=actor, now=now)


def _end_renewals(
    grant: Grant, by: By, purpose: str, *, city: City, actor: Actor, now: datetime.datetime, why: str = ""
) -> None:
    """End what renews `grant` for the same reason: what is in force is revoked, what is asked for refused; by its own asker,
    ended and withdrawn.
    """
    for each in _renewals(grant):
        asked = each.stage == Stage.ASKED
        if by is By.ASKER:
            move = "withdraw" if asked else "end"
        else:
            move = "refuse" if asked else "revoke"
        if move == "refuse" and each.asked_by == actor.id:  # to end it would be to answer it
            raise Refusal(
                Reason(N_("它的续期是您自己申请的，不能由您来收回。")),
                Reason(N_("请让别的同事来收回，或者先撤回续期申请。")),
            )
        finish(each, move, by, actor=actor, now=now, why=why)
        log_move(each, f"{move}_grant", purpose, city=city, actor=actor, now=now)


def _renewals(grant: Grant) -> list[Grant]:
    """Return what renews `grant`, what renews that, and so on, as far as it is asked for or in force; locked."""
    found, last = [], [grant.id]
    while last:
        following = list(Grant.objects.select_for_update().filter(renews__in=last).order_by("id"))
        found += [each for each in following if each.stage in LIVE]
        last = [each.id for each in following]
    return found


def _of_centre(grant: uuid.UUID, actor: Actor) -> Grant:
    found = Grant.objects.select_for_update().filter(id=grant).first() if actor.role == CENTRE else None
    if found is None:
        raise not_there()
    return found


def _of_source(grant: uuid.UUID, actor: Actor) -> Grant:
    found = Grant.objects.select_for_update().filter(id=grant).first() if actor.role == "officer" else None
    if found is None or not found.steps.filter(kind=Step.SOURCE, office=actor.office).exists():
        raise not_there()
    return found
