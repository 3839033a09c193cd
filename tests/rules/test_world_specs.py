"""The words of `demo/records.yaml` and `demo/stories.yaml`: what they mean, and that a wrong one is refused by name."""

from __future__ import annotations

import datetime
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mianzheng.catalogue.rules.city import Field, Item
from mianzheng.catalogue.rules.source import Reader
from mianzheng.common.texts import Text
from mianzheng.demo.rules.draws import draw
from mianzheng.demo.rules.expressions import Drawn, Sight, WrongSpecification
from mianzheng.demo.rules.filling import day, fill
from mianzheng.demo.rules.stories import Story, cast, told_records
from mianzheng.demo.rules.tables import NEVER, Table, World, stream
from tests.drawn import records

TODAY = np.datetime64("2026-11-23", "D")
PEOPLE = Table(
    {
        "row": np.arange(4),
        "number": np.array(["a", "b", "c", "d"]),
        "age": np.array([30, 28, 5, 70]),
        "alive": np.array([True, True, True, False]),
        "spouse": np.array([1, 0, -1, -1]),
        "wed": np.array([TODAY - 1000, TODAY - 1000, NEVER, NEVER]),
        "household": np.array([0, 0, 0, 1]),
        "birth": np.array([TODAY - 11000, TODAY - 10300, TODAY - 2000, TODAY - 26000]),
    },
    {"spouse": "people", "row": "people"},
)
WORLD = World(
    {"people": PEOPLE, "houses": Table({"number": np.array(["h"]), "owner": np.array([0])}, {"owner": "people"})}, TODAY
)
SIGHT = Sight(
    PEOPLE, {"kind": Drawn(np.array(list("xyxy")), np.array([False, False, True, False]))}, WORLD.tables, TODAY
)


def test_a_key_nobody_reads_is_refused_with_its_line():
    chance = stream(1, "x")
    for spec in (
        {"value": 1, "mising": 0.5},
        {"cases": [{"if": "alive", "value": 1, "foo": 2}]},
        {"value": 1, "if": "x"},
    ):
        with pytest.raises(WrongSpecification, match="is not known here"):
            draw(chance, spec, SIGHT)
    tree = Reader({"demo/records.yaml": "card:\n  of: people\n  shar: 0.5\n  fields: {}\n"}).tree("demo/records.yaml")
    item = Item("card", Text("卡", "Card"), "x", "person", "conditional", "day", True, "general", False)
    with pytest.raises(WrongSpecification, match=r"demo/records\.yaml:3: 'shar' is not known here"):
        fill(WORLD, item, tree["card"], seed=1)


@pytest.mark.parametrize(
    ("condition", "rows"),
    [
        ("True", [0, 1, 2, 3]),
        ("alive and age >= 18", [0, 1]),
        ("not alive or age in (5, 28)", [1, 2, 3]),
        ("spouse.age == 28", [0]),
        ("spouse.spouse.age == 28", [1]),
        ("spouse.age != 28", [1]),  # nobody's spouse is not of any age, not even of another one
        ("spouse is None", [2, 3]),
        ("spouse is not None and spouse.alive", [0, 1]),
        ("wed < today", [0, 1]),
        ("today - wed > 999", [0, 1]),
        ("today - wed > 1000", []),
        ("not wed < today", [2, 3]),
        ("kind == 'x'", [0]),  # what was drawn counts before a column, and without a value it is nothing
        ("kind not in ('y',)", [0]),
        ("age % 10 == 0 and age - 10 > 30", [3]),
    ],
)
def test_conditions(condition: str, rows: list[int]) -> None:
    assert np.flatnonzero(SIGHT.truths(condition)).tolist() == rows


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ("nothing == 1", "no column 'nothing'"),
        ("age.years > 1", "no reference"),
        ("spouse.nothing", "no column 'nothing'"),
        ("__import__('os')", "not understood"),
        ("alive and", "no condition"),
        ("[x for x in age]", "not understood"),
        ("age < 3 < 4", "not understood"),
    ],
)
def test_wrong_conditions_are_refused(condition: str, said: str) -> None:
    with pytest.raises(WrongSpecification, match=said):
        SIGHT.truths(condition)


def drawn(spec: Any) -> Drawn:
    return draw(stream(1, "test"), spec, SIGHT)


def test_draws_keep_their_bounds_and_words() -> None:
    assert set(drawn({"choice": {"a": 1, "b": 0}}).values.tolist()) == {"a"}
    assert all(3 <= n <= 9 and n % 3 == 0 for n in drawn({"integer": [3, 9], "step": 3}).values.tolist())
    assert all(0.5 <= n <= 0.75 for n in drawn({"decimal": [0.5, 0.75]}).values.tolist())
    assert all(TODAY - 5 <= d <= TODAY - 2 for d in drawn({"ago": [2, 5]}).values)
    assert all(TODAY + 2 <= d <= TODAY + 5 for d in drawn({"ahead": [2, 5]}).values)
    assert drawn({"serial": "N", "width": 3}).values.tolist() == ["N001", "N002", "N003", "N004"]
    assert drawn("plain").values.tolist() == ["plain"] * 4
    assert drawn({"value": None}).missing.all()
    assert drawn({"chance": 1}).values.all()
    assert drawn({"from": "age", "map": {"5": "child", "else": "adult"}}).values.tolist() == [
        "adult",
        "adult",
        "child",
        "adult",
    ]


