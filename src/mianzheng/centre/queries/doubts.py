"""Doubts as the desk lists them, and the records they are about."""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Count, Q, QuerySet
from psycopg import sql

from mianzheng.catalogue.rules.city import City, Item
from mianzheng.centre.models import Dispute, Doubt
from mianzheng.centre.queries.conflicts import registered
from mianzheng.centre.queries.seals import open_rows
from mianzheng.centre.rules.doubts import Cause, copies_in


@dataclass(frozen=True, slots=True)
class Record:
    """One record of a subject; `mark` names exactly this state of it, so that nobody corrects what has changed."""

    values: Mapping[str, Any]
    known_from: datetime.datetime
    mark: str


@dataclass(frozen=True, slots=True)
class Opened:
    """A doubt with what is held: the subject's records in the item, and what the registering item says of the datum."""

    doubt: Doubt
    records: tuple[Record, ...]
    field: str = ""
    registered: Any = None
    others: Mapping[str, Any] = dataclasses.field(default_factory=dict)


def doubts(*, office: str = "", item: str = "", answered: bool = False) -> QuerySet[Doubt]:
    """Return the doubts put to `office` (all of them for ""), the most urgent first; or those answered, newest first."""
    found = Doubt.objects.filter(answered_at__isnull=not answered)
    if office:
        found = found.filter(office=office)
    if item:
        found = found.filter(item=item)
    return found.order_by("-answered_at", "id") if answered else found.order_by("due", "item", "id")


def counts(*, office: str, today: datetime.date) -> dict[str, int]:
    """Return how many doubts are open, overdue, and of each cause (one query)."""
    found: dict[str, int] = doubts(office=office).aggregate(
        open=Count("id"),
        overdue=Count("id", filter=Q(due__lt=today)),
        conflict=Count("id", filter=Q(cause=Cause.CONFLICT)),
        objection=Count("id", filter=Q(cause=Cause.OBJECTION)),
    )
    return found


def objections(*, items: Collection[str] | None, item: str = "") -> QuerySet[Dispute]:
    """Return the objections (异议) to records of `items` (None: of all) that are open, the longest open first."""
    found = Dispute.objects.filter(closed_at=None)
    if items is not None:
        found = found.filter(item__in=list(items))
    if item:
        found = found.filter(item=item)
    return found.order_by("opened_at", "id")


def of_office(doubt: uuid.UUID, office: str) -> Doubt | None:
    """Return the doubt if it was put to `office`, or to anybody for ""."""
    found = Doubt.objects.filter(id=doubt).first()
    return found if found is not None and office in ("", found.office) else None


def opened(city: City, doubt: Doubt) -> Opened:
    """Return what is held about the doubt's subject. Whoever calls it writes the look to the log first."""
    item = city.items[doubt.item]
    held = records_of(item, doubt.subject)
    if doubt.datum not in city.data:
        return Opened(doubt, held)
    source = city.data[doubt.datum]
    if source.item == item.code:
        others = {
            other.code: [record.values[field] for record in records_of(other, doubt.subject, of_others=True)]
            for other in city.items.values()
            for datum, field in copies_in(city, other).items()
            if datum == doubt.datum and _exists(other)
        }
        return Opened(doubt, held, source.field, None, others)
    value = registered(city, source, [doubt.subject]).get(doubt.subject) if _exists(city.items[source.item]) else None
    return Opened(doubt, held, copies_in(city, item).get(doubt.datum, ""), value)


def records_of(item: Item, subject: uuid.UUID, *, of_others: bool = False) -> tuple[Record, ...]:
    """Return the current records of `subject` in `item` as they are held, nothing laid over them (one query).

    Whoever answers for the item sees all of them; what is sealed is left out where it is one `of_others`.
    """
    codes = [each.code for each in item.fields]
    if not codes or not _exists(item):
        return ()
    statement = sql.SQL("SELECT known_from, {} FROM {} AS r WHERE subject = %s AND {} ORDER BY {}").format(
        sql.SQL(", ").join(map(sql.Identifier, codes)),
        sql.Identifier("centre", item.code),
        open_rows(item) if of_others else sql.SQL("true"),
        sql.SQL(", ").join(map(sql.Identifier, item.keys or ("known_from",))),
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [subject])
        return tuple(_record(known_from, dict(zip(codes, values, strict=True))) for known_from, *values in cursor)


def _record(known_from: datetime.datetime, values: dict[str, Any]) -> Record:
    said = repr((known_from.astimezone(datetime.UTC), sorted(values.items(), key=lambda pair: pair[0])))
    return Record(values, known_from, hashlib.sha256(said.encode()).hexdigest()[:32])


def _exists(item: Item) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [f'centre."{item.code}"'])
        return bool((cursor.fetchone() or (False,))[0])
