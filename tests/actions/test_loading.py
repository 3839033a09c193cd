"""Loading: a batch is taken over whole or not at all, as a difference; what is wrong is told and the rest comes in."""

from __future__ import annotations

import datetime
import io
import zlib

import pytest
from django.db import connections
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mianzheng.catalogue.queries.editions import city
from mianzheng.centre.actions.approvals import file_approval
from mianzheng.centre.actions.doors import load_file
from mianzheng.centre.actions.loading import LOCKS, Busy, load, sweep
from mianzheng.centre.models import Intake, Register
from mianzheng.centre.ports import FAULTS, Source
from mianzheng.centre.rules.intakes import Kind
from mianzheng.common.actors import OPERATOR
from mianzheng.common.errors import Refusal
from mianzheng.people.models import Document
from mianzheng.people.queries import subjects_of
from mianzheng.web import sql
from tests.register import CODE, ITEM, a_batch, csv, numbers, take, with_payments
from tests.second_city.life import NOW

PEOPLE = numbers(50)
HOUR = datetime.timedelta(hours=1)


def line(person: int, month: str = "2024-01", kind: str = "养老", amount: str = "100", day: str = "2024-01-05") -> str:
    return f"{PEOPLE[person]},{month},{kind},{amount},{day}"


def held() -> set[tuple[str, str, str]]:
    """Return what is held now, people as their numbers."""
    names = {subject: number for (_, number), subject in subjects_of([("ric", n) for n in PEOPLE]).items()}
    return {
        (names[s], month, str(amount))
        for s, month, amount in sql.fetch(f"SELECT subject, month, amount FROM centre.{CODE}")
    }


def past() -> list[tuple[str, datetime.datetime, datetime.datetime]]:
    return sql.fetch(
        f"SELECT amount::text, known_from, date_trunc('minute', known_to) FROM centre_history.{CODE} ORDER BY known_to, amount"
    )


def test_the_first_snapshot_comes_in_and_new_people_get_subjects(town):
    batch = take(city(), csv([line(0), line(1), line(0, "2024-02")]), NOW)
    assert (batch.stage, batch.rows, batch.added, batch.bad_rows) == ("loaded", 3, 3, 0)
    assert held() == {
        (PEOPLE[0], "2024-01", "100.00"),
        (PEOPLE[1], "2024-01", "100.00"),
        (PEOPLE[0], "2024-02", "100.00"),
    }
    register = Register.objects.get(item=CODE)
    assert (register.records, register.subjects, register.as_of) == (3, 2, NOW)


def test_the_next_snapshot_is_a_difference(town):
    take(city(), csv([line(0), line(1), line(2)]), NOW)
    batch = take(city(), csv([line(0), line(1, amount="200"), line(3)]), NOW + HOUR)
    assert (batch.added, batch.changed, batch.removed) == (1, 1, 1)
    assert held() == {
        (PEOPLE[0], "2024-01", "100.00"),
        (PEOPLE[1], "2024-01", "200.00"),
        (PEOPLE[3], "2024-01", "100.00"),
    }
    assert past() == [("100.00", NOW, NOW + HOUR)] * 2
    assert Register.objects.get(item=CODE).subjects == 3
    assert (
        sql.fetch(f"SELECT count(*) FROM centre.{CODE} WHERE known_from = %s", [NOW])[0][0] == 1
    )  # it was not touched


def test_the_same_snapshot_again_changes_nothing(town):
    file = csv([line(n) for n in range(20)])
    take(city(), file, NOW)
    batch = take(city(), file, NOW + HOUR)
    assert (batch.stage, batch.added, batch.changed, batch.removed) == ("loaded", 0, 0, 0)
    assert Register.objects.get(item=CODE).as_of == NOW + HOUR


def test_an_increment_adds_replaces_and_removes_what_it_names(town):
    take(city(), csv([line(0), line(1), line(2)]), NOW)
    rows = [
        line(0, amount="150", day="2024-01-06") + ",变更",
        line(3) + ",新增",
        f"{PEOPLE[2]},2024-01,,,,删除",
        line(9) + ",删除",
    ]
    headings = "身份证号,月份,险种,金额,缴费日期,操作"
    batch = take(city(), csv(rows, headings), NOW + HOUR, kind="increment")
    assert (batch.added, batch.changed, batch.removed, batch.bad_rows) == (1, 1, 1, 0)
    assert {(n, a) for n, _, a in held()} == {(PEOPLE[0], "150.00"), (PEOPLE[1], "100.00"), (PEOPLE[3], "100.00")}


def test_an_increment_older_than_what_is_held_is_refused_row_by_row(town):
    take(city(), csv([line(n) for n in range(30)]), NOW)
    batch = take(
        city(),
        csv([line(0, amount="1", day="2023-12-01"), *(line(n, "2024-02") for n in range(25))]),
        NOW + HOUR,
        kind="increment",
    )
    assert (batch.stage, batch.bad_rows, batch.added, batch.changed) == ("loaded", 1, 25, 0)
    assert [(fault.row, fault.column) for fault in FAULTS().read(batch.errors)] == [(2, "缴费日期")]


def test_bad_rows_are_told_and_the_rest_comes_in(town):
    rows = [line(n) for n in range(40)]
    rows[3] = line(3, amount="-5")
    batch = take(city(), csv([*rows, line(0)]), NOW)
    assert (batch.stage, batch.rows, batch.bad_rows, batch.added) == ("loaded", 41, 2, 39)
    faults = list(FAULTS().read(batch.errors))
    assert [(f.row, f.column, f.value) for f in faults] == [(5, "金额", "-5"), (42, "身份证号", "")]
    assert {fault["rows"] for fault in batch.faults} == {1}
    assert PEOPLE[0] not in str(batch.faults)


