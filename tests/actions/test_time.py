"""What was known when: as-of questions equal a plain model whatever happened; an erasure is the one thing that rewrites."""

from __future__ import annotations

import datetime
import json
import uuid
from dataclasses import dataclass, field, replace
from typing import Any

import click
import pytest
from click.testing import CliRunner
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mianzheng.audit.models import Entry
from mianzheng.cases.models import Case
from mianzheng.centre.actions.correcting import correct
from mianzheng.centre.actions.erasing import erase
from mianzheng.centre.actions.settling import note_seen
from mianzheng.centre.actions.watching import watch
from mianzheng.centre.commands import COMMANDS as CENTRE_COMMANDS
from mianzheng.centre.models import Delivery, Fetched, Register, Watch
from mianzheng.centre.queries.records import records
from mianzheng.centre.rules.answers import ERASED
from mianzheng.common.actors import OPERATOR, Actor
from mianzheng.common.errors import NotFound, Refusal
from mianzheng.evidence.actions.back_then import look_back
from mianzheng.evidence.actions.look import look
from mianzheng.evidence.commands import COMMANDS as EVIDENCE
from mianzheng.people.queries import subjects_of
from tests.register import CODE, ITEM, csv, numbers, take, with_payments
from tests.second_city.feeds import FED
from tests.second_city.life import DAY, NOW, again, day, officer
from tests.second_city.reading import CITY

PEOPLE = numbers(4)
MONTHS = ("2024-01", "2024-02")
HOUR = datetime.timedelta(hours=1)
PAID = day("2024-01-05")
PAYMENTS = with_payments(CITY)
CENTRE = Actor("somebody of the centre", "centre", office="civil")

Key = tuple[int, str]


@dataclass
class Model:
    """The plain reference: every version of every record, with the time it was known from and to."""

    versions: list[dict[str, Any]] = field(default_factory=list)

    def now(self) -> dict[Key, dict[str, Any]]:
        return {v["key"]: v for v in self.versions if v["to"] is None}

    def put(self, key: Key, amount: int | None, at: datetime.datetime) -> None:
        held = self.now().get(key)
        if held is not None and held["amount"] == amount:
            return
        if held is not None:
            held["to"] = at
        if amount is not None:
            self.versions.append({"key": key, "amount": amount, "from": at, "to": None})

    def snapshot(self, rows: dict[Key, int], at: datetime.datetime) -> None:
        for key in {**self.now(), **rows}:
            self.put(key, rows.get(key), at)

    def erase(self, person: int) -> None:
        self.versions = [v for v in self.versions if v["key"][0] != person]

    def as_of(self, at: datetime.datetime) -> dict[Key, int]:
        return {v["key"]: v["amount"] for v in self.versions if v["from"] <= at and (v["to"] is None or at < v["to"])}


keys = st.tuples(st.integers(0, len(PEOPLE) - 1), st.sampled_from(MONTHS))
amounts = st.integers(1, 3)
steps = st.one_of(
    st.tuples(st.just("snapshot"), st.dictionaries(keys, amounts, min_size=1)),
    st.tuples(st.just("increment"), st.dictionaries(keys, st.none() | amounts, min_size=1)),
    st.tuples(st.just("correct"), st.tuples(keys, st.none() | amounts)),
    st.tuples(st.just("erase"), st.integers(0, len(PEOPLE) - 1)),
)


def known() -> dict[int, uuid.UUID]:
    found = subjects_of([("ric", number) for number in PEOPLE])
    return {place: found["ric", number] for place, number in enumerate(PEOPLE) if ("ric", number) in found}


def answered(at: datetime.datetime | None) -> dict[Key, int]:
    people = {subject: person for person, subject in known().items()}
    found = records(PAYMENTS, ITEM, list(people), at=at)
    return {(people[s], row["month"]): int(row["amount"]) for s, rows in found.items() for row in rows}


def line(key: Key, amount: int | None) -> str:
    person, month = key
    return f"{PEOPLE[person]},{month},养老,{amount or 0},{PAID}"


