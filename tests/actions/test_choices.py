"""What only the person decides: to commit, to take it back, to have somebody look, to object."""

import hashlib

import pytest

from mianzheng.cases.actions import applying
from mianzheng.centre.models import Dispute
from mianzheng.common.errors import NotFound, Refusal
from mianzheng.evidence.models import Check, Commitment
from mianzheng.evidence.rules.progress import Option, Stage
from mianzheng.evidence.rules.verdicts import Verdict
from tests.actions.test_checks import answer, run_jobs
from tests.second_city.life import DAY, NOW, again, day, ways
from tests.second_city.reading import CITY


def options(dossier, need):
    return set(dossier.file(need).progress.options)


def test_the_person_may_commit_instead_of_waiting(town):
    dossier = town.verified("carl")
    assert options(dossier, "works") == {Option.COMMIT, Option.FALLBACK}
    assert not Commitment.objects.exists(), "nobody commits for the person"
    dossier = town.choose(dossier, "carl", "works", Option.COMMIT)
    assert (dossier.status, ways(dossier)["works"]) == ("draft", ("commitment", "holds"))
    (signed,) = Commitment.objects.all()
    text = CITY.texts["commit-works"]
    assert (signed.text, signed.version, signed.subject) == ("commit-works", 2, town["carl"])
    assert signed.digest == hashlib.sha256(f"{text.body.zh}\n{text.body.en}".encode()).hexdigest()
    assert (signed.signed_by, signed.fallback) == ("account of carl", False)
    assert signed.check_due > day("2026-05-01")
    handed = applying.hand_in(case=dossier.case.id, actor=town.person("carl"), now=NOW)
    assert handed.status == "submitted"


def test_a_commitment_signed_ahead_counts_only_when_the_department_cannot_tell(town, monkeypatch):
    dossier = town.choose(town.handed_in("carl"), "carl", "works", Option.FALLBACK)
    assert (dossier.status, ways(dossier)["works"]) == ("waiting_department", ("department", None))
    answer(Check.objects.get(), Verdict.UNKNOWN)
    run_jobs(monkeypatch)
    assert (again(dossier).status, ways(again(dossier))["works"]) == ("submitted", ("commitment", "holds"))


@pytest.mark.parametrize("verdict", [Verdict.HOLDS, Verdict.FAILS])
def test_what_the_department_found_goes_before_a_commitment_signed_ahead(town, monkeypatch, verdict):
    dossier = town.choose(town.verified("carl"), "carl", "works", Option.FALLBACK)
    answer(Check.objects.get(), verdict)
    run_jobs(monkeypatch)
    assert ways(again(dossier))["works"] == ("department", str(verdict))


def test_a_commitment_is_taken_back_with_a_reason_and_the_department_is_asked_again(town):
    dossier = town.choose(town.verified("carl"), "carl", "works", Option.COMMIT)
    with pytest.raises(Refusal) as refused:
        town.choose(dossier, "carl", "works", Option.WITHDRAW, " ")
    assert refused.value.field == "why"
    dossier = town.choose(dossier, "carl", "works", Option.WITHDRAW, "刚发现不满半年", now=NOW + DAY)
    assert (dossier.status, ways(dossier)["works"]) == ("waiting_department", ("department", None))
    (signed,) = Commitment.objects.all()
    assert (signed.withdrawn_why, signed.withdrawn_by) == ("刚发现不满半年", "account of carl")
    dossier = town.choose(dossier, "carl", "works", Option.COMMIT, now=NOW + DAY)
    assert ways(dossier)["works"] == ("commitment", "holds")
    assert Commitment.objects.count() == 2


@pytest.mark.parametrize("option", [Option.COMMIT, Option.FALLBACK])
def test_nobody_commits_to_what_was_found_to_fail(town, option):
    town.records("work", ("carl", day("2026-01-15")))
    dossier = town.verified("carl")
    assert ways(dossier)["works"] == ("department", None), "the register is incomplete, so it cannot say no"
    answer(Check.objects.get(), Verdict.FAILS)
    with pytest.raises(Refusal):
        town.choose(dossier, "carl", "works", option)
    assert not Commitment.objects.exists()


def test_nobody_barred_commits(town):
    dossier = town.verified("dora")
    assert options(dossier, "works") == set()
    with pytest.raises(Refusal):
        town.choose(dossier, "dora", "works", Option.COMMIT)


