"""What the registers outside the city answer in the demo."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection
from psycopg import sql

from mianzheng.catalogue.rules.city import Item
from mianzheng.demo.rules.outside import NUMBER, SCHEMA


def answers(item: Item, numbers: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    """Return the records of each of `numbers` in the outside register of `item`, values as text (one query)."""
    codes = [field.code for field in item.fields]
    found: dict[str, list[dict[str, Any]]] = {number: [] for number in numbers}
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [f'{SCHEMA}."{item.code}"'])
        if not (cursor.fetchone() or (False,))[0]:
            return found
        cursor.execute(
            sql.SQL("SELECT {}, {} FROM {} WHERE {} = ANY(%s)").format(
                sql.Identifier(NUMBER),
                sql.SQL(", ").join(sql.SQL("{}::text").format(sql.Identifier(code)) for code in codes),
                sql.Identifier(SCHEMA, item.code),
                sql.Identifier(NUMBER),
            ),
            [list(numbers)],
        )
        for number, *values in cursor:
            found[number].append(dict(zip(codes, values, strict=True)))
    return found
