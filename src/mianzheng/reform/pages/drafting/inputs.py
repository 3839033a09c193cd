"""What an editor of the catalogue asks for, read from a form that works without scripts: rows are added, moved and taken out
by buttons that post, and what was typed is shown again.
"""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, TypeAlias

from django.http import QueryDict

from mianzheng.common.reasons import N_, Reason
from mianzheng.common.texts import Text

Name: TypeAlias = "Text | Reason | str"
Options: TypeAlias = "tuple[tuple[str, Name], ...]"
Values: TypeAlias = "dict[str, Any]"
"""By input: what was typed; for ticks a list of it, for rows a list of mappings."""

CODE = re.compile(r"[a-z0-9]+([_-][a-z0-9]+)*")
_CONTROL = {chr(n) for n in range(32)} - {"\n"}
_PART = "{}.{}"


class Kind(StrEnum):
    """How something is asked for."""

    TEXT = "text"
    LONG = "long"
    CEL = "cel"
    WHOLE = "whole"
    DECIMAL = "decimal"
    DAY = "day"
    CHOICE = "choice"
    TICKS = "ticks"
    ROWS = "rows"
    CODE = "code"
    HEAD = "head"


@dataclass(frozen=True, slots=True)
class Input:
    """One thing asked for. `options` are those of a choice, or what a text may well be; `columns` are asked in each row."""

    name: str
    label: Name
    kind: Kind = Kind.TEXT
    required: bool = True
    hint: str = ""
    options: Options = ()
    columns: tuple[Input, ...] = ()
    longest: int = 300
    least: int = 0

    @property
    def may(self) -> Input:
        """The same, which may be left out."""
        return replace(self, required=False)


@dataclass(frozen=True, slots=True)
class Box:
    """One input with what stands in it and what is wrong with that; of rows, one box for each column in each row."""

    input: Input
    value: Any
    problem: Reason | None = None
    rows: tuple[tuple[Box, ...], ...] = ()
    id: str = ""


def boxes(inputs: Sequence[Input], values: Mapping[str, Any], wrong: Mapping[str, Reason]) -> list[Box]:
    """Return what the template shows."""
    return [_box(each, values.get(each.name, ""), wrong) for each in inputs]


def _box(asked: Input, value: Any, wrong: Mapping[str, Reason]) -> Box:
    rows = tuple(
        tuple(
            Box(column, row.get(column.name, ""), wrong.get(f"{asked.name}.{at}.{column.name}"), id=f"{asked.name}-{at}-{column.name}")
            for column in asked.columns
        )
        for at, row in enumerate(value if asked.kind is Kind.ROWS else ())
    )  # fmt: skip
    return Box(asked, value, wrong.get(asked.name), rows, asked.name)


def typed(post: QueryDict, inputs: Sequence[Input]) -> Values:
    """Return what was typed."""
    return {each.name: _typed(post, each) for each in inputs if each.kind is not Kind.HEAD}


def _typed(post: QueryDict, asked: Input) -> Any:
    if asked.kind is Kind.TICKS:
        return [_clean(each, asked.kind) for each in post.getlist(asked.name)]
    if asked.kind is not Kind.ROWS:
        return _clean(post.get(asked.name, ""), asked.kind)
    columns = {each.name: post.getlist(_PART.format(asked.name, each.name)) for each in asked.columns}
    count = max(map(len, columns.values()), default=0)
    kinds = {each.name: each.kind for each in asked.columns}
    return [
        {name: _clean(cells[at] if at < len(cells) else "", kinds[name]) for name, cells in columns.items()}
        for at in range(count)
    ]


def _clean(text: str, kind: Kind) -> str:
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\t", " "))
    text = "".join(sign for sign in text if sign not in _CONTROL)
    return text.strip() if kind in (Kind.LONG, Kind.CEL) else " ".join(text.split())


def acted(act: str, values: Values, inputs: Sequence[Input]) -> Values:
    """Return `values` after a button of rows: ``rows:add``, ``rows:up:2``, ``rows:down:2``, ``rows:out:2``."""
    name, _, rest = act.partition(":")
    what, _, place = rest.partition(":")
    asked = next((each for each in inputs if each.name == name and each.kind is Kind.ROWS), None)
    if asked is None:
        return values
    rows = moved(values[name], what, int(place) if place.isdecimal() else -1)
    if what == "add":
        rows.append({each.name: "" for each in asked.columns})
    return {**values, name: rows}


def moved(rows: Sequence[Any], what: str, at: int) -> list[Any]:
    """Return `rows` with the one at `at` a place up or down, or taken out; as they are where it cannot be."""
    made = list(rows)
    if not 0 <= at < len(made):
        return made
    row = made.pop(at)
    if what != "out":
        made.insert(max(at + {"up": -1, "down": 1}.get(what, 0), 0), row)
    return made


def wrong(inputs: Sequence[Input], values: Values) -> dict[str, Reason]:
    """Return what is wrong with what was typed, by input; in rows by ``rows.0.column``."""
    found: dict[str, Reason] = {}
    for asked in inputs:
        if asked.kind is Kind.HEAD:
            continue
        value = values[asked.name]
        if asked.kind is Kind.ROWS:
            for at, row in enumerate(value):
                for column in asked.columns:
                    problem = _wrong(column, row[column.name])
                    if problem:
                        found[f"{asked.name}.{at}.{column.name}"] = problem
            problem = Reason(N_("至少要有一行。")) if asked.required and not value else None
        else:
            problem = _wrong(asked, value)
        if problem:
            found[asked.name] = problem
    return found


def _wrong(asked: Input, value: Any) -> Reason | None:
    if not value:
        words = N_("请选一项。") if asked.kind in (Kind.CHOICE, Kind.TICKS) else N_("请填写。")
        return Reason(words) if asked.required else None
    known = {code for code, _ in asked.options}
    if (asked.kind is Kind.CHOICE and value not in known) or (asked.kind is Kind.TICKS and set(value) - known):
        return Reason(
            N_("没有“%(has)s”这一项，请从列出的里面选。"),
            {"has": value if isinstance(value, str) else "、".join(value)},
        )
    if asked.kind is Kind.TICKS:
        return None
    if len(value) > asked.longest:
        return Reason(N_("最多 %(count)s 个字，现在有 %(has)s 个。"), {"count": asked.longest, "has": len(value)})
    return _SHAPES[asked.kind](asked, value) if asked.kind in _SHAPES else None


def _whole(asked: Input, value: str) -> Reason | None:
    if not re.fullmatch(r"-?\d{1,9}", value):
        return Reason(N_("“%(has)s”不是整数。"), {"has": value})
    return Reason(N_("至少是 %(least)s。"), {"least": asked.least}) if int(value) < asked.least else None


def _decimal(asked: Input, value: str) -> Reason | None:
    if not re.fullmatch(r"-?\d{1,9}(\.\d{1,6})?", value):
        return Reason(N_("“%(has)s”不是数字。"), {"has": value})
    return Reason(N_("至少是 %(least)s。"), {"least": asked.least}) if float(value) < asked.least else None


def _day(asked: Input, value: str) -> Reason | None:
    try:
        datetime.date.fromisoformat(value)
    except ValueError:
        return Reason(N_("请按 2026-01-31 的样子填写日期。"))
    return None


def _code(asked: Input, value: str) -> Reason | None:
    return None if CODE.fullmatch(value) else Reason(N_("代码只用小写英文字母、数字，中间可以用连字符。"))


_SHAPES = {Kind.WHOLE: _whole, Kind.DECIMAL: _decimal, Kind.DAY: _day, Kind.CODE: _code}
