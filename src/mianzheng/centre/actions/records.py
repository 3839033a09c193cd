"""Bringing records into the centre. What is superseded moves to the item's history, so that the past stays askable."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

import polars as pl
from django.db import connection, transaction
from psycopg import sql

from mianzheng.catalogue.rules.city import Item
from mianzheng.centre.actions.tables import CURRENT, build_index, empty_table, ensure_table, subjects_in
from mianzheng.centre.models import Register
from mianzheng.web.sql import Copying, copy_rows


def load_frames(*, item: Item, frames: Iterable[pl.DataFrame], as_of: datetime.datetime) -> int:
    """Replace all records of `item` by the rows of `frames`, in one transaction, and return how many there are.

    A frame has ``subject`` and the fields of the item as columns. `as_of` is the time the rows are true of and known
    from. This is the first load of a register: it keeps no history, and the index is built when all rows are in. The
    next frame is made while one is copied, so making it may not ask the database.
    """
    count, subjects = 0, [pl.Series(dtype=pl.UInt64)]
    with transaction.atomic():
        ensure_table(item=item, indexed=False)
        empty_table(item=item, known_from=as_of)
        with Copying(f"{CURRENT}.{item.code}", frozen=True) as copying:
            for frame in frames:
                copying.copy(frame)
                count += frame.height
                # by their hashes: two alike among millions are as good as impossible, and the database would sort for long
                subjects.append(frame["subject"].hash().unique())
        _filled(item, count, pl.concat(subjects).n_unique(), as_of)
    return count


def load_records(*, item: Item, columns: Sequence[str], rows: Iterable[Sequence[Any]], as_of: datetime.datetime) -> int:
    """Do the same with `rows` of Python values; `columns` starts with ``subject``. For few rows."""
    with transaction.atomic():
        ensure_table(item=item, indexed=False)
        empty_table(item=item, known_from=as_of)
        count = copy_rows(f"{CURRENT}.{item.code}", columns, rows)
        _filled(item, count, subjects_in(item=item), as_of)
    return count


def _filled(item: Item, records: int, subjects: int, as_of: datetime.datetime) -> None:
    """Build the index and note how fresh the register is now and how much is in it."""
    build_index(item=item)
    row = Register(item=item.code, as_of=as_of, records=records, subjects=subjects)
    columns = ["as_of", "records", "subjects"]
    Register.objects.bulk_create([row], update_conflicts=True, unique_fields=["item"], update_fields=columns)


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
