"""Record tables: one typed table an item in schema ``centre``, its superseded rows in ``centre_history``."""

from __future__ import annotations

import datetime
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from django.db import OperationalError, connection, transaction
from psycopg import sql
from psycopg.errors import LockNotAvailable

from mianzheng.catalogue.rules.city import City, Item
from mianzheng.common.errors import Refusal
from mianzheng.common.reasons import N_, Param, Reason

COLUMN_TYPES = {
    "text": "text",
    "code": "text",
    "integer": "bigint",
    "decimal": "numeric(18,2)",
    "date": "date",
    "month": "text",
    "boolean": "boolean",
    "subject": "uuid",
}

CURRENT, PAST = "centre", "centre_history"


def ensure_table(*, item: Item, indexed: bool = True) -> None:
    """Make the tables of `item`, or add the columns a newer edition of the catalogue brings.

    Whoever fills a new table and builds the index afterwards wants it not `indexed`.
    """
    schemas = (CURRENT, PAST)
    with connection.cursor() as cursor:
        there = _columns(item, schemas)
        for name in schemas:
            extra = [sql.SQL("known_to timestamptz NOT NULL")] if name == PAST else []
            table = sql.Identifier(name, item.code)
            if name not in there:
                known = sql.SQL("known_from timestamptz NOT NULL")
                columns = sql.SQL(", ").join([*column_definitions(item), known, *extra])
                cursor.execute(sql.SQL("CREATE TABLE IF NOT EXISTS {} ({})").format(table, columns))
                if indexed or name == PAST:
                    build_index(item=item, schema=name)
            for field, definition in zip(item.fields, column_definitions(item)[1:], strict=True):
                if name in there and field.code not in there[name]:
                    cursor.execute(sql.SQL("ALTER TABLE {} ADD COLUMN IF NOT EXISTS {}").format(table, definition))
                    if item.seal and item.seal.when == field.code:  # from now on the index tells what is open
                        index = sql.Identifier(name, f"{item.code}_subject")
                        cursor.execute(sql.SQL("DROP INDEX IF EXISTS {}").format(index))
                        build_index(item=item, schema=name)


def follow_edition(*, city: City) -> None:
    """Add to the record tables there are what a newer edition of the catalogue brings, so that they can be read by it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", [CURRENT])
        there = {name for (name,) in cursor.fetchall()}
    for code in sorted(there & city.items.keys()):
        if city.items[code].fields:
            ensure_table(item=city.items[code])


def _columns(item: Item, schemas: Sequence[str]) -> dict[str, set[str]]:
    """Return the columns the tables of `item` have, by schema; what is missing is not there."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT n.nspname, a.attname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped"
            " WHERE c.relname = %s AND n.nspname = ANY(%s) AND c.relkind = 'r'",
            [item.code, list(schemas)],
        )
        found: dict[str, set[str]] = {}
        for name, column in cursor.fetchall():
            found.setdefault(name, set()).add(column)
        return found


class Taken(Exception):
    """Somebody else holds what was wanted, and for too long."""


