"""Looking up: in the log before anybody sees an answer, unknown where the register cannot tell, never twice."""

import datetime
import uuid
from functools import partial

import pytest
from django.db import transaction

from mianzheng.audit import queries as log
from mianzheng.cases import models
from mianzheng.cases.actions import applying
from mianzheng.centre.actions.registers import open_dispute
from mianzheng.centre.queries.records import held, readiness_of
from mianzheng.common.errors import NotFound, Refusal
from mianzheng.evidence.actions.look import look
from mianzheng.evidence.actions.prefill import prefill, relatives
from mianzheng.evidence.models import Event
from mianzheng.evidence.queries.asking import ask, items_of
from mianzheng.evidence.rules.inquiry import Inquiry
from mianzheng.evidence.rules.verdicts import Verdict
from tests.second_city.life import DAY, NOW, day, officer, ways
from tests.second_city.reading import CITY

NEEDS = CITY.matters["home"].work.needs


def looks(subject, action="lookup"):
    return [entry for entry in log.about(subject) if entry.action == action]


def test_every_look_is_in_the_log_with_who_what_why_and_what_came_out(town):
    dossier = town.verified("anna", marital="married")
    assert ways(dossier) == {
        "has-card": ("document", "holds"),
        "no-debt": ("data", "holds"),
        "works": ("data", "holds"),
        "spouse-no-debt": ("data", "holds"),
    }
    about_anna, about_ben = looks(town["anna"]), looks(town["ben"])
    assert sorted(entry.item for entry in about_anna) == ["card", "debts", "marriage", "work"]
    (entry,) = about_ben
    assert (entry.item, entry.fact, entry.verdict) == ("debts", "no-debt", "holds")
    assert (entry.case, entry.matter, entry.applicant) == (dossier.case.id, "home", town["anna"])
    assert (entry.actor, entry.actor_role, entry.at) == ("account of anna", "resident", NOW)
    assert entry.purpose == "办理“申请住房”，依据《石桥住房条例》第三条"
    assert "500" not in str([each.detail for each in about_anna])


def test_where_the_log_cannot_be_written_no_answer_is_kept(town, monkeypatch):
    case = town.begin("anna")

    def full(entries):
        raise OSError("the disk is full")

    monkeypatch.setattr("mianzheng.audit.actions.write", full)
    with pytest.raises(OSError, match="full"):
        applying.look_up(case=case.id, actor=town.person("anna"), now=NOW)
    assert not Event.objects.filter(case=case.id).exists()
    assert looks(town["anna"]) == []


def test_log_and_answers_stand_or_fall_together(town):
    case = town.begin("anna")
    with pytest.raises(RuntimeError), transaction.atomic():
        applying.look_up(case=case.id, actor=town.person("anna"), now=NOW)
        raise RuntimeError
    assert not Event.objects.filter(case=case.id).exists()
    assert looks(town["anna"]) == []


def test_looking_twice_is_looking_once(town):
    dossier = town.verified("anna", marital="married")
    before = len(log.of_case(dossier.case.id)), Event.objects.count()
    applying.look_up(case=dossier.case.id, actor=town.person("anna"), now=NOW + DAY)
    assert (len(log.of_case(dossier.case.id)), Event.objects.count()) == before


def test_facts_can_be_looked_up_one_by_one_as_the_page_does(town):
    case = town.begin("anna")
    seen = []
    for need in ("has-card", "no-debt", "works"):
        dossier = applying.look_up(case=case.id, needs=[need], actor=town.person("anna"), now=NOW)
        seen.append([each for each in ways(dossier).values() if each[1]])
    assert [len(each) for each in seen] == [1, 2, 3]


def test_without_agreement_nothing_is_looked_up(town):
    actor = town.person("anna")
    case = applying.start(matter="home", key=uuid.uuid4(), actor=actor, now=NOW)
    with pytest.raises(Refusal):
        applying.look_up(case=case.id, actor=actor, now=NOW)
    assert looks(town["anna"]) == []


def test_the_questions_of_one_matter_cost_one_query_an_item(town, django_assert_num_queries):
    inquiry = Inquiry(uuid.uuid4(), "home", town["anna"])
    readiness = readiness_of(CITY, items_of(CITY, NEEDS), now=NOW)
    # the spouse, three registers (debts for both at once), objections; and whether debts found for nobody were erased
    with django_assert_num_queries(7):
        answers, _ = ask(CITY, inquiry, NEEDS, readiness=readiness, read=partial(held, CITY), today=NOW.date())
    assert {answer.verdict for answer in answers} == {Verdict.HOLDS}


@pytest.mark.parametrize(
    ("pull", "words"),
    [
        (lambda town: town.silence("debts"), "没有应答"),
        (lambda town: town.records("debts", now=NOW - 3 * DAY), "没有更新"),
    ],
)
def test_a_register_that_is_silent_or_stale_hands_the_question_to_the_department(town, pull, words):
    pull(town)
    dossier = town.verified("anna")
    assert ways(dossier)["no-debt"] == ("department", None)
    assert dossier.status == "waiting_department"
    first = Event.objects.filter(case=dossier.case.id, need="no-debt").order_by("id").first()
    assert (first.kind, first.verdict) == ("answer", "unknown")
    assert words in first.reason["msgid"]
    assert "debts" not in {entry.item for entry in looks(town["anna"])}, "what was not looked at is not in the log"


