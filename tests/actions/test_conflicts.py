"""One source per datum: copies that say otherwise are found, sent back and put right; the registering item prevails."""

from dataclasses import replace

import pytest

from mianzheng.audit.models import Entry
from mianzheng.centre.actions.conflicts import Compared, find, find_all
from mianzheng.centre.actions.correcting import correct
from mianzheng.centre.actions.doubts import NEW, answer_doubt, open_doubt, raise_objection
from mianzheng.centre.models import Dispute, Doubt, Fetched, Register
from mianzheng.centre.queries.conflicts import prevailing
from mianzheng.centre.queries.doubts import records_of
from mianzheng.centre.queries.records import records
from mianzheng.centre.rules.doubts import Outcome
from mianzheng.common.errors import NotFound, Refusal
from mianzheng.evidence.actions.checks import answer_check
from mianzheng.evidence.models import Check
from mianzheng.evidence.rules.progress import Option
from mianzheng.evidence.rules.verdicts import Verdict
from mianzheng.web import sql
from tests.actions.test_checks import run_jobs
from tests.second_city.life import DAY, NOW, day, officer
from tests.second_city.one_source import BORN, CITY, OTHER, load, settle

CARD, WORK = CITY.items["card"], CITY.items["work"]
CIVIL, HOMES = officer("civil"), officer("homes")


@pytest.fixture
def shared(town):
    settle(town)
    return town


def found(now=NOW):
    return find(city=CITY, item=WORK, now=now)


def answer(outcome, why="查过台账", *, actor=CIVIL, now=NOW + DAY, **more):
    doubt = Doubt.objects.get(answered_at=None)
    answer_doubt(city=CITY, doubt=doubt.id, outcome=outcome, why=why, actor=actor, now=now, **more)
    return Doubt.objects.get(id=doubt.id)


def mark(town, name="eric", item=WORK):
    return records_of(item, town[name])[0].mark


def test_a_copy_that_says_otherwise_is_doubted_once_and_its_owner_has_five_working_days(shared):
    assert found() == Compared(1, 0)
    assert found() == Compared(0, 0)
    assert find(city=CITY, item=CARD, now=NOW) == Compared(0, 0), "the same pair, from the other side"
    assert find_all(city=CITY, now=NOW) == Compared(0, 0)
    (doubt,) = Doubt.objects.all()
    assert (doubt.item, doubt.subject, doubt.datum, doubt.office) == ("work", shared["eric"], "born", "civil")
    assert (doubt.cause, doubt.due, doubt.raised_by) == ("conflict", day("2026-03-10"), "program")


def test_what_is_missing_on_either_side_contradicts_nothing(shared):
    load(shared, "work", ("anna", day("2024-01-01"), None), ("eric", day("2024-01-01"), None))
    assert found() == Compared(0, 0)
    load(shared, "work", ("eric", day("2024-01-01"), OTHER))
    load(shared, "card", ("eric", day("2030-01-01"), None))
    assert found() == Compared(0, 0)


def test_an_item_never_loaded_is_compared_with_nothing(shared):
    sql.run('DROP TABLE centre."work"')
    assert found() == Compared(0, 0)


def test_the_registering_item_prevails_while_the_conflict_is_open(shared, django_assert_num_queries):
    people = [shared["anna"], shared["eric"]]
    with django_assert_num_queries(1):
        assert prevailing(CITY, WORK, people) == {}
    found()
    with django_assert_num_queries(2):
        assert prevailing(CITY, WORK, people) == {(shared["eric"], "born"): BORN}
    assert prevailing(CITY, CARD, people) == {}
    answer(Outcome.STANDS)
    assert prevailing(CITY, WORK, people) == {(shared["eric"], "born"): BORN}, "the copying office does not decide"
    load(shared, "work", ("eric", day("2024-01-01"), BORN))
    assert found(NOW + 2 * DAY) == Compared(0, 0)


def test_as_of_then_what_prevailed_then_is_answered(shared):
    def born(at):
        return records(CITY, WORK, [shared["eric"]], at=at)[shared["eric"]][0]["born"]

    found()
    take_over(shared, "card", born=OTHER, now=NOW + DAY)
    assert born(None) == OTHER
    assert born(NOW + DAY / 2) == BORN, "decided on what the register said that day"
    doubt = Doubt.objects.get()
    Doubt.objects.filter(id=doubt.id).update(raised_at=NOW + DAY / 4)
    assert born(NOW + DAY / 8) == OTHER, "nobody knew of the conflict yet: the copy was what counted"


