"""Pressed twice, or in two windows at once: one case, one decision, one commitment, one question."""

import threading
import uuid

import pytest
from django.db import connection

from mianzheng.audit import queries as log
from mianzheng.cases import models
from mianzheng.cases.actions import applying, deciding
from mianzheng.cases.queries.dossiers import open_dossier
from mianzheng.common.errors import NotFound, Refusal
from mianzheng.evidence.models import Check, Commitment, Event
from mianzheng.evidence.rules.progress import Option
from mianzheng.evidence.rules.verdicts import Verdict
from tests.actions.test_checks import answer
from tests.second_city.life import NOW, again, officer, ways


def at_once(*calls):
    """Do all `calls` at the same time, each on a connection of its own; return what each gave or raised."""
    gate, results = threading.Barrier(len(calls)), [None] * len(calls)

    def run(place, call):
        try:
            gate.wait(timeout=10)
            results[place] = call()
        except Exception as error:
            results[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return results


def unexpected(results):
    return [each for each in results if isinstance(each, Exception) and not isinstance(each, Refusal)]


def test_the_start_button_pressed_four_times_at_once_starts_one_case(lasting_town):
    key, actor = uuid.uuid4(), lasting_town.person("anna")
    results = at_once(*[lambda: applying.start(matter="home", key=key, actor=actor, now=NOW)] * 4)
    assert unexpected(results) == []
    assert {case.id for case in results} == {models.Case.objects.get().id}


def test_the_key_of_somebody_elses_case_opens_nothing(lasting_town):
    key = uuid.uuid4()
    applying.start(matter="home", key=key, actor=lasting_town.person("anna"), now=NOW)
    with pytest.raises(NotFound):
        applying.start(matter="home", key=key, actor=lasting_town.person("ben"), now=NOW)


def test_handed_in_twice_at_once_is_handed_in_once_and_granted_once(lasting_town):
    case, actor = lasting_town.verified("anna", "bus").case.id, lasting_town.person("anna")
    results = at_once(*[lambda: applying.hand_in(case=case, actor=actor, now=NOW)] * 3)
    assert unexpected(results) == []
    assert {dossier.status for dossier in results} == {"granted"}, "the second press sees what the first did"
    assert models.Decision.objects.count() == 1
    assert [step.move for step in models.Step.objects.order_by("id")] == ["hand_in", "grant"]


def test_looked_up_twice_at_once_is_looked_up_and_logged_once(lasting_town):
    case, actor = lasting_town.begin("carl").id, lasting_town.person("carl")
    results = at_once(*[lambda: applying.look_up(case=case, actor=actor, now=NOW)] * 3)
    assert unexpected(results) == []
    assert Event.objects.filter(need="works").count() == 2, "one answer, one question"
    assert Check.objects.count() == 1
    looked = [entry.item for entry in log.of_case(case) if entry.action == "lookup"]
    assert sorted(looked) == ["card", "credit", "debts", "work"], "a commitment is in question, so the bar is too"


def test_rows_of_one_page_looked_up_side_by_side_all_get_their_answer(lasting_town):
    case, actor = lasting_town.begin("anna").id, lasting_town.person("anna")
    calls = [
        lambda need=need: applying.look_up(case=case, needs=[need], actor=actor, now=NOW)
        for need in ("has-card", "no-debt", "works")
    ]
    assert unexpected(at_once(*calls)) == []
    assert {verdict for _, verdict in ways(open_dossier(models.Case.objects.get(id=case), now=NOW)).values()} == {
        "holds"
    }


def test_two_cases_that_ask_the_same_at_once_ask_one_question(lasting_town):
    cases = [lasting_town.begin("carl").id for _ in range(2)]
    actor = lasting_town.person("carl")
    results = at_once(*[lambda case=case: applying.look_up(case=case, actor=actor, now=NOW) for case in cases])
    assert unexpected(results) == []
    assert set(answer(Check.objects.get())) == set(cases)


def test_committed_twice_at_once_is_committed_once(lasting_town):
    dossier = lasting_town.verified("carl")
    results = at_once(*[lambda: lasting_town.choose(dossier, "carl", "works", Option.COMMIT)] * 2)
    assert unexpected(results) == []
    assert sum(isinstance(each, Refusal) for each in results) == 1
    assert Commitment.objects.count() == 1


def test_answered_twice_at_once_is_answered_once(lasting_town):
    lasting_town.verified("carl")
    check = Check.objects.get()
    results = at_once(lambda: answer(check, Verdict.HOLDS), lambda: answer(check, Verdict.FAILS))
    assert unexpected(results) == []
    assert sum(isinstance(each, Refusal) for each in results) == 1
    assert Event.objects.filter(kind="answer", way="department").count() == 1


def test_two_officers_decide_at_once_and_the_first_decides(lasting_town):
    dossier, homes = lasting_town.handed_in("eric", knowing=True), officer("homes")
    case = dossier.case.id
    deciding.take_up(case=case, actor=homes, now=NOW)
    results = at_once(
        lambda: deciding.grant(case=case, findings="已分期。", actor=homes, now=NOW),
        lambda: deciding.refuse(case=case, findings="未还。", basis="homes-3", actor=homes, now=NOW),
    )
    assert unexpected(results) == []
    assert sum(isinstance(each, Refusal) for each in results) == 1
    assert models.Decision.objects.get().outcome == again(dossier).status


def test_withdrawn_while_it_is_decided_is_one_or_the_other(lasting_town):
    dossier, homes = lasting_town.handed_in("anna"), officer("homes")
    case = dossier.case.id
    deciding.take_up(case=case, actor=homes, now=NOW)
    results = at_once(
        lambda: deciding.grant(case=case, actor=homes, now=NOW),
        lambda: applying.withdraw(case=case, actor=lasting_town.person("anna"), now=NOW),
    )
    assert unexpected(results) == []
    assert again(dossier).status in ("granted", "withdrawn")
    assert models.Decision.objects.count() == (again(dossier).status == "granted")
