"""Made-up records of an item for the catalogue: they obey every rule of its fields and belong to nobody.

The same item always has the same samples; no real record is ever looked at.
"""

from __future__ import annotations

import datetime
import hashlib
from typing import Any

from mianzheng.catalogue.rules.city import Field, Item
from mianzheng.common.texts import Text

SAMPLES = 3
_SIGNS = "甲乙丙丁戊己庚辛壬癸"
_LETTERS = "ABCDEFGHIJ"
_SUBJECTS = {
    "person": Text("示例人员{}", "Sample Person {}"),
    "organisation": Text("示例企业{}有限公司", "Sample Company {} Ltd"),
    "house": Text("示例小区{}幢", "Sample Court, Block {}"),
    "place": Text("示例村{}", "Sample Village {}"),
}
_MONTH_WORDS = ("month", "period", "所属期", "月份")


def samples(item: Item, *, today: datetime.date, count: int = SAMPLES) -> list[dict[str, Any]]:
    """Return `count` invented records of `item`: field code to value; subjects have names such as 示例人员甲."""
    return [{"subject": subject(item.about, n), **_record(item, n, today)} for n in range(count)]


def subject(kind: str, n: int) -> Text:
    """Return the name of the `n`-th invented subject."""
    name, place = _SUBJECTS[kind], n % len(_SIGNS)
    return Text(name.zh.format(_SIGNS[place]), name.en.format(_LETTERS[place]))


def _record(item: Item, n: int, today: datetime.date) -> dict[str, Any]:
    record: dict[str, Any] = {}
    left = list(item.fields)
    while left:  # a date that must not be earlier than another waits for it
        ready = [field for field in left if not field.after or field.after in record] or left[:1]
        for field in ready:
            record[field.code] = _value(field, n, today, record.get(field.after) if field.after else None)
            left.remove(field)
    return {field.code: record[field.code] for field in item.fields}


def _value(field: Field, n: int, today: datetime.date, earlier: Any) -> Any:
    draw = _draw(field, n)
    if field.type == "subject":
        return subject(field.refers, n + 1 + draw % 5)
    if field.type == "code":
        codes = list(field.codes)
        return codes[(draw + n) % len(codes)] if codes else f"X{n}"
    if field.type == "boolean":
        return draw % 4 != 0
    if field.type == "date":
        return _day(field, n, today, earlier, draw)
    if field.type == "month":
        return _month(n, today)
    if field.type in ("integer", "decimal"):
        low, high = _bounds(field)
        usual = min(high - low, 5000) / 8  # most numbers lie far below what is allowed
        value = min(max(float(int(low) + draw % (int(usual) + 1)), low), high)
        return int(value) if field.type == "integer" else value
    return _text(field, n, today)


def _day(field: Field, n: int, today: datetime.date, earlier: Any, draw: int) -> datetime.date:
    low = _date(field.low, today) or datetime.date.min
    high = _date(field.high, today) or today.replace(year=today.year + 5, day=1)
    years = 60 if "birth" in field.code else 6
    usual = min(today.replace(year=today.year - years, day=1), high)
    low = max(low, earlier if isinstance(earlier, datetime.date) else usual, usual)
    span = max((high - low).days, 0)
    return low + datetime.timedelta(days=draw % (min(span, 300 * years) + 1))


def _date(written: str, today: datetime.date) -> datetime.date | None:
    if not written:
        return None
    return today if written == "today" else datetime.date.fromisoformat(written)


def _bounds(field: Field) -> tuple[float, float]:
    low = float(field.low) if field.low else 0.0
    return low, float(field.high) if field.high else low + 1000


def _text(field: Field, n: int, today: datetime.date) -> Text | str:
    if any(word in f"{field.code}{field.name.zh}" for word in _MONTH_WORDS):
        return _month(n, today)
    if field.code.endswith(("_no", "_number", "number", "_code")) or "号" in field.name.zh:
        return Text(f"示例〔{today.year}〕{n + 1:03d}号", f"SAMPLE-{today.year}-{n + 1:03d}")
    place = n % len(_SIGNS)
    return Text(f"示例{field.name.zh}{_SIGNS[place]}", f"Sample {field.name.en.lower()} {_LETTERS[place]}")


def _month(n: int, today: datetime.date) -> str:
    month = (today.year * 12 + today.month - 2 - n) % 12 + 1
    return f"{today.year - (1 if month >= today.month else 0)}-{month:02d}"


def _draw(field: Field, n: int) -> int:
    return int.from_bytes(hashlib.sha256(f"{field.item}.{field.code}.{n}".encode()).digest()[:6], "big")
