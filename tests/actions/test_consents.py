"""Consent on PostgreSQL: asked, given, noted, taken back; nobody learns who is known here; guardians by the registers."""

from __future__ import annotations

import datetime
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from mianzheng.audit.models import Entry
from mianzheng.centre.actions.registers import refresh
from mianzheng.common.actors import Actor
from mianzheng.common.errors import NotFound, Refusal
from mianzheng.common.identifiers import make_uscc
from mianzheng.gateway.actions import consents
from mianzheng.gateway.models import Consent, Grant
from mianzheng.gateway.queries.consents import of_person, open_for, state
from mianzheng.gateway.queries.standing import consents_of
from mianzheng.gateway.rules.consents import Channel, State
from tests.second_city.lending import CLERK, LENDING, RIVAL, TODAY, Bank, open_bank
from tests.second_city.life import DAY, NOW


@pytest.fixture
def bank(town: Any) -> Bank:
    return open_bank(town)


def ask(bank: Bank, who: str = "anna", *, now: datetime.datetime = NOW, **more: Any) -> Consent:
    actor = more.pop("actor", CLERK)
    wanted = {"number": bank.town.numbers.get(who, who), "matter": "loan", "facts": ["married", "no-debt"], "days": 30}
    made = consents.ask(city=LENDING, **{**wanted, **more}, actor=actor, now=now)
    return Consent.objects.get(id=made)


def as_(bank: Bank, who: str) -> Actor:
    return bank.town.person(who)


def give(bank: Bank, row: Consent, who: str = "anna", now: datetime.datetime = NOW) -> Consent:
    consents.give(city=LENDING, consent=row.id, actor=as_(bank, who), now=now)
    return Consent.objects.get(id=row.id)


def test_asking_writes_exactly_what_and_a_line_of_the_log(bank: Bank) -> None:
    row = ask(bank)
    assert (row.asker, row.subject, row.guardian) == ("lender", bank.town["anna"], None)
    assert (row.facts, row.matter, row.wording) == (["married", "no-debt"], "loan", "consent-3")
    assert (row.until_day, row.answer_by) == (TODAY + 30 * DAY, NOW + 3 * DAY)
    assert state(row, now=NOW) is State.OPEN
    entry = Entry.objects.get(action="consent.ask")
    assert (entry.subject, entry.actor_office, entry.matter) == (bank.town["anna"], "lender", "loan")
    assert entry.detail["consent"] == row.number
    assert not Entry.objects.filter(action="lookup").exists()


def test_asking_the_same_twice_is_one_request(bank: Bank) -> None:
    assert ask(bank).id == ask(bank).id
    assert ask(bank, facts=["married"]).id != ask(bank).id
    assert Consent.objects.count() == 2


def test_for_other_days_or_on_other_terms_it_is_another_request(bank: Bank) -> None:
    row = ask(bank, days=1)
    longer = ask(bank, days=60)
    assert (longer.id != row.id, longer.until_day) == (True, TODAY + 60 * DAY)
    Grant.objects.filter(fact="no-debt", asker="lender").update(params={"limit": 7})
    later = ask(bank, days=60)
    assert later.id != longer.id
    assert later.terms["no-debt"]["params"] == {"limit": 7}


def test_what_for_is_kept_as_it_was_said_and_for_something_else_one_asks_anew(bank: Bank) -> None:
    grants = Grant.objects.filter(fact="married", asker="lender")
    grants.update(purpose="审批住房贷款时核对。")
    row = give(bank, ask(bank, facts=["married"]))
    assert row.terms["married"]["purpose"] == "审批住房贷款时核对。"
    grants.update(purpose="推销保险时核对。")
    later = ask(bank, facts=["married"])
    row.refresh_from_db()
    assert (later.id != row.id, later.terms["married"]["purpose"]) == (True, "推销保险时核对。")
    assert row.terms["married"]["purpose"] == "审批住房贷款时核对。"


