"""What is sealed is no record: verdict, words, trace, log line and statements are those of somebody who has none."""

from __future__ import annotations

import datetime
import re
import uuid
from collections.abc import Callable
from dataclasses import replace
from itertools import zip_longest
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mianzheng.audit.models import Entry
from mianzheng.cases.actions import applying
from mianzheng.catalogue.rules.city import City
from mianzheng.catalogue.rules.exchange import Datum, Feed
from mianzheng.catalogue.rules.secrecy import Seal
from mianzheng.centre.actions.conflicts import Compared, find
from mianzheng.centre.actions.correcting import correct
from mianzheng.centre.actions.erasing import erase
from mianzheng.centre.actions.registers import open_dispute
from mianzheng.centre.actions.watching import watch
from mianzheng.centre.models import Delivery
from mianzheng.centre.queries.conflicts import prevailing, registered
from mianzheng.centre.queries.doubts import records_of
from mianzheng.centre.queries.records import held, records
from mianzheng.centre.queries.seals import open_rows
from mianzheng.common.actors import OPERATOR, Actor
from mianzheng.common.texts import Text
from mianzheng.evidence.actions.back_then import look_back
from mianzheng.evidence.actions.look import look
from mianzheng.evidence.actions.prefill import prefill
from mianzheng.evidence.models import Event
from mianzheng.evidence.rules.verdicts import Verdict
from tests.second_city import one_source
from tests.second_city.feeds import changed, told
from tests.second_city.life import DAY, NOW, Town, officer
from tests.second_city.sealed import OPEN, SEALED, owe, settle

HOUR = datetime.timedelta(hours=1)
DEBTS, CREDIT = SEALED.items["debts"], SEALED.items["credit"]
WHO_MUST_NOT_SEE = {
    "an officer of another office": officer("homes"),
    "an agent": Actor("wanda", "agent", office="civil"),  # a place may bear the code of an office
    "the operator": OPERATOR,
    "the person": Actor("account", "resident"),
}


@pytest.fixture
def sealed(town: Town) -> Town:
    settle(town)
    town.records("marriage")
    town.records("work", *((name, datetime.date(2024, 1, 1)) for name in town.subjects))
    return town


def in_common(town: Town, name: str, said: Any) -> str:
    """Return `said` with what tells one person from another taken out: identifiers, accounts, numbers of cases."""
    text = re.sub(rf"{town[name]}|{town.numbers[name]}|account of {name}", "SOMEBODY", repr(said))
    text = re.sub(r"UUID\('SOMEBODY'\)", "SOMEBODY", text)
    text = re.sub(r"办件 \d+", "办件 SOME-NUMBER", text)
    return re.sub(r"UUID\('[0-9a-f-]{36}'\)|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", "SOME-ID", text)


def lines(town: Town, name: str) -> list[dict[str, Any]]:
    """Return the log about `name` without what differs for any two lines."""
    left_out = ("id", "salt", "leaf", "xid", "subject", "applicant", "case")
    rows = Entry.objects.filter(subject=town[name]).order_by("id").values()
    return [{key: value for key, value in row.items() if key not in left_out} for row in rows]


def everything(town: Town, name: str, ask: Callable[[str], Any]) -> tuple[str, str, list[str]]:
    """Return the answer, the log and the statements it took, without who it was about."""
    statements: list[str] = []

    def note(execute: Any, statement: str, *more: Any) -> Any:
        statements.append(re.sub(r"_x\d+\b", "", str(statement)))
        return execute(statement, *more)

    with connection.execute_wrapper(note):
        said = ask(name)
    return in_common(town, name, said), in_common(town, name, lines(town, name)), statements


def the_same(one: tuple[str, str, list[str]], other: tuple[str, str, list[str]]) -> None:
    for mine, theirs in zip(one, other, strict=True):
        parts = [part.split(", ") if isinstance(part, str) else part for part in (mine, theirs)]
        assert not [pair for pair in zip_longest(*parts) if pair[0] != pair[1]]


