"""The desk of the deciding department: the program may grant, only a person refuses, and never what is merely unknown."""

import pytest
from django.db import IntegrityError, transaction

from mianzheng.audit import queries as log
from mianzheng.cases import models
from mianzheng.cases.actions import applying, deciding
from mianzheng.common.errors import NotFound, Refusal
from mianzheng.evidence.rules.progress import Option
from mianzheng.evidence.rules.verdicts import Verdict
from tests.second_city.life import DAY, NOW, again, day, officer, ways

HOMES = officer("homes")


def taken_up(town, dossier):
    deciding.take_up(case=dossier.case.id, actor=HOMES, now=NOW)
    return again(dossier)


def found(dossier, verdict, note="电话核实过。", now=NOW):
    deciding.find(case=dossier.case.id, need="has-card", verdict=verdict, note=note, actor=HOMES, now=now)
    return again(dossier)


def refuse(dossier, findings="欠款 500 元未还。", basis="homes-3", now=NOW + DAY):
    deciding.refuse(case=dossier.case.id, findings=findings, basis=basis, actor=HOMES, now=now)
    return again(dossier)


@pytest.fixture
def left_to_officer(town):
    """A case whose card nobody can look up: the register is silent, and no department answers for it."""
    town.silence("card")
    dossier = town.handed_in("anna")
    assert (dossier.status, ways(dossier)["has-card"]) == ("submitted", ("review", "unknown"))
    return dossier


def test_the_program_grants_where_the_matter_allows_it_and_everything_holds(town):
    dossier = town.handed_in("anna", "bus")
    assert dossier.status == "granted"
    decision = dossier.case.decision
    assert (decision.outcome, decision.decided_by, decision.decided_at) == ("granted", "program", NOW)
    assert [(each["need"], each["verdict"], each["source"]) for each in decision.relied] == [
        ("has-card", "holds", "card"),
        ("no-debt", "holds", "debts"),
    ]
    moves = [(step.move, step.done_by) for step in dossier.case.steps.order_by("id")]
    assert moves == [("hand_in", "account of anna"), ("grant", "program")]
    assert [e.action for e in log.of_case(dossier.case.id)][-2:] == ["case.hand_in", "case.grant"]


def test_the_program_refuses_nobody_and_grants_nothing_against_what_fails(town):
    dossier = town.handed_in("eric", "bus", knowing=True)
    assert (dossier.status, ways(dossier)["no-debt"]) == ("submitted", ("data", "fails"))
    assert not models.Decision.objects.exists()


def test_the_program_grants_nothing_where_a_person_has_to_decide(town):
    dossier = town.handed_in("anna")
    assert dossier.status == "submitted"
    assert dossier.case.due == day("2026-03-10"), "five working days, one holiday among them"


def test_an_officer_grants_and_what_it_rests_on_is_kept_as_it_stood(town):
    dossier = taken_up(town, town.handed_in("anna"))
    deciding.grant(case=dossier.case.id, actor=HOMES, now=NOW)
    decision = again(dossier).case.decision
    town.records("debts", ("anna", 900))
    assert {each["need"]: each["verdict"] for each in decision.relied}["no-debt"] == "holds"
    assert (again(dossier).status, decision.decided_by, len(decision.digest)) == ("granted", "officer of homes", 64)
    assert ways(again(dossier))["no-debt"] == ("data", "holds"), "the case stays as it was decided"


def test_who_is_refused_learns_why_under_which_article_and_nothing_less(town):
    dossier = taken_up(town, town.handed_in("eric", knowing=True))
    for gap in ({"findings": " "}, {"basis": ""}, {"basis": "nothing"}):
        with pytest.raises(Refusal):
            refuse(dossier, **gap)
    assert again(dossier).status == "in_review"
    dossier = refuse(dossier)
    decision = dossier.case.decision
    assert (dossier.status, decision.basis, decision.findings) == ("refused", "homes-3", "欠款 500 元未还。")
    assert dossier.work.remedies.zh


def test_an_officer_may_grant_against_what_fails_and_says_why(town):
    dossier = taken_up(town, town.handed_in("eric", knowing=True))
    with pytest.raises(Refusal) as refused:
        deciding.grant(case=dossier.case.id, actor=HOMES, now=NOW)
    assert refused.value.field == "findings"
    deciding.grant(case=dossier.case.id, findings="已分期。", actor=HOMES, now=NOW)
    assert again(dossier).status == "granted"


