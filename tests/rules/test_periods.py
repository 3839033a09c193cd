import datetime

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from mianzheng.common.periods import ZONE, WorkingDays

D = datetime.date
NATIONAL = WorkingDays()
DAYS = st.dates(D(2020, 1, 1), D(2030, 12, 31))


@pytest.mark.parametrize(
    ("day", "working"),
    [
        (D(2026, 11, 23), True),  # a Monday
        (D(2026, 11, 22), False),  # a Sunday
        (D(2026, 10, 1), False),  # National Day
        (D(2026, 2, 17), False),  # Spring Festival
        (D(2026, 2, 14), True),  # a Saturday worked in exchange for it
        (D(2030, 5, 1), False),  # not arranged yet, but fixed by law
        (D(2030, 5, 6), True),
        (D(2030, 5, 4), False),
    ],
)
def test_which_days_are_worked(day, working):
    assert NATIONAL.is_working(day) is working


def test_years_not_arranged_yet_are_marked_provisional():
    assert not NATIONAL.is_provisional(D(2026, 6, 1))
    assert NATIONAL.is_provisional(D(2030, 6, 3))


def test_the_city_has_the_last_word():
    city = WorkingDays({D(2026, 11, 24): False, D(2030, 5, 4): True})
    assert not city.is_working(D(2026, 11, 24))
    assert city.is_working(D(2030, 5, 4)) and not city.is_provisional(D(2030, 5, 4))
    assert city.add(D(2026, 11, 23), 1) == D(2026, 11, 25)


@pytest.mark.parametrize(
    ("day", "n", "end"),
    [
        (D(2026, 11, 23), 0, D(2026, 11, 23)),
        (D(2026, 11, 21), 0, D(2026, 11, 23)),
        (D(2026, 11, 23), 1, D(2026, 11, 24)),
        (D(2026, 11, 27), 1, D(2026, 11, 30)),
        (D(2026, 9, 30), 1, D(2026, 10, 8)),
        (D(2026, 11, 23), 5, D(2026, 11, 30)),
    ],
)
def test_a_period_ends(day, n, end):
    assert NATIONAL.add(day, n) == end


def test_a_period_is_not_negative():
    with pytest.raises(ValueError, match="negative"):
        NATIONAL.add(D(2026, 1, 1), -1)


@given(DAYS, st.integers(1, 60))
def test_between_undoes_add(day, n):
    end = NATIONAL.add(day, n)
    assert NATIONAL.is_working(end)
    assert NATIONAL.between(day, end) == n
    assert NATIONAL.between(end, day) == -n


def test_the_zone_of_dates_is_the_zone_of_the_site():
    assert ZONE.key == settings.TIME_ZONE
