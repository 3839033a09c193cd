"""Questions put to departments: asked once, answered once, for every case that asks the same; or passed on in time."""

import asyncio
import json
import threading
import time
import uuid

import pytest
from django.db import connection, transaction

from mianzheng.audit import queries as log
from mianzheng.cases import jobs
from mianzheng.cases.actions import applying
from mianzheng.centre.actions.doubts import answer_doubt
from mianzheng.centre.models import Dispute, Doubt
from mianzheng.common.errors import NotFound, Refusal
from mianzheng.evidence.actions.checks import answer_check, expire_checks
from mianzheng.evidence.models import Check, Event
from mianzheng.evidence.queries.files import questions_of
from mianzheng.evidence.rules.progress import Option
from mianzheng.evidence.rules.verdicts import Verdict
from mianzheng.web import sql
from mianzheng.web.jobs import app
from tests.second_city.life import DAY, NOW, again, day, officer, ways
from tests.second_city.reading import CITY


def answer(check, verdict=Verdict.HOLDS, note="查了社保台账。", office="civil", now=NOW):
    return answer_check(city=CITY, check=check.id, verdict=verdict, note=note, actor=officer(office), now=now)


def run_jobs(monkeypatch, now=NOW):
    """Do what was deferred, as the worker would, at `now`."""
    monkeypatch.setattr("mianzheng.web.clock.now", lambda: now)
    waiting = sql.fetch("SELECT id, task_name, args FROM procrastinate_jobs WHERE status = 'todo' ORDER BY id")
    for number, name, args in waiting:
        app.tasks[name].func(**json.loads(args))
        sql.run("DELETE FROM procrastinate_jobs WHERE id = %s", [number])
    return [name for _, name, _ in waiting]


def test_what_no_register_knows_is_asked_of_the_department_with_its_deadline(town):
    dossier = town.verified("carl")
    (question,) = questions_of("civil")
    assert (question.fact, question.subjects, question.cases) == ("works", (town["carl"],), (dossier.case.id,))
    assert question.due == day("2026-03-04")
    assert len(questions_of("civil")) == 1
    assert not questions_of("homes")
    assert dossier.status == "waiting_department"


def test_a_holiday_of_the_city_moves_the_deadline(town):
    friday = NOW + 4 * DAY
    town.refresh(friday)
    town.verified("carl", now=friday)
    assert Check.objects.get().due == day("2026-03-11"), "Monday is a holiday in this city"


def test_cases_that_ask_the_same_share_one_question_and_one_answer_serves_them_all(town, monkeypatch):
    first, second = town.handed_in("carl"), town.handed_in("carl")
    (check,) = Check.objects.all()
    assert set(answer(check)) == {first.case.id, second.case.id}
    assert again(first).status == "waiting_department", "the answer is carried there by the job"
    assert run_jobs(monkeypatch) == ["cases.check_answered"]
    for dossier in (first, second):
        assert again(dossier).status == "submitted"
        assert ways(again(dossier))["works"] == ("department", "holds")
        (entry,) = [e for e in log.of_case(dossier.case.id) if e.action == "check"]
        assert (entry.subject, entry.actor_office, entry.verdict) == (town["carl"], "civil", "holds")


def test_a_case_not_handed_in_comes_back_to_the_person(town, monkeypatch):
    dossier = town.verified("carl")
    answer(Check.objects.get())
    run_jobs(monkeypatch)
    assert again(dossier).status == "draft"
    assert ways(again(dossier))["works"] == ("department", "holds")


def test_an_answer_against_the_person_is_shown_before_it_is_submitted(town, monkeypatch):
    dossier = town.handed_in("carl")
    answer(Check.objects.get(), Verdict.FAILS, note="2 月已离职。", now=NOW + DAY)
    run_jobs(monkeypatch, now=NOW + DAY)
    found = again(dossier)
    assert (found.status, found.case.handed_in_at) == ("draft", None)
    assert ways(found)["works"] == ("department", "fails")


def test_a_department_that_cannot_tell_leaves_the_choice_to_the_person(town, monkeypatch):
    dossier = town.handed_in("carl")
    answer(Check.objects.get(), Verdict.UNKNOWN)
    run_jobs(monkeypatch)
    assert again(dossier).status == "waiting_commitment"


def test_an_answer_is_given_once_with_a_note_by_the_office_that_was_asked(town):
    town.verified("carl")
    (check,) = Check.objects.all()
    with pytest.raises(NotFound):
        answer(check, office="homes")
    with pytest.raises(NotFound):
        answer(check, office="")
    with pytest.raises(Refusal) as refused:
        answer(check, note="  ")
    assert refused.value.field == "note"
    answer(check)
    with pytest.raises(Refusal):
        answer(check, Verdict.FAILS)
    assert Check.objects.get().verdict == "holds"
    assert Event.objects.filter(kind="answer", way="department").count() == 1


def test_after_an_answer_the_same_question_is_asked_anew(town):
    town.verified("carl")
    answer(Check.objects.get())
    town.verified("carl")
    assert Check.objects.count() == 2
    assert len(questions_of("civil")) == 1


def test_other_parameters_are_another_question(town):
    town.silence("debts")
    town.verified("anna", "home")
    town.verified("anna", "bus")
    assert sorted(check.params["limit"] for check in Check.objects.all()) == ["0", "100"]


