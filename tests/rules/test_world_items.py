"""Every typed item is filled in a demo city of 2,000 people, and with nothing that a file of it would be refused for."""

from __future__ import annotations

import datetime
import re
from collections import Counter, defaultdict
from decimal import Decimal
from functools import cache
from typing import Any

import pytest

from mianzheng.catalogue.rules.city import Field, Item
from mianzheng.demo.rules import ground
from mianzheng.demo.rules.filling import SUBJECTS, fill
from mianzheng.demo.rules.stories import cast, stories, told_records
from tests.drawn import records
from tests.rules.test_world_facts import AS_OF, SEED, made, package

Row = tuple[Any, dict[str, Any]]
"""Whose record it is (a table's name with a row) and its fields."""

TYPES = {
    "integer": int,
    "decimal": Decimal,
    "boolean": bool,
    "date": datetime.date,
    "text": str,
    "code": str,
    "month": str,
}
SEVERAL = 15
"""So many items at least have several records of a subject, told apart by their keys: those can grow with the city."""


def typed() -> list[str]:
    return [code for code, item in package().items.items() if item.fields]


@cache
def rows(code: str) -> list[Row]:
    item = package().items[code]
    known = {table: [(table, row) for row in range(len(made()[table]))] for table in SUBJECTS}
    found = records(item, fill(made(), item, ground.specifications(package())[code], seed=SEED), known)
    return [(subject, dict(zip((f.code for f in item.fields), values, strict=True))) for subject, *values in found]


def bound(field: Field, word: str) -> Any:
    if field.type == "date":
        return AS_OF if word == "today" else datetime.date.fromisoformat(word)
    return Decimal(word)


def wrong(field: Field, row: dict[str, Any]) -> str:
    """Say what a file with this value would be refused for, nothing where it would not."""
    value = row[field.code]
    if value is None:
        return "required" if field.required else ""
    if field.type == "subject":
        return "" if SUBJECTS[value[0]] == field.refers else "refers"
    if not isinstance(value, TYPES[field.type]):
        return "type"
    if field.type == "code" and value not in field.codes:
        return "codes"
    if (field.low and value < bound(field, field.low)) or (field.high and value > bound(field, field.high)):
        return "range"
    earlier = row[field.after] if field.after else None
    return "after" if earlier is not None and earlier > value else ""


def test_every_item_is_typed() -> None:
    assert [code for code, item in package().items.items() if not item.fields] == []


@pytest.mark.parametrize("code", typed())
def test_the_register_is_filled_and_its_keys_tell_the_records_apart(code: str) -> None:
    found = rows(code)
    assert found
    keys = Counter((subject, *(row[key] for key in package().items[code].keys)) for subject, row in found)
    assert [key for key, count in keys.items() if count > 1] == []


@pytest.mark.parametrize("code", typed())
def test_the_records_satisfy_what_the_fields_demand(code: str) -> None:
    fields = package().items[code].fields
    found = Counter(f"{field.code}: {word}" for _, row in rows(code) for field in fields if (word := wrong(field, row)))
    assert not found, dict(found)


def headings(field: Field) -> set[str]:
    """Return what the column may be called: without blanks, units and case."""
    words = (field.code, field.name.zh, field.name.en, *field.headers)
    return {re.sub(r"[(（].*?[)）]|\s", "", word).lower() for word in words}


@pytest.mark.parametrize("code", typed())
def test_no_heading_means_two_columns(code: str) -> None:
    found = Counter(heading for field in package().items[code].fields for heading in headings(field))
    assert [heading for heading, count in found.items() if count > 1] == []


@pytest.mark.parametrize("code", typed())
def test_numbers_and_dates_are_bounded(code: str) -> None:
    item: Item = package().items[code]
    loose = [f.code for f in item.fields if f.type in ("integer", "decimal") and not (f.low and f.high)]
    assert loose == []
    dates = [f for f in item.fields if f.type == "date"]
    assert not dates or any(f.low or f.high for f in dates)


def test_records_of_stories_satisfy_what_the_fields_demand() -> None:
    told = stories(package())
    found = set()
    for code, players in told_records(made(), package().items, told, cast(made(), told)).items():
        fields = [f for f in package().items[code].fields if f.type != "subject" or f.required]
        for row in (row for spelled in players.values() for row in spelled):
            missing = [f.code for f in fields if f.required and row[f.code] is None]
            late = [f.code for f in fields if f.after and row[f.after] and row[f.code] and row[f.after] > row[f.code]]
            found |= {f"{code}.{field}" for field in (*missing, *late)}
    assert found == set()


def test_enough_items_have_several_records_of_a_subject() -> None:
    several = [code for code in typed() if max(Counter(subject for subject, _ in rows(code)).values(), default=0) > 1]
    assert len(several) >= SEVERAL
    assert [code for code in several if not package().items[code].keys] == []


def test_a_datum_is_nearly_always_the_same_in_all_its_copies() -> None:
    copies: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for code in typed():
        for field in package().items[code].fields:
            if field.datum:
                copies[field.datum].append((code, field.code))
    assert set(copies) == set(package().data)
    for datum in package().data.values():
        registered = {subject: row[datum.field] for subject, row in rows(datum.item)}
        for code, field in copies[datum.code]:
            both = [
                row[field] == registered[subject]
                for subject, row in rows(code)
                if row[field] is not None and registered.get(subject) is not None
            ]
            assert not both or sum(both) >= 0.97 * len(both) - 1, (datum.code, code, len(both) - sum(both), len(both))
