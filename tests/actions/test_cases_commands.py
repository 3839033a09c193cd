"""``mianzheng case apply`` and ``mianzheng verify``: the main job from the command line, as the contract says."""

import json

import click
import pytest
from click.testing import CliRunner

from mianzheng.audit import queries as log
from mianzheng.cases import models
from mianzheng.cases.commands import COMMANDS as CASES
from mianzheng.common.errors import Refusal
from mianzheng.evidence.commands import COMMANDS as EVIDENCE
from mianzheng.evidence.models import Check, Commitment
from mianzheng.web.words import say
from tests.second_city.life import NOW

FACT = {"fact", "about", "way", "verdict", "source", "as_of", "reason"}


@pytest.fixture
def run(town, monkeypatch):
    monkeypatch.setattr("mianzheng.web.clock.now", lambda: NOW)
    group = click.Group(commands=[*CASES, *EVIDENCE])

    def run(*words, code=0):
        told = CliRunner().invoke(group, [str(word) for word in words])
        if told.exception and not isinstance(told.exception, SystemExit):
            raise told.exception
        assert told.exit_code == code, told.output
        return told.stdout

    return run


def apply(run, town, name, matter="home", *more):
    return json.loads(run("case", "apply", "--matter", matter, "--applicant", town.numbers[name], "--json", *more))


def test_a_case_from_the_command_line_says_what_the_contract_promises(run, town):
    found = apply(run, town, "anna")
    assert set(found) >= {"case", "matter", "papers_asked", "status", "facts"}
    assert (found["matter"], found["papers_asked"], found["status"]) == ("home", 0, "submitted")
    assert all(set(fact) >= FACT and fact["reason"] for fact in found["facts"])
    assert [(f["fact"], f["about"], f["way"], f["verdict"]) for f in found["facts"]] == [
        ("has-card", "applicant", "document", "holds"),
        ("no-debt", "applicant", "data", "holds"),
        ("works", "applicant", "data", "holds"),
        ("no-debt", "spouse", "data", "holds"),
    ]
    assert {fact["as_of"] for fact in found["facts"]} == {"2026-03-02"}
    case = models.Case.objects.get(id=found["case"])
    assert case.answers == {"marital": "married", "rooms": "1", "partner": str(town["ben"])}
    assert {entry.actor_role for entry in log.of_case(case.id)} >= {"operator"}, "the log says who really did it"


def test_a_program_grants_at_once(run, town):
    assert apply(run, town, "anna", "bus")["status"] == "granted"


def test_what_fails_stays_with_the_person(run, town):
    found = apply(run, town, "eric")
    assert (found["status"], found["facts"][1]["verdict"]) == ("draft", "fails")
    assert found["not_handed_in"]


def test_a_commitment_is_signed_only_where_it_was_asked_for(run, town):
    assert apply(run, town, "carl")["status"] == "waiting_department"
    assert not Commitment.objects.exists()
    found = apply(run, town, "carl", "home", "--commit")
    assert (found["status"], found["facts"][2]["way"]) == ("submitted", "commitment")
    assert apply(run, town, "dora", "home", "--commit")["status"] == "waiting_department", "who is barred waits"
    assert Commitment.objects.count() == 1
    assert Check.objects.count() == 2


def test_a_paper_is_counted_where_the_law_demands_it(run, town):
    assert apply(run, town, "carl", "abroad")["papers_asked"] == 1
    assert apply(run, town, "anna", "abroad")["papers_asked"] == 0


def test_answers_come_from_a_file_relatives_by_their_number(run, town, tmp_path):
    file = tmp_path / "answers.json"
    file.write_text(json.dumps({"marital": "married", "rooms": 3, "partner": town.numbers["ben"]}), encoding="utf-8")
    found = apply(run, town, "anna", "home", "--answers", file)
    assert models.Case.objects.get(id=found["case"]).answers["partner"] == str(town["ben"])
    file.write_text(json.dumps({"partner": town.numbers["carl"]}), encoding="utf-8")
    with pytest.raises(Refusal) as refused:
        apply(run, town, "anna", "home", "--answers", file)
    assert refused.value.field == "partner"
    file.write_text(json.dumps({"rooms": "many", "partner": town.numbers["carl"]}), encoding="utf-8")
    with pytest.raises(Refusal) as refused:
        apply(run, town, "anna", "home", "--answers", file)
    told = say(refused.value.what)
    assert "rooms" in told, "every wrong answer is told at once"
    assert "partner" in told
    assert "--answers" in say(refused.value.now)
    file.write_text(json.dumps({"floor": 3}), encoding="utf-8")
    with pytest.raises(Refusal) as refused:
        apply(run, town, "anna", "home", "--answers", file)
    assert refused.value.field == "floor"
    file.write_text("[1]", encoding="utf-8")
    run("case", "apply", "--matter", "home", "--applicant", town.numbers["anna"], "--answers", file, code=2)


@pytest.mark.parametrize(
    ("matter", "number"),
    [
        ("home", "330782198005170019"),
        ("home", "33078219800517"),
        ("home", "not a number"),
        ("home", ""),
        ("home", "11010519491231002X"),
        ("nothing", None),
        ("well", None),
    ],
)
def test_a_wrong_number_somebody_unknown_or_an_unknown_matter_is_refused_and_nothing_begins(run, town, matter, number):
    given = town.numbers["anna"] if number is None else number
    with pytest.raises(Refusal) as refused:
        run("case", "apply", "--matter", matter, "--applicant", given, "--json")
    assert refused.value.now is not None
    assert not number or number not in str(refused.value.what.params)
    assert not models.Case.objects.exists()


def test_for_people_it_is_a_list_to_read(run, town):
    told = run("case", "apply", "--matter", "home", "--applicant", town.numbers["eric"])
    assert "status draft, papers asked 0" in told
    assert "fails" in told
    assert "not handed in" in told


def test_verify_answers_one_fact_of_a_matter_and_logs_it(run, town):
    found = json.loads(run("verify", "no-debt", town.numbers["eric"], "--matter", "bus", "--json"))
    (fact,) = found["facts"]
    assert set(fact) >= FACT
    assert (found["matter"], fact["verdict"], fact["way"], fact["source"]) == ("bus", "fails", "data", "debts")
    (entry,) = log.about(town["eric"])
    assert (entry.actor_role, entry.fact, entry.verdict) == ("operator", "no-debt", "fails")
    assert "no-debt" in run("verify", "no-debt", town.numbers["eric"], "--matter", "bus")


def test_verify_refuses_to_look_around(run, town):
    with pytest.raises(Refusal):
        run("verify", "works", town.numbers["eric"], "--matter", "bus")
    assert log.about(town["eric"]) == ()


def test_wrong_use_is_told_apart_from_a_refusal(run, town):
    run("case", "apply", "--matter", "home", code=2)
    run("verify", "no-debt", code=2)
    assert "--answers" in run("case", "apply", "--help")
