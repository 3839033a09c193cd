"""The table of a lead: complete, without dead ends, the same as the picture in the docs; small counts are not told."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mianzheng.common.errors import Refusal
from mianzheng.common.small import FEWEST, told
from mianzheng.oversight.rules.leads import (
    ENDED,
    MOVES,
    NAMES,
    OUTCOMES,
    By,
    Outcome,
    Source,
    Status,
    check_explain,
    check_move,
    check_not_own,
    check_words,
    drawing,
    why_not_refer,
)
from mianzheng.oversight.rules.picture import picture

ROOT = Path(__file__).parents[2]


def reach(start):
    found = {start}
    while more := {move.target for move in MOVES if move.source in found} - found:
        found |= more
    return found


def test_every_status_has_a_name_can_be_reached_and_ends():
    assert set(NAMES) == set(Status)
    assert set(OUTCOMES) == set(Outcome)
    assert reach(Status.OPEN) == set(Status)
    for status in Status:
        assert reach(status) & ENDED


def test_a_move_is_there_once():
    assert len({(move.name, move.source, move.by) for move in MOVES}) == len(MOVES)


def test_only_the_person_leads_out_of_what_was_explained_and_nothing_out_of_what_was_closed():
    assert {(move.name, move.by) for move in MOVES if move.source is Status.EXPLAINED} == {("contest", By.PERSON)}
    assert not [move for move in MOVES if move.source is Status.CLOSED]


def test_the_program_passes_on_and_decides_nothing():
    assert {move.target for move in MOVES if move.by is By.PROGRAM} == {Status.PASSED}


def test_the_officer_may_reply_until_it_has_ended():
    assert {move.source for move in MOVES if move.name == "reply"} == set(Status) - ENDED - {Status.REPLIED}
    with pytest.raises(Refusal):
        check_move("explain", Status.REPLIED, By.OFFICER)


def test_what_the_rules_found_is_not_closed_before_the_officer_was_heard():
    for status in (Status.OPEN, Status.ASKED):
        with pytest.raises(Refusal):
            check_explain(Source.RULES, status)
        check_explain(Source.PERSON, status)
    check_explain(Source.RULES, Status.REPLIED)


def test_nobody_decides_on_their_own():
    with pytest.raises(Refusal):
        check_not_own("me", "me")
    check_not_own("you", "me")
    check_not_own(None, "me")


@pytest.mark.parametrize(
    ("about_officer", "replied", "asked", "overdue", "may"),
    [
        (True, False, False, False, False),
        (True, False, True, False, False),
        (True, False, True, True, True),
        (True, True, True, False, True),
        (False, False, False, False, True),
    ],
)
def test_it_is_referred_only_once_the_officer_was_heard(about_officer, replied, asked, overdue, may):
    why = why_not_refer(about_officer=about_officer, replied=replied, asked=asked, overdue=overdue)
    assert (why is None) is may


def test_words_say_something_and_not_too_much():
    assert check_words(" 为办件 ", "x", field="reply") == "为办件"
    for wrong in ("  ", "长" * 1_001):
        with pytest.raises(Refusal) as refused:
            check_words(wrong, "x", field="reply")
        assert refused.value.field == "reply"


def test_the_picture_in_the_docs_is_drawn_from_the_table():
    assert drawing().strip() in (ROOT / "docs" / "reference" / "states.md").read_text("utf-8")


counts = st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 12), max_size=6)


@given(counts)
def test_no_count_from_one_to_four_is_told(found):
    for key, value in told(found).items():
        assert (value is None) is (0 < found[key] < FEWEST)


@given(counts)
def test_no_single_hidden_count_is_what_is_left_of_the_sum(found):
    shown = told(found, with_sum=True)
    hidden = [key for key, value in shown.items() if value is None]
    several = sum(count > 0 for count in found.values()) > 1
    assert len(hidden) != 1 or not several
    assert all(value in (None, found[key]) for key, value in shown.items())


@given(st.dictionaries(st.tuples(st.sampled_from("rst"), st.sampled_from("abcd")), st.integers(1, 12)))
def test_the_weekly_picture_tells_no_small_count(found):
    offices, rows = picture(found, "rst")
    for row in rows:
        exact = [found.get((row.rule, office), 0) for office in offices]
        assert row.total in (None, sum(exact))
        assert all(value is None or value == 0 or value >= FEWEST for value in (row.total, *row.cells))
        assert 0 <= row.share <= 1
        if row.total is not None and sum(count > 0 for count in exact) > 1:
            assert row.cells.count(None) != 1
