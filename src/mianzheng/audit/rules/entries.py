"""What a line of the log says, and the leaf that later proves nobody changed it."""

from __future__ import annotations

import datetime
import functools
import hashlib
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from json.encoder import encode_basestring
from typing import Any

PROGRAM = "program"
"""The actor of what the program did by itself."""
NOBODY = uuid.UUID(int=0)
"""The subject of what was done about nobody in particular."""

WITHHELD = "withheld"
"""Under this name the ``detail`` of a line says which withholding it falls under (暂缓告知)."""

YEARS = 3
"""How long a line is kept (policy); what the law says otherwise the writer says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEntry:
    """Who did what about whom, when, why. `detail` never holds personal data.

    `actor` is an account's UUID as text, a key's name or `PROGRAM`; `purpose` (目的) is required; `subject` is whom it is
    about, `applicant` who applied for the matter it was done for. After `keep` years the line is destroyed; its leaf
    stays.
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
    keep: int = YEARS

    def __post_init__(self) -> None:
        if not self.purpose.strip():
            raise ValueError("a log entry needs its purpose: pass the basis or the reason for looking")
        if self.at.tzinfo is None:
            raise ValueError("a log entry needs a time with its zone")


_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
_MICROSECOND = datetime.timedelta(microseconds=1)
NAMES = tuple(each.name for each in fields(NewEntry))
"""The parts of an entry in the order in which they enter its leaf."""


def canonical(entry: NewEntry) -> bytes:
    """Return the one way to write `entry`: its parts in order, each a netstring (length, colon, UTF-8, comma).

    The database writes the same from its columns (`queries.canonical`), so millions of entries are proven there.
    """
    parts = (
        str((entry.at - _EPOCH) // _MICROSECOND),
        entry.actor,
        entry.action,
        entry.purpose,
        str(entry.subject),
        entry.actor_role,
        entry.actor_office,
        str(entry.applicant or ""),
        str(entry.case or ""),
        entry.matter,
        entry.fact,
        entry.item,
        entry.verdict,
        as_jsonb(entry.detail),
        str(entry.keep),
    )
    return b"".join(b"%d:%b," % (len(part), part) for part in (each.encode() for each in parts))


def leaf(entry: NewEntry, salt: bytes) -> bytes:
    """Return the salted SHA-256 of `entry`; with the salt destroyed it says nothing about what was written."""
    return hashlib.sha256(salt + canonical(entry)).digest()


def as_jsonb(value: Any) -> str:
    """Return `value` as PostgreSQL writes a ``jsonb``: keys by length and then by their bytes. Raises TypeError for what
    has more than one way to be written, such as a fraction.
    """
    if isinstance(value, Mapping):
        written = [
            f"{text}: {_text(each) if (each := value[key]).__class__ is str else as_jsonb(each)}"
            for key, text in _in_order(tuple(value))
        ]
        return "{" + ", ".join(written) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(as_jsonb, value)) + "]"
    if isinstance(value, str):
        return _text(value)
    if value is None or isinstance(value, bool | int):
        return json.dumps(value)
    raise TypeError(f"{type(value).__name__} has no place in the log")


@functools.lru_cache(maxsize=1_000)
def _in_order(keys: tuple[str, ...]) -> list[tuple[str, str]]:
    """Return `keys` as a ``jsonb`` orders them, each with its text."""
    return [(key, _text(key)) for key in sorted(keys, key=lambda key: (len(key.encode()), key.encode()))]


_text = encode_basestring