def happen(model: Model, step: tuple[str, Any], at: datetime.datetime) -> None:
    what, given_ = step
    if what == "snapshot":
        batch = take(CITY, csv([line(*each) for each in given_.items()]), at, confirmed=True)
        assert batch.stage == "loaded", batch.reason
        model.snapshot(given_, batch.known_from)
    elif what == "increment":
        rows = [f"{line(key, amount)},{'删除' if amount is None else '变更'}" for key, amount in given_.items()]
        headings = "身份证号,月份,险种,金额,缴费日期,操作"
        batch = take(CITY, csv(rows, headings), at, kind="increment")
        assert batch.stage == "loaded"
        for key, amount in given_.items():
            model.put(key, amount, batch.known_from)
    elif what == "correct":
        key, amount = given_
        subject = known().get(key[0])
        if subject is None:
            return
        row = {"month": key[1], "kind": "pension", "amount": amount, "paid_on": PAID}
        held = [r for r in records(PAYMENTS, ITEM, [subject]).get(subject, []) if r["month"] == key[1]]
        if held or amount is not None:
            after = row if amount is not None else None
            correct(city=PAYMENTS, item=ITEM, subject=subject, before=held[0] if held else None, after=after, now=at)
        model.put(key, amount, at)
    elif given_ in known():
        erase(city=PAYMENTS, subject=known()[given_], items=[CODE], reason="本人要求", actor=OPERATOR, now=at)
        model.erase(given_)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(steps, min_size=1, max_size=7))
def test_every_as_of_question_is_answered_as_it_was_known(town, series):
    with transaction.atomic():
        check_series(series)
        transaction.set_rollback(True)  # the next series begins with nothing, and the locks of this one are gone


def check_series(series):
    Register.objects.create(item=CODE, as_of=NOW)
    model, at = Model(), NOW
    for step in series:
        at += HOUR
        happen(model, step, at)
        assert answered(None) == model.as_of(at + HOUR / 2)
    moment = NOW
    while moment <= at + HOUR:
        assert answered(moment) == model.as_of(moment), moment
        moment += HOUR / 2
    held = Register.objects.get(item=CODE)
    assert held.records == len(model.now())
    assert held.subjects == len({person for person, _ in model.now()})


def test_a_correction_never_rewrites_the_past(town):
    eric = town["eric"]
    later = NOW + 3 * DAY
    debts = CITY.items["debts"]
    correct(city=CITY, item=debts, subject=eric, before={"amount": 500}, after=None, now=later)
    assert records(CITY, debts, [eric]) == {}
    assert records(CITY, debts, [eric], at=later - HOUR) == {eric: [{"amount": 500}]}
    town.refresh(later)

    def verdict(at):
        asked = look(city=CITY, matter="home", fact="no-debt", applicant=eric, actor=OPERATOR, now=later, at=at)
        return [str(a.verdict) for a in asked if a.need.about == "applicant"]

    assert (verdict(NOW + HOUR), verdict(later - HOUR), verdict(later), verdict(None)) == (
        ["fails"], ["fails"], ["holds"], ["holds"],
    )  # fmt: skip


GROUP = click.Group(commands=[*CENTRE_COMMANDS, *EVIDENCE])


def ran(*words: str) -> Any:
    return CliRunner().invoke(GROUP, list(words), catch_exceptions=False)


def test_the_command_line_asks_as_of_a_day(town, monkeypatch):
    later = NOW + 3 * DAY
    monkeypatch.setattr("django.utils.timezone.now", lambda: later)
    town.refresh(later)
    correct(
        city=CITY, item=CITY.items["debts"], subject=town["eric"], before={"amount": 500}, after=None, now=NOW + 2 * DAY
    )
    fact = next(f.code for f in CITY.facts.values() if f.item == "debts")
    words = ("verify", fact, town.numbers["eric"], "--matter", "home", "--json")

    def said(*more: str) -> dict[str, Any]:
        return json.loads(ran(*words, *more).output)

    yesterday = (NOW + DAY).date().isoformat()
    then, today = said("--as-of", yesterday), said()
    assert then["asked_as_of"] == yesterday
    assert "asked_as_of" not in today
    assert said("--as-of", later.date().isoformat()) == today
    assert then["facts"][0]["verdict"] != today["facts"][0]["verdict"]
    assert ran(*words, "--as-of", "2030-01-01").exit_code == 2
    assert ran(*words, "--as-of", "yesterday").exit_code == 2


