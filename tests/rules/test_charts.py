"""Charts as points: inside their box, honest about zero, with gaps where days are missing."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mianzheng.centre.rules.charts import BOTTOM, HIGH, LEFT, RIGHT, TOP, WIDE, bar, chart, spark

DAYS = [datetime.date(2026, 3, n) for n in range(1, 6)]
NUMBERS = st.floats(0, 1e9, allow_nan=False)


def points(line):
    return [tuple(map(float, point.split(","))) for point in line.split()]


@given(st.lists(NUMBERS, min_size=2, max_size=40))
def test_a_spark_stays_in_its_box(values):
    drawn = spark(values)
    found = points(drawn.points)
    assert len(found) == len(values)
    assert all(0 <= x <= drawn.width and 0 <= y <= drawn.height for x, y in found)


def test_one_value_is_no_line():
    assert spark([3]) is None
    assert chart(DAYS[:1], [("a", "a", [1])]) is None
    assert chart(DAYS, [("a", "a", [None] * 5)]) is None


def test_a_big_number_that_hardly_moves_is_shown_within_its_range_and_a_small_one_from_zero():
    heights = [y for _, y in points(spark([1000, 1001, 1002]).points)]
    assert heights[0] - heights[-1] > 1
    assert points(spark([0, 1, 2]).points)[0][1] == 29.0


@given(st.lists(st.one_of(st.none(), st.floats(0, 1e6, allow_nan=False)), min_size=5, max_size=5), st.booleans())
def test_a_chart_stays_in_its_box_and_breaks_where_days_are_missing(values, percent):
    drawn = chart(DAYS, [("a", "a", values)], percent=percent)
    if all(value is None for value in values):
        assert drawn is None
        return
    (line,) = drawn.lines
    known = [value for value in values if value is not None]
    assert len(line.dots) == len(known)
    assert sum(len(points(piece)) for piece in line.pieces) == len(known)
    for x, y, _ in line.dots:
        assert LEFT - 0.1 <= x <= WIDE - RIGHT + 0.1
        assert TOP - 0.1 <= y <= HIGH - BOTTOM + 0.1
    assert 2 <= len(drawn.up) <= 6


def test_the_axis_has_round_numbers_and_room_for_the_limit():
    drawn = chart(DAYS, [("age", "age", [0, 0.2, 0.1, 0, 0])], limit=7)
    assert [tick.label for tick in drawn.up] == ["0", "2.5", "5", "7.5"]
    assert TOP < drawn.limit < HIGH - BOTTOM
    shares = chart(DAYS, [("rate", "rate", [0.0, 0.01, 0.02, 0, 0])], percent=True)
    assert [tick.label for tick in shares.up] == ["0%", "1%", "2%"]
    nothing = chart(DAYS, [("rate", "rate", [0.0] * 5)], percent=True)
    assert nothing.up[-1].label == "1%"
    assert drawn.lines[0].dots[1][2] == "2026-03-02 0.2"


def test_records_need_not_start_at_zero():
    drawn = chart(DAYS, [("records", "records", [1000, 1001, 1002, 1003, 1004])], from_zero=False)
    assert [tick.label for tick in drawn.up] == ["1,000", "1,002", "1,004"]


@pytest.mark.parametrize("counts", [[("a", "a", 3), ("b", "b", 1), ("c", "c", 0)], [("a", "a", 0)]])
def test_a_bar_is_as_wide_as_its_parts(counts):
    pieces = bar(counts)
    assert [piece.code for piece in pieces] == [code for code, _, count in counts if count]
    assert sum(piece.width for piece in pieces) == pytest.approx(100 if pieces else 0)