def test_a_licence_without_its_register_and_without_an_office_is_left_to_an_officer(town):
    town.silence("card")
    dossier = town.verified("anna")
    assert ways(dossier)["has-card"] == ("review", "unknown")
    assert dossier.papers_asked == 0


def test_an_objection_elsewhere_makes_the_answer_unknown(town):
    open_dispute(item="debts", subject=town["eric"], actor="x", now=NOW)
    dossier = town.verified("eric")
    assert ways(dossier)["no-debt"] == ("department", None)


def test_nobody_to_be_asked_about_is_no_debt_and_a_spouse_nobody_knows_of_is_no_spouse(town):
    dossier = town.verified("carl", marital="married")
    assert ways(dossier)["spouse-no-debt"] == ("data", "holds")


def test_a_spouse_who_cannot_be_found_out_is_a_question_for_the_department(town):
    town.silence("marriage")
    dossier = town.verified("anna", marital="married")
    assert ways(dossier)["spouse-no-debt"] == ("department", None)
    assert looks(town["ben"]) == []


def test_a_missing_date_is_unknown_and_no_refusal(town):
    town.records("work", ("anna", None))
    assert ways(town.verified("anna"))["works"] == ("department", None)


def own(town, name):
    return {"city": CITY, "matter": CITY.matters["home"], "subject": town[name], "actor": town.person(name), "now": NOW}


def test_prefill_is_the_persons_own_look_and_in_the_log(town):
    assert prefill(**own(town, "anna")) == {"marital": "married"}
    (entry,) = looks(town["anna"], "prefill")
    assert (entry.item, entry.applicant, entry.case) == ("marriage", town["anna"], None)
    assert relatives(**own(town, "anna")) == {"partner": [town["ben"]]}
    assert len(looks(town["anna"], "prefill")) == 2
    assert looks(town["ben"], "prefill") == []


def test_prefill_leaves_open_what_a_silent_register_would_say(town):
    town.silence("marriage")
    assert prefill(**own(town, "anna")) == {}
    assert relatives(**own(town, "anna")) == {"partner": []}
    assert log.about(town["anna"]) == (), "what was not looked at is not in the log"


def test_a_correction_is_looked_up_afresh_and_the_old_answers_stay_readable(town):
    dossier = town.verified("anna", marital="married")
    actor, case = town.person("anna"), dossier.case.id
    corrected = {"marital": "divorced", "rooms": "2"}
    applying.save_answers(case=case, typed=corrected, relatives={}, actor=actor, now=NOW + DAY)
    assert models.Case.objects.get(id=case).agreed_at is None
    with pytest.raises(Refusal):
        applying.look_up(case=case, actor=actor, now=NOW + DAY)
    applying.agree(case=case, actor=actor, now=NOW + DAY)
    found = applying.look_up(case=case, actor=actor, now=NOW + DAY)
    assert "spouse-no-debt" not in ways(found)
    kinds = [event.kind for event in Event.objects.filter(case=case, need="no-debt").order_by("id")]
    assert kinds == ["answer", "again", "answer"]


def test_saving_the_same_answers_again_is_no_correction(town):
    dossier = town.verified("anna")
    typed = {"marital": "divorced", "rooms": "2"}
    applying.save_answers(case=dossier.case.id, typed=typed, relatives={}, actor=town.person("anna"), now=NOW)
    assert models.Case.objects.get(id=dossier.case.id).agreed_at is not None


def test_one_fact_by_itself_is_answered_logged_and_kept_nowhere_else(town):
    answers = look(city=CITY, matter="home", fact="no-debt", applicant=town["eric"], actor=officer("homes"), now=NOW)
    assert [(answer.need.about, answer.verdict) for answer in answers] == [("applicant", "fails"), ("spouse", "holds")]
    entries = looks(town["eric"])
    assert {entry.item for entry in entries} == {"debts", "marriage"}
    assert {(entry.case, entry.actor_office) for entry in entries} == {(None, "homes")}
    assert not Event.objects.exists()


@pytest.mark.parametrize(
    ("matter", "fact", "error"),
    [
        ("home", "may-commit", Refusal),
        ("bus", "works", Refusal),
        ("well", "no-debt", Refusal),
        ("nothing", "no-debt", NotFound),
        ("home", "nothing", NotFound),
    ],
)
def test_nobody_looks_around(town, matter, fact, error):
    with pytest.raises(error):
        look(city=CITY, matter=matter, fact=fact, applicant=town["eric"], actor=officer("homes"), now=NOW)
    assert log.about(town["eric"]) == ()


def test_the_day_an_answer_is_true_of_is_that_of_the_register(town):
    town.records("debts", now=NOW - DAY)
    file = town.verified("anna").file("no-debt")
    assert (file.progress.source, file.progress.as_of) == ("debts", day("2026-03-01"))
    assert isinstance(file.progress.as_of, datetime.date)


def test_whether_somebody_may_commit_is_looked_up_only_once_it_comes_into_question(town):
    town.verified("anna", marital="married")
    assert "credit" not in [entry.item for entry in looks(town["anna"])]
    town.silence("work")
    town.verified("carl")
    assert "credit" in [entry.item for entry in looks(town["carl"])]