def test_a_number_nobody_has_and_one_of_somebody_without_an_account_look_the_same(bank: Bank) -> None:
    """Whether the city knows a number is not told, not by words, not by what happens afterwards."""
    known, unknown = ask(bank, "carl"), ask(bank, bank.stranger)
    for one in (known, unknown):
        assert (state(one, now=NOW), one.answer_by, one.channel) == (State.OPEN, NOW + 3 * DAY, "phone")
        assert one.subject is not None
    assert ask(bank, bank.stranger).id == unknown.id
    assert Entry.objects.filter(action="consent.ask").count() == 2
    for one in (known, unknown):
        consents.record(city=LENDING, consent=one.id, channel=Channel.PAPER, paper="7", seen=True, actor=CLERK, now=NOW)
        one.refresh_from_db()
        assert state(one, now=NOW) is State.GIVEN


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"number": "330782198005170019"}, "number"),
        ({"number": "12345"}, "number"),
        ({"facts": []}, "facts"),
        ({"facts": ["works"]}, "facts"),
        ({"matter": "home"}, "facts"),
        ({"days": 91}, "days"),
    ],
)
def test_what_cannot_be_asked_for_says_why_and_leaves_nothing(bank: Bank, more: dict, field: str) -> None:
    number = {"number": bank.number("anna")} | more
    with pytest.raises(Refusal) as refused:
        ask(bank, "anna", **number)
    assert refused.value.field == field or refused.value.field == "ric"
    assert not Consent.objects.exists()


def test_where_a_duty_allows_nobody_is_asked(bank: Bank) -> None:
    officer = Actor("officer of homes", "officer", "homes")
    with pytest.raises(Refusal):
        ask(bank, matter="home", facts=["has-card"], actor=officer)


def test_a_person_gives_and_takes_back_and_it_counts_at_once(bank: Bank) -> None:
    row = ask(bank)
    assert list(open_for(bank.town["anna"], now=NOW)) == [row]
    row = give(bank, row)
    assert (row.given_by, row.channel, state(row, now=NOW)) == (as_(bank, "anna").id, "phone", State.GIVEN)
    (given,) = consents_of([bank.town["anna"]], today=TODAY)[bank.town["anna"]]
    assert given.covers("lender", "loan", "married", TODAY)
    assert not given.covers("lender", "loan", "has-card", TODAY)
    assert not given.covers("rival", "loan", "married", TODAY)
    consents.revoke(city=LENDING, consent=row.id, actor=as_(bank, "anna"), now=NOW)
    consents.revoke(city=LENDING, consent=row.id, actor=as_(bank, "anna"), now=NOW)
    assert not consents_of([bank.town["anna"]], today=TODAY)
    assert Entry.objects.filter(action="consent.revoke").count() == 1


def test_a_consent_ends_by_itself(bank: Bank) -> None:
    row = give(bank, ask(bank, days=2))
    assert consents_of([row.subject], today=TODAY + 2 * DAY)
    assert not consents_of([row.subject], today=TODAY + 3 * DAY)
    assert state(row, now=NOW + 3 * DAY) is State.ENDED
    with pytest.raises(Refusal):
        consents.revoke(city=LENDING, consent=row.id, actor=as_(bank, "anna"), now=NOW + 3 * DAY)


def test_nobody_answers_for_another(bank: Bank) -> None:
    row = ask(bank)
    for act in (consents.give, consents.decline, consents.revoke):
        with pytest.raises(NotFound):
            act(city=LENDING, consent=row.id, actor=as_(bank, "ben"), now=NOW)
    for act, more in ((consents.drop, {}), (consents.record, {"channel": Channel.WINDOW, "paper": "", "seen": True})):
        with pytest.raises(NotFound):
            act(city=LENDING, consent=row.id, actor=RIVAL, now=NOW, **more)
    row.refresh_from_db()
    assert state(row, now=NOW) is State.OPEN


def test_what_is_over_is_not_answered_any_more(bank: Bank) -> None:
    row = ask(bank)
    with pytest.raises(Refusal):
        give(bank, row, now=NOW + 3 * DAY + datetime.timedelta(seconds=1))
    consents.decline(city=LENDING, consent=row.id, actor=as_(bank, "anna"), now=NOW)
    for again in (consents.give, consents.decline):
        with pytest.raises(Refusal):
            again(city=LENDING, consent=row.id, actor=as_(bank, "anna"), now=NOW)
    row.refresh_from_db()
    assert (state(row, now=NOW), row.given_at) == (State.DECLINED, None)


def test_a_mistyped_request_is_taken_off_the_strangers_phone(bank: Bank) -> None:
    row = ask(bank)
    consents.drop(city=LENDING, consent=row.id, actor=CLERK, now=NOW)
    assert not open_for(bank.town["anna"], now=NOW).exists()


def test_on_paper_the_sheet_is_named_also_in_the_database(bank: Bank) -> None:
    row = ask(bank)
    consents.record(
        city=LENDING, consent=row.id, channel=Channel.PAPER, paper=" 档2026-7 ", seen=True, actor=CLERK, now=NOW
    )
    row.refresh_from_db()
    assert (row.channel, row.paper, row.given_by) == ("paper", "档2026-7", CLERK.id)
    assert row.until_day == TODAY + 30 * DAY
    with pytest.raises(IntegrityError), transaction.atomic():
        Consent.objects.filter(id=row.id).update(paper="")


