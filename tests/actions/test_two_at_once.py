"""A load beside those who read, correct and erase: readers go on, who changes something waits a moment or is told."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
import io
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection, connections

from mianzheng.catalogue.queries.editions import city
from mianzheng.catalogue.rules.city import Field
from mianzheng.centre.actions import tables
from mianzheng.centre.actions.correcting import correct
from mianzheng.centre.actions.doubts import NEW, answer_doubt, raise_objection
from mianzheng.centre.actions.erasing import erase
from mianzheng.centre.actions.loading import Busy, load
from mianzheng.centre.models import Doubt, Intake, Register
from mianzheng.centre.ports import Source
from mianzheng.centre.queries.doubts import records_of
from mianzheng.centre.queries.records import records
from mianzheng.common.actors import OPERATOR
from mianzheng.common.errors import Refusal
from mianzheng.common.texts import Text
from mianzheng.people.queries import subjects_of
from mianzheng.web import planned, sql
from tests.actions.test_loading import HOUR, PEOPLE, line
from tests.register import CODE, ITEM, a_batch, csv, take, with_payments
from tests.second_city.life import NOW, day, officer

pytestmark = pytest.mark.django_db(transaction=True)
ALL = [line(n) for n in range(20)]
PAID = day("2024-01-05")
POLICE = officer("police")


@pytest.fixture(autouse=True)
def clean(lasting_town):
    """Record tables are no models: nobody empties them after a test that keeps what it does."""
    yield
    sql.run(f"DROP TABLE IF EXISTS centre.{CODE}, centre_history.{CODE}")


@contextlib.contextmanager
def beside() -> Iterator[Any]:
    """A connection of somebody else's."""
    other = connections.create_connection("default")
    try:
        with other.cursor() as cursor:
            cursor.execute("SET lock_timeout = '300ms'")
            yield cursor
    finally:
        other.close()


def at_once(work: Callable[[], object]) -> tuple[threading.Thread, list[Any]]:
    """Begin `work` in a thread of its own; what it returned or raised will be in the list."""
    came: list[Any] = []

    def working() -> None:
        try:
            came.append(work())
        except Exception as error:
            came.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=working)
    thread.start()
    return thread, came


def loaded(file: bytes, at: datetime.datetime, *, meanwhile: Callable[[], object] = lambda: None, item=ITEM) -> Intake:
    """Load a snapshot; `meanwhile` is done when it holds the item and has read its rows."""
    batch = a_batch(at, confirmed=True)
    here = with_payments(city())
    here = dataclasses.replace(here, items={**here.items, CODE: item})
    source = Source("payments.csv", lambda: io.BytesIO(file))
    load(city=here, intake=batch.id, now=at, source=source, progress=lambda rows: meanwhile())
    batch.refresh_from_db()
    assert batch.stage == "loaded", batch.reason
    return batch


def subject(person: int) -> Any:
    return subjects_of([("ric", PEOPLE[person])])["ric", PEOPLE[person]]


def waiting() -> None:
    """Wait until somebody waits for a lock on the item."""
    for _ in range(100):
        asked = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = %s::regclass"
        if sql.fetch(asked, [f"centre.{CODE}"])[0][0]:
            return
        time.sleep(0.02)
    raise AssertionError("nobody waits")


def check_times() -> None:
    """Check that no version ends before it begins, and that of no record two are known at any time."""
    assert sql.fetch(f"SELECT * FROM centre_history.{CODE} WHERE known_to < known_from") == []
    versions = f"""
        SELECT subject, month, tstzrange(known_from, known_to) AS known FROM centre_history.{CODE}
        UNION ALL SELECT subject, month, tstzrange(known_from, NULL) FROM centre.{CODE}
    """
    overlaps = f"""
        WITH v AS (SELECT row_number() OVER () AS n, * FROM ({versions}) each)
        SELECT a.subject FROM v a JOIN v b ON a.n < b.n AND a.subject = b.subject AND a.month = b.month AND a.known && b.known
    """
    assert sql.fetch(overlaps) == []


# --- corrections ------------------------------------------------------------------------------------------------------


