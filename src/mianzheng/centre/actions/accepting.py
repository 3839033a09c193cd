"""Checking what a source answered before anybody relies on it: the same checks as for a batch, and all or nothing."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl
from django.db import OperationalError, transaction

from mianzheng.catalogue.rules.city import Item
from mianzheng.centre.actions.staging import Staging
from mianzheng.centre.ports import SourceFailed
from mianzheng.centre.rules.answers import SUBJECT, Failure
from mianzheng.centre.rules.headings import SUBJECT as SUBJECT_COLUMN
from mianzheng.centre.rules.headings import Columns
from mianzheng.centre.rules.rows import check
from mianzheng.common.identifiers import normalise
from mianzheng.common.reasons import N_, Reason
from mianzheng.web.sql import run

Rows = list[tuple[Any, ...]]


def accepted(
    item: Item, numbers: Sequence[str], answer: Mapping[str, Sequence[Mapping[str, Any]]], now: datetime.datetime
) -> tuple[list[str], Rows]:
    """Return the columns and rows to keep of `answer`, which has the records of each of `numbers`.

    Raises `SourceFailed` where anything in it cannot be right: a value of the wrong type or outside its range, a word
    that is in no code list, a number that is none, another person's record, an answer to a question nobody put.
    """
    columns = [SUBJECT_COLUMN, *(field.code for field in item.fields)]
    texts: dict[str, list[str | None]] = {name: [] for name in columns}
    for number in numbers:
        if number not in answer:
            raise _wrong(N_("没有答复问到的人。"))
        for record in answer[number]:
            whose = record.get(SUBJECT)
            if whose is not None and normalise(str(whose)) != normalise(number):
                raise _wrong(N_("答复的是另一个人的记录。"))
            texts[SUBJECT_COLUMN].append(number)
            for field in item.fields:
                texts[field.code].append(record.get(field.code))
    count = len(texts[SUBJECT_COLUMN])
    if not count:
        return columns, []
    frame = pl.DataFrame(
        {"row": range(1, count + 1), **texts}, schema={"row": pl.UInt32} | dict.fromkeys(columns, pl.String)
    )
    return columns, _checked(item, frame, columns, now)


def _checked(item: Item, frame: pl.DataFrame, columns: list[str], now: datetime.datetime) -> Rows:
    named = Columns({name: name for name in columns})
    checked = check(frame, item, named, now.date())
    if checked.bad:
        raise _wrong(N_("答复的内容与信息项不符。"))
    staging = Staging(item, named, now)
    staged, _, bad = staging.part(checked)
    if bad:
        raise _wrong(N_("答复里的号码不对。"))
    known = _entered(staging)
    subjects = {name for name in columns if name == SUBJECT_COLUMN or _is_subject(item, name)}
    return [
        tuple(
            uuid.UUID(known.get(value, value)) if name in subjects and value else value
            for name, value in zip(columns, row, strict=True)
        )
        for row in staged.select(columns).iter_rows()
    ]


def _entered(staging: Staging) -> dict[str, str]:
    """Enter whoever the answer names and the vault does not know; never wait long for it."""
    if not staging.staying:
        return {}
    try:
        with transaction.atomic():
            run("SET LOCAL lock_timeout = '500ms'")
            return staging.enter()
    except OperationalError:
        raise SourceFailed(Reason(N_("身份库正忙，没有来得及登记答复里提到的人。")), Failure.CROWDED) from None


def _is_subject(item: Item, name: str) -> bool:
    return any(field.code == name and field.type == "subject" for field in item.fields)


def _wrong(words: str) -> SourceFailed:
    return SourceFailed(Reason(words), Failure.WRONG)
