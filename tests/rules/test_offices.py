"""Offices as cells name them: cells labelled before coding (`office_cells.csv`, all of them looked at since), and what always holds."""

from __future__ import annotations

import csv
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mianzheng.catalogue.adapters.folder import files_of
from mianzheng.catalogue.rules.city import City
from mianzheng.catalogue.rules.package import read
from mianzheng.reform.rules.directory import Directory
from mianzheng.reform.rules.offices import Kind, Level

TESTS = Path(__file__).parents[1]
with Path(__file__).with_name("office_cells.csv").open(encoding="utf-8", newline="") as file:
    CELLS = [(row["cell"], row["found"]) for row in csv.DictReader(file)]


def city_in(folder: Path) -> City:
    city, problems = read(files_of(folder))
    assert city, problems
    return city


CITY = city_in(TESTS.parent / "cities/yiwu")
DIRECTORY = Directory(CITY)


def found(cell: str, directory: Directory = DIRECTORY) -> str:
    """Return what a cell names as `code/kind/level`, without what nobody can tell."""
    offices = directory.offices(cell)
    return " ".join(f"{each.code}/{each.kind}/{each.level}" for each in offices if each.kind is not Kind.UNRESOLVED)


@pytest.mark.parametrize(("cell", "expected"), CELLS)
def test_labelled_cells(cell: str, expected: str) -> None:
    assert found(cell) == expected


def test_every_office_of_the_package_is_found_by_its_name() -> None:
    named = [*CITY.departments.values(), *CITY.bodies.values(), *CITY.towns.values(), *CITY.communities.values()]
    assert [each.name.zh for each in named if DIRECTORY.offices(each.name.zh)[0].code != each.code] == []


def test_another_city_has_other_offices() -> None:
    other = Directory(city_in(TESTS / "second_city"))
    assert found("民政局", other) == "civil/organ/city"
    assert found("住房局", other) == "homes/organ/city"
    assert found("义乌市公安局", other) == "/outside/outside"
    assert found("义乌农商银行", other) == "/finance/city"


@pytest.mark.parametrize(
    ("cell", "ordered"),
    [
        ("民政局", True),
        ("村（社区）", True),
        ("市中心医院", True),
        ("海关", False),
        ("各银行", False),
        ("公证处", False),
        ("供电公司", False),
        ("中国电信", False),
        ("火车站", False),
        ("外地民政部门", False),
        ("用人单位", False),
        ("某某某", False),
    ],
)
def test_whom_the_city_can_tell_what_not_to_demand(cell: str, ordered: bool) -> None:
    assert DIRECTORY.offices(cell)[0].ordered is ordered


def test_what_is_less_sure_says_so() -> None:
    sure = [
        DIRECTORY.offices(cell)[0].confidence
        for cell in ("义乌市公安局", "市公安局", "公安机关", "户籍所在地公安机关", "某某某")
    ]
    assert sure == sorted(sure, reverse=True)
    assert len(set(sure)) == len(sure)
    assert sure[-1] == 0


SINGLE = st.sampled_from([cell for cell, said in CELLS if said and " " not in said and "、" not in cell])


@given(st.lists(SINGLE, min_size=1, max_size=4), st.sampled_from(["、", "，", "；", "\n", " / "]))
def test_several_in_a_cell_are_each_of_them(cells: list[str], sign: str) -> None:
    together = DIRECTORY.offices(sign.join(cells))
    alone = [office for cell in cells for office in DIRECTORY.offices(cell)]
    assert [(each.code, each.kind, each.level) for each in together] == [
        (each.code, each.kind, each.level) for each in alone
    ]


@given(st.text(alphabet="市县区公安局民政银行外地村社（）()和、 某所在户籍部厅院", max_size=14))
def test_nothing_is_dropped_and_the_cache_changes_nothing(cell: str) -> None:
    offices = DIRECTORY.offices(cell)
    assert bool(offices) == bool(cell.strip(" 、"))
    assert offices == Directory(CITY).offices(cell)
    for office in offices:
        assert office.reason
        assert (office.kind is Kind.UNRESOLVED) == (office.level is Level.UNKNOWN) == (office.confidence == 0)


@pytest.mark.parametrize("cell", ["村社区" * 400 + "某", "（" * 3000, "户籍所在地" * 500, "市" * 5000, "和局" * 2000])
def test_long_nonsense_takes_no_time(cell: str) -> None:
    begun = time.process_time()
    assert DIRECTORY.offices(cell)
    assert time.process_time() - begun < 1


def test_ten_thousand_cells_take_less_than_a_second() -> None:
    cells = [f"{cell}{n}" for n in range(80) for cell, _ in CELLS][:10_000]
    directory = Directory(CITY)
    begun = time.process_time()
    for cell in cells:
        directory.offices(cell)
    assert time.process_time() - begun < 1