def take_over(town, item, *, now, **values):
    (record,) = records_of(CITY.items[item], town["eric"])
    correct(city=CITY, item=CITY.items[item], subject=town["eric"], before=record.values,
            after={**record.values, **values}, now=now)  # fmt: skip


def test_a_copy_that_is_no_longer_kept_settles_nothing(shared):
    found()
    kept = replace(CITY, items={**CITY.items, "work": replace(WORK, held="source", connection="x")})
    sql.run('DELETE FROM centre."work"')
    assert find(city=kept, item=kept.items["work"], now=NOW) == Compared(0, 0)


def test_values_that_agree_meanwhile_settle_the_doubt(shared):
    found()
    load(shared, "work", ("eric", day("2024-01-01"), BORN), now=NOW + DAY)
    assert found(NOW + DAY) == Compared(0, 1)
    doubt = Doubt.objects.get()
    assert (doubt.outcome, doubt.answered_by) == ("agrees", "program")
    load(shared, "work", ("eric", day("2024-01-01"), OTHER), now=NOW + 2 * DAY)
    assert found(NOW + 2 * DAY) == Compared(1, 0)


def test_what_a_department_judged_is_not_asked_again_until_a_record_changes(shared):
    found()
    assert answer(Outcome.STANDS).answer == "查过台账"
    assert found(NOW + 2 * DAY) == Compared(0, 0)
    load(shared, "work", ("eric", day("2024-06-01"), OTHER), now=NOW + 3 * DAY)
    assert found(NOW + 3 * DAY) == Compared(1, 0)


def test_a_correction_is_made_at_once_and_the_past_stays_askable(shared):
    found()
    answer(Outcome.CORRECTED, mark=mark(shared), values={"born": "1980年5月17日"})
    (record,) = records_of(WORK, shared["eric"])
    assert record.values == {"since": day("2024-01-01"), "born": BORN}
    past = sql.fetch('SELECT born, known_from, known_to FROM centre_history."work"')
    assert past == [(OTHER, NOW, NOW + DAY)]
    assert (Register.objects.get(item="work").records, found(NOW + DAY)) == (2, Compared(0, 0))


@pytest.mark.parametrize(
    ("values", "field"), [({"born": "1980-02-31"}, "born"), ({"born": "1981-05-17"}, ""), ({}, "")]
)
def test_a_correction_obeys_the_rules_of_the_item_and_changes_something(shared, values, field):
    found()
    with pytest.raises(Refusal) as refused:
        answer(Outcome.CORRECTED, mark=mark(shared), values=values)
    assert refused.value.field == field
    assert records_of(WORK, shared["eric"])[0].values["born"] == OTHER
    assert Doubt.objects.get().answered_at is None


def test_a_record_that_changed_under_the_officers_hands_is_not_overwritten(shared):
    found()
    seen = mark(shared)
    load(shared, "work", ("eric", day("2025-01-01"), OTHER), now=NOW + DAY)
    for old in (seen, NEW):
        with pytest.raises(Refusal) as refused:
            answer(Outcome.CORRECTED, mark=old, values={"born": "1980-05-17"})
        assert refused.value.field == "record"


def test_who_was_answered_for_and_why_must_be_said_by_the_right_office(shared):
    found()
    with pytest.raises(NotFound):
        answer(Outcome.STANDS, actor=HOMES)
    for outcome, why, field in ((Outcome.STANDS, " ", "why"), ("agrees", "x", "outcome"), ("", "x", "outcome")):
        with pytest.raises(Refusal) as refused:
            answer(outcome, why)
        assert refused.value.field == field
    doubt = answer(Outcome.STANDS)
    with pytest.raises(Refusal):
        answer_doubt(city=CITY, doubt=doubt.id, outcome=Outcome.STANDS, why="x", actor=CIVIL, now=NOW)


