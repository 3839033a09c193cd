"""Write to the log. What is logged and its entry belong into one transaction: the caller's."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter
from typing import Any

from django.db import transaction

from mianzheng.audit.queries.canonical import CANONICAL
from mianzheng.audit.rules.entries import NAMES, NewEntry, as_jsonb
from mianzheng.web import sql
from mianzheng.web.ids import uuid7s

_TYPES = {
    "at": "timestamptz",
    "subject": "uuid",
    "applicant": "uuid",
    "case": "uuid",
    "detail": "jsonb",
    "keep": "smallint",
}
_COLUMNS = ", ".join(f'"{name}"' for name in ("id", *NAMES))
_ARRAYS = ", ".join(f"%s::{_TYPES.get(name, 'text')}[]" for name in NAMES)

# Salt and leaf are made where the line is written: it is hashed from the very columns that will be proven. A volatile
# function keeps the subquery whole, so that the salt is made once a line.
_WRITE = f"""
    INSERT INTO audit_entry ({_COLUMNS}, salt, leaf)
    SELECT {_COLUMNS}, salt, sha256(salt || convert_to({CANONICAL}, 'UTF8'))
    FROM (SELECT given.*, uuid_send(gen_random_uuid()) AS salt FROM unnest(%s::uuid[], {_ARRAYS}) AS given ({_COLUMNS})) AS line
"""  # noqa: S608 - names of our own


def write(entries: Sequence[NewEntry]) -> None:
    """Append `entries` in one statement, inside the caller's transaction if there is one."""
    if entries:
        with transaction.atomic():
            sql.run_prepared(_WRITE, columns(entries))


def columns(entries: Sequence[NewEntry]) -> list[list[Any]]:
    """Return what the statement takes: new ids, and a list for each part of the entries."""
    rows = [_parts(entry) for entry in entries]
    parts = [list(column) for column in zip(*rows, strict=True)]
    parts[NAMES.index("detail")] = [as_jsonb(each) for each in parts[NAMES.index("detail")]]
    return [uuid7s(len(entries)), *parts]


_parts = attrgetter(*NAMES)
