"""Who is new in a load: entered into the vault at its end, if their rows are kept, and never twice."""

from __future__ import annotations

import io

from django.db import connections

from mianzheng.catalogue.queries.editions import city
from mianzheng.centre.actions.loading import load
from mianzheng.centre.ports import Source
from mianzheng.people.actions import register
from mianzheng.people.actions.guard import VAULT
from mianzheng.people.queries import subjects_of
from mianzheng.people.rules.subjects import NewSubject, SubjectKind
from mianzheng.web import sql
from tests.actions.test_loading import PEOPLE, line
from tests.register import CODE, a_batch, csv, take, with_payments
from tests.second_city.life import NOW


def known() -> set[str]:
    return {number for _, number in subjects_of([("ric", number) for number in PEOPLE])}


def loaded(file: bytes, *, meanwhile, kind: str = "snapshot") -> str:
    """Load `file`; `meanwhile` is called when its rows have been read and nothing has been taken over."""
    batch = a_batch(NOW, kind=kind)
    source = Source("payments.csv", lambda: io.BytesIO(file))
    load(city=with_payments(city()), intake=batch.id, now=NOW, source=source, progress=lambda rows: meanwhile())
    batch.refresh_from_db()
    return batch.stage


def test_a_refused_batch_leaves_no_stranger(town):
    rows = [line(n) for n in range(5)] + [line(n, amount="dear") for n in range(5, 10)]
    assert take(city(), csv(rows), NOW).stage == "refused"
    assert known() == set()


def test_refused_doubled_and_removed_rows_leave_no_stranger(town):
    good = [line(n) for n in range(30)]
    assert take(city(), csv([*good, line(30, amount="dear")]), NOW).stage == "loaded"
    headings = "身份证号,月份,险种,金额,缴费日期,操作"
    rows = [f"{line(n, month='2024-02')},新增" for n in range(30)] + [f"{PEOPLE[31]},2024-02,,,,删除"]
    assert take(city(), csv(rows, headings), NOW, kind="increment").stage == "loaded"
    assert known() == set(PEOPLE[:30])


def test_while_a_load_is_under_way_others_are_entered(lasting_town):
    beside, free = connections.create_connection("default"), []

    def meanwhile() -> None:
        with beside.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [VAULT])
            free.append(cursor.fetchone()[0])
            cursor.execute("SELECT pg_advisory_unlock_all()")

    try:
        assert loaded(csv([line(0)]), meanwhile=meanwhile) == "loaded"
    finally:
        beside.close()
    assert free == [True]
    assert known() == {PEOPLE[0]}


def test_who_was_entered_by_somebody_else_meanwhile_is_one_person(town):
    take(city(), csv([line(0)]), NOW)
    mine = []

    def meanwhile() -> None:
        people = [NewSubject(SubjectKind.PERSON, "某人", (("ric", PEOPLE[1]),))]
        mine.append(register(people=people, now=NOW)["ric", PEOPLE[1]])

    for kind in ("snapshot", "increment"):
        sql.run("DELETE FROM people_document WHERE subject = ANY(%s)", [mine])
        assert loaded(csv([line(0), line(1), line(2)]), meanwhile=meanwhile, kind=kind) == "loaded"
        held = {subject for (subject,) in sql.fetch(f"SELECT subject FROM centre.{CODE}")}
        assert mine[-1] in held
        assert held - set(mine[:-1]) == {
            subject for _, subject in subjects_of([("ric", number) for number in PEOPLE[:3]]).items()
        }