def test_the_seal_is_what_keeps_it_from_being_seen(sealed: Town) -> None:
    everybody = list(sealed.subjects.values())
    unsealed = records(OPEN, OPEN.items["debts"], everybody)
    assert set(unsealed) == {sealed["eric"], sealed["ben"], sealed["dora"]}
    assert set(records(SEALED, DEBTS, everybody)) == {sealed["ben"], sealed["dora"]}
    assert [row["amount"] for row in records(SEALED, DEBTS, [sealed["dora"]])[sealed["dora"]]] == [900]
    assert records(OPEN, OPEN.items["credit"], everybody) and not records(SEALED, CREDIT, everybody)


@pytest.mark.parametrize("who", WHO_MUST_NOT_SEE)
@pytest.mark.parametrize("at", [None, NOW + HOUR], ids=["today", "as of then"])
@pytest.mark.parametrize("fact", ["no-debt", "works"])
def test_one_look_is_that_of_nobody_with_a_record(sealed: Town, who: str, at: Any, fact: str) -> None:
    actor, now = WHO_MUST_NOT_SEE[who], NOW + 2 * HOUR

    def ask(name: str) -> Any:
        return look(city=SEALED, matter="home", fact=fact, applicant=sealed[name], actor=actor, now=now, at=at)

    ask("carl")  # plans are made once
    the_same(everything(sealed, "eric", ask), everything(sealed, "anna", ask))
    (eric,) = (answer for answer in ask("eric") if answer.need.about == "applicant")
    assert fact != "no-debt" or eric.verdict is Verdict.HOLDS
    assert fact != "no-debt" or ask("ben")[0].verdict is Verdict.FAILS


def test_a_whole_case_is_that_of_nobody_with_a_record(sealed: Town) -> None:
    def ask(name: str) -> Any:
        person = sealed.person(name)
        matter = SEALED.matters["home"]
        typed = prefill(city=SEALED, matter=matter, subject=sealed[name], actor=person, now=NOW)
        dossier = sealed.verified(name, now=NOW + HOUR)
        events = Event.objects.filter(case=dossier.case.id).order_by("id").values("kind", "way", "verdict", "reason", "source", "as_of", "trace")  # fmt: skip
        handed = applying.hand_in(case=dossier.case.id, knowing=False, actor=person, now=NOW + HOUR)
        return typed, list(events), [(f.need, f.progress) for f in dossier.files], handed.case.status

    ask("carl")
    the_same(everything(sealed, "eric", ask), everything(sealed, "anna", ask))


def test_asking_back_for_a_decided_case_opens_no_seal(sealed: Town) -> None:
    """The office of the article too: it is its own look that is opened to it, not the cases it decides."""
    found = {}
    for name in ("anna", "eric"):
        dossier = sealed.handed_in(name)
        needs = [file.need for file in dossier.files if file.need.fact == "no-debt"]
        civil = officer("civil")
        then = {"at": NOW + HOUR, "why": "复核", "actor": civil, "now": NOW + 3 * HOUR}
        found[name] = in_common(sealed, name, look_back(city=SEALED, inquiry=dossier.inquiry, needs=needs, **then))
    assert found["anna"] == found["eric"]


def test_the_office_of_the_article_sees_it_and_is_in_the_log(sealed: Town) -> None:
    civil = officer("civil")
    for at in (None, NOW + HOUR):
        (answer,) = look(
            city=SEALED, matter="bus", fact="no-debt", applicant=sealed["eric"], actor=civil, now=NOW + 2 * HOUR, at=at
        )
        assert answer.verdict is Verdict.FAILS
    assert [line["actor_office"] for line in lines(sealed, "eric")] == ["civil", "civil"]


