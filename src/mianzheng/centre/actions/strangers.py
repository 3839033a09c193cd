"""Somebody in a load was entered into the vault by somebody else meanwhile: the rows get the subject they really are."""

from __future__ import annotations

from collections.abc import Mapping

from psycopg import sql

from mianzheng.catalogue.rules.city import Item
from mianzheng.centre.actions.tables import CURRENT
from mianzheng.web.sql import run

_RENAME = "UPDATE {table} t SET {column} = k.real FROM unnest(%s::uuid[], %s::uuid[]) AS k (given, real) WHERE t.{column} = k.given"


def rename(*, item: Item, known: Mapping[str, str]) -> None:
    """Put the real subjects of `known` (given -> real) into what this transaction wrote; nobody else has seen it yet."""
    if not known:
        return
    columns = ["subject", *(field.code for field in item.fields if field.type == "subject")]
    places = [(sql.Identifier(CURRENT, item.code), column) for column in columns]
    for table, column in [*places, (sql.Identifier("centre_delivery"), "subject")]:
        statement = sql.SQL(_RENAME).format(table=table, column=sql.Identifier(column))
        run(statement, [list(known), list(known.values())])
