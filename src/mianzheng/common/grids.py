"""A sheet of a spreadsheet as text."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """A row with something in it: its number as the program that made it counts, from 1, and its cells; nothing is an empty
    text. `merged` are the columns, from 0, whose cell repeats a merged one.
    """

    number: int
    cells: tuple[str, ...]
    merged: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Grid:
    """One sheet. Merged cells say the same in each of their places."""

    name: str
    lines: tuple[Line, ...]
    hidden: bool = False
