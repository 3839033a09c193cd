"""Conditions over whole columns, as the demo's specifications write them: ``alive and age >= 18 and spouse.local``.

A name is a field drawn before, a column of the population, or, with dots, a column of whom a reference points at.
Comparisons with somebody or a date that is missing are false. Dates compare with dates; ``today - wed`` counts days.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from mianzheng.catalogue.rules.source import Record
from mianzheng.demo.rules.tables import NOBODY, Column, Table, Truths


class WrongSpecification(ValueError):
    """A specification of the demo cannot be followed; the sentence says why."""


def only(spec: Mapping[str, Any], known: Collection[str]) -> None:
    """Raise `WrongSpecification` for a key nobody reads: mistyped, it would silently do nothing."""
    for key in spec:
        if key not in known:
            at = f"{spec.file}:{spec.lines.get(key, spec.line)}: " if isinstance(spec, Record) else ""
            raise WrongSpecification(f"{at}'{key}' is not known here, expected some of: {', '.join(known)}")


@dataclass(frozen=True, slots=True)
class Drawn:
    """A column with the places where it has no value; `refers` names the table it points at, if any."""

    values: Column
    missing: Truths
    refers: str = ""


COMPARISONS = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}


@dataclass(frozen=True)
class Sight:
    """What an expression can see: the rows at hand, what was drawn for them so far, all tables, today.

    `nth` tells of each row which record of its subject it is, from 0; `start` how many rows came before these.
    """

    rows: Table
    drawn: Mapping[str, Drawn]
    tables: Mapping[str, Table]
    today: np.datetime64
    nth: Column | None = None
    start: int = 0

    def numbered(self) -> Column:
        """Return which record of its subject each row is, from 0."""
        return np.zeros(len(self.rows), dtype=np.int64) if self.nth is None else self.nth

    def path(self, path: str) -> Drawn:
        """Follow a dotted path. Raises `WrongSpecification` where a name is unknown."""
        first, *rest = path.split(".")
        found = self.drawn.get(first) or self._column(self.rows, first)
        for name in rest:
            if not found.refers:
                raise WrongSpecification(f"'{path}': '{name}' follows something that is no reference")
            table = self.tables[found.refers]
            if name not in table.columns:
                raise WrongSpecification(f"'{path}': '{found.refers}' has no column '{name}'")
            if not len(table):
                count = len(found.values)
                return Drawn(np.zeros(count, dtype=table.columns[name].dtype), np.ones(count, dtype=bool))
            further = self._column(table, name)
            there = np.where(found.missing, 0, found.values)
            found = Drawn(further.values[there], found.missing | further.missing[there], further.refers)
        return found

    def _column(self, table: Table, name: str) -> Drawn:
        if name not in table.columns:
            raise WrongSpecification(f"there is no column '{name}'")
        values, refers = table.columns[name], table.refs.get(name, "")
        if refers:
            return Drawn(values, values == NOBODY, refers)
        missing = np.isnat(values) if values.dtype.kind == "M" else np.zeros(len(values), dtype=bool)
        return Drawn(values, missing)

    def truths(self, condition: str) -> Truths:
        """Return where `condition` is true. Raises `WrongSpecification` where it is not understood."""
        try:
            tree = ast.parse(str(condition).strip(), mode="eval").body
        except SyntaxError as error:
            raise WrongSpecification(f"'{condition}' is no condition") from error
        found = self._value(tree)
        truth = np.broadcast_to(found.values, len(self.rows)).astype(bool)
        return truth & ~np.broadcast_to(found.missing, len(self.rows))

    def _value(self, node: ast.expr) -> Drawn:
        match node:
            case ast.Constant(value=value):
                return _constant(value)
            case ast.Name(id="today"):
                return _constant(self.today)
            case ast.Name() | ast.Attribute():
                return self.path(ast.unparse(node))
            case ast.Tuple(elts=elements) | ast.List(elts=elements):
                return _constant([ast.literal_eval(element) for element in elements])
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                inner = self._value(operand)
                return Drawn(~(inner.values.astype(bool) & ~inner.missing), np.False_ & inner.missing)
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as value)):
                return _constant(-value)
            case ast.BoolOp(op=op, values=values):
                sides = [self._value(value) for value in values]
                join = np.logical_and if isinstance(op, ast.And) else np.logical_or
                truth = sides[0].values.astype(bool) & ~sides[0].missing
                for side in sides[1:]:
                    truth = join(truth, side.values.astype(bool) & ~side.missing)
                return Drawn(truth, np.zeros_like(truth))
            case ast.BinOp(left=left, op=ast.Sub() | ast.Add() | ast.Mod() as op, right=right):
                return _calculate(self._value(left), op, self._value(right))
            case ast.Compare(left=left, ops=[op], comparators=[right]):
                return _compare(self._value(left), op, self._value(right))
        raise WrongSpecification(f"'{ast.unparse(node)}' is not understood in a condition")


def _constant(value: Any) -> Drawn:
    return Drawn(np.asarray(value), np.asarray(False))


def _calculate(left: Drawn, op: ast.operator, right: Drawn) -> Drawn:
    sign = {ast.Sub: operator.sub, ast.Add: operator.add, ast.Mod: operator.mod}[type(op)]
    values = sign(left.values, right.values)
    if values.dtype.kind == "m":
        values = values.astype(np.int64)
    return Drawn(values, left.missing | right.missing)


def _compare(left: Drawn, op: ast.cmpop, right: Drawn) -> Drawn:
    if isinstance(op, ast.In | ast.NotIn):
        truth = np.isin(left.values, right.values, invert=isinstance(op, ast.NotIn)) & ~left.missing
    elif isinstance(op, ast.Is | ast.IsNot):
        # `spouse is None` asks whether there is nobody.
        truth = left.missing if isinstance(op, ast.Is) else ~left.missing
    elif type(op) in COMPARISONS:
        truth = COMPARISONS[type(op)](left.values, right.values) & ~(left.missing | right.missing)
    else:
        raise WrongSpecification("this comparison is not understood")
    return Drawn(truth, np.zeros_like(truth))
