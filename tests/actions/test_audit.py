import datetime
import uuid

import pytest
from django.db import Error, IntegrityError, connection, transaction

from mianzheng.audit import actions, models, queries
from mianzheng.audit.rules import NewEntry, canonical, leaf

NOW = datetime.datetime(2026, 11, 23, 9, 0, 0, 123456, tzinfo=datetime.UTC)
SUBJECT, CASE = uuid.uuid4(), uuid.uuid4()

pytestmark = pytest.mark.django_db


def entry(**said) -> NewEntry:
    usual = {"at": NOW, "actor": "program", "action": "lookup", "purpose": "核验住房公积金贷款条件", "subject": SUBJECT}
    return NewEntry(**{**usual, **said})


def test_many_lines_are_one_statement():
    actions.write([entry(fact=f"f{n}") for n in range(500)])
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), count(DISTINCT cmin::text) FROM audit_entry")
        assert cursor.fetchone() == (500, 1)


def test_what_was_written_is_read_back():
    who = {"actor": "a", "actor_role": "officer", "actor_office": "HRSS", "applicant": uuid.uuid4()}
    what = {"case": CASE, "matter": "M", "fact": "F", "item": "I", "verdict": "unknown"}
    said = entry(**who, **what, detail={"ms": 3, "为什么": "超时"})
    actions.write([said])
    (line,) = queries.about(SUBJECT)
    assert {name: getattr(line, name) for name in said.__dataclass_fields__} == {
        name: getattr(said, name) for name in said.__dataclass_fields__
    }
    assert queries.of_case(CASE) == (line,)


def test_the_newest_come_first_and_a_limit_holds():
    actions.write([entry(at=NOW + datetime.timedelta(minutes=n), fact=str(n), case=CASE) for n in range(5)])
    actions.write([entry(subject=uuid.uuid4())])
    assert [line.fact for line in queries.about(SUBJECT, limit=3)] == ["4", "3", "2"]
    assert [line.fact for line in queries.of_case(CASE)] == list("01234")


@pytest.mark.parametrize("purpose", ["", "  "])
def test_no_purpose_no_entry(purpose):
    with pytest.raises(ValueError, match="purpose"):
        entry(purpose=purpose)
    with pytest.raises(IntegrityError), transaction.atomic():
        models.Entry.objects.create(at=NOW, actor="x", action="x", purpose=purpose, subject=SUBJECT, salt=b"", leaf=b"")


@pytest.mark.parametrize("change", ["UPDATE audit_entry SET verdict = 'holds'", "DELETE FROM audit_entry"])
def test_the_database_refuses_to_change_the_log(change):
    actions.write([entry()])
    with pytest.raises(Error, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)
    assert len(queries.about(SUBJECT)) == 1


def test_it_is_undone_with_the_transaction_it_belongs_to():
    with pytest.raises(RuntimeError), transaction.atomic():
        actions.write([entry()])
        raise RuntimeError
    assert queries.about(SUBJECT) == ()


def test_a_leaf_is_the_same_wherever_the_clock_stands_and_differs_for_every_word():
    shanghai = datetime.timezone(datetime.timedelta(hours=8))
    assert leaf(entry(), b"s") == leaf(entry(at=NOW.astimezone(shanghai)), b"s")
    assert leaf(entry(), b"s") != leaf(entry(), b"t")
    assert leaf(entry(verdict="holds"), b"s") != leaf(entry(verdict="fails"), b"s")
    assert canonical(entry(detail={"b": 1, "a": 2})) == canonical(entry(detail={"a": 2, "b": 1}))


def test_a_line_changed_behind_the_programs_back_is_found():
    actions.write([entry(verdict="fails"), entry(verdict="holds")])
    assert queries.broken(SUBJECT) == ()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE audit_entry SET verdict = 'holds'")
        cursor.execute("SET LOCAL session_replication_role = origin")
    assert len(queries.broken(SUBJECT)) == 1
