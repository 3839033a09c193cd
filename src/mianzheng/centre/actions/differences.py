"""Applying a batch as a difference, in the caller's transaction: what went moves to the history, what is new comes in.

Temporary tables, gone with the transaction: ``incoming`` (the batch), ``difference`` (each row that is new, gone or not
the same, old and new side by side), and from what is left of it ``added`` and ``removed``; a changed record is in both.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.db import connection
from psycopg import sql

from mianzheng.catalogue.rules.city import Item
from mianzheng.centre.actions.tables import CURRENT, PAST, briefly, column_definitions, ensure_table
from mianzheng.centre.rules.rows import DELETE
from mianzheng.web.sql import fetch, run

INCOMING, ADDED, REMOVED = "incoming", "added", "removed"


@dataclass(frozen=True, slots=True)
class Difference:
    """How many records came, were replaced, and went; and by how much the number of subjects grew."""

    added: int
    changed: int
    removed: int
    subjects: int


def make_incoming(*, item: Item) -> None:
    """Make the temporary table a batch is copied into; `row` and `operation` serve increments."""
    columns = [*column_definitions(item), sql.SQL("row integer"), sql.SQL("operation text")]
    _run("DROP TABLE IF EXISTS incoming, difference, added, removed")
    _run("CREATE TEMP TABLE incoming ({}) ON COMMIT DROP", sql.SQL(", ").join(columns))


def hold(*, item: Item) -> None:
    """Let nobody else change the records of `item` until the transaction ends; reading goes on."""
    _run("LOCK TABLE {} IN SHARE ROW EXCLUSIVE MODE", _table(item))


def hold_briefly(*, item: Item) -> datetime.timedelta:
    """Do the same, and have the tables be there, for somebody who waits at a page; return how long that took.

    Raises `Refusal` where a load holds the records.
    """

    def take() -> None:
        ensure_table(item=item)
        hold(item=item)

    return briefly(take, item=item.name)


def take_out_doubles(*, item: Item, table: str) -> int:
    """Keep of rows with the same key the first that was copied in; return how many went."""
    return _run(
        "DELETE FROM {table} t USING (SELECT ctid AS place, row_number() OVER (PARTITION BY {key} ORDER BY ctid) AS n"
        " FROM {table}) d WHERE t.ctid = d.place AND d.n > 1",
        table=sql.Identifier(*table.split(".")),
        key=sql.SQL(", ").join(map(sql.Identifier, ("subject", *item.keys))),
    )


def find_difference(*, item: Item, whole: bool, newest_wins: bool = True) -> list[int]:
    """Compare ``incoming`` with what is held, in one pass; with `whole`, what is not in it is gone.

    With `newest_wins`, rows of an increment that are older than the record they would replace are left out; returns
    their row numbers.
    """
    _run("SET LOCAL work_mem = '256MB'")
    _run("ANALYZE incoming")
    columns = ("subject", *(f.code for f in item.fields))
    _run(
        "CREATE TEMP TABLE difference ON COMMIT DROP AS SELECT {new}, {old}, c.known_from, c.ctid AS place, i.row, i.operation"
        " FROM incoming i {join} JOIN {table} c ON {key}"
        " WHERE i.subject IS NULL OR c.subject IS NULL OR i.operation = {delete} OR {other}",
        new=_renamed("i", "new_", columns),
        old=_renamed("c", "old_", columns),
        join=sql.SQL("FULL" if whole else "LEFT"),
        table=_table(item),
        key=_key(item, "i", "c"),
        delete=sql.Literal(DELETE),
        other=_other(item),
    )
    return [] if whole or not newest_wins or not item.newest_field else _take_out_older(item.newest_field)


def apply(*, item: Item, now: datetime.datetime) -> Difference:
    """Take ``difference`` over: move ``removed`` to the history, put ``added`` in, both as of `now`."""
    _split(item)
    table = _table(item)
    names = sql.SQL(", ").join(map(sql.Identifier, ("subject", *(f.code for f in item.fields))))
    _run("ANALYZE added")
    _run("ANALYZE removed")
    gained = _subjects("added", table)
    _run(
        "INSERT INTO {past} ({names}, known_from, known_to) SELECT {names}, known_from, {now} FROM removed",
        past=sql.Identifier(PAST, item.code),
        names=names,
        now=sql.Literal(now),
    )
    removed = _run("DELETE FROM {table} c USING removed r WHERE c.ctid = r.place", table=table)
    added = _run(
        "INSERT INTO {table} ({names}, known_from) SELECT {names}, {now} FROM added",
        table=table,
        names=names,
        now=sql.Literal(now),
    )
    lost = _subjects("removed", table)
    changed = _count(
        "SELECT FROM difference WHERE place IS NOT NULL AND new_subject IS NOT NULL AND operation IS DISTINCT FROM {}",
        sql.Literal(DELETE),
    )
    return Difference(added - changed, changed, removed - changed, gained - lost)


def _split(item: Item) -> None:
    columns = ("subject", *(f.code for f in item.fields))
    _run(
        "CREATE TEMP TABLE added ON COMMIT DROP AS SELECT {} FROM difference"
        " WHERE new_subject IS NOT NULL AND operation IS DISTINCT FROM {} ORDER BY new_subject",
        _named("new_", columns),
        sql.Literal(DELETE),
    )
    _run(
        "CREATE TEMP TABLE removed ON COMMIT DROP AS SELECT {}, known_from, place FROM difference WHERE place IS NOT NULL",
        _named("old_", columns),
    )


def _take_out_older(newest: str) -> list[int]:
    """Take rows out of ``difference`` that are older than what is held; return their row numbers."""
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL("DELETE FROM difference WHERE {} < {} RETURNING row").format(
                sql.Identifier(f"new_{newest}"), sql.Identifier(f"old_{newest}")
            )
        )
        return [row[0] for row in cursor.fetchall()]


def _subjects(of: str, table: sql.Identifier) -> int:
    """Return how many subjects of the temporary table `of` have no record in `table`."""
    return _count(
        "SELECT DISTINCT subject FROM {} a WHERE NOT EXISTS (SELECT FROM {} c WHERE c.subject = a.subject)",
        sql.Identifier(of),
        table,
    )


def _table(item: Item) -> sql.Identifier:
    return sql.Identifier(CURRENT, item.code)


def _renamed(alias: str, prefix: str, columns: tuple[str, ...]) -> sql.Composed:
    return sql.SQL(", ").join(
        sql.SQL("{} AS {}").format(sql.Identifier(alias, name), sql.Identifier(prefix + name)) for name in columns
    )


def _named(prefix: str, columns: tuple[str, ...]) -> sql.Composed:
    return sql.SQL(", ").join(
        sql.SQL("{} AS {}").format(sql.Identifier(prefix + name), sql.Identifier(name)) for name in columns
    )


def _key(item: Item, one: str, other: str) -> sql.Composed:
    """Return the condition that two rows are the same record: subject and key fields, which are never missing."""
    names = ("subject", *item.keys)
    return sql.SQL(" AND ").join(
        sql.SQL("{} = {}").format(sql.Identifier(one, name), sql.Identifier(other, name)) for name in names
    )


def _other(item: Item) -> sql.Composable:
    """Return the condition that a field besides the key is not the same."""
    rest = [field.code for field in item.fields if not field.key]
    parts = [
        sql.SQL("{} IS DISTINCT FROM {}").format(sql.Identifier("i", name), sql.Identifier("c", name)) for name in rest
    ]
    return sql.SQL("({})").format(sql.SQL(" OR ").join(parts)) if parts else sql.SQL("false")


def _run(statement: str, *args: sql.Composable, **parts: sql.Composable) -> int:
    return run(sql.SQL(statement).format(*args, **parts))


def _count(statement: str, *args: sql.Composable) -> int:
    counted = sql.SQL("SELECT count(*) FROM ({}) AS counted").format(sql.SQL(statement).format(*args))
    return int(fetch(counted)[0][0])