def doubted(person: int) -> Doubt:
    raise_objection(city=with_payments(city()), item=ITEM, subject=subject(person), note="", actor=OPERATOR, now=NOW)
    return Doubt.objects.get(subject=subject(person))


def put_right(doubt: Doubt, mark: str, at: datetime.datetime) -> None:
    values = {"month": "2024-01", "kind": "pension", "amount": "7", "paid_on": "2024-01-05"}
    here = with_payments(city())
    answer_doubt(
        city=here, doubt=doubt.id, outcome="corrected", why="查过", mark=mark, values=values, actor=POLICE, now=at
    )


def during_a_load(rows: list[str], work: Callable[[], object]) -> Any:
    """Do `work` while a snapshot of `rows` is being loaded; return what came of it."""
    threads: list[tuple[threading.Thread, list[Any]]] = []

    def meanwhile() -> None:
        if not threads:
            threads.append(at_once(work))
            waiting()

    loaded(csv(rows), NOW + HOUR, meanwhile=meanwhile)
    ((thread, came),) = threads
    thread.join()
    return came[0]


def test_a_correction_of_what_a_load_just_changed_is_refused():
    take(city(), csv(ALL), NOW)
    doubt, (shown,) = doubted(3), records_of(ITEM, subject(3))
    rows = [line(3, amount="200") if n == 3 else each for n, each in enumerate(ALL)]
    came = during_a_load(rows, lambda: put_right(doubt, shown.mark, NOW + HOUR))
    assert isinstance(came, Refusal) and came.field == "record"
    assert [record.values["amount"] for record in records_of(ITEM, subject(3))] == [200]
    check_times()


@pytest.mark.parametrize("rows", [ALL, ALL[:3] + ALL[4:]], ids=["stays", "goes"])
def test_a_correction_waits_for_the_load_and_comes_after_it(rows):
    take(city(), csv(ALL), NOW)
    doubt, (shown,) = doubted(3), records_of(ITEM, subject(3))
    mark = shown.mark if rows == ALL else NEW
    begun = NOW + HOUR  # the officer pressed the button when the load began
    came = during_a_load(rows, lambda: put_right(doubt, mark, begun))
    assert came is None
    (record,) = records_of(ITEM, subject(3))
    assert record.values["amount"] == 7
    assert record.known_from > begun
    check_times()
    assert Register.objects.get(item=CODE).records == 20
    here = with_payments(city())
    assert records(here, ITEM, [subject(3)], at=begun)[subject(3)][0]["amount"] == 100


def test_whatever_time_a_correction_is_given_it_follows_what_is_known():
    take(city(), csv(ALL), NOW)
    loaded(csv(ALL[:3] + ALL[4:]), NOW + HOUR)
    row = {"month": "2024-01", "kind": "pension", "amount": 7, "paid_on": PAID}
    for person in (3, 4):
        before = {**row, "amount": 100} if person == 4 else None
        correct(
            city=with_payments(city()), item=ITEM, subject=subject(person), before=before, after=row, now=NOW - HOUR
        )
    check_times()


def test_who_corrects_or_erases_during_a_long_load_is_told_to_try_again(monkeypatch):
    monkeypatch.setattr(tables, "PATIENCE", 100)
    take(city(), csv(ALL), NOW)
    doubt, (shown,) = doubted(3), records_of(ITEM, subject(3))
    here = with_payments(city())

    def erased() -> object:
        return erase(city=here, subject=subject(3), items=[CODE], reason="本人要求", actor=OPERATOR, now=NOW)

    for work in (lambda: put_right(doubt, shown.mark, NOW + HOUR), erased):
        threads = []
        begun = time.monotonic()
        loaded(csv(ALL), NOW + HOUR, meanwhile=lambda work=work, threads=threads: _join(threads, work))
        assert time.monotonic() - begun < 10
        ((_, came),) = threads
        assert isinstance(came[0], Refusal) and "一分钟" in came[0].now.msgid
        assert came[0].what.params == {"item": ITEM.name}
    doubt.refresh_from_db()
    assert doubt.answered_at is None
    assert [record.mark for record in records_of(ITEM, subject(3))] == [shown.mark]
    assert erased().current == 1


