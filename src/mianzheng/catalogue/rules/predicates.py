"""Predicates of facts and relations in CEL (Common Expression Language), compiled against the typed fields of an item.

Each field is a variable of its own, ``r.balance``. Left unbound where a record has no value, it makes CEL's own
logic three-valued: an expression that needs the missing value is an error, which here means *unknown*, while
``true || missing`` stays true. Wrong names and types are refused when compiled, with line and column.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from cel_expr_python import cel

from mianzheng.catalogue.rules.city import Item, Parameter

_TYPES = {
    "text": cel.Type.STRING,
    "code": cel.Type.STRING,
    "subject": cel.Type.STRING,
    "integer": cel.Type.INT,
    "decimal": cel.Type.DOUBLE,
    "boolean": cel.Type.BOOL,
    "date": cel.Type.TIMESTAMP,
    "month": cel.Type.STRING,
}
FIELD_TYPES = frozenset(_TYPES)


_FIELD = re.compile(r"\br\.(\w+)")


class WrongPredicate(ValueError):
    """The expression does not fit the item: the sentence says where and why."""


def _months(start: datetime.datetime, end: datetime.datetime) -> int:
    return (end.year - start.year) * 12 + end.month - start.month - (end.day < start.day)


def _years(start: datetime.datetime, end: datetime.datetime) -> int:
    return end.year - start.year - ((end.month, end.day) < (start.month, start.day))


def _days(start: datetime.datetime, end: datetime.datetime) -> int:
    return (end - start).days


def _between(name: str, count: Any) -> cel.FunctionDecl:
    stamps = [cel.Type.TIMESTAMP, cel.Type.TIMESTAMP]
    overload = cel.Overload(
        f"{name}_timestamp_timestamp", return_type=cel.Type.INT, parameters=stamps, is_member=False, impl=count
    )
    return cel.FunctionDecl(name, [overload])


@lru_cache(maxsize=1)
def _calendar() -> cel.CelExtension:
    """Full years, months and days from one day to a later one, as ``years(r.born, today)``."""
    return cel.CelExtension(
        "calendar", [_between("years", _years), _between("months", _months), _between("days", _days)]
    )


def _value(value: Any) -> Any:
    """Bring a database value into CEL's types: dates become midnight UTC, decimals doubles, identifiers strings."""
    if isinstance(value, bool | str | int | float | datetime.datetime):
        return value
    if isinstance(value, datetime.date):
        return datetime.datetime(value.year, value.month, value.day, tzinfo=datetime.UTC)
    return float(value) if hasattr(value, "as_tuple") else str(value)


@dataclass(frozen=True, slots=True)
class Predicate:
    """A compiled predicate over one record; `fields` are those its expression names."""

    expression: Any
    fields: tuple[str, ...]

    def of(self, record: Mapping[str, Any], params: Mapping[str, Any], today: datetime.date) -> bool | None:
        """Return whether `record` satisfies the predicate, or None when a value it needs is missing."""
        values = tuple([record.get(name) for name in self.fields])
        return _evaluated(self.expression, self.fields, values, tuple(params.items()), today)


@lru_cache(maxsize=100_000)
def _evaluated(
    expression: Any,
    fields: tuple[str, ...],
    values: tuple[Any, ...],
    params: tuple[tuple[str, Any], ...],
    today: datetime.date,
) -> bool | None:
    """Evaluate, once for each combination of values: most fields of most registers have few."""
    known = {f"r.{name}": _value(value) for name, value in zip(fields, values, strict=True) if value is not None}
    known |= {f"p.{name}": _value(value) for name, value in params}
    known["today"] = _value(today)
    result = expression.eval(data=known)
    return result.value() if result.type() == cel.Type.BOOL else None


def compiled(where: str, item: Item, params: Mapping[str, Parameter]) -> Predicate:
    """Compile `where` against the fields of `item`.

    Raises `WrongPredicate` with line, column and cause where a name or type does not fit.
    """
    typed = {field.code: field.type for field in item.fields if field.type in _TYPES}
    variables = {f"r.{name}": _TYPES[kind] for name, kind in typed.items()}
    variables |= {f"p.{param.code}": _TYPES[param.type] for param in params.values() if param.type in _TYPES}
    variables["today"] = cel.Type.TIMESTAMP
    try:
        expression = cel.NewEnv(variables=variables, extensions=[_calendar()]).compile(where)
    except RuntimeError as error:
        found = re.search(r"<input>:(\d+):(\d+): ([^\n]*)", str(error))
        at = f"column {found[2]}: {found[3]}" if found else str(error)
        raise WrongPredicate(at.replace(" (in container '')", "")) from error
    if expression.return_type() != cel.Type.BOOL:
        raise WrongPredicate(f"it gives {expression.return_type()}, a yes or no is expected")
    named = dict.fromkeys(_FIELD.findall(where))
    return Predicate(expression, tuple(name for name in named if name in typed))