def test_without_knowing_what_fails_nobody_hands_in(town):
    dossier = town.verified("eric")
    with pytest.raises(Refusal) as refused:
        applying.hand_in(case=dossier.case.id, actor=town.person("eric"), now=NOW)
    assert refused.value.field == "knowing"
    assert again(dossier).status == "draft"


def test_what_is_unknown_refuses_nobody(town, left_to_officer):
    dossier = taken_up(town, left_to_officer)
    for attempt in (refuse, lambda d: deciding.grant(case=d.case.id, actor=HOMES, now=NOW)):
        with pytest.raises(Refusal) as refused:
            attempt(dossier)
        assert refused.value.field == "findings", "somebody has to look first"
    dossier = found(dossier, Verdict.UNKNOWN)
    with pytest.raises(Refusal):
        refuse(dossier)
    with pytest.raises(Refusal) as refused:
        deciding.grant(case=dossier.case.id, actor=HOMES, now=NOW)
    assert refused.value.field == "findings", "granting on what is unknown says why"
    deciding.grant(case=dossier.case.id, findings="本人到场, 核对无误。", actor=HOMES, now=NOW)
    assert again(dossier).status == "granted"


def test_a_finding_has_a_note_is_in_the_log_and_can_be_corrected_until_the_decision(town, left_to_officer):
    with pytest.raises(Refusal):
        found(left_to_officer, Verdict.HOLDS)
    dossier = taken_up(town, left_to_officer)
    with pytest.raises(Refusal) as refused:
        found(dossier, Verdict.HOLDS, note=" ")
    assert refused.value.field == "note"
    dossier = found(dossier, Verdict.HOLDS)
    assert ways(dossier)["has-card"] == ("review", "holds")
    (entry,) = [e for e in log.of_case(dossier.case.id) if e.action == "review"]
    assert (entry.actor_office, entry.fact, entry.verdict) == ("homes", "has-card", "holds")
    dossier = found(dossier, Verdict.UNKNOWN, note="看错了卡号。")
    assert ways(dossier)["has-card"] == ("review", "unknown")
    found(dossier, Verdict.HOLDS)
    deciding.grant(case=dossier.case.id, actor=HOMES, now=NOW)
    with pytest.raises(Refusal):
        found(dossier, Verdict.FAILS)


def test_asking_for_another_look_again_and_again_does_not_keep_the_office_from_deciding(town, left_to_officer):
    dossier = found(taken_up(town, left_to_officer), Verdict.FAILS, note="卡已注销。", now=NOW + DAY)
    deciding.send_back(case=dossier.case.id, note="卡已注销。", actor=HOMES, now=NOW + DAY)
    dossier = town.choose(again(dossier), "anna", "has-card", Option.REVIEW, now=NOW + 2 * DAY)
    applying.hand_in(case=dossier.case.id, actor=town.person("anna"), now=NOW + 2 * DAY)
    dossier = found(taken_up(town, dossier), Verdict.FAILS, note="还是注销。", now=NOW + 3 * DAY)
    assert refuse(dossier, findings="卡已注销。", now=NOW + 3 * DAY).status == "refused"


def test_a_refusal_does_not_rest_on_the_law_of_another_matter(town):
    dossier = taken_up(town, town.handed_in("eric", knowing=True))
    with pytest.raises(Refusal) as refused:
        refuse(dossier, basis="elsewhere-1")
    assert refused.value.field == "basis"


def test_what_an_officer_finds_against_somebody_is_shown_to_them_before_it_counts(town, left_to_officer):
    dossier = found(taken_up(town, left_to_officer), Verdict.FAILS, note="卡已注销。", now=NOW + DAY)
    with pytest.raises(Refusal):
        refuse(dossier, findings="卡已注销。", now=NOW + DAY)
    with pytest.raises(Refusal) as refused:
        deciding.send_back(case=dossier.case.id, note="", actor=HOMES, now=NOW + DAY)
    assert refused.value.field == "note"
    deciding.send_back(case=dossier.case.id, note="您的卡登记为已注销。", actor=HOMES, now=NOW + DAY)
    dossier = again(dossier)
    assert (dossier.status, dossier.case.handed_in_at) == ("draft", None)
    assert set(dossier.file("has-card").progress.options) == {Option.OBJECT, Option.REVIEW}
    anna = town.person("anna")
    applying.hand_in(case=dossier.case.id, knowing=True, actor=anna, now=NOW + DAY)
    dossier = taken_up(town, dossier)
    with pytest.raises(Refusal):
        deciding.send_back(case=dossier.case.id, note="再看看", actor=HOMES, now=NOW + DAY)
    assert refuse(dossier, findings="卡已注销。", now=NOW + 2 * DAY).status == "refused"


