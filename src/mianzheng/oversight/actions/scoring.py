"""Going through a day of the log (好奇查询): leads are made, nothing else happens."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.db import transaction
from django.db.models import Q, QuerySet

from mianzheng.audit.rules.entries import YEARS
from mianzheng.catalogue.rules.city import City
from mianzheng.catalogue.rules.curiosity import Kind
from mianzheng.common.actors import Actor
from mianzheng.common.errors import Refusal
from mianzheng.common.periods import WorkingDays
from mianzheng.common.reasons import N_, Reason
from mianzheng.evidence.actions.kin import kin
from mianzheng.oversight.actions.making import made
from mianzheng.oversight.models import Lead, Question, Screening, Tally
from mianzheng.oversight.queries.looks import norms, seen_on, tallies
from mianzheng.oversight.rules.curiosity import Look, kept, leads, tie
from mianzheng.oversight.rules.leads import Source, Status
from mianzheng.people.queries import accounts, staff
from mianzheng.web import sql

SCREENING = 0x7A_24
"""Number of the city-wide lock under which a day is gone through: one at a time."""
WHY = "核对是否查询了本人的亲属（回避）"


@dataclass(frozen=True, slots=True)
class Screened:
    """What came of a day: look-ups of staff, accounts, leads made by this run, and leads of that day in all."""

    day: datetime.date
    looks: int
    accounts: int
    made: int
    leads: int


def score(*, city: City, day: datetime.date, actor: Actor, now: datetime.datetime) -> Screened:
    """Go through the log of `day` and make its leads. A second time makes none a second time, and changes none.

    Reading who is a relative of whom is a look-up itself, about officers whose account has a subject, and is in the log
    first. Raises `Refusal` for a day that is not over.
    """
    if day >= now.date():
        raise Refusal(
            Reason(N_("%(day)s 还没有过完，不能核对。"), {"day": day}), Reason(N_("请等到第二天。")), field="day"
        )
    rules = city.curiosity
    looks = _tied(city, seen_on(rules, day), actor, now)
    working = WorkingDays(city.holidays).is_working(day)
    found = leads(rules, looks, norms(rules, day), working=working)
    with transaction.atomic():
        sql.hold(SCREENING)
        Tally.objects.bulk_create(tallies(looks, day), ignore_conflicts=True)
        fresh = made(
            city=city,
            day=day,
            source=Source.RULES,
            wanted=[(lead, [kept(reason) for reason in lead.reasons]) for lead in found],
            actor=actor,
            now=now,
        )
        total = {"looks": sum(look.times for look in looks), "accounts": len({look.account for look in looks})}
        done, _ = Screening.objects.get_or_create(day=day, defaults={**total, "leads": 0, "done_at": now})
        done.looks, done.accounts, done.leads, done.done_at = *total.values(), done.leads + fresh, now
        done.save()
    return Screened(day, total["looks"], total["accounts"], fresh, done.leads)


def forget(*, city: City, now: datetime.datetime) -> int:
    """Delete the counts that are no longer needed to know a norm, and leads and questions whose time is over, as the lines
    of the log they are about; return how many rows.
    """
    before = now.date() - datetime.timedelta(days=city.curiosity.keep_days)
    long_ago = now - datetime.timedelta(days=365 * YEARS)
    with transaction.atomic():
        gone = [
            Question.objects.filter(lead=None, asked_at__lt=long_ago).delete(),
            Question.objects.filter(lead__in=_ended(long_ago)).delete(),
            _ended(long_ago).delete(),
            Tally.objects.filter(day__lt=before).delete(),
            Screening.objects.filter(day__lt=before).delete(),
        ]
    return sum(count for count, _ in gone)


def _ended(before: datetime.datetime) -> QuerySet[Lead]:
    """Return the leads that ended before."""
    return Lead.objects.filter(
        Q(status=Status.CLOSED, closed_at__lt=before) | Q(status=Status.EXPLAINED, answered_at__lt=before)
    )


def _tied(city: City, looks: Sequence[Look], actor: Actor, now: datetime.datetime) -> list[Look]:
    """Return `looks` with how whoever looked is tied to whom they looked at."""
    asking = city.curiosity.of(Kind.RELATIVE)
    if not asking or not looks:
        return list(looks)
    cards = accounts({look.account for look in looks})
    own = {card.id: card.subject for card in cards.values() if card.subject}
    relations = dict.fromkeys(code for rule in asking for code in rule.relations)
    related = kin(city=city, subjects=set(own.values()), relations=relations, purpose=WHY, actor=actor, now=now)
    together: dict[str, set[uuid.UUID]] = {}
    for card in staff():
        if card.subject:
            together.setdefault(card.department or card.place, set()).add(card.subject)
    nobody: frozenset[uuid.UUID] = frozenset()
    return [
        replace(
            look,
            tie=tie(
                mine := own.get(look.account),
                look.subject,
                related.get(mine, nobody) if mine else nobody,
                together.get(look.office, set()),
            ),
        )
        for look in looks
    ]
