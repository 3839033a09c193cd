"""The synthetic city is valid and consistent: what a register could never hold, it must not hold either."""

from __future__ import annotations

import datetime
import hashlib
from pathlib import Path

import numpy as np
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum.cn import ric, uscc

from mianzheng.common import identifiers
from mianzheng.demo.rules.numbers import credit_codes, resident_numbers, unit_codes
from mianzheng.demo.rules.tables import NOBODY, World
from mianzheng.demo.rules.world import Ground, world

AS_OF = datetime.date(2026, 11, 23)
SETTING = yaml.safe_load((Path(__file__).parents[2] / "cities/yiwu/demo/world.yaml").read_text("utf-8"))
GROUND = Ground("330782", [(f"c{n}", f"第{n}社区", f"t{n % 3}") for n in range(40)])


def made(people: int = 3000, organisations: int = 500, seed: int = 7, as_of: datetime.date = AS_OF) -> World:
    return world(seed=seed, people=people, organisations=organisations, as_of=as_of, setting=SETTING, ground=GROUND)


@pytest.fixture(scope="module")
def city() -> World:
    return made()


def digest(one: World) -> str:
    total = hashlib.sha256()
    for name in sorted(one.tables):
        for code in sorted(one[name].columns):
            total.update(np.ascontiguousarray(one[name].columns[code]).tobytes())
    return total.hexdigest()


def test_same_seed_same_bytes_and_another_seed_another_city() -> None:
    assert digest(made()) == digest(made())
    assert digest(made()) != digest(made(seed=8))


@pytest.mark.parametrize("people", [200, 201, 2222])
def test_there_are_exactly_as_many_as_asked_for(people: int) -> None:
    one = made(people=people, organisations=77)
    assert len(one["people"]) == people
    assert len(one["organisations"]) == 77


def test_every_number_is_valid_and_nobody_shares_one(city: World) -> None:
    numbers = city["people"].columns["number"].tolist()
    assert len(set(numbers)) == len(numbers)
    for number in numbers:
        assert ric.validate(number) == number  # python-stdnum also knows the counties and the years they existed
    codes = city["organisations"].columns["number"].tolist()
    assert len(set(codes)) == len(codes)
    assert all(uscc.validate(code) == code for code in codes)
    units = city["houses"].columns["number"].tolist()
    assert len(set(units)) == len(units)
    assert all(identifiers.check_unit(unit) == unit for unit in units)


def test_numbers_say_birth_date_and_sex(city: World) -> None:
    people = city["people"].columns
    for number, birth, male in zip(people["number"], people["birth"].tolist(), people["male"], strict=True):
        assert identifiers.birth_date(number) == birth <= AS_OF
        assert identifiers.sex(number) == ("male" if male else "female")


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.dates(datetime.date(1920, 1, 1), AS_OF), st.booleans()), min_size=1, max_size=60))
def test_any_people_of_one_county_get_distinct_valid_numbers(people: list[tuple[datetime.date, bool]]) -> None:
    births = np.array([birth for birth, _ in people], dtype="datetime64[D]")
    male = np.array([sex for _, sex in people])
    numbers = resident_numbers(np.full(len(people), "330782"), births, male).tolist()
    assert len(set(numbers)) == len(numbers)
    assert all(identifiers.check_ric(number) == number for number in numbers)


def test_a_birthday_with_too_many_people_is_refused() -> None:
    births = np.full(501, np.datetime64("1990-01-01"))
    with pytest.raises(ValueError, match="more than 500"):
        resident_numbers(np.full(501, "330782"), births, np.full(501, True))


@given(st.integers(0, 30_000_000))
def test_credit_and_unit_codes_of_any_serial_are_valid(serial: int) -> None:
    code = credit_codes(np.array(["91"]), "330782", np.array([serial]))[0]
    assert identifiers.check_uscc(code) == code
    unit = unit_codes("330782", np.array([min(serial, 28_000_000)]))[0]
    assert identifiers.check_unit(unit) == unit


def test_marriages_are_the_same_from_both_sides(city: World) -> None:
    people, rows = city["people"].columns, city["marriages"].columns
    both = set(zip(rows["person"].tolist(), rows["partner"].tolist(), strict=True))
    assert {(b, a) for a, b in both} == both
    said = {
        (a, b): (wed, ended)
        for a, b, wed, ended in zip(*(rows[c].tolist() for c in ("person", "partner", "wed", "ended")), strict=True)
    }
    assert all(said[a, b] == said[b, a] for a, b in both)
    assert len(rows["person"]) == len(set(rows["person"].tolist()))  # nobody is married twice
    assert (people["male"][rows["person"]] != people["male"][rows["partner"]]).all()
    spouse = people["spouse"]
    married = np.flatnonzero(spouse != NOBODY)
    assert (spouse[spouse[married]] == married).all()