def test_a_decided_case_is_asked_again_as_of_its_day_and_as_of_today(town):
    dossier = town.handed_in("anna")
    at = NOW + HOUR
    needs = [file.need for file in dossier.files]
    later = NOW + 2 * DAY
    town.refresh(later)
    correct(city=CITY, item=CITY.items["debts"], subject=town["anna"], before=None, after={"amount": 9}, now=later)
    with pytest.raises(Refusal):
        look_back(city=CITY, inquiry=dossier.inquiry, needs=needs, at=at, why=" ", actor=officer("homes"), now=later)
    before = Case.objects.values().get()
    found = look_back(
        city=CITY, inquiry=dossier.inquiry, needs=needs, at=at, why="复核", actor=officer("homes"), now=later
    )
    differ = [each for each in found if each.differs]
    assert {CITY.facts[each.need.fact].item for each in differ} == {"debts"}
    assert {str(each.then.verdict) for each in differ} == {"holds"}
    assert {str(each.today.verdict) for each in differ} == {"fails"}
    assert Case.objects.values().get() == before
    assert again(dossier).progress == again(dossier, later).progress
    entries = Entry.objects.filter(purpose="回看办件依据：复核", actor="officer of homes")
    assert entries.count() >= 2 * len(needs)
    assert entries.exclude(detail__as_of="").exists()
    assert entries.filter(detail__as_of="").exists()


def test_a_granted_case_watches_what_it_rests_on(town):
    from mianzheng.cases.actions import deciding

    dossier = town.handed_in("anna")
    assert not Watch.objects.exists()
    deciding.take_up(case=dossier.case.id, actor=officer("homes"), now=NOW)
    deciding.grant(case=dossier.case.id, actor=officer("homes"), now=NOW)
    watches = Watch.objects.all()
    assert {w.item for w in watches} == {
        CITY.facts[f.need.fact].item for f in dossier.files if f.progress.way in ("data", "document")
    }
    assert {w.subject for w in watches} <= {town["anna"], town["ben"]}
    assert {(w.office, w.case, w.until) for w in watches} == {("homes", dossier.case.id, NOW.date() + 365 * DAY)}
    correct(city=CITY, item=CITY.items["debts"], subject=town["anna"], before=None, after={"amount": 9}, now=NOW + DAY)
    (told,) = Delivery.objects.all()
    assert (told.receiver, told.case, told.item, told.payload, told.change) == (
        "homes", dossier.case.id, "debts", {}, "added",
    )  # fmt: skip


def sent(subject: uuid.UUID, feed: str, receiver: str, status: str, **more: Any) -> Delivery:
    return Delivery.objects.create(
        feed=feed, receiver=receiver, item="permits", subject=subject, change="changed", payload={"status": "valid"},
        status=status, made_at=NOW, next_at=NOW, note="姓张的", **more,
    )  # fmt: skip


def test_after_an_erasure_no_question_sees_it_and_who_was_told_is_told(town):
    from mianzheng.centre.actions.records import load_records
    from tests.second_city.feeds import PERMITS

    anna, ben, case = town["anna"], town["ben"], uuid.uuid4()
    columns = ["subject", "number", "status", "seen_on"]
    rows = [[anna, "1", "valid", PAID], [anna, "2", "valid", PAID], [ben, "1", "valid", PAID]]
    load_records(item=PERMITS, columns=columns, rows=rows, as_of=NOW)
    before = {"number": "1", "status": "valid", "seen_on": PAID}
    correct(city=FED, item=PERMITS, subject=anna, before=before, after={**before, "status": "ended"}, now=NOW + DAY)
    Delivery.objects.all().delete()
    Fetched.objects.create(item="permits", subject=anna, at=NOW)
    done = sent(anna, "permits-by-machine", "water", "done", settled_at=NOW, settled_by="program", tries=1)
    never = sent(anna, "ended-permits", "homes", "listed")
    other = sent(ben, "permits-by-machine", "water", "pending")
    watch(relied=[("permits", anna)], office="homes", case=case, until=NOW.date() + 30 * DAY)
    at = NOW + 2 * DAY
    found = erase(city=FED, subject=anna, items=["permits", "households"], reason="本人要求", actor=CENTRE, now=at)
    assert (found.items, found.current, found.past, found.deliveries) == (("households", "permits"), 2, 1, 2)
    for moment in (None, NOW + HOUR, NOW + DAY + HOUR, at, at + DAY):
        assert set(records(FED, PERMITS, [anna, ben], at=moment)) == {ben}
    assert not Fetched.objects.exists()
    assert (Register.objects.get(item="permits").records, Register.objects.get(item="permits").subjects) == (1, 1)
    for row in (done, never, other):
        row.refresh_from_db()
    assert (done.payload, done.note, never.payload, never.status) == ({}, "", {}, "done")
    assert (other.payload, other.status) == ({"status": "valid"}, "pending")
    news = Delivery.objects.exclude(id__in=[done.id, never.id, other.id]).order_by("id")
    assert [(n.feed, n.receiver, n.case, n.change, n.payload, n.status) for n in news] == [
        ("permits-by-machine", "water", None, "removed", {}, "pending"),
        ("", "homes", case, "removed", {}, "listed"),
    ]
    entries = Entry.objects.filter(action="erase")
    assert {(e.item, e.purpose, e.subject, e.actor_role) for e in entries} == {
        ("permits", "本人要求", anna, "centre"), ("households", "本人要求", anna, "centre"),
    }  # fmt: skip
    again_ = erase(city=FED, subject=anna, items=["permits"], reason="再来一次", actor=CENTRE, now=at)
    assert (again_.current, again_.past) == (0, 0)


