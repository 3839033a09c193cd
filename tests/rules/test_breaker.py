"""The breaker: the same as its picture, never asked while open, one trial at a time, and never stuck."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mianzheng.catalogue.rules.exchange import Connection
from mianzheng.centre.rules.breaker import (
    MOVES,
    NAMES,
    Breaker,
    State,
    answered,
    asked,
    drawing,
    failed,
    may_ask,
)
from mianzheng.common.texts import Text

CONNECTION = Connection("c", Text("源"), "plain", "o", timeout=1, at_once=1, quota=0, failures=3, pause=10)


def test_the_drawing_has_every_move():
    lines = drawing().splitlines()
    assert lines[:2] == ["stateDiagram-v2", "    [*] --> closed"]
    assert [line.strip() for line in lines[2:]] == [f"{m.source} --> {m.target}: {m.name}" for m in MOVES]


def test_every_state_has_a_name_and_can_be_reached_and_left():
    assert set(NAMES) == set(State)
    assert {move.target for move in MOVES} == set(State) == {move.source for move in MOVES}
    assert len({(move.source, move.name) for move in MOVES}) == len(MOVES)


def test_failures_in_a_row_open_it_and_an_answer_between_them_does_not():
    breaker = Breaker()
    for _ in range(2):
        breaker = failed(breaker, CONNECTION, trial=False, at=1)
    breaker = answered(breaker, trial=False, at=1)
    for at in (2, 3):
        breaker = failed(breaker, CONNECTION, trial=False, at=at)
        assert breaker.state is State.CLOSED
    assert failed(breaker, CONNECTION, trial=False, at=4) == Breaker(State.OPEN, 0, 4)


@pytest.mark.parametrize(("at", "may"), [(4, False), (13.9, False), (14, True)])
def test_an_open_one_is_asked_again_after_the_pause_and_not_before(at, may):
    assert may_ask(Breaker(State.OPEN, 0, 4), CONNECTION, at=at) is may


def test_one_trial_goes_through_and_decides():
    trying = asked(Breaker(State.OPEN, 0, 4), CONNECTION, at=14)
    assert trying == Breaker(State.HALF_OPEN, 0, 14)
    assert not may_ask(trying, CONNECTION, at=15)
    assert answered(trying, trial=True, at=15) == Breaker(State.CLOSED, 0, 15)
    assert failed(trying, CONNECTION, trial=True, at=15) == Breaker(State.OPEN, 0, 15)


def test_what_comes_late_moves_nothing():
    for breaker in (Breaker(State.OPEN, 0, 4), Breaker(State.HALF_OPEN, 0, 14)):
        assert answered(breaker, trial=False, at=15) == breaker
        assert failed(breaker, CONNECTION, trial=False, at=15) == breaker


def test_a_trial_nobody_hears_of_is_repeated_after_a_pause():
    trying = Breaker(State.HALF_OPEN, 0, 14)
    assert may_ask(trying, CONNECTION, at=24)
    assert asked(trying, CONNECTION, at=24) == Breaker(State.HALF_OPEN, 0, 24)


@given(st.lists(st.tuples(st.sampled_from(["ask", "answer", "fail", "nothing"]), st.floats(0, 30))))
def test_whatever_happens_only_moves_of_the_table_are_made_and_it_is_never_stuck(steps):
    table = {(move.source, move.target) for move in MOVES}
    breaker, at, trial = Breaker(), 0.0, False
    for what, passed in steps:
        at += passed
        before = breaker
        if what == "ask" and may_ask(breaker, CONNECTION, at=at):
            trial = breaker.state is not State.CLOSED
            breaker = asked(breaker, CONNECTION, at=at)
        elif what == "answer":
            breaker = answered(breaker, trial=trial, at=at)
        elif what == "fail":
            breaker = failed(breaker, CONNECTION, trial=trial, at=at)
        assert before == breaker or (before.state, breaker.state) in table
        assert may_ask(breaker, CONNECTION, at=at + CONNECTION.pause + 0.001), "after a pause somebody may always try"
