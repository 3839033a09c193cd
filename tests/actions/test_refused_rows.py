"""A refused row says nothing about its record: in a snapshot it neither changes it nor makes it go."""

from __future__ import annotations

import dataclasses
import io

import pytest

from mianzheng.catalogue.queries.editions import city
from mianzheng.centre.actions import remaining
from mianzheng.centre.actions.loading import load
from mianzheng.centre.models import Intake, Register
from mianzheng.centre.ports import Source
from mianzheng.common.reasons import unpacked
from mianzheng.people.models import Document
from mianzheng.web import sql
from mianzheng.web.words import say
from tests.actions.test_loading import HOUR, PEOPLE, held, line, past
from tests.register import CODE, ITEM, a_batch, csv, take, with_payments
from tests.second_city.life import NOW

ALL = [line(n) for n in range(40)]
WRONG = PEOPLE[7][:-1] + ("0" if PEOPLE[7][-1] != "0" else "1")


def people() -> set[int]:
    return {PEOPLE.index(number) for number, _, _ in held()}


def with_row(place: int, row: str, *more: str, without: tuple[int, ...] = ()) -> bytes:
    """Return the file of all rows with another `row` at `place`, and `without` some."""
    rows = [row if n == place else each for n, each in enumerate(ALL) if n not in without]
    return csv([*rows, *more])


def again(file: bytes) -> Intake:
    """Load everything, and then `file`."""
    assert take(city(), csv(ALL), NOW).stage == "loaded"
    return take(city(), file, NOW + HOUR, confirmed=True)


def test_a_typo_deletes_no_record(town):
    batch = again(with_row(7, line(7, amount="-5"), without=(9,)))
    assert (batch.stage, batch.bad_rows, batch.removed, batch.changed) == ("loaded", 1, 1, 0)
    assert people() == set(range(40)) - {9}, "who is in no row at all is gone"
    assert past() == [("100.00", NOW, NOW + HOUR)]
    assert Register.objects.get(item=CODE).records == 39
    assert unpacked(batch.reason).params["records"] == 1
    assert "1" in say(unpacked(batch.reason)) and batch.reason["now"]


def test_of_a_subject_only_the_record_named_stays(town):
    take(city(), csv([*ALL, line(7, "2024-02")]), NOW)
    batch = take(city(), with_row(7, line(7, "2024-01", amount="dear")), NOW + HOUR)
    assert (batch.removed, batch.added) == (1, 0)
    assert {month for number, month, _ in held() if number == PEOPLE[7]} == {"2024-01"}


@pytest.mark.parametrize("month", ["", "2024-01" * 100])
def test_where_the_key_cannot_be_read_all_records_of_the_subject_stay(town, month):
    take(city(), csv([*ALL, line(7, "2024-02")]), NOW)
    batch = take(city(), with_row(7, line(7, month), without=(9,)), NOW + HOUR)
    assert (batch.stage, batch.removed) == ("loaded", 1)
    assert {month for number, month, _ in held() if number == PEOPLE[7]} == {"2024-01", "2024-02"}


@pytest.mark.parametrize(
    "row",
    [
        f"{WRONG},2024-01,养老,100,2024-01-05",  # the check digit
        ",2024-01,养老,100,2024-01-05",
        "3.30782E+17,2024-01,养老,100,2024-01-05",
        f"{PEOPLE[7]},2024-01,养老",  # torn off
    ],
)
def test_where_nobody_knows_whose_row_it_is_nothing_goes(town, row):
    batch = again(with_row(7, row, line(45), line(3, "2024-02"), without=(9, 11)))
    assert (batch.stage, batch.bad_rows, batch.added, batch.removed) == ("loaded", 1, 2, 0)
    assert people() == {*range(40), 45}
    assert past() == []
    assert unpacked(batch.reason).params == {"rows": 1, "records": 3}


def test_a_row_for_somebody_new_holds_nothing_up(town):
    documents = Document.objects.count()
    batch = again(with_row(9, line(45, amount="-5")))
    assert (batch.removed, batch.reason) == (1, {})
    assert Document.objects.count() == documents + 40


def test_a_good_row_of_the_same_name_counts(town):
    batch = again(with_row(7, line(7, amount="-5"), line(7, amount="200")))
    assert (batch.bad_rows, batch.changed, batch.removed, batch.reason) == (1, 1, 0, {})


def test_more_refused_rows_than_are_remembered_let_nothing_go(town, monkeypatch):
    monkeypatch.setattr(remaining, "MOST", 1)
    batch = again(with_row(7, line(7, amount="-5"), line(8, "2024-02", amount="-5"), without=(9,)))
    assert (batch.bad_rows, batch.removed) == (2, 0)
    assert unpacked(batch.reason).params == {"rows": 1, "records": 2}


def test_what_an_increment_says_goes_goes(town):
    headings = "身份证号,月份,险种,金额,缴费日期,操作"
    rows = [line(9) + ",删除", *(line(n, "2024-02") + ",新增" for n in range(30)), f"{WRONG},2024-02,养老,1,,新增"]
    take(city(), csv(ALL), NOW)
    batch = take(city(), csv(rows, headings), NOW + HOUR, kind="increment")
    assert (batch.bad_rows, batch.removed, batch.reason) == (1, 1, {})


def test_a_number_as_key_that_is_wrong_keeps_all_of_the_subject_and_a_right_one_only_its_record(town):
    month, *others = ITEM.fields
    child = dataclasses.replace(month, code="child", type="subject", name=dataclasses.replace(month.name, zh="子女"))
    item = dataclasses.replace(ITEM, fields=(child, *others), tolerance=0.1)
    here = with_payments(city())
    here = dataclasses.replace(here, items={**here.items, CODE: item})
    sql.run(f"DROP TABLE IF EXISTS centre.{CODE}, centre_history.{CODE}")

    def loaded(*rows, at=NOW):
        batch = a_batch(at, confirmed=True)
        file = csv(
            [f"{PEOPLE[a]},{b},养老,{amount},2024-01-05" for a, b, amount in rows], "身份证号,子女,险种,金额,缴费日期"
        )
        load(city=here, intake=batch.id, now=at, source=Source("x.csv", lambda: io.BytesIO(file)))
        batch.refresh_from_db()
        assert batch.stage == "loaded", batch.reason
        return batch

    pairs = [(0, PEOPLE[40], 1), (0, PEOPLE[41], 1), (1, PEOPLE[42], 1), (1, PEOPLE[43], 1)]
    rest = [(n, PEOPLE[n + 1], 1) for n in range(2, 38)]
    loaded(*pairs, *rest)
    batch = loaded((0, WRONG, 1), (1, PEOPLE[42], "dear"), *rest, at=NOW + HOUR)
    assert (batch.bad_rows, batch.removed) == (2, 1)
    assert sql.fetch(f"SELECT count(*) FROM centre.{CODE}") == [(39,)]