def test_who_was_never_told_stays_untold_and_who_looked_is_told(town):
    seen, unseen = (sent(town[name], "ended-permits", "homes", "listed") for name in ("anna", "ben"))
    note_seen(delivery=seen.id, now=NOW)
    for _ in range(2):
        for name in ("anna", "ben"):
            erase(city=FED, subject=town[name], items=["permits"], reason="本人要求", actor=CENTRE, now=NOW + DAY)
    news = Delivery.objects.exclude(id__in=[seen.id, unseen.id])
    assert {(n.subject, n.change, n.status) for n in news} >= {(town["anna"], "removed", "done")}
    assert {n.subject for n in news} == {town["anna"]}


def test_what_was_erased_is_unknown_and_no_proof_that_there_was_nothing(town):
    def debt(at=None):
        answers = look(city=CITY, matter="home", fact="no-debt", applicant=town["anna"], actor=OPERATOR,
                       now=NOW + 2 * HOUR, at=at)  # fmt: skip
        (own,) = (answer for answer in answers if answer.need.about == "applicant")
        return own

    town.records("debts", ("anna", 500), ("ben", 5))
    erase(city=CITY, subject=town["anna"], items=["debts"], reason="本人要求", actor=CENTRE, now=NOW + HOUR)
    for at in (None, NOW + HOUR / 2):
        assert (debt(at).verdict, debt(at).reason.msgid) == ("unknown", ERASED)
    town.records("debts", ("anna", 0))
    assert debt().verdict == "holds", "what comes back from its source is a record like any other"


def test_an_item_the_city_no_longer_has_is_erased_too(town):
    from mianzheng.centre.actions.records import load_records
    from tests.second_city.feeds import PERMITS

    rows = [[town["anna"], "1", "valid", PAID]]
    load_records(item=PERMITS, columns=["subject", "number", "status", "seen_on"], rows=rows, as_of=NOW)
    smaller = replace(FED, items={code: item for code, item in FED.items.items() if code != "permits"}, feeds={})
    assert erase(city=smaller, subject=town["anna"], items=None, reason="本人要求", actor=CENTRE, now=NOW).current
    assert not records(FED, PERMITS, [town["anna"]])


@pytest.mark.parametrize(
    ("items", "reason", "error"), [(["permits"], " ", Refusal), ([], "x", Refusal), (["nothing"], "x", NotFound)]
)
def test_an_erasure_needs_a_reason_and_items_that_exist(town, items, reason, error):
    with pytest.raises(error):
        erase(city=FED, subject=town["anna"], items=items, reason=reason, actor=CENTRE, now=NOW)
    assert not Entry.objects.filter(action="erase").exists()


def test_the_command_line_erases(town, monkeypatch):
    number = town.numbers["eric"]
    assert ran("centre", "erase", number).exit_code == 2
    done = json.loads(ran("centre", "erase", number, "--item", "debts", "--reason", "本人要求", "--json").output)
    assert done == {"items": 1, "records": 1, "history": 0, "deliveries": 0}
    assert "Erased 2 records" in ran("centre", "erase", number, "--reason", "本人要求").output
    with pytest.raises(Refusal):
        ran("centre", "erase", "123", "--reason", "x")
