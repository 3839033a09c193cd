"""The month behind a demo city: the same for the same seed, written once more without doubling anything."""

import datetime

from mianzheng.centre.models import Doubt, Measure, SharingRequest
from mianzheng.demo.actions.history import DAYS, write_history
from tests.second_city.life import NOW
from tests.second_city.one_source import CITY, settle


def measures():
    return list(Measure.objects.order_by("item", "day").values())


def test_a_month_is_written_and_the_same_again(town):
    settle(town)
    told = write_history(city=CITY, seed=1, now=NOW)
    assert (told.conflicts, told.measures) == (1, DAYS * len(CITY.items))
    first = measures()
    assert {row["day"] for row in first} == {NOW.date() - datetime.timedelta(days=n) for n in range(DAYS + 1)}
    assert all(row["refused_rows"] <= row["rows"] and row["unknown"] <= row["asked"] for row in first)
    again = write_history(city=CITY, seed=1, now=NOW)
    assert (again.conflicts, again.requests) == (0, 0)
    assert measures() == first
    write_history(city=CITY, seed=2, now=NOW)
    assert measures() != first
    assert Doubt.objects.count() == 1
    assert SharingRequest.objects.count() == told.requests