def _join(threads: list[Any], work: Callable[[], object]) -> None:
    if not threads:
        threads.append(at_once(work))
        threads[0][0].join()


# --- readers ----------------------------------------------------------------------------------------------------------

WIDER = dataclasses.replace(
    ITEM, fields=(*ITEM.fields, Field(CODE, "since", Text("起", "since"), "date"))
)  # a later edition of the catalogue


def test_reading_goes_on_while_a_new_edition_is_loaded():
    take(city(), csv(ALL), NOW)
    seen = []
    with beside() as cursor:

        def meanwhile() -> None:
            cursor.execute(f"SELECT count(*), count(since) FROM centre.{CODE}")
            seen.append(cursor.fetchone())

        loaded(csv(ALL), NOW + HOUR, meanwhile=meanwhile, item=WIDER)
    assert seen == [(20, 0)]


@pytest.mark.parametrize("there", [False, True])
def test_reading_goes_on_during_a_first_load(there):
    seen = []
    if there:
        tables.ensure_table(item=ITEM)
    with beside() as cursor:

        def meanwhile() -> None:
            cursor.execute(f"SELECT count(*) FROM centre.{CODE}")
            seen.append(cursor.fetchone())

        batch = loaded(csv(ALL), NOW, meanwhile=meanwhile)
        cursor.execute(f"SELECT count(*) FROM centre.{CODE}")
        assert cursor.fetchone() == (20,)
    assert seen == [(0,)]
    assert batch.added == 20
    named = "SELECT indexname FROM pg_indexes WHERE schemaname = 'centre' AND tablename LIKE %s"
    assert sql.fetch(named, [f"{CODE}%"]) == [(f"{CODE}_subject",)]
    assert sql.fetch(
        "SELECT tablename FROM pg_tables WHERE tablename LIKE %s AND schemaname = 'centre'", [f"{CODE}%"]
    ) == [(CODE,)]


def test_who_reads_all_the_time_sees_nothing_or_everything():
    tables.ensure_table(item=ITEM)
    ended, seen, longest = threading.Event(), set(), [0.0]

    def reads() -> None:
        while not ended.is_set():
            begun = time.monotonic()
            found = planned.fetch(f"SELECT count(*) FROM centre.{CODE} WHERE subject = ANY(%s::uuid[])", [people])
            longest[0] = max(longest[0], time.monotonic() - begun)
            seen.add(found[0][0])

    people: list[Any] = []
    readers = [at_once(reads) for _ in range(2)]
    for turn in range(5):
        sql.run(f"TRUNCATE centre.{CODE}")
        Register.objects.filter(item=CODE).delete()
        loaded(csv(ALL), NOW + turn * HOUR, meanwhile=lambda: time.sleep(0.05))
        people[:] = [row[0] for row in sql.fetch(f"SELECT subject FROM centre.{CODE}")]
    ended.set()
    for thread, came in readers:
        thread.join()
        assert came == [None]
    assert seen == {0, 20}
    assert longest[0] < 1


def test_a_load_steps_back_while_somebody_reads_for_very_long(monkeypatch):
    monkeypatch.setattr(tables, "TRIES", 2)
    monkeypatch.setattr("mianzheng.centre.actions.loading.READERS_WAIT", 100)
    tables.ensure_table(item=ITEM)
    batch = a_batch(NOW)
    source = Source("payments.csv", lambda: io.BytesIO(csv(ALL)))
    here = with_payments(city())
    wider = dataclasses.replace(here, items={**here.items, CODE: WIDER})
    with beside() as cursor:
        cursor.execute("BEGIN")
        cursor.execute(f"SELECT count(*) FROM centre.{CODE}")
        for each in (here, wider):
            with pytest.raises(Busy):
                load(city=each, intake=batch.id, now=NOW, source=source)
            batch.refresh_from_db()
            assert batch.stage == "queued"
            with beside() as another:
                another.execute(f"SELECT count(*) FROM centre.{CODE}")
                assert another.fetchone() == (0,)
        cursor.execute("COMMIT")
    load(city=here, intake=batch.id, now=NOW, source=source)
    assert sql.fetch(f"SELECT count(*) FROM centre.{CODE}") == [(20,)]