def test_past_the_threshold_the_batch_is_refused_whole_and_the_old_stays(town):
    take(city(), csv([line(0)]), NOW)
    documents = Document.objects.count()
    batch = take(city(), csv([line(n, kind="?") for n in range(1, 30)]), NOW + HOUR)
    assert (batch.stage, batch.bad_rows) == ("refused", 29)
    assert held() == {(PEOPLE[0], "2024-01", "100.00")}
    assert Document.objects.count() == documents
    assert batch.reason["msgid"] and batch.errors


def test_a_wrong_check_digit_is_a_fault_with_its_number_only_in_the_error_file(town):
    wrong = PEOPLE[0][:-1] + ("0" if PEOPLE[0][-1] != "0" else "1")
    rows = [line(n) for n in range(1, 40)]
    batch = take(city(), csv([*rows, f"{wrong},2024-01,养老,100,2024-01-05"]), NOW)
    assert (batch.stage, batch.bad_rows) == ("loaded", 1)
    (fault,) = FAULTS().read(batch.errors)
    assert (fault.row, fault.value) == (41, wrong)
    assert wrong not in str(Intake.objects.values_list().get(id=batch.id))


def test_a_snapshot_with_far_fewer_records_waits_for_a_confirmation(town):
    take(city(), csv([line(n) for n in range(40)]), NOW)
    short = csv([line(n) for n in range(10)])
    batch = take(city(), short, NOW + HOUR)
    assert (batch.stage, batch.reason["field"]) == ("refused", "confirmed")
    assert len(held()) == 40
    assert take(city(), short, NOW + 2 * HOUR, confirmed=True).stage == "loaded"
    assert len(held()) == 10


def test_a_file_without_a_needed_column_is_refused_in_one_sentence(town):
    batch = take(city(), csv([PEOPLE[0] + ",100"], "身份证号,金额"), NOW)
    assert batch.stage == "refused"
    assert batch.reason["params"]["columns"] == "月份"


def test_a_batch_is_loaded_once(town):
    batch = take(city(), csv([line(0)]), NOW)
    with pytest.raises(Refusal):
        load(city=with_payments(city()), intake=batch.id, now=NOW)


def test_while_another_batch_is_loaded_this_one_keeps_its_place(lasting_town, tmp_path):
    path = tmp_path / "payments.csv"
    path.write_bytes(csv([line(0)]))
    batch = a_batch(NOW)
    file_approval(city=with_payments(city()), item=CODE, document="1", scope="", from_day=NOW.date(), until_day=None,
                  actor=OPERATOR, now=NOW)  # fmt: skip
    beside = connections.create_connection("default")
    try:
        beside.cursor().execute("SELECT pg_advisory_lock(%s)", [LOCKS + zlib.crc32(CODE.encode())])
        with pytest.raises(Busy):
            load(city=with_payments(city()), intake=batch.id, now=NOW, source=Source("", io.BytesIO))
        with pytest.raises(Busy):
            load_file(city=with_payments(city()), item=CODE, kind=Kind.SNAPSHOT, path=path, as_of=NOW, confirmed=False,
                      actor=OPERATOR, now=NOW, progress=lambda rows: None)  # fmt: skip
    finally:
        beside.close()
    batch.refresh_from_db()
    assert batch.stage == "queued"
    assert Intake.objects.exclude(id=batch.id).get().stage == "cancelled", "nobody comes back to a command's file"


def test_a_batch_whose_loader_is_gone_is_noted_as_broken_off(town):
    batch = a_batch(NOW)
    Intake.objects.filter(id=batch.id).update(stage="reading")
    assert sweep(now=NOW) == 1
    batch.refresh_from_db()
    assert batch.stage == "broken"


lines = st.dictionaries(
    st.tuples(st.integers(0, 5), st.sampled_from(["2024-01", "2024-02"])), st.integers(0, 3), min_size=1, max_size=8
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(lines, min_size=1, max_size=5))
def test_after_any_snapshots_exactly_the_last_is_held_and_the_past_adds_up(town, snapshots):
    from django.db import transaction

    with transaction.atomic():
        for n, snapshot in enumerate(snapshots):
            rows = [line(person, month, amount=str(amount)) for (person, month), amount in snapshot.items()]
            batch = take(city(), csv(rows), NOW + n * HOUR, confirmed=True)
            assert batch.stage == "loaded"
            assert held() == {(PEOPLE[p], m, f"{a}.00") for (p, m), a in snapshot.items()}
            assert Register.objects.get(item=CODE).records == len(snapshot)
            assert Register.objects.get(item=CODE).subjects == len({p for p, _ in snapshot})
        for n, snapshot in enumerate(snapshots):
            then = NOW + n * HOUR + datetime.timedelta(minutes=1)
            found = sql.fetch(
                f"SELECT month, amount FROM centre.{CODE} WHERE known_from <= %s UNION ALL SELECT month, amount"
                f" FROM centre_history.{CODE} WHERE known_from <= %s AND known_to > %s",
                [then, then, then],
            )
            assert sorted((m, int(a)) for m, a in found) == sorted((m, a) for (_, m), a in snapshot.items())
        transaction.set_rollback(True)


def test_the_item_of_these_tests_has_its_keys():
    assert ITEM.keys == ("month",)
