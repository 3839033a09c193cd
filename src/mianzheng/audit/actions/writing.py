"""Write to the log. What is logged and its entry belong into one transaction: the caller's."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import fields

from django.db import transaction

from mianzheng.audit.rules import NewEntry, leaf
from mianzheng.web import sql
from mianzheng.web.ids import uuid7

_SAID = tuple(field.name for field in fields(NewEntry) if field.name != "detail")
_COLUMNS = ("id", *_SAID, "detail", "salt", "leaf")


def write(entries: Sequence[NewEntry]) -> None:
    """Append `entries` in one statement (COPY), inside the caller's transaction if there is one."""
    if entries:
        with transaction.atomic():
            sql.copy_rows("audit_entry", _COLUMNS, map(_row, entries))


def _row(entry: NewEntry) -> list[object]:
    salt = os.urandom(16)
    detail = json.dumps(dict(entry.detail), ensure_ascii=False, sort_keys=True)
    return [uuid7(), *(getattr(entry, name) for name in _SAID), detail, salt, leaf(entry, salt)]