def test_a_consent_by_word_of_mouth_serves_one_day(bank: Bank) -> None:
    """Only the clerk vouches for it: it ends soon, and the person finds it among their own and can take it back."""
    row = ask(bank)
    consents.record(city=LENDING, consent=row.id, channel=Channel.WINDOW, paper="x", seen=True, actor=CLERK, now=NOW)
    row.refresh_from_db()
    assert (row.channel, row.paper, row.until_day) == ("window", "", TODAY)
    assert list(of_person(bank.town["anna"], today=TODAY)) == [row]
    consents.revoke(city=LENDING, consent=row.id, actor=as_(bank, "anna"), now=NOW)


def test_consents_go_three_years_after_they_ended(bank: Bank) -> None:
    row = give(bank, ask(bank, days=30))
    assert consents.forget(today=row.until_day + 3 * 365 * DAY) == 0
    assert consents.forget(today=row.until_day + (3 * 365 + 1) * DAY) == 1
    assert not Consent.objects.exists()


def test_a_city_may_take_no_consent_by_word_of_mouth(bank: Bank) -> None:
    strict = replace(LENDING, asking=replace(LENDING.asking, window_days=0))
    row = ask(bank)
    with pytest.raises(Refusal):
        consents.record(city=strict, consent=row.id, channel=Channel.WINDOW, paper="", seen=True, actor=CLERK, now=NOW)
    consents.record(city=strict, consent=row.id, channel=Channel.PAPER, paper="7", seen=True, actor=CLERK, now=NOW)


# --- a child -------------------------------------------------------------------------------------------------------


def test_for_a_child_the_guardian_is_asked_and_the_registers_say_who_that_is(bank: Bank) -> None:
    with pytest.raises(Refusal) as refused:
        ask(bank, "fay")
    assert refused.value.field == "guardian"
    row = ask(bank, "fay", guardian=bank.number("anna"))
    assert (row.subject, row.guardian) == (bank.town["fay"], bank.town["anna"])
    assert list(open_for(bank.town["anna"], now=NOW)) == [row]
    assert not of_person(bank.town["fay"], today=TODAY).exists(), "a child does not answer"
    row = give(bank, row, "anna")
    assert state(row, now=NOW) is State.GIVEN
    looks = Entry.objects.filter(action="lookup", subject=bank.town["fay"])
    assert {entry.detail["relation"] for entry in looks} == {"mother", "father"}
    assert all(entry.purpose and entry.matter == "loan" for entry in looks)


def test_somebody_the_registers_do_not_know_as_guardian_consents_for_no_child(bank: Bank) -> None:
    row = ask(bank, "fay", guardian=bank.number("carl"))
    with pytest.raises(Refusal):
        give(bank, row, "carl")
    with pytest.raises(Refusal):
        sign(row)
    row.refresh_from_db()
    assert row.given_at is None
    assert Entry.objects.filter(action="lookup", subject=bank.town["fay"]).count() == 4, "the looks stay in the log"


def sign(row: Consent, now: datetime.datetime = NOW) -> Consent:
    """Note that a sheet was signed."""
    consents.record(city=LENDING, consent=row.id, channel=Channel.PAPER, paper="7", seen=True, actor=CLERK, now=now)
    row.refresh_from_db()
    return row


def refused(row: Consent, now: datetime.datetime = NOW) -> tuple[str, str]:
    with pytest.raises(Refusal) as said:
        sign(row, now)
    assert said.value.now is not None
    return said.value.what.msgid, said.value.now.msgid


def test_a_clerk_does_not_find_out_who_is_whose_parent(bank: Bank) -> None:
    """One text, whether the registers say no or nothing, and the request is over; for the third nothing is looked up."""
    stranger = ask(bank, "fay", guardian=bank.number("carl"))
    words = refused(stranger)
    stranger.refresh_from_db()
    assert state(stranger, now=NOW) is State.LAPSED
    parent = ask(bank, "fay", guardian=bank.number("anna"))
    bank.town.silence("births")
    assert refused(parent) == words
    bank.town.silence("births", silent=False)
    looks = Entry.objects.filter(action="lookup", subject=bank.town["fay"]).count()
    for who in ("anna", "eric"):
        row = ask(bank, "fay", guardian=bank.number(who), now=NOW + DAY)
        assert refused(row, NOW + DAY) == words
    assert Entry.objects.filter(action="lookup", subject=bank.town["fay"]).count() == looks
    refresh(items=["births"], as_of=NOW + 40 * DAY)
    later = ask(bank, "fay", guardian=bank.number("anna"), now=NOW + 40 * DAY)
    assert state(sign(later, NOW + 40 * DAY), now=NOW + 40 * DAY) is State.GIVEN


