"""Asking again what a decided case rested on: as the registers stood then, and as they stand today."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from django.db import transaction
from django.utils import timezone

from mianzheng.audit import actions as audit
from mianzheng.audit.rules import NewEntry
from mianzheng.catalogue.rules.city import City, Need
from mianzheng.centre.queries.records import held, readiness_of
from mianzheng.common.actors import Actor
from mianzheng.common.errors import Refusal
from mianzheng.common.reasons import N_, Reason
from mianzheng.evidence.actions.gathering import reader
from mianzheng.evidence.queries.asking import ask, items_of
from mianzheng.evidence.rules.inquiry import Answer, Inquiry, Look


@dataclass(frozen=True, slots=True)
class Compared:
    """One need as the registers answered it then, and as they answer it today."""

    need: Need
    then: Answer
    today: Answer

    @property
    def differs(self) -> bool:
        """Whether the answer is another one today."""
        return self.then.verdict is not self.today.verdict


def look_back(
    *,
    city: City,
    inquiry: Inquiry,
    needs: Sequence[Need],
    at: datetime.datetime,
    why: str,
    actor: Actor,
    now: datetime.datetime,
) -> tuple[Compared, ...]:
    """Answer `needs` as of `at`, from the records as they were known then, and as of today; nothing of the case changes.

    `why` is the purpose of looking again; without one it is refused. The looks are in the log before an answer leaves.
    """
    if not why.strip():
        raise Refusal(
            Reason(N_("请写明为什么要回看。")), Reason(N_("写一句即可，本人在“我的数据”里看得到。")), field="why"
        )
    items = items_of(city, needs)
    then, looked_then = ask(
        city,
        inquiry,
        needs,
        readiness=readiness_of(city, items, now=now, at=at),
        read=partial(held, city, at=at),
        today=timezone.localtime(at).date(),
        at=at,
    )
    matter = city.matters[inquiry.matter]
    reading = reader(city=city, matter=matter, applicant=inquiry.applicant, case=inquiry.case, actor=actor, now=now)
    readiness = readiness_of(city, items, now=now)
    today, looked_today = ask(city, inquiry, needs, readiness=readiness, read=reading, today=now.date())
    with transaction.atomic():
        audit.write(
            [
                *(_entry(inquiry, look, why, actor, now, as_of=at) for look in looked_then),
                *(_entry(inquiry, look, why, actor, now) for look in looked_today),
            ]
        )
    return tuple(Compared(*each) for each in zip(needs, then, today, strict=True))


def _entry(
    inquiry: Inquiry,
    look: Look,
    why: str,
    actor: Actor,
    now: datetime.datetime,
    *,
    as_of: datetime.datetime | None = None,
) -> NewEntry:
    return NewEntry(
        at=now,
        action="lookup",
        purpose=f"回看办件依据：{why.strip()}",
        subject=look.subject,
        applicant=inquiry.applicant,
        case=inquiry.case,
        matter=inquiry.matter,
        fact=look.fact,
        item=look.item,
        verdict=look.verdict or "",
        detail={"need": look.need, "records": look.trace.records, "as_of": as_of.isoformat() if as_of else ""},
        **actor.log(),
    )
