"""Sealed records and secret look-ups: what the package may say, how long an order lasts, what the public learns."""

from __future__ import annotations

import datetime
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mianzheng.catalogue.rules.city import City
from mianzheng.catalogue.rules.package import read
from mianzheng.catalogue.rules.secrecy import Seal, Secrecy
from mianzheng.evidence.rules.secrecy import FEWEST, Kept, State, figures, grounds, last_day, published, state
from tests.second_city.sealed import SEALED, SEALED_FILES
from tests.second_city.sources import files_with_sources

TODAY = datetime.date(2026, 8, 20)
ONE = datetime.timedelta(days=1)


def test_a_package_says_what_is_sealed_and_who_may_keep_a_look_secret() -> None:
    assert SEALED.items["debts"].seal == Seal("homes-3", "sealed", ("civil",), "modelled")
    assert SEALED.items["credit"].seal == Seal("homes-3", "", ("civil",), "modelled")
    assert SEALED.items["card"].seal is None
    assert grounds(SEALED, "civil") == (Secrecy("civil", "homes-3", "homes-3", 3, "modelled"),)
    assert grounds(SEALED, "homes") == grounds(SEALED, "") == ()


@pytest.mark.parametrize(("office", "opens"), [("civil", True), ("homes", False), ("", False), ("civi", False)])
def test_a_seal_opens_to_the_offices_of_its_article(office: str, opens: bool) -> None:
    assert Seal("x", "", ("civil",)).opens_to(office) is opens
    assert not Seal("x").opens_to(office)


# what is wrong: file, what stood there, what stands there now, a part of the sentence
PLANTED = {
    "an item nobody knows": ("seals.csv", "debts,", "depts,", "there is no such item"),
    "an article nobody knows": ("seals.csv", "sealed,homes-3", "sealed,homes-4", "there is no such basis"),
    "an office nobody knows": ("seals.csv", "homes-3,civil", "homes-3,civil nobody", "'nobody': there is no such department"),
    "a field nobody knows": ("seals.csv", "debts,sealed", "debts,closed", "has no such field"),
    "a field that is no yes or no": ("seals.csv", "debts,sealed", "debts,amount", "not a required yes/no field"),
    "a field that may be missing": ("fields.csv", "Sealed,boolean,,,sealed,,yes", "Sealed,boolean,,,sealed,,", "not a required"),
    "an item twice": ("seals.csv", "credit,,", "debts,,", "'debts' a second time"),
    "a column is missing": ("seals.csv", "item,when", "item,wann", "lacks: when"),
    "secrecy of nobody": ("secrecy.csv", "civil,", "nobody,", "there is no such department"),
    "secrecy without an article": ("secrecy.csv", "homes-3,homes-3", ",homes-3", "'basis' is empty"),
    "secrecy for no time": ("secrecy.csv", ",3,modelled", ",0,modelled", "at least 1"),
    "secrecy twice": ("secrecy.csv", "civil,homes-3,homes-3,3,modelled\n", "civil,homes-3,homes-3,3,modelled\n" * 2, "a second time"),
}  # fmt: skip


@pytest.mark.parametrize("what", PLANTED)
def test_a_planted_error_is_named(what: str) -> None:
    file, old, new, said = PLANTED[what]
    assert old in SEALED_FILES[file]
    city, problems = read({**SEALED_FILES, file: SEALED_FILES[file].replace(old, new, 1)})
    assert city is None
    assert said in "\n".join(problem.message for problem in problems)
    assert {problem.file for problem in problems} <= {file, "seals.csv"}


def test_what_stays_at_its_source_is_sealed_there() -> None:
    city, problems = read(
        {**files_with_sources("credit"), "seals.csv": "item,when,basis,offices\ncredit,,homes-3,civil\n"}
    )
    assert city is None
    assert "stays at its source" in problems[0].message


