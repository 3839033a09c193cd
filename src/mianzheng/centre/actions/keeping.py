"""What is kept of asking sources: their answers for one cycle, the day's counts, the times a connection was given up."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import ProgrammingError, connection, transaction
from psycopg import sql

from mianzheng.catalogue.rules.city import City, Item
from mianzheng.centre.actions.tables import COLUMN_TYPES, CURRENT, PAST, ensure_table
from mianzheng.centre.models import Breakage, Fetched
from mianzheng.centre.queries.gates import Change
from mianzheng.centre.rules.breaker import State
from mianzheng.centre.rules.readiness import cycle
from mianzheng.common.reasons import Reason, packed
from mianzheng.web import planned
from mianzheng.web.sql import fetch, hold

TABLES = 0x7A_15
"""Number of the city-wide lock under which tables for answers are made: one at a time."""
MARGIN = datetime.timedelta(hours=1)
"""An answer is deleted so much later than it stops counting: nobody may be in the middle of reading it."""

# The subselect makes the transaction end without waiting for the disk, so that the many who write the same line do not
# queue for it: what a power cut takes can be asked again, and a count may miss a moment.
_NOTE = """
    INSERT INTO centre_fetched (subject, item, at)
    SELECT unnest(%s::uuid[]), %s, %s FROM (SELECT set_config('synchronous_commit', 'off', true)) AS unhurried
    ON CONFLICT (subject, item) DO UPDATE SET at = greatest(centre_fetched.at, excluded.at)
"""
_REPLACE = """
    WITH old AS (
        DELETE FROM {current} WHERE subject = ANY(%s) RETURNING {names}
    ), moved AS (
        INSERT INTO {past} ({names}, known_to) SELECT {names}, %s FROM old
    )
    INSERT INTO {current} ({names}) SELECT answer.*, %s FROM unnest({arrays}) AS answer
"""
_COUNT = """
    INSERT INTO centre_connectionday AS d
        (day, connection, asked, answered, failed, held_back, milliseconds, quota_left)
    SELECT %s::date, given.*
    FROM unnest(%s::text[], %s::int[], %s::int[], %s::int[], %s::int[], %s::int[], %s::bigint[]) AS given,
        (SELECT set_config('synchronous_commit', 'off', true)) AS unhurried
    ON CONFLICT (connection, day) DO UPDATE SET
        asked = d.asked + excluded.asked, answered = d.answered + excluded.answered,
        failed = d.failed + excluded.failed, held_back = d.held_back + excluded.held_back,
        milliseconds = d.milliseconds + excluded.milliseconds,
        quota_left = coalesce(excluded.quota_left, d.quota_left)
    RETURNING connection, asked, quota_left
"""
COUNTED = ("asked", "answered", "failed", "held_back", "milliseconds")


@dataclass
class Counts:
    """What is added to the day of a connection."""

    asked: int = 0
    answered: int = 0
    failed: int = 0
    held_back: int = 0
    milliseconds: int = 0


@dataclass(frozen=True, slots=True)
class Answered:
    """What the source of `item` said about `subjects`: `rows` of `columns`; no row about somebody means none."""

    item: Item
    subjects: Collection[UUID]
    columns: Sequence[str]
    rows: Sequence[Sequence[Any]]


def keep(*, answers: Sequence[Answered], now: datetime.datetime) -> None:
    """Replace what is kept by `answers`, given at `now`.

    Rows and the note that the source was asked stand or fall together. Two who asked the same wait for each other.
    """
    if not answers:
        return
    ordered = sorted(answers, key=lambda answer: (answer.item.code, min(answer.subjects)))
    try:
        with transaction.atomic():
            for answer in ordered:
                _keep(answer, now)
    except ProgrammingError:  # the first answer for an item, or a new edition has brought a field
        with transaction.atomic():
            hold(TABLES)
            for item in {answer.item.code: answer.item for answer in ordered}.values():
                ensure_table(item=item)
        with transaction.atomic():
            for answer in ordered:
                _keep(answer, now)


def _keep(answer: Answered, now: datetime.datetime) -> None:
    subjects = sorted(answer.subjects)
    columns = list(zip(*answer.rows, strict=True)) or [()] * len(answer.columns)
    kept = [list(columns[answer.columns.index(name)]) for name in ("subject", *(f.code for f in answer.item.fields))]
    planned.run(_NOTE, [subjects, answer.item.code, now])  # who comes second waits here, and then sees the first's rows
    planned.run(_replacing(answer.item), [subjects, now, now, *kept])


def _replacing(item: Item) -> str:
    """Return the statement that moves what was kept to the history and puts the answer in its place."""
    names = sql.SQL(", ").join(map(sql.Identifier, ("subject", *(field.code for field in item.fields), "known_from")))
    kinds = (COLUMN_TYPES["subject"], *(COLUMN_TYPES[field.type] for field in item.fields))
    return (
        sql.SQL(_REPLACE)
        .format(
            current=sql.Identifier(CURRENT, item.code),
            past=sql.Identifier(PAST, item.code),
            names=names,
            arrays=sql.SQL(", ").join(sql.SQL(f"%s::{kind}[]") for kind in kinds),
        )
        .as_string()
    )


def forget_fetched(*, city: City, now: datetime.datetime) -> int:
    """Delete answers of sources past their cycle, superseded ones too; return how many subjects' answers went.

    A cache must not become a copy by the back door (docs/decisions/0015).
    """
    gone = 0
    for item in city.items.values():
        if not item.at_source or not item.fields:
            continue
        before = now - cycle(item) - MARGIN
        with transaction.atomic():
            gone += Fetched.objects.filter(item=item.code, at__lte=before).delete()[0]
            for schema in (CURRENT, PAST):
                if fetch("SELECT to_regclass(%s) IS NOT NULL", [f'{schema}."{item.code}"'])[0][0]:
                    with connection.cursor() as cursor:
                        table = sql.Identifier(schema, item.code)
                        cursor.execute(sql.SQL("DELETE FROM {} WHERE known_from <= %s").format(table), [before])
    return gone


def forget_answers(*, item: Item) -> None:
    """Forget that the source of `item` was ever asked, so that it is asked anew."""
    Fetched.objects.filter(item=item.code).delete()


def count(
    *, day: datetime.date, counts: Mapping[str, Counts], left: Mapping[str, int | None]
) -> dict[str, tuple[int, int | None]]:
    """Add to the day of each connection (one statement); return how many were asked that day, and what is `left`."""
    codes = sorted(counts)
    columns = ([getattr(counts[code], name) for code in codes] for name in COUNTED)
    rows = fetch(_COUNT, [day, codes, *columns, [left.get(code) for code in codes]])
    return {code: (asked, quota) for code, asked, quota in rows}


def note_change(*, connection: str, change: Change, reason: Reason | None, now: datetime.datetime) -> None:
    """Write down that `connection` was given up for a while (a finding), or that it answers again."""
    if change.after is State.OPEN and change.before is not State.OPEN:
        Breakage.objects.bulk_create(
            [Breakage(connection=connection, reason=packed(reason or Reason("")), opened_at=now)], ignore_conflicts=True
        )
    elif change.after is State.CLOSED and change.before is not State.CLOSED:
        answers_again(connection=connection, now=now)


def answers_again(*, connection: str, now: datetime.datetime) -> None:
    """Close whatever breakage of `connection` is open."""
    Breakage.objects.filter(connection=connection, closed_at=None).update(closed_at=now)
