"""Items with their fields, relations and facts, each predicate compiled so that a wrong one is refused with its place."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any

from mianzheng.catalogue.rules.city import Fact, Field, Item, Parameter, Relation
from mianzheng.catalogue.rules.kinds import Form
from mianzheng.catalogue.rules.predicates import FIELD_TYPES, Predicate, WrongPredicate, compiled
from mianzheng.catalogue.rules.source import Reader, Record
from mianzheng.common.texts import Text

SENSITIVITIES = ("general", "sensitive", "sealed")
CYCLES = ("realtime", "day", "week", "month", "quarter", "year")
ABOUT = ("person", "organisation", "house", "place")
KINDS = ("legal_fact", "relation", "qualification", "ownership", "state")
FACT = "code name name_en question question_en kind item form n where params answered_by empty"
RESERVED = ("subject", "known_from", "known_to", "batch")


def read_items(reader: Reader, departments: Collection[str], connections: Collection[str] = ()) -> dict[str, Item]:
    """Read ``items.csv`` and ``fields.csv``."""
    rows: dict[str, Record] = {}
    for row in reader.rows(
        "items.csv",
        "code name name_en owner about sharing cycle complete sensitivity licence".split(),
        ("system", "held", "connection", "tolerance", "covers"),
    ):
        rows[reader.unique(row, rows)] = row
    fields = _fields(reader, rows)
    return {
        code: Item(
            code=code,
            name=reader.text(row, "name"),
            owner=reader.known(row, "owner", departments, "department"),
            about=reader.one_of(row, "about", ABOUT),
            sharing=reader.one_of(row, "sharing", ("unconditional", "conditional", "closed")),
            cycle=reader.one_of(row, "cycle", CYCLES),
            complete=reader.yes(row, "complete"),
            sensitivity=reader.one_of(row, "sensitivity", SENSITIVITIES),
            licence=reader.yes(row, "licence"),
            system=row.get("system", ""),
            fields=tuple(fields.get(code, ())),
            source=row.get("source", ""),
            **_holding(reader, row, connections),
        )
        for code, row in rows.items()
    }


def _holding(reader: Reader, row: Record, connections: Collection[str]) -> dict[str, Any]:
    held = reader.one_of(row, "held", ("copy", "source"), default="copy")
    connection = reader.known(row, "connection", connections, "connection", required=False)
    if held == "source" and not connection:
        reader.problem(row, "'connection' is empty: an item that stays at its source is asked over a connection")
    return {
        "held": held,
        "connection": connection,
        "tolerance": _share(reader, row, "tolerance"),
        "covers": _share(reader, row, "covers"),
    }


def _share(reader: Reader, row: Record, key: str) -> float | None:
    share = reader.number(row, key, default=-1)
    if row.get(key) and not 0 <= share <= 1:
        reader.problem(row, f"'{key}' is '{row[key]}', a share between 0 and 1 is expected")
    return share if row.get(key) else None


def _fields(reader: Reader, items: Mapping[str, Record]) -> dict[str, list[Field]]:
    found: dict[str, list[Field]] = {}
    more = "key required range after headers refers datum".split()
    for row in reader.rows("fields.csv", "item code name name_en type codes newest sensitivity".split(), more):
        item = reader.known(row, "item", items, "item")
        code, kind = reader.word(row, "code"), reader.one_of(row, "type", FIELD_TYPES)
        newest = reader.yes(row, "newest")
        siblings = found.setdefault(item, [])
        if code in RESERVED or not code.isidentifier():
            reader.problem(row, f"'{code}' cannot name a field: it is reserved or not a plain word")
        if any(field.code == code for field in siblings):
            reader.problem(row, f"'code' is '{code}' a second time in '{item}'")
        if newest and (kind != "date" or any(field.newest for field in siblings)):
            reader.problem(row, f"'newest' stands on one date field of '{item}' only")
        siblings.append(
            Field(
                item,
                code,
                reader.text(row, "name"),
                kind,
                _codes(reader, row) if kind == "code" else {},
                newest,
                reader.one_of(row, "sensitivity", SENSITIVITIES, default="general"),
                **_demands(reader, row, kind),
            )
        )
        if row.get("after") and not any(field.code == row["after"] for field in siblings):
            reader.absent(row, "field", f"'after' is '{row['after']}': no field above it in '{item}' has that code")
    return found


def _demands(reader: Reader, row: Record, kind: str) -> dict[str, Any]:
    """Read what a file must satisfy in this column."""
    low, dots, high = row.get("range", "").partition("..")
    if row.get("range") and (not dots or kind not in ("integer", "decimal", "date")):
        reader.problem(row, f"'range' is '{row['range']}', expected LOW..HIGH of a number or date")
    for bound in filter(None, (low, high)):
        if not _bounds(kind, bound):
            reader.problem(row, f"'range' has '{bound}', which is no {kind}")
    key = reader.yes(row, "key")
    return {
        "key": key,
        "required": key or reader.yes(row, "required"),
        "low": low,
        "high": high,
        "after": row.get("after", ""),
        "headers": tuple(filter(None, (part.strip() for part in row.get("headers", "").split(";")))),
        "refers": reader.one_of(row, "refers", ABOUT, default="person"),
        "datum": row.get("datum", ""),
    }


def _bounds(kind: str, bound: str) -> bool:
    try:
        if kind == "date":
            return bound == "today" or bool(datetime.date.fromisoformat(bound))
        return Decimal(bound).is_finite()
    except (ValueError, ArithmeticError):
        return False


def _codes(reader: Reader, row: Record) -> dict[str, Text]:
    """Read a code list such as ``married=已婚/Married;divorced=离婚/Divorced``."""
    codes: dict[str, Text] = {}
    for part in filter(None, (part.strip() for part in row["codes"].split(";"))):
        code, _, words = part.partition("=")
        zh, _, en = words.partition("/")
        if not (code and zh and en):
            reader.problem(row, f"'codes' has '{part}', expected code=中文/English")
        codes[code.strip()] = Text(zh.strip(), en.strip())
    if not codes:
        reader.problem(row, "'codes' is empty: a field of type code lists its codes")
    return codes


def _predicate(reader: Reader, record: Record, item: Item | None, params: Mapping[str, Parameter]) -> Predicate | None:
    where = reader.word(record, "where")
    if not item or not where:
        return None
    if not item.fields:
        message = f"item '{item.code}' has no fields in fields.csv, so nothing can be asked of it"
        reader.absent(record, "field", message, "item")
        return None
    try:
        return compiled(where, item, params)
    except WrongPredicate as error:
        reader.problem(record, f"'where' does not fit item '{item.code}', {error}", "where")
        return None


def read_relations(reader: Reader, items: Mapping[str, Item]) -> dict[str, Relation]:
    """Read ``relations.yaml``. A relation starts from the applicant or from a relation written above it."""
    found: dict[str, Relation] = {}
    for record in reader.records("relations.yaml"):
        reader.only(record, "code name name_en item field where base")
        code = reader.unique(record, found)
        item = items.get(reader.known(record, "item", items, "item"))
        field = reader.word(record, "field")
        if item and not any(f.code == field and f.type == "subject" for f in item.fields):
            message = f"'field' is '{field}': item '{item.code}' has no such field of type subject"
            reader.absent(record, "field", message, "field")
        base = reader.word(record, "base", required=False) or "applicant"
        if base != "applicant" and base not in found:
            reader.absent(record, "relation", f"'base' is '{base}': there is no such relation above this one", "base")
        found[code] = Relation(
            code,
            reader.text(record, "name"),
            item.code if item else "",
            field,
            reader.word(record, "where"),
            base,
            _predicate(reader, record, item, {}),
        )
    return found


def read_facts(reader: Reader, items: Mapping[str, Item], departments: Collection[str]) -> dict[str, Fact]:
    """Read ``facts.yaml``."""
    found: dict[str, Fact] = {}
    for record in reader.records("facts.yaml"):
        reader.only(record, FACT)
        code = reader.unique(record, found)
        item = items.get(reader.known(record, "item", items, "item"))
        form = reader.one_of(record, "form", [form.value for form in Form])
        if form == Form.LATEST and item and item.fields and not item.newest_field:
            reader.problem(record, f"'form' is latest, but item '{item.code}' has no field marked newest", "form")
        params = _params(reader, record)
        answered_by = reader.known(record, "answered_by", departments, "department", required=False)
        empty = reader.word(record, "empty", required=False)
        if empty not in ("", "holds", "fails"):
            reader.problem(record, f"'empty' is '{empty}', expected holds or fails", "empty")
        found[code] = Fact(
            code=code,
            name=reader.text(record, "name"),
            question=reader.text(record, "question"),
            kind=reader.one_of(record, "kind", KINDS),
            item=item.code if item else "",
            form=Form(form) if form in set(Form) else Form.EXISTS,
            where=reader.word(record, "where"),
            answered_by=answered_by or (item.owner if item else ""),
            n=reader.whole(record, "n", default=1, minimum=1),
            params=params,
            empty=empty,
            predicate=_predicate(reader, record, item, params),
        )
    return found


def _params(reader: Reader, record: Record) -> dict[str, Parameter]:
    declared = record.get("params") or Record()
    params: dict[str, Parameter] = {}
    if not isinstance(declared, Record):
        reader.problem(record, "'params' is no mapping of parameters", "params")
        return params
    for code, entry in declared.items():
        if not isinstance(entry, Record):
            reader.problem(record, f"parameter '{code}' needs a type and a name", "params")
            continue
        reader.only(entry, "type name name_en")
        params[code] = Parameter(code, reader.one_of(entry, "type", FIELD_TYPES), reader.text(entry, "name"))
    return params
