"""The quality of items, day by day: counted from what happened, in a number of statements that does not grow."""

import datetime
from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mianzheng.audit.queries import asked
from mianzheng.centre.actions.conflicts import find
from mianzheng.centre.actions.measuring import measure
from mianzheng.centre.actions.registers import close_dispute, open_dispute
from mianzheng.centre.models import Breakage, Intake, Measure
from mianzheng.centre.pages.charts import figures
from mianzheng.centre.queries.quality import days_of, qualities, trend
from mianzheng.centre.rules.quality import Freshness, total
from mianzheng.common.identifiers import make_ric
from mianzheng.evidence.actions.checks import answer_check
from mianzheng.evidence.models import Check
from mianzheng.evidence.rules.progress import Option
from mianzheng.evidence.rules.verdicts import Verdict
from mianzheng.people.actions import register
from mianzheng.people.rules.subjects import NewSubject, SubjectKind
from tests.second_city.life import BORN, DAY, NOW, day, officer
from tests.second_city.one_source import settle
from tests.second_city.reading import CITY

TODAY = NOW.date()


def handed_in(item, rows, bad, stage="loaded", at=NOW):
    return Intake.objects.create(
        item=item, kind="snapshot", way="page", stage=stage, office="civil", name="x.csv", as_of=at, rows=rows,
        bad_rows=bad, received_at=at, received_by="x", ended_at=at,
    )  # fmt: skip


def measured(item, at=TODAY):
    return Measure.objects.get(item=item, day=at)


def test_questions_are_counted_by_item_and_day_as_they_were_logged(town):
    town.verified("anna")
    town.verified("carl")
    assert measure(city=CITY, day=TODAY, now=NOW) == 5
    assert (measured("card").asked, measured("card").unknown) == (2, 0)
    assert (measured("work").asked, measured("work").unknown) == (2, 1)
    measure(city=CITY, day=TODAY - DAY, now=NOW)
    assert measured("work", TODAY - DAY).asked == 0


def test_while_a_connection_is_down_its_items_are_silent(town):
    debts = replace(CITY.items["debts"], held="source", connection="one")
    here = replace(CITY, items={**CITY.items, "debts": debts})
    assert [q.freshness for q in qualities(here, [debts], now=NOW)] == [Freshness.SOURCE]
    Breakage.objects.create(connection="one", reason={}, opened_at=NOW)
    assert [q.freshness for q in qualities(here, [debts], now=NOW)] == [Freshness.SILENT]


def test_rows_handed_in_and_refused_are_those_of_batches_that_ended_that_day(town):
    handed_in("card", 100, 3)
    handed_in("card", 10, 10, "refused")
    handed_in("card", 50, 0, "waiting")
    handed_in("card", 7, 0, at=NOW - DAY)
    measure(city=CITY, day=TODAY, now=NOW)
    assert (measured("card").rows, measured("card").refused_rows) == (110, 13)


def test_conflicts_and_disputes_are_those_open_at_the_time(town):
    shared = settle(town)
    find(city=shared, item=shared.items["work"], now=NOW)
    open_dispute(item="debts", subject=town["eric"], actor="x", now=NOW)
    open_dispute(item="debts", subject=town["anna"], actor="x", now=NOW)
    close_dispute(item="debts", subject=town["anna"], actor="x", now=NOW)
    measure(city=shared, day=TODAY, now=NOW + datetime.timedelta(hours=1))
    assert (measured("work").conflicts, measured("debts").disputes) == (1, 1)


def test_a_day_that_is_over_keeps_how_things_stood_and_gets_its_counts(town):
    measure(city=CITY, day=TODAY, now=NOW)
    town.records("debts", ("eric", 1), ("anna", 1), ("ben", 1))
    handed_in("debts", 3, 1)
    later = NOW + DAY
    measure(city=CITY, day=TODAY, now=later)
    assert (measured("debts").records, measured("debts").refused_rows) == (1, 1)
    measure(city=CITY, day=TODAY + DAY, now=later)
    assert measured("debts", TODAY + DAY).records == 3
    assert [d.records for d in days_of("debts", today=TODAY + DAY)] == [1, 3]
    (first, second) = trend(["debts", "card"], today=TODAY + DAY)
    assert (first.records, second.records, first.refused) == (6, 8, 1)


def test_the_number_of_statements_does_not_depend_on_the_number_of_items(town):
    def cost(city):
        with CaptureQueriesContext(connection) as asked:
            measure(city=city, day=TODAY, now=NOW)
        return len(asked)

    card = CITY.items["card"]
    many = replace(CITY, items={**CITY.items, **{f"i{n}": replace(card, code=f"i{n}") for n in range(100)}})
    assert cost(CITY) == cost(many) == 8


def test_a_city_without_typed_items_measures_nothing(town):
    assert measure(city=replace(CITY, items={}), day=TODAY, now=NOW) == 0


