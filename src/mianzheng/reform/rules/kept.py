"""A list as it is kept: every cell of its file in its place, but for contacts, as JSON holds it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from mianzheng.common.grids import Grid, Line
from mianzheng.reform.rules.contacts import without_contacts

_UNKEPT = re.compile("[\x00\ud800-\udfff]")
"""What a database cannot hold."""


def kept(grids: Sequence[Grid]) -> list[dict[str, Any]]:
    """Return the sheets as ``{name, hidden, lines: [[row, [cell or None], [merged column]]]}``; None is a contact left out."""
    return [
        {
            "name": _UNKEPT.sub("", grid.name),
            "hidden": grid.hidden,
            "lines": [
                [line.number, [cell and _UNKEPT.sub("", cell) for cell in cells], sorted(line.merged)]
                for line, cells in zip(grid.lines, without_contacts(grid.lines), strict=True)
            ],
        }
        for grid in grids
    ]


def lines_of(sheet: Mapping[str, Any]) -> tuple[Line, ...]:
    """Return the lines of a kept sheet; what was left out is empty."""
    return tuple(
        Line(number, tuple(cell or "" for cell in cells), frozenset(merged)) for number, cells, merged in sheet["lines"]
    )


def left_out(sheet: Mapping[str, Any]) -> int:
    """Return how many cells of a kept sheet were contacts."""
    return sum(cell is None for _, cells, _ in sheet["lines"] for cell in cells)
