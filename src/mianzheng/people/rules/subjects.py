"""Whom and what the vault knows, and by which numbers."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from mianzheng.common import identifiers
from mianzheng.common.errors import Refusal
from mianzheng.common.reasons import N_, Reason


class SubjectKind(StrEnum):
    """What a subject is (主体类型)."""

    PERSON = "person"
    ORGANISATION = "organisation"
    HOUSE = "house"
    PLACE = "place"


class DocumentKind(StrEnum):
    """By what a subject is known: resident ID (公民身份号码), passport, credit code (统一社会信用代码), real-estate
    unit (不动产单元), code of a place (区划代码).
    """

    RIC = "ric"
    PASSPORT = "passport"
    USCC = "uscc"
    UNIT = "unit"
    PLACE = "place"


Number: TypeAlias = tuple[str, str]

"""A document kind and a number, as somebody wrote it."""

_UNIT_LENGTH = 28
RESIDENT_ID = r"^(?:.{18}|\d{0,5}[\dX]?|\d{9,}[\dX]|[^A-Z]*[^\dA-Z][^A-Z]*)$"
"""Which numbers of people are taken for resident IDs, in their one way to write: all of 18 signs; digits that are fewer or
more than the seven to nine of a passport (ICAO 9303: nine signs at most), for those are an ID with a slip of the pen; and
what has no letter, but signs no document has.
"""

_CHECKS = {
    DocumentKind.RIC: identifiers.check_ric,
    DocumentKind.USCC: identifiers.check_uscc,
    DocumentKind.PASSPORT: identifiers.check_passport,
    DocumentKind.UNIT: identifiers.check_unit,
    DocumentKind.PLACE: identifiers.check_place,
}

_HOLDERS = {
    DocumentKind.RIC: SubjectKind.PERSON,
    DocumentKind.PASSPORT: SubjectKind.PERSON,
    DocumentKind.USCC: SubjectKind.ORGANISATION,
    DocumentKind.UNIT: SubjectKind.HOUSE,
    DocumentKind.PLACE: SubjectKind.PLACE,
}


def holder_of(kind: str) -> SubjectKind | None:
    """Return what has documents of `kind`; None where there is no such kind."""
    return _HOLDERS.get(kind)  # type: ignore[call-overload]


@dataclass(frozen=True, slots=True)
class NewSubject:
    """A subject to enter into the vault, with its name and every number it is known by.

    `id` is what it shall be called if none of its numbers is known yet; None leaves that to the vault.
    """

    kind: SubjectKind
    name: str
    documents: tuple[Number, ...]
    id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """What the vault gives back about a subject: the name and number of the document in use, and that document's
    kind.
    """

    name: str
    number: str
    kind: DocumentKind


def normalise(kind: str, number: str) -> str:
    """Return the one way to write `number`, without judging it."""
    return identifiers.normalise(number)


def check_number(kind: str, number: str) -> str:
    """Return `number` in its one way to write, or refuse it, saying what is wrong."""
    try:
        check = _CHECKS[DocumentKind(kind)]
    except ValueError:
        raise Refusal(Reason(N_("不认识的证件类型“%(kind)s”。"), {"kind": kind}), field="kind") from None
    return check(number)


def check_new(subject: NewSubject) -> tuple[Number, ...]:
    """Return the numbers of `subject` in their one way to write, or refuse it."""
    if not subject.documents:
        raise Refusal(Reason(N_("登记主体至少要有一个证件号码。")), field="documents")
    for kind, _ in subject.documents:
        if kind in _HOLDERS and _HOLDERS[DocumentKind(kind)] != subject.kind:
            raise Refusal(Reason(N_("证件类型“%(kind)s”与主体类型不符。"), {"kind": kind}), field="documents")
    return tuple((kind, check_number(kind, number)) for kind, number in subject.documents)


def owner(numbers: Sequence[Number], known: Mapping[Number, uuid.UUID]) -> uuid.UUID | None:
    """Return the subject one of `numbers` belongs to already, None if none does; refuse numbers that belong to two."""
    if len(numbers) == 1:
        return known.get(numbers[0])
    subjects = {known[number] for number in numbers if number in known}
    if len(subjects) > 1:
        raise Refusal(
            Reason(N_("这几个证件分属两个已登记的主体，不能合并登记。")),
            Reason(N_("请由身份库管理员核对是否为同一主体。")),
            field="documents",
        )
    return next(iter(subjects), None)


def kind_of(holder: str, number: str) -> DocumentKind:
    """Return what kind of document `number` of a subject of the kind `holder` is, going by its form; whether it is right
    is for `check_number` to say.
    """
    if holder != SubjectKind.PERSON:
        return next(kind for kind, whose in _HOLDERS.items() if whose == holder)
    plain = identifiers.normalise(number)
    return DocumentKind.RIC if re.search(RESIDENT_ID, plain) else DocumentKind.PASSPORT


def written_like(number: str) -> DocumentKind:
    """Do the same for `number` of nobody knows whom."""
    plain = identifiers.normalise(number)
    if len(plain) == _UNIT_LENGTH:
        return DocumentKind.UNIT
    if len(plain) == 18 and not plain[:17].isdigit():
        return DocumentKind.USCC
    return kind_of(SubjectKind.PERSON, plain)