def test_a_deadline_that_passes_hands_the_question_on_and_blames_nobody(town, monkeypatch):
    dossier = town.handed_in("carl")
    due = NOW + 2 * DAY
    assert expire_checks(city=CITY, now=due) == 0, "the last day counts whole"
    town.refresh(due + DAY)
    monkeypatch.setattr("mianzheng.web.clock.now", lambda: due + DAY)
    jobs.expire(0)
    run_jobs(monkeypatch, due + DAY)
    found = again(dossier, due + DAY)
    assert found.status == "waiting_commitment"
    assert ways(found)["works"] == ("commitment", "unknown")
    (check,) = Check.objects.all()
    assert (check.answered_by, check.verdict) == ("program", "unknown")
    assert expire_checks(city=CITY, now=due + DAY) == 0, "it is given up once"


def test_a_deadline_that_passes_for_somebody_barred_leaves_it_to_an_officer(town, monkeypatch):
    dossier = town.handed_in("dora")
    expire_checks(city=CITY, now=NOW + 3 * DAY)
    run_jobs(monkeypatch, NOW + 3 * DAY)
    found = again(dossier)
    assert (found.status, ways(found)["works"]) == ("submitted", ("review", "unknown"))


def objected(town, *reasons):
    """Have eric object to his debts, once for each reason; return the checks."""
    dossiers = [town.verified("eric") for _ in reasons]
    for dossier, why in zip(dossiers, reasons, strict=True):
        town.choose(dossier, "eric", "no-debt", Option.OBJECT, why)
    return [Check.objects.get(why=why) for why in reasons]


def is_disputed():
    return Dispute.objects.filter(item="debts", closed_at=None).exists()


def settle(now=NOW):
    """Answer the doubt that is open: the records are right."""
    (doubt,) = Doubt.objects.filter(answered_at=None)
    answer_doubt(city=CITY, doubt=doubt.id, outcome="stands", why="见台账", actor=officer("homes"), now=now)


def test_records_stay_disputed_while_another_objection_is_open(town):
    first, second = objected(town, "已还清", "从没借过")
    answer(first, Verdict.FAILS, office="homes")
    assert is_disputed()
    answer(second, Verdict.FAILS, office="homes")
    assert not is_disputed()


def test_records_stay_disputed_while_the_owner_has_not_looked(town, monkeypatch):
    first, second = objected(town, "已还清", "从没借过")
    answer(first, Verdict.HOLDS, office="homes")
    answer(second, Verdict.FAILS, office="homes")
    assert is_disputed(), "the first answer went against the records"
    settle()
    run_jobs(monkeypatch)
    assert not is_disputed()


def test_what_the_owner_says_ends_no_dispute_that_another_office_still_looks_into(town, monkeypatch):
    first, second = objected(town, "已还清", "从没借过")
    answer(first, Verdict.HOLDS, office="homes")
    settle()
    run_jobs(monkeypatch)
    assert is_disputed()
    answer(second, Verdict.UNKNOWN, office="homes")
    assert not is_disputed()


def test_an_objection_nobody_answered_in_time_goes_to_the_owner_of_the_records(town, monkeypatch):
    objected(town, "已还清")
    late = NOW + 9 * DAY
    assert expire_checks(city=CITY, now=late) == 1
    (doubt,) = Doubt.objects.all()
    assert (doubt.item, doubt.subject, doubt.cause, doubt.office) == ("debts", town["eric"], "objection", "homes")
    assert (doubt.raised_by, "已还清" in doubt.note) == ("program", False)
    assert is_disputed()
    settle(late)
    run_jobs(monkeypatch, late)
    assert not is_disputed()


def test_a_deadline_of_no_objection_doubts_nothing(town):
    town.verified("carl")
    expire_checks(city=CITY, now=NOW + 9 * DAY)
    assert not Doubt.objects.exists()


def test_two_objections_answered_at_the_same_moment_close_the_dispute(lasting_town):
    first, second = objected(lasting_town, "已还清", "从没借过")

    def elsewhere():
        try:
            answer(second, Verdict.FAILS, office="homes")
        finally:
            connection.close()

    other = threading.Thread(target=elsewhere)
    with transaction.atomic():
        answer(first, Verdict.FAILS, office="homes")
        other.start()
        time.sleep(0.3)  # the other has answered by now, and waits for us
    other.join()
    assert not is_disputed()


def test_an_answer_for_a_case_that_was_withdrawn_moves_nothing(town, monkeypatch):
    dossier = town.handed_in("carl")
    applying.withdraw(case=dossier.case.id, actor=town.person("carl"), now=NOW)
    answer(Check.objects.get())
    run_jobs(monkeypatch)
    assert again(dossier).status == "withdrawn"


def test_the_job_does_not_mind_a_check_that_is_gone_or_being_done_twice(town, monkeypatch):
    dossier = town.handed_in("carl")
    check = Check.objects.get()
    answer(check)
    run_jobs(monkeypatch)
    jobs.check_answered(str(check.id))
    jobs.check_answered(str(uuid.uuid4()))
    assert again(dossier).status == "submitted"


def test_the_worker_itself_submits_what_was_answered(lasting_town, monkeypatch):
    monkeypatch.setattr("mianzheng.web.clock.now", lambda: NOW)
    sql.run("DELETE FROM procrastinate_jobs")  # what tests before this one left in a queue that outlives a flush
    dossiers = [lasting_town.handed_in("carl") for _ in range(2)]
    answer(Check.objects.get())

    async def work():
        async with app.open_async():
            await app.run_worker_async(wait=False, install_signal_handlers=False)

    with app.replace_connector(app.connector.get_worker_connector()):
        asyncio.run(work())
    assert [again(dossier).status for dossier in dossiers] == ["submitted", "submitted"]
    # the threads of the worker are gone; so go their connections, or the test database could not be dropped
    sql.fetch(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    assert sql.fetch("SELECT DISTINCT status::text FROM procrastinate_jobs") == [("succeeded",)]