def test_a_source_that_is_wrong_is_put_to_its_owner_and_a_right_one_comes_back(shared):
    found()
    answer(Outcome.SOURCE_WRONG)
    passed = Doubt.objects.get(answered_at=None)
    assert (passed.item, passed.datum, passed.office, passed.note) == ("card", "born", "civil", "查过台账")
    assert prevailing(CITY, WORK, [shared["eric"]]), "until its owner has answered it prevails"
    with pytest.raises(Refusal):
        answer(Outcome.SOURCE_WRONG)
    answer(Outcome.STANDS, "出生证上就是这一天")
    back = Doubt.objects.get(answered_at=None)
    assert (back.item, back.note) == ("work", "出生证上就是这一天")
    assert prevailing(CITY, WORK, [shared["eric"]]) == {(shared["eric"], "born"): BORN}


def test_opening_a_doubt_is_logged_before_anything_is_seen(shared):
    found()
    doubt = Doubt.objects.get()
    opened = open_doubt(city=CITY, doubt=doubt.id, office="civil", actor=CIVIL, now=NOW)
    assert (opened.registered, opened.field, opened.records[0].values["born"]) == (BORN, "born", OTHER)
    entry = Entry.objects.get(action="inspect")
    assert (entry.subject, entry.item, entry.actor_office) == (shared["eric"], "work", "civil")
    with pytest.raises(NotFound):
        open_doubt(city=CITY, doubt=doubt.id, office="homes", actor=HOMES, now=NOW)
    assert Entry.objects.filter(action="inspect").count() == 1
    answer(Outcome.STANDS)
    assert Entry.objects.get(action="doubt").detail["outcome"] == "stands"


def test_what_is_kept_of_an_answer_from_a_source_is_dropped(shared):
    import dataclasses

    item = dataclasses.replace(WORK, held="source")
    city = dataclasses.replace(CITY, items={**CITY.items, "work": item})
    Fetched.objects.create(subject=shared["eric"], item="work", at=NOW)
    found()
    doubt = Doubt.objects.get()
    answer_doubt(city=city, doubt=doubt.id, outcome=Outcome.CORRECTED, why="已在系统里改", actor=CIVIL, now=NOW + DAY)
    assert records_of(WORK, shared["eric"]) == ()
    assert not Fetched.objects.exists()
    assert find(city=city, item=item, now=NOW + DAY) == Compared(0, 0)


@pytest.mark.parametrize(
    ("verdict", "raised"), [(Verdict.HOLDS, True), (Verdict.FAILS, False), (Verdict.UNKNOWN, False)]
)
def test_an_objection_found_right_sends_the_record_back_and_keeps_it_disputed(town, monkeypatch, verdict, raised):
    from tests.second_city.reading import CITY as PLAIN

    town.choose(town.verified("eric"), "eric", "no-debt", Option.OBJECT, "已还清")
    answer_check(city=PLAIN, check=Check.objects.get().id, verdict=verdict, note="见结清单", actor=HOMES, now=NOW)
    assert Doubt.objects.filter(cause="objection", item="debts", office="homes").exists() == raised
    assert Dispute.objects.filter(closed_at=None).exists() == raised
    if raised:
        doubt = Doubt.objects.get()
        assert doubt.subject == town["eric"]
        values = {"amount": "0"}
        answer_doubt(
            city=PLAIN,
            doubt=doubt.id,
            outcome=Outcome.CORRECTED,
            why="已核销",
            mark=mark(town, item=PLAIN.items["debts"]),
            values=values,
            actor=HOMES,
            now=NOW + DAY,
        )
        run_jobs(monkeypatch, NOW + DAY)
        assert not Dispute.objects.filter(closed_at=None).exists()
        assert records_of(PLAIN.items["debts"], town["eric"])[0].values == {"amount": 0}


def test_who_has_no_record_can_be_given_one(town):
    from tests.second_city.reading import CITY as PLAIN

    work = PLAIN.items["work"]
    raise_objection(city=PLAIN, item=work, subject=town["carl"], note="漏登", actor=HOMES, now=NOW)
    doubt = Doubt.objects.get()
    answer_doubt(
        city=PLAIN,
        doubt=doubt.id,
        outcome=Outcome.CORRECTED,
        why="补登",
        mark=NEW,
        values={"since": "2025-01-01"},
        actor=CIVIL,
        now=NOW,
    )
    assert records_of(work, town["carl"])[0].values == {"since": day("2025-01-01")}
    assert Register.objects.get(item="work").subjects == 4