def test_where_nobody_knows_of_bad_credit_nobody_is_barred(town):
    town.silence("credit")
    assert Option.COMMIT in options(town.verified("dora"), "works")


def test_where_the_law_keeps_a_matter_from_it_nobody_commits(town):
    town.silence("debts")
    dossier = town.verified("anna")
    assert options(dossier, "no-debt") == set()
    with pytest.raises(Refusal):
        town.choose(dossier, "anna", "no-debt", Option.COMMIT)


def test_nobody_chooses_for_another(town):
    dossier = town.verified("carl")
    with pytest.raises(NotFound):
        town.choose(dossier, "anna", "works", Option.COMMIT)
    with pytest.raises(NotFound):
        town.choose(dossier, "carl", "nothing", Option.COMMIT)


def test_instead_of_committing_the_person_may_have_an_officer_look(town, monkeypatch):
    dossier = town.handed_in("carl")
    answer(Check.objects.get(), Verdict.UNKNOWN)
    run_jobs(monkeypatch)
    dossier = town.choose(again(dossier), "carl", "works", Option.REVIEW)
    assert (dossier.status, ways(dossier)["works"]) == ("submitted", ("review", "unknown"))


def test_an_objection_marks_the_record_at_once_for_every_matter(town):
    dossier = town.verified("eric")
    assert ways(dossier)["no-debt"] == ("data", "fails")
    assert options(dossier, "no-debt") == {Option.OBJECT, Option.REVIEW}
    with pytest.raises(Refusal) as refused:
        town.choose(dossier, "eric", "no-debt", Option.OBJECT)
    assert refused.value.field == "why"
    assert not Dispute.objects.exists()
    dossier = town.choose(dossier, "eric", "no-debt", Option.OBJECT, "3 月已还清")
    assert (dossier.status, ways(dossier)["no-debt"]) == ("waiting_department", ("department", None))
    (check,) = Check.objects.all()
    assert (check.office, check.objection, check.why, check.due) == ("homes", True, "3 月已还清", day("2026-03-10"))
    assert ways(town.verified("eric", "bus"))["no-debt"] == ("department", None)


@pytest.mark.parametrize("verdict", list(Verdict))
def test_an_objection_that_was_decided_is_no_longer_marked_unless_the_record_is_wrong(town, monkeypatch, verdict):
    dossier = town.choose(town.verified("eric"), "eric", "no-debt", Option.OBJECT, "已还清")
    answer(Check.objects.get(), verdict, office="homes")
    run_jobs(monkeypatch)
    assert Dispute.objects.filter(closed_at=None).exists() == (verdict is Verdict.HOLDS), "until it is put right"
    file = again(dossier).file("no-debt")
    expected = {
        Verdict.HOLDS: (Stage.SETTLED, "department", set()),
        Verdict.FAILS: (Stage.SETTLED, "department", {Option.REVIEW}),
        Verdict.UNKNOWN: (Stage.SETTLED, "review", set()),
    }[verdict]
    assert (file.progress.stage, str(file.progress.way), set(file.progress.options)) == expected


def test_after_handing_in_nothing_is_chosen_any_more(town):
    dossier = town.handed_in("eric", knowing=True)
    assert dossier.status == "submitted"
    with pytest.raises(Refusal):
        town.choose(dossier, "eric", "no-debt", Option.OBJECT, "已还清")


def test_a_commitment_can_be_taken_back_until_the_decision(town):
    dossier = town.choose(town.verified("carl"), "carl", "works", Option.COMMIT)
    dossier = applying.hand_in(case=dossier.case.id, actor=town.person("carl"), now=NOW)
    assert dossier.status == "submitted"
    dossier = town.choose(dossier, "carl", "works", Option.WITHDRAW, "刚发现不满半年")
    assert (dossier.status, ways(dossier)["works"]) == ("waiting_department", ("department", None))
    answer(Check.objects.get(answered_at=None), Verdict.HOLDS)
    dossier = applying.go_on(case=dossier.case.id, now=NOW)
    assert (dossier.status, ways(dossier)["works"]) == ("submitted", ("department", "holds"))


def test_a_need_that_did_not_arise_cannot_be_chosen_about(town):
    with pytest.raises(NotFound):
        town.choose(town.verified("carl"), "carl", "spouse-no-debt", Option.REVIEW)
