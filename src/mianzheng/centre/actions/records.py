"""Bringing records into the centre. What is superseded moves to the item's history, so that the past stays askable."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from psycopg import sql

from mianzheng.catalogue.rules.city import Item
from mianzheng.centre.actions.tables import ensure_table
from mianzheng.centre.models import Register
from mianzheng.web.sql import copy_rows


def load_records(*, item: Item, columns: Sequence[str], rows: Iterable[Sequence[Any]], as_of: datetime.datetime) -> int:
    """Replace all records of `item` by `rows`, in one transaction, and return how many there are.

    `columns` starts with ``subject``; `as_of` is the time the rows are true of. This is the first load of a register:
    it keeps no history.
    """
    with transaction.atomic():
        ensure_table(item=item)
        with connection.cursor() as cursor:
            cursor.execute(sql.SQL("TRUNCATE {}").format(sql.Identifier("centre", item.code)))
            known = ((*row, as_of) for row in rows)
            count = copy_rows(f"centre.{item.code}", (*columns, "known_from"), known)
        Register.objects.update_or_create(item=item.code, defaults={"as_of": as_of, "records": count})
    return count


def replace_records(
    *,
    item: Item,
    subjects: Sequence[UUID],
    columns: Sequence[str],
    rows: Sequence[Sequence[Any]],
    now: datetime.datetime,
) -> None:
    """Replace the records of `subjects` in `item` by `rows`; the old ones move to the history with ``known_to = now``."""
    names = [sql.Identifier(name) for name in ("subject", *(field.code for field in item.fields), "known_from")]
    fields = sql.SQL(", ").join(names)
    with transaction.atomic():
        ensure_table(item=item)
        with connection.cursor() as cursor:
            cursor.execute(
                sql.SQL(
                    "WITH old AS (DELETE FROM {now} WHERE subject = ANY(%s) RETURNING {fields})"
                    " INSERT INTO {past} ({fields}, known_to) SELECT {fields}, %s FROM old"
                ).format(
                    now=sql.Identifier("centre", item.code),
                    past=sql.Identifier("centre_history", item.code),
                    fields=fields,
                ),
                [list(subjects), now],
            )
            copy_rows(f"centre.{item.code}", (*columns, "known_from"), ((*row, now) for row in rows))
