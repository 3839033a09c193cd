"""The demo's lists of certificates: thirty files, each shaped in its own way, which together say what the package says."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

from mianzheng.catalogue.adapters.folder import files_of
from mianzheng.catalogue.rules.city import City
from mianzheng.catalogue.rules.package import read as read_package
from mianzheng.demo.adapters.workbooks import content_of
from mianzheng.demo.rules.lists import Book, lists
from mianzheng.reform.rules.inventory import Listed, read
from mianzheng.reform.rules.states import Side
from mianzheng.web.reading.grids import grids_of

YIWU = Path(__file__).parents[2] / "cities" / "yiwu"


@pytest.fixture(scope="module")
def city() -> City:
    found, problems = read_package(files_of(YIWU))
    assert found is not None, problems
    return found


@pytest.fixture(scope="module")
def books(city: City) -> tuple[Book, ...]:
    with (YIWU / "demo" / "elsewhere.csv").open(encoding="utf-8") as rows:
        return lists(city, list(csv.DictReader(rows)))


def listed(book: Book) -> list[Listed]:
    return [each for grid in grids_of(content_of(book)) for each in read(grid.lines, {}).listed]


def test_there_are_thirty_files_and_no_two_are_shaped_alike(books: tuple[Book, ...]) -> None:
    assert len(books) == 30
    shapes = set()
    for book in books:
        [sheet, *_] = [s for s in book.sheets if not s.hidden and len(s.rows) > 3] or book.sheets
        head = next(row for row in sheet.rows if sum(isinstance(cell, str) and cell != "" for cell in row) > 2)
        shapes.add((book.encoding, len(book.sheets), head, bool(sheet.merged)))
    assert len(shapes) > 25
    assert {book.encoding for book in books} == {"", "gb18030", "utf-16", "utf-8-sig"}


def test_every_certificate_of_the_package_is_demanded_once_as_it_is_called(city: City, books: tuple[Book, ...]) -> None:
    demanded = [each for book in books if book.side is Side.DEMAND for each in listed(book)]
    assert Counter((each.name, each.purpose) for each in demanded) == Counter(
        (c.name.zh, c.purpose.zh) for c in city.certificates.values()
    )


def test_what_other_places_published_is_all_there(books: tuple[Book, ...]) -> None:
    with (YIWU / "demo" / "elsewhere.csv").open(encoding="utf-8") as rows:
        published = Counter(row["name"] for row in csv.DictReader(rows))
    assert sum(len(listed(book)) for book in books if book.side is Side.ELSEWHERE) >= sum(published.values())