def test_for_a_child_a_sheet_is_taken_and_the_clerks_word_is_not(bank: Bank) -> None:
    row = ask(bank, "fay", guardian=bank.number("anna"))
    with pytest.raises(Refusal):
        consents.record(city=LENDING, consent=row.id, channel=Channel.WINDOW, paper="", seen=True, actor=CLERK, now=NOW)
    assert not Entry.objects.filter(action="lookup").exists()
    row = sign(row)
    assert (state(row, now=NOW), row.channel, row.given_by) == (State.GIVEN, "paper", CLERK.id)
    with pytest.raises(Refusal):
        sign(row)


def test_at_fourteen_one_sees_and_takes_back_what_a_guardian_consented_to(bank: Bank) -> None:
    at = datetime.datetime(2031, 3, 31, 12, tzinfo=datetime.UTC)  # fay is 14 tomorrow
    Grant.objects.update(until_day=at.date() + 300 * DAY)
    refresh(items=["births"], as_of=at)
    short, row = (ask(bank, "fay", guardian=bank.number("anna"), days=days, now=at) for days in (1, 30))
    assert short.grown_on == row.grown_on == datetime.date(2031, 4, 1)
    assert ask(bank, "fay", guardian=bank.number("anna"), days=30, now=at - 60 * DAY).grown_on is None
    give(bank, row, "anna", now=at)
    with pytest.raises(NotFound):
        consents.revoke(city=LENDING, consent=row.id, actor=as_(bank, "fay"), now=at)
    assert list(of_person(bank.town["fay"], today=at.date() + DAY)) == [row], "what waits is still the guardian's"
    assert row in of_person(bank.town["anna"], today=at.date() + DAY)
    consents.revoke(city=LENDING, consent=row.id, actor=as_(bank, "fay"), now=at + DAY)
    row.refresh_from_db()
    assert row.revoked_by == as_(bank, "fay").id


def test_where_the_register_is_silent_nobody_is_taken_for_a_guardian(bank: Bank) -> None:
    row = ask(bank, "fay", guardian=bank.number("anna"))
    bank.town.silence("births")
    with pytest.raises(Refusal) as refused:
        give(bank, row, "anna")
    assert "暂时" in refused.value.what.msgid
    assert not Entry.objects.filter(action="lookup", subject=bank.town["fay"]).exists()


# --- two at once ---------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_asked_at_once_it_is_one_request(lasting_town: Any) -> None:
    bank = open_bank(lasting_town)

    def press(_: int) -> Any:
        try:
            return ask(bank).id
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(press, range(8)))) == 1
    assert Consent.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_agreeing_and_declining_at_once_leaves_one_of_them(lasting_town: Any) -> None:
    bank = open_bank(lasting_town)
    row = ask(bank)

    def press(act: Any) -> bool:
        try:
            act(city=LENDING, consent=row.id, actor=as_(bank, "anna"), now=NOW)
        except Refusal:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(press, [consents.give, consents.decline] * 2))
    assert done.count(True) == 1
    row.refresh_from_db()
    assert (row.given_at is None) != (row.declined_at is None)


def test_somebody_without_a_phone_takes_a_consent_back_at_the_window(bank: Bank) -> None:
    row = ask(bank)
    consents.record(city=LENDING, consent=row.id, channel=Channel.PAPER, paper="A-1", seen=True, actor=CLERK, now=NOW)
    with pytest.raises(NotFound):
        consents.note_revocation(city=LENDING, consent=row.id, actor=RIVAL, now=NOW)
    for later in (DAY, 2 * DAY):
        consents.note_revocation(city=LENDING, consent=row.id, actor=CLERK, now=NOW + later)
    row.refresh_from_db()
    assert (row.revoked_at, row.revoked_by) == (NOW + DAY, CLERK.id)
    assert consents_of([bank.town["anna"]], today=TODAY) == {}
    assert Entry.objects.filter(action="consent.revoke").count() == 1


def test_nobody_is_asked_to_consent_to_what_their_number_does_not_fit(bank: Bank) -> None:
    with pytest.raises(Refusal) as refused:
        ask(bank, make_uscc("330782", 5))
    assert refused.value.field == "number"
    assert not Consent.objects.exists()
