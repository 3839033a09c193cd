"""The database goes away in the middle: at every statement of handing in, at every third of the other steps.

Nothing is half-stored, whoever called gets one clear error, and doing it again does it.
"""

import contextlib

import psycopg
import pytest
from django.db import DatabaseError, connection

from mianzheng.audit.models import Entry
from mianzheng.cases import models
from mianzheng.cases.actions import applying, deciding
from mianzheng.centre.models import Dispute
from mianzheng.evidence.models import Check, Commitment, Event
from mianzheng.evidence.rules.progress import Option
from mianzheng.web import sql
from tests.actions.test_checks import answer
from tests.second_city.life import NOW, officer

MOST = 80
"""No step takes more statements than this."""


def sever():
    """End our own session from outside, as a server that stops does."""
    known = {"host", "port", "user", "password", "dbname"}
    where = {name: value for name, value in connection.get_connection_params().items() if name in known}
    with psycopg.connect(**where, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [connection.connection.info.backend_pid])


@contextlib.contextmanager
def lost_at(number):
    """Lose the database before statement `number`; yield a list that is filled when that happened."""
    lost, count = [], 0

    def wrapper(execute, statement, params, many, context):
        nonlocal count
        count += 1
        if count == number:
            sever()
            lost.append(statement)
        return execute(statement, params, many, context)

    with connection.execute_wrapper(wrapper):
        yield lost


@contextlib.contextmanager
def lost_at_commit(monkeypatch):
    """Lose the database when everything has been said and only the commit is missing."""
    with monkeypatch.context() as patched:
        real = connection._commit

        def commit():
            sever()
            return real()

        patched.setattr(connection, "_commit", commit)
        yield


def stored():
    """Return everything that a step may leave behind."""
    kept = [models.Case, models.Step, models.Decision, Event, Check, Commitment, Dispute, Entry]
    rows = {model.__name__: sorted(map(str, model.objects.values_list())) for model in kept}
    return {**rows, "jobs": sql.fetch("SELECT id, task_name, status::text FROM procrastinate_jobs ORDER BY id")}


def steps(town):
    """Return every step with what it is done to, ready to be done."""
    anna, homes = town.person("anna"), officer("homes")
    begun, verified = town.begin("carl"), town.verified("anna", "bus")
    waiting, failing = town.verified("carl"), town.verified("eric")
    deciding.take_up(case=(reviewed := town.handed_in("anna")).case.id, actor=homes, now=NOW)
    check = Check.objects.get()
    carl = town.person("carl")
    return {
        "look up": (lambda: applying.look_up(case=begun.id, actor=carl, now=NOW), begun, "waiting_department"),
        "hand in": (lambda: applying.hand_in(case=verified.case.id, actor=anna, now=NOW), verified.case, "granted"),
        "commit": (lambda: town.choose(waiting, "carl", "works", Option.COMMIT), waiting.case, "draft"),
        "object": (
            lambda: town.choose(failing, "eric", "no-debt", Option.OBJECT, "已还清"),
            failing.case,
            "waiting_department",
        ),
        "answer": (lambda: answer(check), waiting.case, "waiting_department"),
        "grant": (lambda: deciding.grant(case=reviewed.case.id, actor=homes, now=NOW), reviewed.case, "granted"),
    }


NAMES = ["look up", "hand in", "commit", "object", "answer", "grant"]


@pytest.mark.parametrize("name", NAMES)
def test_lost_at_any_statement_nothing_is_half_stored_and_the_next_try_does_it(lasting_town, name):
    do, case, status = steps(lasting_town)[name]
    before = stored()
    for number in range(1, MOST, 1 if name == "hand in" else 3):
        with lost_at(number) as lost:
            done = tried(do)
        if done and not lost:
            break
        assert not done, "it says it is done although the database went away"
        assert stored() == before, f"half-stored after losing the database at: {lost[0][:80]}"
    assert number > 5, "hardly anything was tried"
    assert models.Case.objects.get(id=case.id).status == status


@pytest.mark.parametrize("name", NAMES)
def test_lost_at_the_commit_nothing_is_stored_and_the_next_try_does_it(lasting_town, monkeypatch, name):
    do, case, status = steps(lasting_town)[name]
    before = stored()
    with lost_at_commit(monkeypatch):
        assert not tried(do)
    assert stored() == before
    assert tried(do)
    assert models.Case.objects.get(id=case.id).status == status


def tried(do):
    """Do it; return whether it was done. Losing the database is an error of Django's and never something else."""
    try:
        do()
    except DatabaseError:
        return False
    finally:
        connection.close_if_unusable_or_obsolete()  # as Django does between two requests
    return True
