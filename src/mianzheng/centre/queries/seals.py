"""What is sealed (封存) is no record: the one condition under which rows of an item may be read, in SQL."""

from __future__ import annotations

from functools import lru_cache

from psycopg import sql

from mianzheng.catalogue.rules.city import Item


def open_rows(item: Item, *, past: bool = False, sealed_for: str = "", row: str = "r") -> sql.Composable:
    """Return the condition that a `row` of `item` is not sealed for the office `sealed_for` ("": for anybody).

    It always stands in the statement, so that a subject with sealed records only costs what one without any does. Of the
    `past` no state of the record may ever have been sealed: sealing closes what was known before as well. A record from
    before the marking field was there is open.
    """
    seal = item.seal
    if seal is None or seal.opens_to(sealed_for):
        return sql.SQL("true")
    return _open(item.code, seal.when, item.keys, past, row)


def open_words(item: Item, *, past: bool, sealed_for: str) -> str:
    """Return the same as text, "" where nothing is closed: for the reader, which asks thousands of times a second."""
    seal = item.seal
    if seal is None or seal.opens_to(sealed_for):
        return ""
    return _words(item.code, seal.when, item.keys, past)


@lru_cache(maxsize=500)
def _words(item: str, when: str, keys: tuple[str, ...], past: bool) -> str:
    return _open(item, when, keys, past, "r").as_string()


def _open(item: str, when: str, keys: tuple[str, ...], past: bool, row: str) -> sql.Composable:
    if not when:
        return sql.SQL("false")
    open_ = sql.SQL("{} IS NOT TRUE").format(sql.Identifier(row, when))
    if not past:
        return open_
    same = [sql.SQL("{} = {}").format(sql.Identifier("v", key), sql.Identifier(row, key)) for key in ("subject", *keys)]
    states = [
        sql.SQL("SELECT FROM {} AS v WHERE {} AND v.{}").format(
            sql.Identifier(schema, item), sql.SQL(" AND ").join(same), sql.Identifier(when)
        )
        for schema in ("centre", "centre_history")
    ]
    return sql.SQL("{} AND NOT EXISTS ({})").format(open_, sql.SQL(" UNION ALL ").join(states))