def test_a_date_after_another_is_never_after_today_unless_it_may() -> None:
    late = {"after": "birth", "days": [90000, 90000]}
    assert (drawn(late).values == TODAY).all()
    assert (drawn(late | {"future": True}).values > TODAY).all()
    assert drawn({"after": "wed"}).missing.tolist() == [False, False, True, True]


def test_cases_take_the_first_that_fits_and_nothing_where_none_does() -> None:
    found = drawn({"cases": [{"if": "age < 18", "value": "child"}, {"if": "alive", "value": "adult"}]})
    assert found.values[:3].tolist() == ["adult", "adult", "child"]
    assert found.missing.tolist() == [False, False, False, True]


def test_a_share_without_a_value_is_about_as_large_as_asked() -> None:
    rows = Table({"age": np.zeros(20_000)})
    found = draw(stream(3, "x"), {"value": 1, "missing": 0.1}, Sight(rows, {}, {}, TODAY))
    assert 0.09 < found.missing.mean() < 0.11


@pytest.mark.parametrize(
    "spec", [{}, {"value": 1, "choice": [1]}, {"from": "nowhere"}, {"from": "age", "map": {"1": "x"}}]
)
def test_wrong_draws_are_refused(spec: dict[str, Any]) -> None:
    with pytest.raises(WrongSpecification):
        drawn(spec)


def item(*fields: tuple[str, str], about: str = "person") -> Item:
    made = tuple(Field("x", code, Text(code), kind) for code, kind in fields)
    return Item("x", Text("x"), "o", about, "conditional", "day", True, "general", False, fields=made)


def test_records_follow_the_fields_and_leave_out_whom_a_story_tells() -> None:
    typed = item(("partner", "subject"), ("age", "integer"), ("on", "date"))
    spec = {
        "of": "people",
        "if": "alive",
        "fields": {"age": {"from": "age"}, "on": {"from": "wed"}, "partner": {"from": "spouse"}},
    }
    known = {"people": list("ABCD")}
    wed = datetime.date(2024, 2, 27)
    rows = list(records(typed, fill(WORLD, typed, spec, seed=1), known))
    assert rows == [("A", "B", 30, wed), ("B", "A", 28, wed), ("C", None, 5, None)]
    assert [row[0] for row in records(typed, fill(WORLD, typed, spec, seed=1), known, {"B"})] == ["A", "C"]


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ({"of": "nobody"}, "x: 'of' is 'nobody'"),
        ({"of": "houses"}, "about: person"),
        ({"of": "houses", "subject": "number"}, "refers to no person"),
        ({"of": "people", "fields": {}}, "differ in: age"),
        ({"of": "people", "fields": {"age": 1, "more": 1}}, "differ in: more"),
    ],
)
def test_wrong_populations_are_refused_by_name(spec: dict[str, Any], said: str) -> None:
    with pytest.raises(WrongSpecification, match=said):
        fill(WORLD, item(("age", "integer")), spec, seed=1)


def story(code: str, who: str, **more: Any) -> Story:
    return Story(code=code, title=Text(code), matter="m", who=who, **more)


def test_nobody_plays_in_two_stories_nor_does_the_household() -> None:
    first = story(
        "one",
        "age == 30",
        parts={"spouse": "spouse", "home": {"of": "houses"}, "owner": {"part": "home", "path": "owner"}},
    )
    with pytest.raises(WrongSpecification, match="story two: nobody in this city fits"):
        cast(WORLD, [story("one", "age == 30"), story("two", "age == 5")])
    with pytest.raises(WrongSpecification, match="story one"):
        cast(WORLD, [story("one", "age == 5", parts={"spouse": "spouse"})])
    players = cast(WORLD, [first])["one"]
    assert {part: player.row for part, player in players.items()} == {
        "applicant": 0,
        "spouse": 1,
        "home": 0,
        "owner": 0,
    }


def test_stories_spell_out_records() -> None:
    typed = {"x": item(("partner", "subject"), ("on", "date"), ("born", "date"), ("ok", "boolean"))}
    told = story(
        "one",
        "age == 30",
        parts={"spouse": "spouse"},
        records={
            "applicant": {"x": [{"partner": "spouse", "on": "-30d", "born": "=birth", "ok": True}]},
            "spouse": {"x": []},
        },
    )
    players = cast(WORLD, [told])
    found = told_records(WORLD, typed, [told], players)["x"]
    (one,) = found[players["one"]["applicant"]]
    assert one == {
        "partner": players["one"]["spouse"],
        "on": datetime.date(2026, 10, 24),
        "born": datetime.date(1996, 10, 11),
        "ok": True,
    }
    assert found[players["one"]["spouse"]] == []


@pytest.mark.parametrize(
    "wrong", [{"applicant": {"y": []}}, {"applicant": {"x": [{"nothing": 1}]}}, {"nobody": {"x": []}}]
)
def test_wrong_records_of_a_story_are_refused(wrong: dict[str, Any]) -> None:
    told = story("one", "age == 30", records=wrong)
    with pytest.raises(WrongSpecification, match="story one"):
        told_records(WORLD, {"x": item(("on", "date"))}, [told], cast(WORLD, [told]))


@given(st.dates(datetime.date(2000, 1, 1), datetime.date(2100, 1, 1)), st.integers(0, 9999))
def test_days_of_a_story_count_from_today(today: datetime.date, days: int) -> None:
    assert day(today, f"-{days}d") == today - datetime.timedelta(days)
    assert day(today, f"+{days}d") == today + datetime.timedelta(days)
    assert day(today, "today") == today
    assert day(today, "2020") == "2020"
