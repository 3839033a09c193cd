"""Write to the log. What is logged and its entry belong into one transaction: the caller's."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from operator import attrgetter
from typing import Any, TypeAlias

from django.db import transaction

from mianzheng.audit.queries.canonical import CANONICAL
from mianzheng.audit.rules.entries import NAMES, NewEntry, as_jsonb
from mianzheng.web import planned, sql
from mianzheng.web.ids import uuid7s

_TYPES = {
    "at": "timestamptz",
    "applicant": "uuid",
    "case": "uuid",
    "keep": "smallint",
}
_COLUMNS = ", ".join(f'"{name}"' for name in ("id", *NAMES))
_LINE = ("subject", "verdict", "detail")
"""In what lines differ that are written together; they share the rest."""
_HEAD = tuple(name for name in NAMES if name not in _LINE)
_HEADS = ", ".join(f'"{name}"' for name in _HEAD)
_ARRAYS = ", ".join(f"%s::{_TYPES.get(name, 'text')}[]" for name in _HEAD)

# Salt and leaf are made where the line is written: it is hashed from the very columns that will be proven. A volatile
# function keeps the subquery whole, so that the salt is made once a line.
_WRITE = f"""
    INSERT INTO audit_entry ({_COLUMNS}, salt, leaf)
    SELECT {_COLUMNS}, salt, sha256(salt || convert_to({CANONICAL}, 'UTF8'))
    FROM (
        SELECT line.id, line.subject, line.verdict, line.detail, head.*, uuid_send(gen_random_uuid()) AS salt
        FROM ROWS FROM (
            unnest(%s::uuid[], %s::uuid[], %s::text[], %s::integer[]), jsonb_array_elements(%s::jsonb)
        ) AS line (id, subject, verdict, n, detail)
        JOIN unnest({_ARRAYS}) WITH ORDINALITY AS head ({_HEADS}, n) USING (n)
    ) AS line
"""  # noqa: S608 - names of our own


def write(entries: Sequence[NewEntry]) -> None:
    """Append `entries` in one statement, inside the caller's transaction if there is one."""
    write_alike([(entry, [(entry.subject, entry.verdict, entry.detail)]) for entry in entries])


Line: TypeAlias = "tuple[uuid.UUID, str, Mapping[str, Any]]"
"""What is a line's own: subject, verdict, detail."""


def write_alike(groups: Iterable[tuple[NewEntry, Sequence[Line]]]) -> list[uuid.UUID]:
    """Append, for each entry, one like it with each of its lines; return their ids in that order.

    Where thousands of lines share who asked what for, this is many times faster than one entry each.
    """
    heads: list[tuple[Any, ...]] = []
    lines: list[Line] = []
    numbers: list[int] = []
    for entry, own in groups:
        heads.append(_parts(entry))
        lines += own
        numbers += [len(heads)] * len(own)
    if not lines:
        return []
    ids = uuid7s(len(lines))
    subjects, verdicts, details = zip(*lines, strict=True)
    given = [sql.uuids(ids), sql.uuids(subjects), list(verdicts), numbers, f"[{','.join(map(as_jsonb, details))}]"]
    with transaction.atomic(savepoint=False):
        planned.run(_WRITE, [*given, *(list(column) for column in zip(*heads, strict=True))])
    return ids


_parts = attrgetter(*_HEAD)
