"""Passports that are digits alone: such people are loaded, found again and named in forms like everybody else."""

from __future__ import annotations

import pytest

from mianzheng.catalogue.queries.editions import city
from mianzheng.centre.actions import doubts
from mianzheng.people.queries import subject_of, subjects_of
from tests.register import csv, numbers, take
from tests.second_city.life import NOW, Town

DIGITS = "123456789"


@pytest.mark.parametrize("written", [DIGITS, "123 456 789"])
def test_a_passport_of_digits_is_loaded_and_found_again(town: Town, written: str) -> None:
    rows = [f"{number},2024-01,养老,100,2024-01-05" for number in (written, *numbers(30))]
    batch = take(city(), csv(rows), NOW)
    assert (batch.stage, batch.added, batch.bad_rows) == ("loaded", 31, 0)
    (subject,) = subjects_of([("passport", DIGITS)]).values()
    assert subject_of(written, today=NOW.date()) == subject
    assert doubts._subject("person", written) == subject


def test_an_identity_number_with_a_digit_too_few_becomes_nobody(town: Town) -> None:
    rows = [f"{number},2024-01,养老,100,2024-01-05" for number in (numbers(1)[0][:17], *numbers(31)[1:])]
    batch = take(city(), csv(rows), NOW)
    assert (batch.stage, batch.added, batch.bad_rows) == ("loaded", 30, 1)
