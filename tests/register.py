"""A register of monthly payments and files of it, for tests of loading: `ITEM`, `numbers`, `csv`, `a_batch`, `take`."""

from __future__ import annotations

import datetime
import io
from collections.abc import Sequence
from typing import Any

from mianzheng.catalogue.rules.city import City, Field, Item
from mianzheng.centre.actions.loading import load
from mianzheng.centre.models import Approval, Intake
from mianzheng.centre.ports import Source
from mianzheng.common.identifiers import make_ric
from mianzheng.common.texts import Text

CODE = "payments"
KINDS = {"pension": Text("养老", "Pension"), "medical": Text("医疗", "Medical")}


def _field(code: str, name: str, kind: str, **more: Any) -> Field:
    return Field(CODE, code, Text(name, code), kind, **more)


ITEM = Item(
    code=CODE,
    name=Text("缴费", "Payments"),
    owner="police",
    about="person",
    sharing="conditional",
    cycle="month",
    complete=True,
    sensitivity="sensitive",
    licence=False,
    fields=(
        _field("month", "月份", "text", key=True, required=True),
        _field("kind", "险种", "code", codes=KINDS),
        _field("amount", "金额", "decimal", low="0", high="50000"),
        _field("paid_on", "缴费日期", "date", high="today", newest=True),
    ),
)
HEADINGS = "身份证号,月份,险种,金额,缴费日期"


def numbers(people: int) -> list[str]:
    """Return ID numbers of made-up people."""
    first = datetime.date(1960, 1, 1)
    return [make_ric("330782", first + datetime.timedelta(n // 900), n % 900) for n in range(people)]


def csv(rows: Sequence[str], headings: str = HEADINGS) -> bytes:
    """Return a file of `rows`."""
    return "\n".join([headings, *rows, ""]).encode()


def with_payments(city: City) -> City:
    """Return `city` with the register in it."""
    import dataclasses

    return dataclasses.replace(city, items={**city.items, CODE: ITEM})


def a_batch(now: datetime.datetime, *, kind: str = "snapshot", confirmed: bool = False) -> Intake:
    """Make a queued batch of the register, of which a copy is approved."""
    approve(now)
    return Intake.objects.create(
        item=CODE,
        kind=kind,
        way="command",
        stage="queued",
        office="police",
        name="payments.csv",
        as_of=now,
        confirmed=confirmed,
        received_at=now,
        received_by="operator",
    )


def approve(now: datetime.datetime) -> None:
    """File, once, that the owner of the register approves of a copy."""
    Approval.objects.get_or_create(
        item=CODE,
        document="测试〔2026〕1号",
        defaults={"from_day": datetime.date(2000, 1, 1), "filed_at": now, "filed_by": "operator"},
    )


def take(city: City, file: bytes, now: datetime.datetime, **more: Any) -> Intake:
    """Load `file` as a batch and return how it went."""
    batch = a_batch(now, **more)
    load(city=with_payments(city), intake=batch.id, now=now, source=Source("payments.csv", lambda: io.BytesIO(file)))
    batch.refresh_from_db()
    return batch
