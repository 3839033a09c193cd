"""Circular demands (循环证明) in the lists that count: who makes which paper depend on which other."""

from __future__ import annotations

from dataclasses import dataclass

from mianzheng.catalogue.rules.city import City
from mianzheng.reform.models import Row
from mianzheng.reform.queries.groups import MAYBE, counted, with_lists
from mianzheng.reform.rules.circles import Circle, Demanded, circles
from mianzheng.reform.rules.offices import Level
from mianzheng.reform.rules.states import Side


@dataclass(frozen=True, slots=True)
class Around:
    """A circle with the rows that make it, edge by edge."""

    circle: Circle
    rows: tuple[tuple[Row, ...], ...]


def found_circles(city: City) -> tuple[list[Around], bool]:
    """Return the circles, and whether all were looked for (two queries)."""
    demanded = counted(Row.objects.filter(report__side=Side.DEMAND, group__paper__in=MAYBE)).exclude(purpose="")
    rows = list(with_lists(demanded).order_by("id"))
    listed = [Demanded(row.name, _office(city, row), _level(row.demander_level), row.purpose) for row in rows]
    found = circles(listed)
    around = [
        Around(circle, tuple(tuple(rows[where.row] for where in edge.wheres) for edge in circle.edges))
        for circle in found.found
    ]
    return around, found.whole


def _office(city: City, row: Row) -> str:
    name = city.office(row.demander_code or row.report.office)
    return name.zh if name else row.demander or row.report.office


def _level(level: str) -> Level:
    return Level(level) if level in set(Level) else Level.UNKNOWN
