"""What a line of the log says, and the leaf that later proves nobody changed it."""

from __future__ import annotations

import datetime
import hashlib
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

PROGRAM = "program"
"""The actor of what the program did by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEntry:
    """Who did what about whom, when, why. `detail` never holds personal data.

    `actor` is an account's UUID as text or `PROGRAM`; `purpose` (目的) is required; `subject` is whom it is about,
    `applicant` who applied for the matter it was done for.
    """

    at: datetime.datetime
    actor: str
    action: str
    purpose: str
    subject: uuid.UUID
    actor_role: str = ""
    actor_office: str = ""
    applicant: uuid.UUID | None = None
    case: uuid.UUID | None = None
    matter: str = ""
    fact: str = ""
    item: str = ""
    verdict: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.purpose.strip():
            raise ValueError("a log entry needs its purpose: pass the basis or the reason for looking")
        if self.at.tzinfo is None:
            raise ValueError("a log entry needs a time with its zone")


_NAMES = tuple(each.name for each in fields(NewEntry))


def canonical(entry: NewEntry) -> bytes:
    """Return the one way to write `entry`: JSON, keys sorted, no blanks, UTF-8, times in UTC."""
    said = {name: _plain(getattr(entry, name)) for name in _NAMES}
    return json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def leaf(entry: NewEntry, salt: bytes) -> bytes:
    """Return the salted SHA-256 of `entry`; with the salt destroyed it says nothing about what was written."""
    return hashlib.sha256(salt + canonical(entry)).digest()


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return value
    if isinstance(value, datetime.datetime):
        return value.astimezone(datetime.UTC).isoformat(timespec="microseconds")
    if isinstance(value, uuid.UUID):
        return str(value)
    if isinstance(value, Mapping):
        return dict(value)
    return value
