"""Putting one record right (更正): the wrong one stays in the history, so what was relied on can still be seen."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F
from psycopg import sql

from mianzheng.catalogue.rules.city import City, Item
from mianzheng.centre.actions.differences import INCOMING, apply, find_difference, hold_briefly, make_incoming
from mianzheng.centre.actions.feeding import feed
from mianzheng.centre.actions.records import replace_records
from mianzheng.centre.actions.tables import CURRENT, PAST
from mianzheng.centre.models import Fetched, Register
from mianzheng.centre.rules.rows import DELETE, UPSERT
from mianzheng.web.sql import copy_rows


def correct(
    *,
    city: City,
    item: Item,
    subject: UUID,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None,
    now: datetime.datetime,
) -> None:
    """Replace the record `before` of `subject` in `item` by `after`, as of `now`, and feed the change.

    `before` None adds a record, `after` None takes one away. Records are told apart by the item's keys. Raises `Refusal`
    while the item is being loaded; who read `before` without holding the item may have read what is no more.
    """
    fields = [field.code for field in item.fields]
    moved = before is not None and (after is None or any(before[key] != after[key] for key in item.keys))
    rows = [(before, DELETE)] if moved else []
    rows += [(after, UPSERT)] if after is not None else []
    with transaction.atomic():
        now = _after_all_known(item, subject, now + hold_briefly(item=item))
        make_incoming(item=item)
        copy_rows(
            INCOMING,
            ["subject", *fields, "row", "operation"],
            ([subject, *(row[code] for code in fields), n, operation] for n, (row, operation) in enumerate(rows, 1)),
        )
        find_difference(item=item, whole=False, newest_wins=False)
        done = apply(item=item, now=now)
        feed(city=city, item=item, added="added", removed="removed", now=now)
        Register.objects.filter(item=item.code).update(
            records=F("records") + done.added - done.removed, subjects=F("subjects") + done.subjects
        )


def _after_all_known(item: Item, subject: UUID, now: datetime.datetime) -> datetime.datetime:
    """Return `now`, or the last time anything about `subject` came or went where that is later: a load we waited for."""
    statement = sql.SQL(
        "SELECT greatest((SELECT max(known_from) FROM {} WHERE subject = %(subject)s),"
        " (SELECT max(known_to) FROM {} WHERE subject = %(subject)s), %(now)s)"
    ).format(sql.Identifier(CURRENT, item.code), sql.Identifier(PAST, item.code))
    with connection.cursor() as cursor:
        cursor.execute(statement, {"subject": subject, "now": now})
        latest: datetime.datetime = (cursor.fetchone() or (now,))[0]
    return max(now, latest)


def drop_answer(*, item: Item, subject: UUID, now: datetime.datetime) -> None:
    """Forget what the source of `item` answered about `subject`: whoever needs it next asks the source again."""
    with transaction.atomic():
        replace_records(item=item, subjects=[subject], columns=["subject"], rows=[], now=now)
        Fetched.objects.filter(item=item.code, subject=subject).delete()
