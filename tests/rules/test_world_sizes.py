"""A city of any size: several records of a subject are told apart, pieces are as the whole, and so many as asked for."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mianzheng.catalogue.rules.city import Field, Item
from mianzheng.common.texts import Text
from mianzheng.demo.actions.pace import Pace, span
from mianzheng.demo.rules import filling
from mianzheng.demo.rules.filling import Size, fill, filled, grows, size
from mianzheng.demo.rules.tables import Table, World
from mianzheng.demo.rules.world import Ground, places, with_row
from tests.drawn import records

TODAY = np.datetime64("2026-11-23", "D")
PEOPLE = Table({"age": np.array([30, 28, 5, 70, 41])})
VISITS = Table({"person": np.array([3, 1, 3, -1, 0, 3, 1])}, {"person": "people"})
GROUND = Ground("330782", [("choucheng-1", "稠城一社", "choucheng")], [("choucheng", "稠城街道")])
WORLD = World({"people": PEOPLE, "visits": VISITS, "places": with_row(places(GROUND), "places")}, TODAY)
KNOWN = {"people": list("ABCDE"), "places": ["S", "T"]}


def item(*fields: str, about: str = "person") -> Item:
    made = tuple(Field("x", code, Text(code), "text", key=True) for code in fields)
    return Item("x", Text("x"), "o", about, "conditional", "day", True, "general", False, fields=made)


def rows(typed: Item, spec: Any, *, times: float = 1.0) -> list[tuple[Any, ...]]:
    return list(records(typed, filled(WORLD, typed, spec, seed=1, times=times), KNOWN))


def test_months_go_back_one_a_record_from_the_last_full_one() -> None:
    spec = {"of": "people", "if": "age == 28", "count": 3, "fields": {"month": {"month": 1}}}
    assert rows(item("month"), spec) == [("B", "2026-10"), ("B", "2026-09"), ("B", "2026-08")]
    spec["fields"] = {"month": {"month": 12}}
    assert rows(item("month"), spec)[0] == ("B", "2025-11")


def test_words_come_one_after_the_other_a_record_and_then_again() -> None:
    spec = {"of": "people", "if": "age == 28", "count": 3, "fields": {"kind": {"each": ["water", "power"]}}}
    assert [kind for _, kind in rows(item("kind"), spec)] == ["water", "power", "water"]


def test_records_are_numbered_for_their_subject_wherever_its_rows_are() -> None:
    spec = {"of": "visits", "subject": "person", "fields": {"month": {"month": 0}}}
    assert rows(item("month"), spec) == [
        ("D", "2026-11"),
        ("B", "2026-11"),
        ("D", "2026-10"),
        ("A", "2026-11"),
        ("D", "2026-09"),
        ("B", "2026-10"),
    ]


def test_towns_and_communities_are_subjects_known_by_their_codes() -> None:
    spec = {"of": "places", "fields": {"kind": {"from": "kind"}, "of": {"from": "town"}}}
    assert rows(item("kind", "of", about="place"), spec) == [
        ("S", "town", "稠城街道"),
        ("T", "community", "稠城街道"),
    ]
    assert WORLD["places"].columns["number"].tolist() == ["CHOUCHENG", "CHOUCHENG-1"]


@pytest.mark.parametrize("at_once", [1, 2, 3, 1000])
def test_pieces_tell_the_same_keys_as_the_whole(at_once: int, monkeypatch: pytest.MonkeyPatch) -> None:
    typed = item("month", "no")
    spec = {
        "of": "visits", "subject": "person", "count": 2, "fields": {"month": {"month": 1}, "no": {"serial": "N", "width": 2}}
    }  # fmt: skip
    whole = rows(typed, spec)
    monkeypatch.setattr(filling, "AT_ONCE", at_once)
    assert rows(typed, spec) == whole
    assert len({(subject, month) for subject, month, _ in whole}) == len(whole) == 12
    assert [no for _, _, no in whole] == [f"N{n:02d}" for n in range(1, 13)]


@given(st.floats(1, 40))
def test_growing_gives_the_number_asked_for_and_keys_stay_unique(times: float) -> None:
    typed, spec = item("month"), {"of": "people", "count": [2, 4], "fields": {"month": {"month": 1}}}
    counted = Counter(subject for subject, _ in rows(typed, spec))
    grown = rows(typed, spec, times=times)
    assert abs(len(grown) - times * counted.total()) <= len(counted)
    assert len(set(grown)) == len(grown)


def test_a_small_share_more_is_spread_over_the_subjects() -> None:
    many = World({"people": Table({"age": np.zeros(20_000)})}, TODAY)
    typed, spec = item("month"), {"of": "people", "count": [1, 1], "fields": {"month": {"month": 1}}}
    pieces = filled(many, typed, spec, seed=1, times=1.2)
    assert sum(len(piece.subject) for piece in pieces) == pytest.approx(24_000, rel=0.02)


def test_the_size_is_known_before_anything_is_drawn() -> None:
    typed = item("month")
    several: dict[str, Any] = {"of": "people", "if": "age < 40", "count": [1, 5], "fields": {"month": {"month": 1}}}
    once = {"of": "people", "if": "age >= 40", "fields": {"month": {"month": 1}}}
    found = size(WORLD, typed, [several, once], seed=1)
    assert found.fixed == 2
    assert found.growing == len(fill(WORLD, typed, several, seed=1)[0].subject)
    assert size(WORLD, typed, once, seed=1) == Size(2, 0)


def test_only_what_has_keys_without_end_grows() -> None:
    typed = item("month")
    assert grows(typed, {"count": [1, 2], "fields": {"month": {"month": 1}}})
    assert grows(typed, {"count": 2, "fields": {"month": {"serial": "N"}}})
    assert not grows(typed, {"fields": {"month": {"month": 1}}})
    assert not grows(typed, {"count": 2, "fields": {"month": {"each": ["a", "b"]}}})


def test_long_work_says_how_far_it_is_and_when_it_ends() -> None:
    said: list[str] = []
    pace = Pace("centre", 1000, said.append, every=0.0)
    pace.begun -= 10
    pace.add(250, "marriage")
    pace.end()
    assert said[0] == "centre: 250 of 1,000 (marriage), 25 a second, 30 s left"
    assert said[1] == "centre: 250 of 250, 25 a second"
    assert (span(99), span(100)) == ("99 s", "2 min")
    quiet = Pace("centre", 10, said.append)
    quiet.add(1)
    assert len(said) == 2
