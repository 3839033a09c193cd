"""What a source answers, put into the words of our item: their fields and codes become ours, every value text."""

from __future__ import annotations

import datetime
import decimal
import uuid
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

from mianzheng.catalogue.rules.city import Item
from mianzheng.catalogue.rules.exchange import Service
from mianzheng.common.periods import here
from mianzheng.common.reasons import N_, Reason
from mianzheng.common.texts import Text

SUBJECT = "subject"
"""Under this name (or what the service calls it) a record may say whose it is."""

MOST_RECORDS = 2_000
"""Records one answer may have; nobody has that many of anything."""


class Failure(StrEnum):
    """Why there is no answer from a source."""

    DOWN = "down"  # unreachable, silent, broken: what opens the breaker
    REFUSED = "refused"  # it is there, and says no to us
    BUSY = "busy"  # it asks us to come later
    WRONG = "wrong"  # it answered what cannot be right
    UNSET = "unset"  # the operator has not connected it
    CROWDED = "crowded"  # too many questions at a time: no place, or hardly any time left
    PAUSED = "paused"  # the breaker is open, or the source asked for a pause
    QUOTA = "quota"  # the day's questions are used up


_WHY = {
    Failure.DOWN: N_("“%(item)s”的登记系统现在没有应答。"),
    Failure.REFUSED: N_("“%(item)s”的登记系统没有受理这次查询。"),
    Failure.BUSY: N_("“%(item)s”的登记系统正忙，请稍后再查。"),
    Failure.WRONG: N_("“%(item)s”的登记系统答复有误，没有采用。"),
    Failure.UNSET: N_("“%(item)s”还没有接入数据中心。"),
    Failure.CROWDED: N_("查询太多，没有来得及问“%(item)s”，请稍后再查。"),
    Failure.PAUSED: N_("“%(item)s”的登记系统连续出错，暂停查询，稍后自动恢复。"),
    Failure.QUOTA: N_("“%(item)s”今天的查询次数已经用完。"),
}

ERASED = N_("“%(item)s”里的记录已经依申请删除，查不到不等于没有。")
NOT_KEPT = N_("“%(item)s”在源头查询，当时的答复只保存一个更新周期，不能再作结论。")


def why_unanswered(item: Text, kind: str) -> Reason:
    """Say to the person why the item of this name could not be asked; never what the other side said."""
    return Reason(_WHY[Failure(kind)], {"item": item})


def translated(item: Item, service: Service, records: Sequence[Any]) -> list[dict[str, Any]]:
    """Return `records` with our fields and codes, each value text or None; `SUBJECT` where a record says whose it is.

    A field a record does not have is None. Raises ValueError for what is no record: the answer is wrong, not empty.
    """
    if len(records) > MOST_RECORDS:
        raise ValueError("too many records")
    found = []
    for record in records:
        if not isinstance(record, Mapping):
            raise ValueError("a record is no object")
        ours = {
            f.code: _word(record.get(service.fields.get(f.code, f.code)), service.codes.get(f.code))
            for f in item.fields
        }
        if records and item.fields and all(value is None for value in ours.values()):
            raise ValueError("a record without any of the fields")
        whose = record.get(service.fields.get(SUBJECT, SUBJECT))
        found.append(ours if whose is None else {SUBJECT: plain(whose), **ours})
    return found


def as_sent(item: Item, service: Service, record: Mapping[str, Any]) -> dict[str, Any]:
    """Return one of our records in the source's own words: the other way round than `translated`."""
    theirs = {}
    for field in item.fields:
        words = {ours: word for word, ours in service.codes.get(field.code, {}).items()}
        value = record.get(field.code)
        theirs[service.fields.get(field.code, field.code)] = words.get(str(value), value)
    return theirs


def _word(value: Any, codes: Mapping[str, str] | None) -> str | None:
    text = plain(value)
    return codes.get(text, text) if codes and text is not None else text


def plain(value: Any) -> str | None:
    """Return a value as a person here would type it; raise ValueError for what is no single value."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, decimal.Decimal):
        return format(value, "f")
    if isinstance(value, datetime.datetime):
        return here(value).date().isoformat()
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, uuid.UUID):
        return str(value)
    raise ValueError("a value that is a list or an object")