def test_weddings_are_lawful_and_end_after_they_began(city: World) -> None:
    people, rows = city["people"].columns, city["marriages"].columns
    age = (rows["wed"] - people["birth"][rows["person"]]).astype(int) / 365.25
    assert (age >= np.where(people["male"][rows["person"]], 21.99, 19.99)).all()
    over = ~np.isnat(rows["ended"])
    assert (rows["ended"][over] > rows["wed"][over]).all()
    assert (rows["state"][over] != "married").all()


def test_parents_are_older_and_named_alike(city: World) -> None:
    people, rows = city["people"].columns, city["parentage"].columns
    years = (people["birth"][rows["child"]] - people["birth"][rows["parent"]]).astype(int) / 365.25
    assert years.min() > 16
    fathers = ~rows["mother"]
    assert people["male"][rows["parent"][fathers]].all()
    assert not people["male"][rows["parent"][~fathers]].any()
    first = [name[0] for name in people["name"].tolist()]
    assert all(first[p] == first[c] for p, c in zip(rows["parent"][fathers], rows["child"][fathers], strict=True))


def test_the_dead_hold_nothing_that_the_living_hold(city: World) -> None:
    people = city["people"].columns
    dead = np.flatnonzero(~people["alive"])
    assert 0 < len(dead) < len(people["alive"]) * 0.03
    for table, column in (
        ("jobs", "person"),
        ("enrolments", "person"),
        ("organisations", "person"),
        ("rentals", "person"),
    ):
        assert not np.isin(city[table].columns[column], dead).any(), table
    assert not people["is_head"][dead].any()
    assert (people["died"][dead] <= city.today).all()
    assert (people["died"][dead] >= people["birth"][dead]).all()


def test_homes_have_owners_who_were_grown_up(city: World) -> None:
    people, houses = city["people"].columns, city["houses"].columns
    assert (houses["owner"] >= 0).all()
    assert (houses["owner"] != houses["co_owner"]).all()
    shared = houses["co_owner"] != NOBODY
    assert 0.1 < shared.mean() < 0.8
    assert (people["spouse"][houses["owner"][shared]] == houses["co_owner"][shared]).all()
    assert ((houses["bought"] - people["birth"][houses["owner"]]).astype(int) > 18 * 365).all()
    percent = np.bincount(city["ownerships"].columns["house"], weights=city["ownerships"].columns["percent"])
    assert (percent == 100).all()
    let = city["rentals"].columns
    assert not np.isin(let["person"], houses["owner"]).any()
    assert (let["from"] >= houses["bought"][let["house"]]).all()


def test_one_job_each_at_an_open_employer_that_existed(city: World) -> None:
    jobs, places, people = (city[name].columns for name in ("jobs", "organisations", "people"))
    assert len(set(jobs["person"].tolist())) == len(jobs["person"])
    assert places["open"][jobs["organisation"]].all()
    assert (jobs["from"] >= places["founded"][jobs["organisation"]]).all()
    assert (people["age"][jobs["person"]] >= 18).all()
    assert (jobs["from"] <= city.today).all()


def test_pupils_are_of_age_for_their_school(city: World) -> None:
    pupils, people = city["enrolments"].columns, city["people"].columns
    spans = {school["name"]: (school["from"], school["to"]) for school in SETTING["schools"]}
    for person, school in zip(pupils["person"].tolist(), pupils["school"].tolist(), strict=True):
        low, high = spans[school]
        assert low <= people["age"][person] < high
    assert len(set(pupils["person"].tolist())) == len(pupils["person"])


def test_migrants_outnumber_locals_and_come_from_elsewhere(city: World) -> None:
    people = city["people"].columns
    assert 0.42 < people["local"].mean() < 0.5
    assert (people["origin"][people["local"]] == "").all()
    home = {span["code"] for span in SETTING["home"]}
    codes = np.array([number[:6] for number in people["number"]])
    assert np.isin(codes[people["local"]], list(home)).all()
    assert not np.isin(codes[~people["local"]], list(home)).any()


def test_names_of_organisations_differ() -> None:
    names = made(people=400, organisations=6000)["organisations"].columns["name"].tolist()
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("as_of", [datetime.date(2024, 2, 29), datetime.date(2030, 1, 1)])
def test_a_city_of_any_day_is_dated_before_it(as_of: datetime.date) -> None:
    one = made(people=400, organisations=60, as_of=as_of)
    for name in ("marriages", "rentals", "jobs", "enrolments", "houses"):
        for code, column in one[name].columns.items():
            if column.dtype.kind == "M":
                assert (column[~np.isnat(column)] <= np.datetime64(as_of)).all(), (name, code)
