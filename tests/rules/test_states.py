"""The table of states: complete, without dead ends, and the same as the picture in the docs."""

import importlib.util
from pathlib import Path

import pytest

from mianzheng.cases.rules.states import (
    ENDED,
    MOVES,
    NAMES,
    WITH_OFFICE,
    WITH_PERSON,
    By,
    Status,
    between,
    check_move,
    drawing,
)
from mianzheng.common.errors import Refusal

ROOT = Path(__file__).parents[2]


def reach(start):
    """Return every status that moves lead to from `start`."""
    found = {start}
    while more := {move.target for move in MOVES if move.source in found} - found:
        found |= more
    return found


def test_every_status_has_a_name_and_stands_in_exactly_one_hand():
    assert set(NAMES) == set(Status)
    assert sorted([*WITH_PERSON, *WITH_OFFICE, *ENDED]) == sorted(Status)


def test_every_status_can_be_reached_and_what_has_not_ended_can_end_well():
    assert reach(Status.DRAFT) == set(Status)
    for status in set(Status) - ENDED:
        assert Status.GRANTED in reach(status), f"{status} is a dead end"


def test_nothing_leads_out_of_what_has_ended():
    assert not [move for move in MOVES if move.source in ENDED]


def test_only_an_officer_refuses_and_only_in_review():
    refusing = [move for move in MOVES if move.target is Status.REFUSED]
    assert [(move.source, move.by) for move in refusing] == [(Status.IN_REVIEW, By.OFFICER)]


def test_only_the_person_hands_in_and_takes_back_and_may_do_so_until_it_is_decided():
    for move in MOVES:
        if move.name in ("hand_in", "withdraw"):
            assert move.by is By.RESIDENT
    assert {move.source for move in MOVES if move.name == "withdraw"} == set(Status) - ENDED


def test_a_move_is_there_once_and_leads_to_one_place():
    keys = [(move.name, move.source, move.by) for move in MOVES]
    assert len(keys) == len(set(keys))
    pairs = [(move.source, move.target, move.by) for move in MOVES]
    assert len(pairs) == len(set(pairs)), "`between` could not tell two moves apart"


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("by", By)
@pytest.mark.parametrize("name", sorted({move.name for move in MOVES}))
def test_a_move_is_made_or_refused_with_what_to_do_now(name, status, by):
    if any((move.name, move.source, move.by) == (name, status, by) for move in MOVES):
        assert between(status, check_move(name, status, by), by) == name
    else:
        with pytest.raises(Refusal) as refused:
            check_move(name, status, by)
        assert refused.value.now is not None


def test_the_drawing_has_every_move_and_every_end():
    lines = drawing().splitlines()
    assert len(lines) == 2 + len(MOVES) + len(ENDED)
    assert "    in_review --> refused: refuse (officer)" in lines


def test_the_docs_show_the_table_the_program_runs_on():
    spec = importlib.util.spec_from_file_location("draw", ROOT / "tools" / "draw.py")
    draw = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(draw)
    assert draw.STATES.read_text(encoding="utf-8") == draw.states(), "run python tools/draw.py"
