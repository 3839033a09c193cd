"""Erasing what is held about somebody (删除，个人信息保护法 47): the one thing that does rewrite the past.

The log says that something was erased, never what. Decided cases keep their own evidence (docs/decisions/0016).
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Greatest
from psycopg import sql

from mianzheng.audit import actions as audit
from mianzheng.audit.rules import NewEntry
from mianzheng.catalogue.rules.city import City
from mianzheng.centre.actions.tables import CURRENT, PAST, briefly
from mianzheng.centre.models import Delivery, Doubt, Erasure, Fetched, Register, Watch
from mianzheng.centre.rules.feeding import Change, Status, check_note
from mianzheng.common.actors import Actor
from mianzheng.common.errors import NotFound, Refusal
from mianzheng.common.reasons import N_, Reason
from mianzheng.web.jobs import defer
from mianzheng.web.sql import fetch, run

DELIVER = "centre.deliver"
ERASED = "已删除，内容不再保留"


@dataclass(frozen=True, slots=True)
class Erased:
    """What was erased: rows of today and of the past, and deliveries whose content is gone."""

    items: tuple[str, ...]
    current: int
    past: int
    deliveries: int


def erase(
    *, city: City, subject: UUID, items: Collection[str] | None, reason: str, actor: Actor, now: datetime.datetime
) -> Erased:
    """Erase everything held about `subject` in `items`, None being all there ever were: the records of today, their
    history, what was fetched from a source, what deliveries carried and what was written about doubts. Whoever was told
    before is told that it is gone.

    Raises `Refusal` without a reason or without items, and while one of them is being loaded; `NotFound` for an item that
    does not exist.
    """
    why = check_note(reason, field="reason")
    current_of, past_of = _tables(CURRENT), _tables(PAST)
    held = current_of | past_of
    wanted = (
        sorted(held | set(city.items)) if items is None else [_known(city, held, code) for code in sorted(set(items))]
    )
    if not wanted:
        raise Refusal(Reason(N_("没有选要删除的信息项。")), Reason(N_("请至少选一项。")), field="items")
    current = past = deliveries = 0
    with transaction.atomic():
        for item in sorted(current_of.intersection(wanted)):
            briefly(partial(_hold, item), item=city.items[item].name if item in city.items else item)
        for item in wanted:
            there = [name for name, tables in ((CURRENT, current_of), (PAST, past_of)) if item in tables]
            sealed = _nothing_open(city, item, subject, there)
            gone = {name: _delete(name, item, subject) if name in there else 0 for name in (CURRENT, PAST)}
            current, past = current + gone[CURRENT], past + gone[PAST]
            _count_down(item, gone)
            Fetched.objects.filter(item=item, subject=subject).delete()
            Doubt.objects.filter(item=item, subject=subject).update(note="", answer="")
            Erasure.objects.update_or_create(subject=subject, item=item, defaults={"at": now, "sealed": sealed})
            deliveries += _empty_deliveries(city, item, subject, actor, now)
        audit.write(
            [
                NewEntry(at=now, action="erase", purpose=why, subject=subject, item=item, **actor.log())
                for item in wanted
            ]
        )
    return Erased(tuple(wanted), current, past, deliveries)


def _tables(schema: str) -> set[str]:
    """Return the items of which there is a table, those a newer edition no longer knows among them."""
    return {name for (name,) in fetch("SELECT tablename FROM pg_tables WHERE schemaname = %s", [schema])}


def _known(city: City, held: Collection[str], code: str) -> str:
    if code not in city.items and code not in held:
        raise NotFound(
            Reason(N_("没有编码为“%(item)s”的信息项。"), {"item": code}), Reason(N_("请核对编码。")), field="item"
        )
    return code


def _hold(item: str) -> None:
    """Have the lock that deleting records of `item` takes: a load of it comes before or after."""
    run(sql.SQL("LOCK TABLE {} IN ROW EXCLUSIVE MODE").format(sql.Identifier(CURRENT, item)))


def _delete(schema: str, item: str, subject: UUID) -> int:
    """Delete the rows of `subject` and return how many there were."""
    return run(sql.SQL("DELETE FROM {} WHERE subject = %s").format(sql.Identifier(schema, item)), [subject])


def _nothing_open(city: City, item: str, subject: UUID, schemas: Collection[str]) -> bool:
    """Return whether whatever is erased of `subject` in `item`, now or before, was sealed: nobody may know of it then, and
    who never had a record reads the same.
    """
    seal = city.items[item].seal if item in city.items else None
    if seal is None or Erasure.objects.filter(subject=subject, item=item, sealed=False).exists():
        return False
    if not seal.when or not schemas:
        return True
    rows = sql.SQL(" UNION ALL ").join(
        sql.SQL("SELECT {} AS sealed FROM {} WHERE subject = {}").format(
            sql.Identifier(seal.when), sql.Identifier(schema, item), sql.Literal(subject)
        )
        for schema in schemas
    )
    ((open_,),) = fetch(sql.SQL("SELECT EXISTS (SELECT FROM ({}) AS r WHERE sealed IS NOT TRUE)").format(rows))
    return not open_


def _count_down(item: str, gone: Mapping[str, int]) -> None:
    if gone[CURRENT]:
        Register.objects.filter(item=item).update(
            records=Greatest(F("records") - gone[CURRENT], 0), subjects=Greatest(F("subjects") - 1, 0)
        )


def _empty_deliveries(city: City, item: str, subject: UUID, actor: Actor, now: datetime.datetime) -> int:
    """Take the content out of every delivery about `subject`; who has had one is told that the record is gone."""
    rows = list(Delivery.objects.select_for_update().filter(item=item, subject=subject).order_by("id"))
    told = {(row.feed, row.receiver): row for row in rows if row.feed in city.feeds and _was_told(row)}
    found = Delivery.objects.filter(item=item, subject=subject)
    count = found.exclude(note=ERASED).update(payload={}, note="")
    found.filter(settled_at=None).update(status=Status.DONE, settled_at=now, settled_by=actor.id, note=ERASED)
    news = [
        _news(
            item,
            subject,
            now,
            feed=feed,
            receiver=receiver,
            sent=city.feeds[feed].route == "webhook",
            after=row.next_at,
        )
        for (feed, receiver), row in told.items()
    ]
    watches = Watch.objects.filter(item=item, subject=subject, until__gte=now.date())
    news += [_news(item, subject, now, receiver=each.office, case=each.case) for each in watches]
    Delivery.objects.bulk_create(news)
    if any(each.status == Status.PENDING for each in news):
        defer(DELIVER, once="erase", timestamp=0)
    return count


def _was_told(row: Delivery) -> bool:
    """Return whether the receiver has had the change, or may have; what an earlier erasure took back before is not."""
    settled = row.status == Status.DONE and row.note != ERASED
    return settled or row.seen_at is not None or row.tries > 0 or row.next_at > row.made_at


def _news(
    item: str,
    subject: UUID,
    now: datetime.datetime,
    *,
    receiver: str,
    feed: str = "",
    case: UUID | None = None,
    sent: bool = False,
    after: datetime.datetime | None = None,
) -> Delivery:
    """Return the word that the record is gone, without anything of it; not before a try that is under way has ended."""
    return Delivery(
        feed=feed,
        case=case,
        receiver=receiver,
        item=item,
        subject=subject,
        change=Change.REMOVED,
        status=Status.PENDING if sent else Status.LISTED,
        made_at=now,
        next_at=max(now, after) if sent and after else now,
    )