def test_sealing_closes_what_was_known_before(sealed: Town) -> None:
    """ben's debt is sealed later: then it was not there in the past either, also when it is deleted afterwards."""
    ben, later = sealed["ben"], NOW + DAY
    open_ = {"amount": 500, "number": "1", "sealed": False}
    assert records(SEALED, DEBTS, [ben], at=NOW + HOUR)
    correct(city=SEALED, item=DEBTS, subject=ben, before=open_, after={**open_, "sealed": True}, now=later)
    for at in (None, NOW + HOUR, later + HOUR):
        assert not records(SEALED, DEBTS, [ben], at=at), at
        assert records(OPEN, OPEN.items["debts"], [ben], at=at), at
    correct(city=SEALED, item=DEBTS, subject=ben, before={**open_, "sealed": True}, after=None, now=later + DAY)
    assert not records(SEALED, DEBTS, [ben], at=NOW + HOUR)


def test_an_objection_from_before_tells_nothing(sealed: Town) -> None:
    for name in ("eric", "ben"):
        open_dispute(item="debts", subject=sealed[name], actor="x", now=NOW)

    def verdict(name: str) -> Verdict:
        asked = {"city": SEALED, "matter": "bus", "fact": "no-debt", "applicant": sealed[name]}
        return look(**asked, actor=OPERATOR, now=NOW + HOUR)[0].verdict

    assert (verdict("eric"), verdict("anna"), verdict("ben")) == (Verdict.HOLDS, Verdict.HOLDS, Verdict.UNKNOWN)


def test_an_erased_sealed_record_was_never_there(sealed: Town) -> None:
    for name in ("eric", "anna", "ben"):
        gone = {"items": ["debts", "credit"], "reason": "本人要求", "actor": OPERATOR, "now": NOW + HOUR}
        erase(city=SEALED, subject=sealed[name], **gone)
    people = [sealed["eric"], sealed["anna"], sealed["ben"]]
    found = held(SEALED, {"debts": people, "credit": people})
    assert set(found["debts"].unanswered) == {sealed["ben"]}, "what was open and erased proves nothing any more"
    assert not found["credit"].unanswered
    erase(city=SEALED, subject=sealed["ben"], items=["debts"], reason="再次", actor=OPERATOR, now=NOW + 2 * HOUR)
    assert set(held(SEALED, {"debts": people})["debts"].unanswered) == {sealed["ben"]}
    opened = held(SEALED, {"debts": people}, sealed_for="civil")["debts"].unanswered
    assert set(opened) == set(people), "for the office of the article an absence proves nothing either"


def test_whoever_watches_a_record_hears_nothing_of_a_sealed_one(sealed: Town) -> None:
    for name in ("eric", "ben"):
        watch(
            case=uuid.uuid4(),
            office="homes",
            relied={("debts", sealed[name]), ("credit", sealed[name])},
            until=(NOW + 9 * DAY).date(),
        )
    row = (500, "1")
    changed(DEBTS, [(sealed["eric"], *row, True), (sealed["ben"], *row, False)], [], city=SEALED)
    changed(CREDIT, [(sealed["eric"], True)], [(sealed["ben"], True)], city=SEALED)
    assert [each.subject for each in Delivery.objects.all()] == [sealed["ben"]]
    changed(OPEN.items["credit"], [(sealed["eric"], True)], [], city=OPEN)
    assert Delivery.objects.count() == 2, "without the seal it would have been told"


def test_a_record_from_before_the_field_existed_is_open(sealed: Town) -> None:
    owe(sealed, ("eric", 500, "1", None))
    assert records(SEALED, DEBTS, [sealed["eric"]])


def test_no_row_is_fetched_to_be_thrown_away(sealed: Town) -> None:
    """The index itself knows what is open, so that the time tells nothing (bench/seals.py measures it)."""
    statement = "EXPLAIN SELECT amount FROM centre.debts AS r WHERE subject = ANY(%s) AND {}"
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
        cursor.execute(statement.format(open_rows(DEBTS).as_string(connection.connection)), [[sealed["eric"]]])
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "IS NOT TRUE) = true" in plan
    assert "Filter" not in plan


