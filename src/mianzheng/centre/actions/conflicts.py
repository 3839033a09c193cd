"""Finding where a copy says otherwise than the register it was copied from (一数一源), and sending it back (校核)."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.db import connection, transaction
from psycopg import sql

from mianzheng.catalogue.rules.city import City, Item
from mianzheng.centre.queries.conflicts import one_each
from mianzheng.centre.queries.seals import open_rows
from mianzheng.centre.rules.doubts import Cause, Outcome, pairs
from mianzheng.common.actors import PROGRAM
from mianzheng.common.periods import WorkingDays

# A copy and its source that differ since `since`; where a department has looked at it since, it stays as it was judged.
_COMPARE = """
WITH differing AS MATERIALIZED (
    SELECT c.subject, greatest(max(c.known_from), max(r.known_from)) AS since
    FROM {copy} c JOIN ({registered}) r USING (subject) WHERE c.{field} <> r.{source} AND {open}
    GROUP BY c.subject
), settled AS (
    UPDATE centre_doubt d SET outcome = {agrees}, answered_at = {now}, answered_by = {program}
    WHERE d.item = {item} AND d.datum = {datum} AND d.cause = {cause} AND d.answered_at IS NULL
      AND NOT EXISTS (SELECT FROM differing f WHERE f.subject = d.subject)
      AND (NOT {cached} OR EXISTS (SELECT FROM {register} r WHERE r.subject = d.subject))
      AND (NOT {kept} OR EXISTS (SELECT FROM {copy} c WHERE c.subject = d.subject))
    RETURNING d.id
), raised AS (
    INSERT INTO centre_doubt
        (id, item, subject, cause, datum, office, due, raised_at, raised_by, note, outcome, answer)
    SELECT gen_random_uuid(), {item}, f.subject, {cause}, {datum}, {office}, {due}, {now}, {program}, '', '', ''
    FROM differing f WHERE NOT EXISTS (
        SELECT FROM centre_doubt d WHERE d.subject = f.subject AND d.item = {item} AND d.cause = {cause}
        AND d.datum = {datum} AND (d.answered_at IS NULL OR (d.outcome = ANY({judged}) AND d.answered_at >= f.since)))
    ON CONFLICT DO NOTHING
    RETURNING id
)
SELECT (SELECT count(*) FROM raised), (SELECT count(*) FROM settled)
"""


@dataclass(frozen=True, slots=True)
class Compared:
    """How many conflicts a comparison raised, and how many had gone by themselves."""

    raised: int = 0
    settled: int = 0


def find(*, city: City, item: Item, now: datetime.datetime) -> Compared:
    """Compare `item` with the sources it copies from, and with its copies where it is the source.

    One statement for each datum and copy; no value leaves the database. A person's conflict is raised once and is due
    after the city's `correction_days`; one whose values agree meanwhile is settled.
    """
    there = _tables()
    raised = settled = 0
    for datum, copy, field in pairs(city, item):
        source = city.data[datum]
        if copy in there and source.item in there:
            with transaction.atomic():
                more = _compare(city, datum, city.items[copy], field, now)
            raised, settled = raised + more.raised, settled + more.settled
    return Compared(raised, settled)


def find_all(*, city: City, now: datetime.datetime) -> Compared:
    """Compare every register of a datum with its copies."""
    each = [find(city=city, item=city.items[code], now=now) for code in {datum.item for datum in city.data.values()}]
    return Compared(sum(one.raised for one in each), sum(one.settled for one in each))


def _compare(city: City, datum: str, copy: Item, field: str, now: datetime.datetime) -> Compared:
    source = city.data[datum]
    registering = city.items[source.item]
    due = WorkingDays(city.holidays).add(now.date(), city.policy.correction_days)
    statement = sql.SQL(_COMPARE).format(
        copy=sql.Identifier("centre", copy.code),
        field=sql.Identifier(field),
        open=open_rows(copy, row="c"),
        register=sql.Identifier("centre", registering.code),
        registered=one_each(registering, source.field),
        source=sql.Identifier(source.field),
        cached=sql.Literal(registering.at_source),
        kept=sql.Literal(copy.at_source),
        item=sql.Literal(copy.code),
        datum=sql.Literal(datum),
        office=sql.Literal(copy.owner),
        due=sql.Literal(due),
        now=sql.Literal(now),
        program=sql.Literal(PROGRAM.id),
        cause=sql.Literal(Cause.CONFLICT.value),
        agrees=sql.Literal(Outcome.AGREES.value),
        judged=sql.Literal([Outcome.STANDS.value, Outcome.SOURCE_WRONG.value]),
    )
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return Compared(*(cursor.fetchone() or (0, 0)))


def _tables() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'centre'")
        return {name for (name,) in cursor.fetchall()}
