"""Whom a number given by an asker means. Whether the city knows it is not told before the person consented."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.crypto import salted_hmac

from mianzheng.common.errors import Refusal
from mianzheng.common.identifiers import birth_date, check_ric
from mianzheng.people.queries import subjects_of
from mianzheng.people.rules.subjects import DocumentKind, Number, check_number, written_like


@dataclass(frozen=True, slots=True)
class Person:
    """A number in its one way to write and its subject; `known` says whether the vault knows it."""

    kind: DocumentKind
    number: str
    subject: uuid.UUID
    known: bool

    @property
    def birth(self) -> datetime.date | None:
        """The birth date the number carries, if it carries one."""
        return birth_date(self.number) if self.kind is DocumentKind.RIC else None


def person_of(number: str, *, today: datetime.date) -> Person:
    """Return whom `number` means, whatever kind of document it is (one query). Raises `Refusal` for a wrong number.

    One the vault does not know gets a subject that nobody has, always the same: a request about it is kept, waits and
    lapses like any other, so that asking for consent tells nothing about who is known here.
    """
    found = persons_of([number], today=today)[0]
    if isinstance(found, Refusal):
        raise found
    return found


def persons_of(numbers: Sequence[str], *, today: datetime.date) -> list[Person | Refusal]:
    """Do the same for many at once (one query); of a wrong number what is wrong with it."""
    checked = [_checked(number, today) for number in numbers]
    found = subjects_of([each for each in checked if not isinstance(each, Refusal)])
    return [each if isinstance(each, Refusal) else _person(each, found.get(each)) for each in checked]


def _checked(number: str, today: datetime.date) -> Number | Refusal:
    kind = written_like(number)
    try:
        plain = check_ric(number, today=today) if kind is DocumentKind.RIC else check_number(kind, number)
    except Refusal as wrong:
        return Refusal(wrong.what, wrong.now, field="number")
    return kind, plain


def _person(number: Number, subject: uuid.UUID | None) -> Person:
    kind, plain = number
    return Person(DocumentKind(kind), plain, subject or _nobody(kind, plain), subject is not None)


def _nobody(kind: str, number: str) -> uuid.UUID:
    """Return a UUID of version 8 (RFC 9562), made under the site's own key; subjects have version 7."""
    raw = bytearray(salted_hmac("gateway.nobody", f"{kind}:{number}", algorithm="sha256").digest()[:16])
    raw[6], raw[8] = raw[6] & 0x0F | 0x80, raw[8] & 0x3F | 0x80
    return uuid.UUID(bytes=bytes(raw))
