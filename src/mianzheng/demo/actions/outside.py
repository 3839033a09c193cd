"""Filling the registers outside the city, which the demo plays: schema ``outside``, one table an item."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

import polars as pl
from django.db import connection, transaction
from psycopg import sql

from mianzheng.catalogue.rules.city import Item
from mianzheng.centre.actions.keeping import forget_answers
from mianzheng.centre.actions.registers import begin_register
from mianzheng.demo.rules.outside import NUMBER, SCHEMA, columns, named
from mianzheng.web.sql import Copying


def fill_outside(*, item: Item, frames: Iterable[pl.DataFrame], now: datetime.datetime) -> int:
    """Make the outside register of `item` anew from `frames`, whose subjects are numbers; return how many records."""
    table, count = sql.Identifier(SCHEMA, item.code), 0
    definitions = sql.SQL(", ").join(
        sql.SQL("{} {}").format(sql.Identifier(name), sql.SQL(kind)) for name, kind in columns(item)
    )
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(sql.Identifier(SCHEMA)))
            cursor.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(table))
            cursor.execute(sql.SQL("CREATE TABLE {} ({})").format(table, definitions))
        with Copying(f"{SCHEMA}.{item.code}", frozen=True) as copying:
            for frame in frames:
                copying.copy(named(frame))
                count += frame.height
        with connection.cursor() as cursor:
            cursor.execute(sql.SQL("CREATE INDEX ON {} ({})").format(table, sql.Identifier(NUMBER)))
        begin_register(item=item, now=now)
        forget_answers(item=item)
    return count