def test_an_item_without_a_seal_is_read_as_before(sealed: Town) -> None:
    with CaptureQueriesContext(connection) as taken:
        records(SEALED, SEALED.items["card"], [sealed["anna"]])
        records(SEALED, replace(DEBTS, seal=None), [sealed["anna"]])
    assert [query["sql"] for query in taken.captured_queries if 'sealed" IS' in query["sql"]] == []


# shared data, doubts and feeds: what is sealed does not come out beside the door

AMOUNT = Datum("amount", Text("欠款", "Owed"), "debts", "amount")
CLOSED = Seal("homes-3")


@pytest.mark.parametrize("at", [None, NOW + HOUR], ids=["today", "as of then"])
def test_a_register_says_nothing_of_what_is_sealed_to_those_who_copy_it(sealed: Town, at: Any) -> None:
    everybody = list(sealed.subjects.values())
    assert registered(SEALED, AMOUNT, everybody, at=at) == {sealed["ben"]: 500, sealed["dora"]: 900}
    assert registered(OPEN, AMOUNT, everybody, at=at).keys() == {sealed[name] for name in ("eric", "ben", "dora")}


def test_who_copies_sees_of_others_copies_what_is_open(sealed: Town) -> None:
    """The owner sees all of its own, to put it right."""
    assert len(records_of(DEBTS, sealed["dora"])) == 2
    assert [record.values["amount"] for record in records_of(DEBTS, sealed["dora"], of_others=True)] == [900]
    assert not records_of(CREDIT, sealed["dora"], of_others=True)


@pytest.mark.parametrize("which", ["card", "work"])
def test_a_sealed_record_contradicts_nobody_and_is_contradicted_by_nobody(town: Town, which: str) -> None:
    one_source.settle(town)
    city = one_source.CITY
    shut = replace(city, items={**city.items, which: replace(city.items[which], seal=CLOSED)})
    assert find(city=shut, item=shut.items["work"], now=NOW) == Compared(0, 0)
    assert find(city=city, item=city.items["work"], now=NOW) == Compared(1, 0), "without the seal there is a conflict"
    assert prevailing(shut, shut.items["work"], [town["eric"]]) == {} or which == "work"
    assert records(shut, shut.items["work"], [town["eric"]]) == {} or which == "card"


def fed(city: City, *changes: str) -> City:
    why = Text("告知", "Told")
    on = changes or ("added", "changed", "removed")
    feed = Feed("owes", why, why, "debts", on, {}, "department", "homes", ("amount",), place=False, route="worklist")
    return replace(city, feeds={"owes": feed})


def test_a_feed_tells_of_what_is_open(sealed: Town) -> None:
    eric, ben, city = sealed["eric"], sealed["ben"], fed(SEALED)
    shut, open_ = (eric, 500, "1", True), (ben, 500, "1", False)
    changed(DEBTS, [shut, open_], [], city=city)
    assert [(each.subject, each.change) for each in told()] == [(ben, "added")]
    changed(DEBTS, [(eric, 600, "1", True)], [shut], city=city)
    changed(DEBTS, [], [(eric, 600, "1", True)], city=city)
    assert len(told()) == 1
    changed(DEBTS, [(ben, 500, "1", True)], [open_], city=city)
    assert [(each.subject, each.change) for each in told()] == [(ben, "added"), (ben, "removed")], "sealed: it is gone"
    changed(DEBTS, [open_], [(ben, 500, "1", True)], city=fed(SEALED, "added"))
    assert told()[-1].change == "added", "and comes when it is opened"
    assert len(told()) == 3


def test_a_feed_of_changes_tells_of_no_sealed_change(sealed: Town) -> None:
    city = fed(SEALED, "changed")
    row = sealed["eric"], 500, "1"
    changed(DEBTS, [(*row, True)], [(*row, False)], city=city)
    assert told() == []
    changed(DEBTS, [(*row, False)], [(*row, True)], city=city)
    assert [each.change for each in told()] == ["changed"]
