"""From the number on a document to its subject, for those who come with a number instead of a session."""

from __future__ import annotations

import datetime
import uuid

from mianzheng.common.errors import NotFound
from mianzheng.common.identifiers import check_ric, normalise
from mianzheng.common.reasons import N_, Reason
from mianzheng.people.queries import subjects_of
from mianzheng.people.rules.subjects import DocumentKind, check_number

_UNIT_LENGTH = 28


def kind_of(number: str) -> DocumentKind:
    """Return the kind of document `number` is written like; whether it is right is for `check_number` to say."""
    plain = normalise(number)
    if len(plain) == _UNIT_LENGTH:
        return DocumentKind.UNIT
    if plain[:17].isdigit() or not plain:
        return DocumentKind.RIC
    return DocumentKind.USCC if len(plain) == 18 else DocumentKind.PASSPORT


def subject_of(number: str, *, today: datetime.date) -> uuid.UUID:
    """Return the subject of `number`.

    Raises `Refusal` where the number is wrong, `NotFound` where the vault does not know it; neither repeats the number.
    """
    kind = kind_of(number)
    plain = check_ric(number, today=today) if kind is DocumentKind.RIC else check_number(kind, number)
    found = subjects_of([(kind, plain)]).get((kind, plain))
    if found is None:
        raise NotFound(
            Reason(N_("身份库里没有登记这个号码。")),
            Reason(N_("请核对号码；刚来本市的，请先办理居住登记。")),
            field="number",
        )
    return found