def test_after_an_objection_somebody_looks_once_more(town, left_to_officer):
    dossier = found(taken_up(town, left_to_officer), Verdict.FAILS, now=NOW + DAY)
    deciding.send_back(case=dossier.case.id, note="请看。", actor=HOMES, now=NOW + DAY)
    dossier = town.choose(again(dossier), "anna", "has-card", Option.REVIEW, now=NOW + DAY)
    assert dossier.status == "draft"
    dossier = applying.hand_in(case=dossier.case.id, actor=town.person("anna"), now=NOW + DAY)
    dossier = taken_up(town, dossier)
    assert [file.need.code for file in dossier.to_review] == ["has-card"]
    dossier = found(dossier, Verdict.HOLDS, note="看过原卡。", now=NOW + DAY)
    deciding.grant(case=dossier.case.id, actor=HOMES, now=NOW)
    assert again(dossier).status == "granted"


def test_only_the_deciding_office_opens_a_case_and_only_when_it_was_handed_in(town):
    handed, draft = town.handed_in("anna"), town.verified("anna")
    for case, actor in (
        (handed, officer("civil")),
        (handed, officer("")),
        (handed, town.person("anna")),
        (draft, HOMES),
    ):
        with pytest.raises(NotFound):
            deciding.take_up(case=case.case.id, actor=actor, now=NOW)


def test_a_case_is_taken_up_and_decided_once(town):
    dossier = taken_up(town, town.handed_in("anna"))
    with pytest.raises(Refusal):
        taken_up(town, dossier)
    deciding.grant(case=dossier.case.id, actor=HOMES, now=NOW)
    with pytest.raises(Refusal):
        deciding.grant(case=dossier.case.id, actor=HOMES, now=NOW)
    with pytest.raises(Refusal):
        applying.withdraw(case=dossier.case.id, actor=town.person("anna"), now=NOW)
    assert models.Decision.objects.count() == 1


def test_nothing_is_granted_before_it_is_taken_up(town):
    with pytest.raises(Refusal):
        deciding.grant(case=town.handed_in("anna").case.id, actor=HOMES, now=NOW)
    assert not models.Decision.objects.exists()


def test_the_person_may_withdraw_until_it_is_decided(town):
    for dossier in (town.verified("anna"), town.handed_in("carl"), taken_up(town, town.handed_in("anna"))):
        name = "carl" if dossier.case.applicant == town["carl"] else "anna"
        applying.withdraw(case=dossier.case.id, note="不办了", actor=town.person(name), now=NOW)
        assert again(dossier).status == "withdrawn"


@pytest.mark.parametrize(
    "wrong", [{"decided_by": "program"}, {"basis": ""}, {"findings": ""}, {"outcome": "maybe"}, {"decided_by": None}]
)
def test_the_database_itself_keeps_a_program_from_refusing(town, wrong):
    case = town.handed_in("eric", knowing=True).case
    right = {
        "case": case,
        "outcome": "refused",
        "findings": "x",
        "basis": "homes-3",
        "relied": [],
        "digest": "x",
        "decided_at": NOW,
        "decided_by": "officer of homes",
    }
    with pytest.raises(IntegrityError), transaction.atomic():
        models.Decision.objects.create(**{**right, **wrong})
    models.Decision.objects.create(**right)


def test_a_paper_is_asked_only_where_the_law_demands_it_and_nothing_else_is_ready(town):
    assert town.verified("anna", "abroad").papers_asked == 0
    dossier = town.handed_in("carl", "abroad")
    assert (dossier.papers_asked, ways(dossier)["works"]) == (1, ("certificate", "unknown"))
    assert dossier.status == "submitted"
    case, actor = dossier.case.id, officer("civil")
    deciding.take_up(case=case, actor=actor, now=NOW)
    deciding.find(case=case, need="works", verdict=Verdict.HOLDS, note="看过原件。", actor=actor, now=NOW)
    assert again(dossier).papers_asked == 1, "the paper was asked for, whatever was found on it"
    deciding.grant(case=case, actor=actor, now=NOW)
    assert again(dossier).status == "granted"