@pytest.mark.parametrize(
    ("days", "freshness"), [(0, Freshness.FRESH), (1, Freshness.FRESH), (2, Freshness.LATE), (3, Freshness.STALE)]
)
def test_freshness_is_judged_against_the_promised_cycle(town, days, freshness):
    (quality,) = qualities(CITY, [CITY.items["card"]], now=NOW + days * DAY)
    assert quality.freshness is freshness


def test_silent_absent_and_asked_at_source_are_told_apart(town):
    town.silence("debts")
    card, debts = CITY.items["card"], CITY.items["debts"]
    items = [debts, replace(card, code="never"), replace(card, held="source")]
    found = [q.freshness for q in qualities(CITY, items, now=NOW + 9 * DAY)]
    assert found == [Freshness.SILENT, Freshness.ABSENT, Freshness.SOURCE]
    assert total(qualities(CITY, items, now=NOW)).stopped == 1


def test_coverage_is_of_those_one_expects(town):
    half = replace(CITY.items["work"], covers=1.0)
    (quality,) = qualities(CITY, [half], now=NOW)
    assert (quality.expected, quality.coverage, quality.thin) == (5, 0.6, True)
    (quality,) = qualities(CITY, [replace(half, covers=0.6)], now=NOW)
    assert (quality.coverage, quality.thin) == (1.0, False)
    (quality,) = qualities(CITY, [CITY.items["work"]], now=NOW)
    assert quality.coverage is None
    assert quality.unknown_rate is None


def test_subjects_nobody_registers_dilute_no_coverage(town):
    """A batch full of unknown numbers brings many subjects into the vault; the base register says who there is."""
    here = replace(CITY, base_items={"person": "card"})
    work = replace(CITY.items["work"], covers=0.6)
    strangers = [NewSubject(SubjectKind.PERSON, "", (("ric", make_ric("110101", BORN, n)),)) for n in range(100)]
    register(people=strangers, now=NOW)
    (quality,) = qualities(here, [work], now=NOW)
    assert (quality.expected, quality.coverage) == (3, 1.0)
    measure(city=replace(here, items={"card": here.items["card"], "work": work}), day=TODAY, now=NOW)
    assert (measured("work").expected, measured("card").expected) == (3, None)


def test_a_base_register_that_holds_nothing_leaves_it_to_the_vault(town):
    items = {**CITY.items, "never": replace(CITY.items["card"], code="never")}
    here = replace(CITY, items=items, base_items={"person": "never"})
    (quality,) = qualities(here, [replace(CITY.items["work"], covers=1.0)], now=NOW)
    assert quality.expected == 5


def test_a_base_register_that_has_a_share_of_all_stands_for_all(town):
    items = {**CITY.items, "work": replace(CITY.items["work"], covers=0.6)}
    here = replace(CITY, items=items, base_items={"person": "work"})
    found = qualities(here, [replace(CITY.items["card"], covers=1.0), items["work"]], now=NOW)
    assert [quality.expected for quality in found] == [5, 3]


def test_the_coverage_of_a_day_is_of_those_expected_that_day(town):
    work = replace(CITY.items["work"], covers=1.0)
    here = replace(CITY, items={**CITY.items, "work": work}, base_items={"person": "card"})
    measure(city=here, day=TODAY - DAY, now=NOW - DAY)
    town.records("card", *((name, day("2030-01-01")) for name in ("anna", "ben", "eric")))
    measure(city=here, day=TODAY, now=NOW)
    (quality,) = qualities(here, [work], now=NOW)
    drawn = figures(work, quality, days_of("work", today=TODAY), cycle=31, now=NOW)
    (coverage,) = [figure for figure in drawn if figure.code == "coverage"]
    assert [values for _, values in coverage.rows] == [(1.0,), (0.6,)]
    Measure.objects.filter(day=TODAY - DAY).update(expected=None)
    drawn = figures(work, quality, days_of("work", today=TODAY), cycle=31, now=NOW)
    assert next(figure.rows for figure in drawn if figure.code == "coverage")[1][1] == (None,), "nobody knew then"


def test_the_log_is_asked_for_looks_and_nothing_else(town):
    town.choose(town.verified("eric"), "eric", "no-debt", Option.OBJECT, "已还清")
    answer_check(
        city=CITY, check=Check.objects.get().id, verdict=Verdict.FAILS, note="未还", actor=officer("homes"), now=NOW
    )
    counts = asked(NOW - DAY, NOW + DAY)
    assert counts["debts"] == (1, 0), "an office's answer is no question to the register"
    assert set(counts) <= set(CITY.items)
    assert asked(NOW + DAY, NOW + 2 * DAY) == {}


def test_very_many_subjects_are_told_by_the_statistics(town, monkeypatch):
    from mianzheng.people import queries
    from mianzheng.web import sql

    exact = queries.population()
    assert exact == {"person": 5}
    sql.run("ANALYZE people_subject")
    monkeypatch.setattr(queries, "COUNTED", 1)
    assert queries.population() == exact
