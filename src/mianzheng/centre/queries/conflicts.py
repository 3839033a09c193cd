"""One source per datum (一数一源): while a copy differs, what the registering item says stands in its place."""

from __future__ import annotations

import datetime
from collections.abc import Collection
from typing import Any
from uuid import UUID

from psycopg import sql

from mianzheng.catalogue.rules.city import City, Item
from mianzheng.catalogue.rules.exchange import Datum
from mianzheng.centre.queries.seals import open_rows
from mianzheng.centre.rules.doubts import AT_ONE, Cause, copies_in
from mianzheng.web import planned

_DIFFERING = """
    SELECT DISTINCT datum, subject FROM centre_doubt
    WHERE subject = ANY(%s) AND item = %s AND cause = %s AND datum = ANY(%s)
      AND (answered_at IS NULL OR outcome <> ALL(%s))
"""
_DIFFERED = """
    SELECT DISTINCT datum, subject FROM centre_doubt
    WHERE subject = ANY(%s) AND item = %s AND cause = %s AND datum = ANY(%s)
      AND (answered_at IS NULL OR outcome <> ALL(%s) OR answered_at > %s) AND raised_at <= %s
"""


def prevailing(
    city: City,
    item: Item,
    subjects: Collection[UUID],
    *,
    at: datetime.datetime | None = None,
    fields: Collection[str] | None = None,
) -> dict[tuple[UUID, str], Any]:
    """Return, by subject and field of `item`, the value that prevails over the copy held there; with `at`, prevailed then.
    `fields` are those of interest; None means all.

    Only where a conflict was found and copy and source are not at one again: that the copying office stands by its value
    changes nothing, the registering one decides. One query tells, and one more for each datum concerned. Nothing is
    overlaid in the registering item itself, nor where its register has no record of the subject.
    """
    copied = {datum: code for datum, code in copies_in(city, item).items() if fields is None or code in fields}
    if not copied or not subjects:
        return {}
    asked: list[Any] = [list(subjects), item.code, Cause.CONFLICT.value, list(copied), list(AT_ONE)]
    rows = planned.fetch(_DIFFERING, asked) if at is None else planned.fetch(_DIFFERED, [*asked, at, at])
    differing: dict[str, list[UUID]] = {}
    for datum, subject in rows:
        differing.setdefault(datum, []).append(subject)
    return {
        (subject, copied[datum]): value
        for datum, whom in differing.items()
        for subject, value in registered(city, city.data[datum], whom, at=at).items()
    }


def registered(
    city: City, datum: Datum, subjects: Collection[UUID], *, at: datetime.datetime | None = None
) -> dict[UUID, Any]:
    """Return what the registering item says about `datum` of each of `subjects` at present, or said at `at` (one query)."""
    query = sql.SQL("SELECT subject, {} FROM ({}) AS registered WHERE subject = ANY(%s)").format(
        sql.Identifier(datum.field), one_each(city.items[datum.item], datum.field, then=at is not None)
    )
    return dict(planned.fetch(query.as_string(), [*([at] * 3 if at else []), list(subjects)]))


def one_each(item: Item, field: str, *, then: bool = False) -> sql.Composable:
    """Return the statement that gives one row a subject of `item`: the `field` where it is known, and `known_from`.

    Of several records the newest counts; sealed ones do not. With `then` it is asked of the past and takes the moment
    three times.
    """
    columns = sql.SQL("subject, {}, known_from").format(sql.Identifier(field))
    table, known = _rows(item, field, then=then), sql.SQL("{} IS NOT NULL").format(sql.Identifier(field))
    if not item.keys:
        return sql.SQL("SELECT {} FROM {} WHERE {}").format(columns, table, known)
    newest = [sql.SQL("{} DESC NULLS LAST").format(sql.Identifier(f)) for f in (item.newest_field, "known_from") if f]
    return sql.SQL("SELECT DISTINCT ON (subject) {} FROM {} WHERE {} ORDER BY subject, {}").format(
        columns, table, known, sql.SQL(", ").join(newest)
    )


def _rows(item: Item, field: str, *, then: bool) -> sql.Composable:
    """Return what to read: the rows of today, or those that were known at a moment; none that is sealed."""
    today, open_ = sql.Identifier("centre", item.code), open_rows(item, past=then)
    if not then:
        return sql.SQL("(SELECT * FROM {} AS r WHERE {}) AS known").format(today, open_) if item.seal else today
    wanted = dict.fromkeys(("subject", field, item.newest_field, "known_from"))
    names = sql.SQL(", ").join(sql.Identifier(name) for name in wanted if name)
    return sql.SQL(
        "(SELECT {0} FROM {1} AS r WHERE known_from <= %s AND {3} UNION ALL"
        " SELECT {0} FROM {2} AS r WHERE known_from <= %s AND known_to > %s AND {3}) AS known"
    ).format(names, today, sql.Identifier("centre_history", item.code), open_)
