"""Statements planned once a connection: the rows and errors of any other, on real PostgreSQL."""

from __future__ import annotations

import datetime
import gc
import threading
import time
import uuid
from typing import Any

import pytest
from django.db import (
    DatabaseError,
    DataError,
    IntegrityError,
    NotSupportedError,
    OperationalError,
    ProgrammingError,
    close_old_connections,
    connection,
    transaction,
)
from django.test.utils import CaptureQueriesContext

from mianzheng.web import planned, sql

pytestmark = pytest.mark.django_db(transaction=True)

SOME = [uuid.UUID(int=n) for n in range(3)]


@pytest.fixture
def table() -> Any:
    sql.run("CREATE TABLE planned_here (id uuid PRIMARY KEY, said text NOT NULL)")
    yield
    sql.run("DROP TABLE planned_here")


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (datetime.date(2018, 6, 25), "date"),
        (datetime.datetime(2018, 6, 25, 8, 30, tzinfo=datetime.UTC), "timestamptz"),
        (SOME, "uuid[]"),
        ([SOME[0], None, SOME[1]], "uuid[]"),
        ([None, SOME[0]], "uuid[]"),
        ([], "uuid[]"),
        (["免证", 'a "b", {c}'], "text[]"),
        ([1, 70_000, 5_000_000_000], "bigint[]"),
        (b"\x00\xff", "bytea"),
        (None, "text"),
        (True, "boolean"),
    ],
)
def test_a_value_comes_back_as_it_went(value: Any, kind: str) -> None:
    for _ in range(2):
        assert planned.fetch(f"SELECT %s::{kind}", [value]) == [(value,)]


def test_one_statement_is_planned_once_and_others_do_not_disturb_it() -> None:
    plans = "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%%planned once%%'"
    for n in range(5):
        assert planned.fetch("SELECT %s::int + 1 -- planned once", [n]) == [(n + 1,)]
        assert planned.fetch("SELECT %s::text", [str(n)]) == [(str(n),)]
    assert sql.fetch(plans, []) == [(1,)]


def test_only_so_many_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planned, "STATEMENTS", 5)
    before = sql.fetch("SELECT count(*) FROM pg_prepared_statements")[0][0]
    for n in [*range(20), *range(20)]:
        assert planned.fetch(f"SELECT %s::int + {n}", [1]) == [(n + 1,)]
    assert sql.fetch("SELECT count(*) FROM pg_prepared_statements")[0][0] <= max(before, 5)


def test_rows_touched_are_counted_and_belong_to_the_callers_transaction(table: Any) -> None:
    put = "INSERT INTO planned_here SELECT unnest(%s::uuid[]), %s"
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        assert planned.run(put, [SOME, "first"]) == 3
        assert planned.fetch("SELECT count(*) FROM planned_here", []) == [(3,)]
        raise ZeroDivisionError
    assert planned.fetch("SELECT count(*) FROM planned_here", []) == [(0,)]
    assert planned.run(put, [SOME, "second"]) == 3
    assert planned.run("DELETE FROM planned_here WHERE id = ANY(%s)", [SOME[:2]]) == 2


def test_errors_are_those_of_django_and_a_savepoint_brings_back_what_was(table: Any) -> None:
    put = "INSERT INTO planned_here VALUES (%s, %s)"
    with transaction.atomic():
        planned.run(put, [SOME[0], "one"])
        with pytest.raises(IntegrityError, match="planned_here_pkey"), transaction.atomic():
            planned.run(put, [SOME[0], "again"])
        planned.run(put, [SOME[1], "two"])
        with pytest.raises(IntegrityError):
            planned.run(put, [SOME[0], "again"])
        with pytest.raises(DatabaseError):
            planned.fetch("SELECT 1", [])
        transaction.set_rollback(True)
    with pytest.raises(DataError):
        planned.fetch("SELECT %s::int / 0", [1])
    assert planned.fetch("SELECT %s::int / 1", [1]) == [(1,)]


def test_a_table_that_was_made_anew_with_another_type_is_asked_with_another_plan(table: Any) -> None:
    ask = "SELECT said FROM planned_here WHERE id = ANY(%s)"
    assert planned.fetch(ask, [SOME]) == []
    sql.run("ALTER TABLE planned_here ALTER said TYPE int USING 7")
    sql.run("INSERT INTO planned_here VALUES (%s, 7)", [SOME[0]])
    assert planned.fetch(ask, [SOME]) == [(7,)]
    sql.run("ALTER TABLE planned_here ALTER said TYPE text")
    with pytest.raises(NotSupportedError, match="result type"), transaction.atomic():
        planned.fetch(ask, [SOME])
    assert planned.fetch(ask, [SOME]) == [("7",)]


def test_what_fails_leaves_no_plans_behind(table: Any) -> None:
    put = "INSERT INTO planned_here VALUES (%s, %s) -- fails"
    planned.run(put, [SOME[0], "one"])
    for _ in range(10):
        with pytest.raises(IntegrityError):
            planned.run(put, [SOME[0], "again"])
        with pytest.raises(ProgrammingError):
            planned.fetch("SELECT nothing FROM planned_here -- fails", [])
    assert sql.fetch("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%%-- fails'", []) == [(1,)]


def test_a_thread_that_ends_lets_its_connection_go() -> None:
    mine = sql.fetch("SELECT pg_backend_pid()")[0][0]
    others = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> %s"
    before = sql.fetch(others, [mine])[0][0]
    for _ in range(5):
        thread = threading.Thread(target=lambda: planned.fetch("SELECT %s::int", [1]))
        thread.start()
        thread.join()
    del thread
    gc.collect()
    until = time.monotonic() + 10
    while sql.fetch(others, [mine])[0][0] > before and time.monotonic() < until:
        time.sleep(0.05)
    assert sql.fetch(others, [mine])[0][0] <= before


def test_a_database_that_went_away_is_said_to_be_away_and_found_again() -> None:
    lost = sql.fetch("SELECT pg_backend_pid()")[0][0]
    planned.fetch("SELECT %s::int", [1])
    thread = threading.Thread(target=lambda: sql.fetch("SELECT pg_terminate_backend(%s)", [lost]))
    thread.start()
    thread.join()
    time.sleep(0.1)
    with pytest.raises(OperationalError):
        planned.fetch("SELECT %s::int", [1])
    close_old_connections()
    assert planned.fetch("SELECT %s::int", [2]) == [(2,)]


def test_a_connection_that_was_closed_is_opened_again() -> None:
    assert planned.fetch("SELECT %s::int", [1]) == [(1,)]
    connection.close()
    assert planned.fetch("SELECT %s::int", [2]) == [(2,)]


def test_django_sees_what_is_run() -> None:
    seen = []
    with (
        CaptureQueriesContext(connection) as kept,
        connection.execute_wrapper(
            lambda run, said, params, many, context: (seen.append((said, params)), run(said, params, many, context))[1]
        ),
    ):
        planned.fetch("SELECT %s::int AS seen", [3])
    assert seen == [("SELECT %s::int AS seen", [3])]
    assert [each["sql"] for each in kept] == ["SELECT %s::int AS seen"]