@contextmanager
def impatient(milliseconds: int) -> Iterator[None]:
    """Wait for no lock longer than `milliseconds`: what was done here is undone then, and `Taken` raised."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, true)", [str(milliseconds)])
            yield
            cursor.execute("SET LOCAL lock_timeout TO DEFAULT")
    except OperationalError as error:
        if isinstance(error.__cause__, LockNotAvailable):
            raise Taken from None
        raise


PATIENCE = 3_000
"""Milliseconds somebody at a page waits for a load."""


def briefly(take: Callable[[], object], *, item: Param) -> datetime.timedelta:
    """Have `take` take locks of `item` (its name) for somebody who waits at a page; return how long that took.

    Nothing where they were free, so that what is done gets exactly the time the caller has for it. Raises `Refusal`
    where a load holds them.
    """
    begun = time.monotonic()
    for patience in (1, PATIENCE):
        try:
            with impatient(patience):
                take()
        except Taken:
            continue
        return datetime.timedelta() if patience == 1 else datetime.timedelta(seconds=time.monotonic() - begun)
    raise Refusal(Reason(N_("“%(item)s”正在入库，现在不能改动。"), {"item": item}), Reason(N_("请过一分钟再试。")))


def column_definitions(item: Item) -> list[sql.Composable]:
    """Return ``subject uuid NOT NULL`` and the columns of the fields."""
    fields = (sql.SQL("{} {}").format(sql.Identifier(f.code), sql.SQL(COLUMN_TYPES[f.type])) for f in item.fields)
    return [sql.SQL("subject uuid NOT NULL"), *fields]


def build_index(*, item: Item, schema: str = CURRENT, table: str = "") -> None:
    """Build the index by subject where it is missing, of `table` if that is not called like the item.

    Where records are sealed one by one, the index knows which are open: a look-up of a sealed record ends in the same page
    of the index as one of none, and no row is fetched to be thrown away.
    """
    name = table or item.code
    columns: list[sql.Composable] = [sql.SQL("subject")]
    if item.seal and item.seal.when:
        columns.append(sql.SQL("({} IS NOT TRUE)").format(sql.Identifier(item.seal.when)))
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL maintenance_work_mem = '512MB'")
        cursor.execute(
            sql.SQL("CREATE INDEX IF NOT EXISTS {} ON {} ({})").format(
                _index(name), sql.Identifier(schema, name), sql.SQL(", ").join(columns)
            )
        )


def begin_table(*, item: Item, known_from: datetime.datetime) -> str:
    """Make a table for a first load beside the one there is, and return its name: no index to keep up, `known_from` by
    default. Whoever reads goes on reading the old one until `put_in_place`.
    """
    name = f"{item.code}:new"
    old, new = sql.Identifier(CURRENT, item.code), sql.Identifier(CURRENT, name)
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("CREATE TABLE {} (LIKE {})").format(new, old))
        cursor.execute(
            sql.SQL("ALTER TABLE {} ALTER COLUMN known_from SET DEFAULT {}").format(new, sql.Literal(known_from))
        )
    return name


def put_in_place(*, item: Item, table: str) -> None:
    """Put `table`, which was begun and has its index, in the place of the old one, in the caller's transaction.

    Readers wait from here to the end of the transaction, so call it last. Where somebody reads for very long, as a backup
    does, nobody queues behind us: we step back and try again. Raises `Taken` after ten minutes.
    """
    _lock_all_out(sql.Identifier(CURRENT, item.code))
    renamed = "ALTER {} {} RENAME TO {}"
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("DROP TABLE {}").format(sql.Identifier(CURRENT, item.code)))
        for kind, old, new in (
            (sql.SQL("TABLE"), sql.Identifier(CURRENT, table), sql.Identifier(item.code)),
            (sql.SQL("INDEX"), sql.Identifier(CURRENT, f"{table}_subject"), _index(item.code)),
        ):
            cursor.execute(sql.SQL(renamed).format(kind, old, new))


TRIES = 300


def _lock_all_out(table: sql.Identifier) -> None:
    for _ in range(TRIES):
        try:
            # sooner than a deadlock is looked for: who would wait for us never loses by it
            with impatient(500), connection.cursor() as cursor:
                cursor.execute(sql.SQL("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE").format(table))
            return
        except Taken:
            time.sleep(1.5)
    raise Taken


def empty_table(*, item: Item, known_from: datetime.datetime) -> None:
    """Empty the table for a first load, in the caller's transaction: no index to keep up, `known_from` by default."""
    table = sql.Identifier(CURRENT, item.code)
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("TRUNCATE {}").format(table))
        cursor.execute(sql.SQL("DROP INDEX IF EXISTS {}").format(sql.Identifier(CURRENT, f"{item.code}_subject")))
        cursor.execute(
            sql.SQL("ALTER TABLE {} ALTER COLUMN known_from SET DEFAULT {}").format(table, sql.Literal(known_from))
        )


def subjects_in(*, item: Item, table: str = "") -> int:
    """Return how many subjects have at least one record, in `table` if that is not called like the item."""
    statement = sql.SQL("SELECT count(*) FROM (SELECT DISTINCT subject FROM {}) AS subjects")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '256MB'")
        cursor.execute(statement.format(sql.Identifier(CURRENT, table or item.code)))
        found: int = (cursor.fetchone() or (0,))[0]
        return found


def has_past(*, item: Item) -> bool:
    """Return whether records of `item` were ever superseded."""
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("SELECT EXISTS (SELECT FROM {})").format(sql.Identifier(PAST, item.code)))
        return bool((cursor.fetchone() or (False,))[0])


def _index(table: str) -> sql.Identifier:
    return sql.Identifier(f"{table}_subject")
