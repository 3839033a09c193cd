"""The months of the log: made ahead, and destroyed whole when their keeping time is over."""

from __future__ import annotations

import datetime

from django.db import DatabaseError, transaction
from django.utils import timezone
from psycopg import sql as composed

from mianzheng.audit.actions.sealing import SEALER
from mianzheng.audit.actions.writing import write
from mianzheng.audit.models import Destroyed
from mianzheng.audit.queries.verifying import indexes_of
from mianzheng.audit.rules.entries import NOBODY, PROGRAM, NewEntry
from mianzheng.web import sql

AHEAD = 3
"""Months made ahead; whatever falls beside them lies in a partition of its own and is kept like the rest."""


def turn(*, now: datetime.datetime) -> int:
    """Make the coming months and destroy those whose time is over; return how many entries went."""
    make_months(now=now)
    return destroy(now=now)


def make_months(*, now: datetime.datetime) -> int:
    """Make this month and the next ones for every keeping time; return how many are there."""
    made = 0
    for (keep,) in sql.fetch(
        "SELECT DISTINCT substr(relname, 13)::smallint FROM pg_class WHERE relname ~ '^audit_entry_\\d+$'"
    ):
        first = now.date().replace(day=1)
        for _ in range(AHEAD):
            following = (first + datetime.timedelta(days=32)).replace(day=1)
            try:
                with transaction.atomic():
                    sql.fetch(
                        "SELECT audit_month(%s::smallint, %s, %s)", [keep, _midnight(first), _midnight(following)]
                    )
                    made += 1
            except (
                DatabaseError
            ):  # lines of that month lie beside it already (the demo's clock was moved): they stay there
                pass
            first = following
    return made


def destroy(*, now: datetime.datetime) -> int:
    """Destroy the months whose keeping time is over; return how many entries went. Their leaves stay in the tree.

    Only what a seal has already is destroyed, and that it was is itself an entry.
    """
    gone = 0
    for name, keep, first, until in _months():
        if until.replace(year=until.year + keep) <= now:
            gone += _destroyed(name, keep, first, until, now)
    return gone


def _destroyed(name: str, keep: int, first: datetime.datetime, until: datetime.datetime, now: datetime.datetime) -> int:
    with transaction.atomic():
        sql.hold(SEALER)
        table = composed.Identifier(name)
        ids = [row[0] for row in sql.fetch(composed.SQL("SELECT id FROM {}").format(table))]
        indexes, unsealed = indexes_of(ids)
        if unsealed:
            return 0
        sql.run(composed.SQL("DROP TABLE {}").format(table))
        if not ids:
            return 0
        Destroyed.objects.create(
            keep=keep, from_at=first, until_at=until, entries=len(ids), indexes=indexes, destroyed_at=now
        )
        purpose = f"保存期满销毁日志: {keep} 年, {timezone.localtime(first):%Y-%m}"
        write([NewEntry(at=now, actor=PROGRAM, action="destroy", purpose=purpose, subject=NOBODY,
                        detail={"entries": len(ids), "indexes": indexes}, keep=10)])  # fmt: skip
    return len(ids)


def _months() -> list[tuple[str, int, datetime.datetime, datetime.datetime]]:
    """Return the month partitions: name, years kept, from when, until when."""
    rows = sql.fetch(
        "SELECT relname, split_part(relname, '_', 3)::int, make_date(split_part(relname, '_', 4)::int,"
        " split_part(relname, '_', 5)::int, 1) FROM pg_class WHERE relkind = 'r' AND relname ~ '^audit_entry_\\d+_\\d{4}_\\d{2}$'"
    )
    return [
        (name, keep, _midnight(first), _midnight((first + datetime.timedelta(days=32)).replace(day=1)))
        for name, keep, first in rows
    ]


def _midnight(day: datetime.date) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time()))
