"""What stays because its row was refused: a snapshot makes go what is not in it, and what cannot be read is in it."""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl
from psycopg import sql

from mianzheng.catalogue.rules.city import Item
from mianzheng.centre.rules.headings import SUBJECT
from mianzheng.web.sql import copy_frame, run

MOST = 500_000
"""Refused rows that are remembered; of those beyond nobody knows what they are about."""


@dataclass
class Remaining:
    """Which records the refused rows of a snapshot are about. `unclear` rows may be about anybody."""

    rows: list[pl.DataFrame] = field(default_factory=list)
    unclear: int = 0

    def note(self, rows: pl.DataFrame, torn: int) -> None:
        """Note refused `rows`: subject and key fields, null where nobody can say; and `torn` ones without any cells."""
        room = MOST - sum(part.height for part in self.rows)
        told = rows.drop_nulls(SUBJECT).head(room)
        self.unclear += torn + rows.height - told.height
        if told.height:
            self.rows.append(told)


def spare(*, item: Item, remaining: Remaining) -> int:
    """Take out of ``difference`` what would go and may be what a refused row is about; return how many records that is.

    A row with subject and key fields is about that one record; without a key field about any of the subject; without a
    subject about any at all.
    """
    if remaining.unclear:
        return run("DELETE FROM difference WHERE new_subject IS NULL")
    if not remaining.rows:
        return 0
    names = sql.SQL(", ").join(map(sql.Identifier, (SUBJECT, *item.keys)))
    run("DROP TABLE IF EXISTS refused")
    run(sql.SQL("CREATE TEMP TABLE refused ON COMMIT DROP AS SELECT {} FROM incoming LIMIT 0").format(names))
    copy_frame("refused", pl.concat(remaining.rows))
    run("ANALYZE refused")
    statement = (
        "DELETE FROM difference d USING refused r WHERE d.new_subject IS NULL AND d.old_subject = r.subject AND {}"
    )
    return run(sql.SQL(statement).format(_may_be(item.keys)))


def _may_be(keys: tuple[str, ...]) -> sql.Composable:
    """Return the condition that the keys of refused row ``r`` are those of ``d``, or one of them cannot be told."""
    if not keys:
        return sql.SQL("true")
    unclear = [sql.SQL("r.{} IS NULL").format(sql.Identifier(key)) for key in keys]
    same = [sql.SQL("r.{} = d.{}").format(sql.Identifier(key), sql.Identifier(f"old_{key}")) for key in keys]
    return sql.SQL("({} OR {})").format(sql.SQL(" OR ").join(unclear), sql.SQL(" AND ").join(same))
