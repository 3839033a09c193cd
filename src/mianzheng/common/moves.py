"""State tables: every move a thing can make as one row, looked up and drawn the same way in every domain."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

State = TypeVar("State", bound=StrEnum)
By = TypeVar("By", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Move(Generic[State, By]):
    """One move: from where to where, by whom, and what must be so."""

    name: str
    source: State
    target: State
    by: By
    guard: str


def target_of(moves: Iterable[Move[State, By]], name: str, source: State, by: By) -> State | None:
    """Return where the move `name` of `by` leads from `source`; None where the table has no such move."""
    found = (each.target for each in moves if each.name == name and each.source is source and each.by is by)
    return next(found, None)


def state_diagram(
    moves: Iterable[Move[State, By]], *, start: str, states: Iterable[State], ended: Collection[State]
) -> str:
    """Return the table as a Mermaid state diagram, for the docs; `start` is where it begins, with what begins it."""
    lines = ["stateDiagram-v2", f"    [*] --> {start}"]
    lines += [f"    {move.source} --> {move.target}: {move.name} ({move.by})" for move in moves]
    lines += [f"    {state} --> [*]" for state in states if state in ended]
    return "\n".join(lines) + "\n"