def test_a_package_without_either_is_whole() -> None:
    files = {name: text for name, text in SEALED_FILES.items() if name not in ("seals.csv", "secrecy.csv")}
    city, problems = read(files)
    assert isinstance(city, City) and not problems
    assert city.secrecy == () and not any(item.seal for item in city.items.values())


@pytest.mark.parametrize(
    ("today", "months", "last"),
    [
        ("2026-01-15", 1, "2026-02-15"),
        ("2026-01-31", 1, "2026-02-28"),
        ("2028-01-31", 1, "2028-02-29"),
        ("2026-10-31", 3, "2027-01-31"),
        ("2026-11-30", 3, "2027-02-28"),
        ("2026-12-01", 1, "2027-01-01"),
        ("2026-08-31", 12, "2027-08-31"),
    ],
)
def test_months_end_on_the_same_day_or_the_last_there_is(today: str, months: int, last: str) -> None:
    day = datetime.date.fromisoformat
    assert last_day(Secrecy("x", "y", "z", months), day(today)) == day(last)


@given(st.dates(datetime.date(2020, 1, 1), datetime.date(2090, 1, 1)), st.integers(1, 36))
def test_a_term_is_never_longer_than_its_months(today: datetime.date, months: int) -> None:
    last = last_day(Secrecy("x", "y", "z", months), today)
    assert 28 * months <= (last - today).days <= 31 * months
    assert last.day <= today.day


@pytest.mark.parametrize(
    ("until", "ended", "found"),
    [
        (None, False, State.WAITING),
        (TODAY, False, State.IN_FORCE),
        (TODAY + ONE, False, State.IN_FORCE),
        (TODAY - ONE, False, State.ENDED),
        (TODAY + ONE, True, State.ENDED),
        (None, True, State.ENDED),
    ],
)
def test_where_an_order_stands(until: datetime.date | None, ended: bool, found: State) -> None:
    moment = datetime.datetime(2026, 8, 20, tzinfo=datetime.UTC) if ended else None
    assert state(until, moment, TODAY) is found


days = st.dates(datetime.date(2025, 1, 1), TODAY)


@st.composite
def orders(draw: st.DrawFn) -> Kept:
    approved, *later = sorted(draw(st.lists(days, min_size=1, max_size=8)))
    over = draw(st.none() | st.just((later or [approved])[-1]))
    return Kept(
        draw(st.sampled_from(["police", "court"])), draw(st.sampled_from(["a", "b"])), approved, over, tuple(later)
    )


@given(st.lists(orders(), max_size=40))
def test_no_figure_is_small_and_none_is_of_a_quarter_under_way(kept: list[Kept]) -> None:
    found = figures(kept, today=TODAY)
    for quarter in found:
        assert (quarter.year, quarter.number) < (2026, 3)
        for row in quarter.rows:
            for count in (row.orders, row.looks, row.ended):
                assert count is None or count == 0 or count >= FEWEST
            assert row.days is None or (row.ended or 0) >= FEWEST
    assert [(q.year, q.number) for q in found] == sorted({(q.year, q.number) for q in found}, reverse=True)


@given(st.lists(orders(), max_size=40))
def test_what_is_published_is_what_was_done(kept: list[Kept]) -> None:
    looks = Counter(
        (day.year, (day.month - 1) // 3 + 1, each.office, each.basis) for each in kept for day in each.looks
    )
    for quarter in figures(kept, today=TODAY):
        for row in quarter.rows:
            assert row.looks == published(looks[quarter.year, quarter.number, row.office, row.basis])


def test_an_average_is_of_those_that_ended() -> None:
    approved = datetime.date(2026, 4, 1)
    ended = [Kept("police", "a", approved, approved + n * ONE, (approved,)) for n in (10, 20, 30, 40, 50)]
    ((row,),) = (quarter.rows for quarter in figures([*ended, Kept("police", "a", approved, None, ())], today=TODAY))
    assert (row.orders, row.looks, row.ended, row.days) == (6, 5, 5, 30)
