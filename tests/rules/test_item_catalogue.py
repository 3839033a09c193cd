"""The catalogue of items: every sample obeys its item's rules, and the card says what GB/T 21063 asks."""

import datetime
from pathlib import Path

import polars as pl
import pytest

from mianzheng.catalogue.adapters.folder import files_of
from mianzheng.catalogue.queries.searching import items as search
from mianzheng.catalogue.rules.metadata import metadata, related, resource_code, span, uses
from mianzheng.catalogue.rules.package import read
from mianzheng.catalogue.rules.samples import samples
from mianzheng.centre.rules.correcting import as_typed
from mianzheng.centre.rules.headings import SUBJECT, Columns
from mianzheng.centre.rules.rows import check
from mianzheng.common.texts import Text
from tests.second_city.one_source import CITY

TODAY = datetime.date(2026, 11, 24)


@pytest.fixture(scope="module")
def yiwu():
    city, problems = read(files_of(Path(__file__).parents[2] / "cities/yiwu"))
    assert city, problems
    return city


def typed(value):
    return value.zh if isinstance(value, Text) else as_typed(value)


def test_every_sample_obeys_the_rules_of_its_item(yiwu):
    for item in yiwu.items.values():
        rows = samples(item, today=TODAY)
        frame = pl.DataFrame([{"row": str(n), **{k: typed(v) for k, v in row.items()}} for n, row in enumerate(rows)])
        codes = [SUBJECT, *(field.code for field in item.fields)]
        columns = Columns(dict(zip(codes, codes, strict=True)), (), ())
        checked = check(frame.with_columns(pl.col("row").cast(pl.UInt32)), item, columns, TODAY)
        assert not checked.faults, item.code
        assert len({(row[SUBJECT], *(row[key] for key in item.keys)) for row in rows}) == len(rows), item.code


def test_samples_are_the_same_every_time_and_say_that_they_are_invented(yiwu):
    item = yiwu.items["population"]
    assert samples(item, today=TODAY) == samples(item, today=TODAY)
    assert all("示例" in row[SUBJECT].zh and "Sample" in row[SUBJECT].en for row in samples(item, today=TODAY))


def test_the_card_has_every_line_and_codes_are_unique(yiwu):
    codes = {resource_code(yiwu, item) for item in yiwu.items.values()}
    assert len(codes) == len(yiwu.items)
    for item in yiwu.items.values():
        card = {line.code: line.value for line in metadata(yiwu, item, published=TODAY)}
        assert len(card) == 14
        assert all(card[code] for code in card if code != "related"), item.code


def test_what_hangs_on_an_item():
    card, work = CITY.items["card"], CITY.items["work"]
    assert related(CITY, card) == [work]
    assert related(CITY, CITY.items["debts"]) == []
    hanging = uses(CITY, CITY.items["debts"])
    assert {fact.item for fact in hanging.facts} == {"debts"}
    assert "home" in {matter.code for matter in hanging.matters}
    assert "home" in {matter.code for matter in uses(CITY, CITY.items["marriage"]).matters}, "by its relation"
    assert span(card.fields[0]) == ""


@pytest.mark.parametrize(
    ("asked", "first"), [("公积金贷款", "fund_loan"), ("gjjdk", "fund_loan"), ("Housing fund loans", "fund_loan")]
)
def test_items_are_found_by_what_people_type(yiwu, asked, first):
    assert search(yiwu, asked)[0].code == first
