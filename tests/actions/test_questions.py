"""'I don't recognise this': the log answers what it can, an office the rest in time, and oversight where that does not do."""

import pytest

from mianzheng.audit.models import Entry
from mianzheng.common.actors import Actor
from mianzheng.common.errors import NotFound, Refusal
from mianzheng.common.reasons import unpacked
from mianzheng.oversight.actions import deciding
from mianzheng.oversight.actions.questions import ask_about, contest
from mianzheng.oversight.models import Lead, Question
from mianzheng.oversight.queries.questions import asked_already, questions_of
from mianzheng.oversight.rules.leads import Source, Status
from tests.actions.overseen import Watched, watched
from tests.second_city.life import DAY, NOW, day
from tests.second_city.reading import CITY


@pytest.fixture
def city(town) -> Watched:
    return watched(town)


def asked(city, who, entry, said="", now=NOW) -> Question:
    actor = city.town.person(who)
    return Question.objects.get(id=ask_about(city=CITY, entry=entry, said=said, actor=actor, now=now))


def line(city, whose, **more):
    return Entry.objects.filter(subject=city.town[whose], **more).first().id


def test_an_officers_look_is_put_to_the_head_of_that_department(city):
    question = asked(city, "dora", city.look("bob", "dora"), "那天我没有办过事")
    lead = question.lead
    assert (lead.source, lead.office, lead.status) == (Source.PERSON, "homes", Status.OPEN)
    assert (str(lead.account), lead.due, lead.reasons) == (city["bob"].id, day("2026-03-10"), [])
    assert question.told == {}
    kept = str(Lead.objects.values().get())
    assert str(city.town["dora"]) not in kept and "那天" not in kept


def test_what_one_started_oneself_the_log_answers_at_once(city):
    city.town.handed_in("anna")
    question = asked(city, "anna", line(city, "anna", action="lookup"))
    assert question.lead is None
    assert unpacked(question.told).params["matter"].zh == "申请住房"
    assert not Lead.objects.exists()
    assert [each.id for each in questions_of(city.town["anna"])] == [question.id]


def test_what_the_program_did_for_ones_own_case_too(city):
    look = {"actor": "program", "actor_role": "", "actor_office": ""}
    own = city.look("bob", "anna", matter="home", applicant=city.town["anna"], **look)
    assert asked(city, "anna", own).told
    alone = city.look("bob", "anna", **look)
    assert asked(city, "anna", alone).lead.status == Status.PASSED  # nobody's matter, nobody's register


def test_what_a_relative_applied_for_the_office_of_the_matter_answers_and_there_is_no_officer_to_ask(city):
    city.town.handed_in("anna", marital="married")
    question = asked(city, "ben", line(city, "ben", action="lookup"))
    assert (question.lead.office, question.lead.account) == ("homes", None)
    with pytest.raises(Refusal):
        deciding.ask(city=CITY, lead=question.lead.id, actor=city["chief"], now=NOW)
    deciding.explain(lead=question.lead.id, answer="配偶申请住房，依规定核对", actor=city["chief"], now=NOW)
    assert Lead.objects.get().status == Status.EXPLAINED


def test_a_look_is_asked_about_by_whom_it_is_about_and_once(city):
    entry = city.look("bob", "dora")
    with pytest.raises(NotFound):
        asked(city, "anna", entry)
    with pytest.raises(NotFound):
        ask_about(city=CITY, entry=entry, said="", actor=city["bob"], now=NOW)
    asked(city, "dora", entry)
    with pytest.raises(Refusal):
        asked(city, "dora", entry)
    assert Question.objects.count() == Lead.objects.count() == 1
    assert asked_already(city.town["dora"], entry)


def test_what_my_data_does_not_list_cannot_be_asked_about(city):
    hidden = city.look("bob", "dora", action="something_else")
    with pytest.raises(NotFound):
        asked(city, "dora", hidden)


def test_a_person_is_answered_although_the_officer_was_not_asked_and_by_the_day_whoever_is_asked(city):
    lead = asked(city, "dora", city.look("bob", "dora")).lead
    deciding.ask(city=CITY, lead=lead.id, actor=city["chief"], now=NOW)
    assert city.lead("bob").due == lead.due
    deciding.explain(lead=lead.id, answer="经办人核对台账", actor=city["chief"], now=NOW)
    assert questions_of(city.town["dora"])[0].lead.answer == "经办人核对台账"


def test_a_late_answer_goes_to_oversight(city):
    asked(city, "dora", city.look("bob", "dora"))
    assert deciding.escalate(city=CITY, now=NOW + 8 * DAY) == 0
    assert deciding.escalate(city=CITY, now=NOW + 9 * DAY) == 1
    assert city.lead("bob").status == Status.PASSED


def test_the_person_may_say_once_that_it_is_no_answer(city):
    question = asked(city, "dora", city.look("bob", "dora"))
    person = city.town.person("dora")

    def again(actor: Actor = person, why: str = "没有说是谁") -> None:
        contest(city=CITY, question=question.id, why=why, actor=actor, now=NOW)

    with pytest.raises(Refusal):
        again()  # not answered yet
    deciding.explain(lead=question.lead.id, answer="工作需要", actor=city["chief"], now=NOW)
    with pytest.raises(NotFound):
        again(city.town.person("anna"))
    with pytest.raises(Refusal):
        again(why=" ")
    again()
    assert city.lead("bob").status == Status.PASSED
    with pytest.raises(Refusal):
        again()
    deciding.close(lead=question.lead.id, outcome="explained", closing="核对档案", actor=city["watch"], now=NOW)
    with pytest.raises(Refusal):
        again()


def test_what_the_log_answered_can_be_contested_too(city):
    city.town.handed_in("anna")
    question = asked(city, "anna", line(city, "anna", action="lookup"))
    contest(city=CITY, question=question.id, why="账号被人用了", actor=city.town.person("anna"), now=NOW)
    found = Question.objects.get()
    assert (found.lead.status, found.lead.account) == (Status.PASSED, None)


def test_a_sentence_may_be_long_but_not_endless(city):
    entry = city.look("bob", "dora")
    with pytest.raises(Refusal):
        asked(city, "dora", entry, "长" * 1_001)
    assert not Question.objects.exists()
