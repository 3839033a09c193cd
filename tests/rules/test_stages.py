"""The table of a candidate's moves: complete, without dead ends, and the only place where a stage is chosen."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from mianzheng.common.errors import Refusal
from mianzheng.reform import actions
from mianzheng.reform.rules.stages import MOVES, NAMES, By, check_move, sources_of
from mianzheng.reform.rules.states import Stage


def reach(start: Stage) -> set[Stage]:
    found = {start}
    while more := {move.target for move in MOVES if move.source in found} - found:
        found |= more
    return found


def test_every_stage_has_a_name_is_reached_and_is_no_dead_end() -> None:
    assert set(NAMES) == set(Stage)
    for stage in Stage:
        assert reach(stage) == set(Stage), stage


def test_a_move_is_there_once_and_only_what_was_in_a_batch_is_published() -> None:
    once = [(move.name, move.source, move.by) for move in MOVES]
    assert len(once) == len(set(once))
    assert {move.source for move in MOVES if move.target is Stage.PUBLISHED} == {Stage.LISTED}
    assert {move.source for move in MOVES if move.target is Stage.LISTED} == {Stage.AGREED}
    assert {move.by for move in MOVES if move.name in ("publish", "withdraw", "settle")} == {By.REFORM}


@pytest.mark.parametrize("name", sorted({move.name for move in MOVES}))
def test_a_move_is_refused_from_everywhere_else(name: str) -> None:
    by = next(move.by for move in MOVES if move.name == name)
    for stage in set(Stage) - sources_of(name):
        with pytest.raises(Refusal):
            check_move(name, stage, by)


def test_no_action_chooses_a_stage_by_itself() -> None:
    folder = Path(next(iter(actions.__path__)))
    chosen = [f"{path.name}:{line}" for path in sorted(folder.glob("*.py")) for line in _chosen(path.read_text())]
    assert not chosen, "take the stage from check_move: " + ", ".join(chosen)


def _chosen(code: str) -> Iterator[int]:
    """Yield the lines where a stage of the table is written: `x.stage = Stage.Y`, or `update(stage=Stage.Y)`."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                pairs = (
                    zip(target.elts, node.value.elts, strict=False)
                    if _tuples(target, node.value)
                    else [(target, node.value)]
                )
                yield from (node.lineno for to, value in pairs if getattr(to, "attr", "") == "stage" and _stage(value))
        elif isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "update":
            yield from (node.lineno for each in node.keywords if each.arg == "stage" and _stage(each.value))


def _tuples(*nodes: ast.expr) -> bool:
    return all(isinstance(node, ast.Tuple) for node in nodes)


def _stage(node: ast.expr) -> bool:
    return isinstance(node, ast.Attribute) and getattr(node.value, "id", "") == "Stage"
