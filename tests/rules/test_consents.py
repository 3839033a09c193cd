"""Consent: exactly what, to whom, how long; numbers people can read to each other; who answers for a child."""

from __future__ import annotations

import datetime
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mianzheng.common.errors import Refusal
from mianzheng.gateway.rules.consents import (
    SIGNS,
    STATES,
    Channel,
    Given,
    State,
    as_typed,
    check_asked,
    check_open,
    check_recorded,
    covering,
    grouped,
    grown_on,
    needs_guardian,
    number_of,
    said_for,
    state_of,
    terms_of,
)
from mianzheng.gateway.rules.grants import Ground
from tests.second_city.lending import LENDING

NOON = datetime.datetime(2026, 3, 2, 12, tzinfo=datetime.UTC)
TODAY = NOON.date()
DAY = datetime.timedelta(days=1)
CONSENT, DUTY = Ground.CONSENT, Ground.DUTY


def stands(**more: object) -> State:
    wanted = {"given_at": None, "declined_at": None, "revoked_at": None, "until_day": TODAY, "answer_by": NOON + DAY}
    return state_of(**{**wanted, **more}, now=NOON, today=TODAY)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("more", "state"),
    [
        ({}, State.OPEN),
        ({"answer_by": NOON}, State.OPEN),
        ({"answer_by": NOON - DAY}, State.LAPSED),
        ({"given_at": NOON}, State.GIVEN),
        ({"given_at": NOON, "answer_by": NOON - DAY}, State.GIVEN),
        ({"given_at": NOON - DAY, "until_day": TODAY - DAY}, State.ENDED),
        ({"given_at": NOON - DAY, "revoked_at": NOON}, State.REVOKED),
        ({"declined_at": NOON, "answer_by": NOON - DAY}, State.DECLINED),
    ],
)
def test_where_a_consent_stands(more: dict, state: State) -> None:
    assert stands(**more) is state
    assert state in STATES


@pytest.mark.parametrize("state", State)
def test_only_an_open_request_can_be_answered(state: State) -> None:
    if state is State.OPEN:
        return check_open(state)
    with pytest.raises(Refusal):
        check_open(state)
    return None


@pytest.mark.parametrize(
    ("facts", "grounds", "days", "field"),
    [
        (["married"], {"married": CONSENT}, 30, None),
        (["married"], {"married": CONSENT}, 90, None),
        ([], {}, 30, "facts"),
        (["married"], {}, 30, "facts"),
        (["married", "works"], {"married": CONSENT}, 30, "facts"),
        (["has-card"], {"has-card": DUTY}, 30, "facts"),
        (["married"], {"married": CONSENT}, 91, "days"),
        (["married"], {"married": CONSENT}, 0, "days"),
    ],
)
def test_what_may_be_asked_for(facts: list[str], grounds: dict, days: int, field: str | None) -> None:
    """Never for what a duty allows, never without a grant, never for longer than the city allows."""

    def ask() -> None:
        check_asked(LENDING, asker="lender", matter="loan", facts=facts, grounds=grounds, days=days)

    if field is None:
        return ask()
    with pytest.raises(Refusal) as refused:
        ask()
    assert refused.value.field == field
    return None


def test_who_agreed_to_no_terms_agreed_to_no_parameter_and_no_value() -> None:
    given = Given("1", "lender", uuid.UUID(int=1), "loan", frozenset({"no-debt"}), TODAY)
    assert given.fits("no-debt", terms_of({}, ()))
    assert not given.fits("no-debt", terms_of({"limit": 100}, ()))
    assert not given.fits("no-debt", terms_of({}, ["amount"]))


@given(st.dates(datetime.date(1950, 1, 1), datetime.date(2030, 1, 1)))
def test_a_guardian_consents_until_the_day_one_is_grown(birth: datetime.date) -> None:
    assert needs_guardian(birth, grown_on(birth) - DAY)
    assert not needs_guardian(birth, grown_on(birth))


@given(st.text())
def test_whatever_is_typed_leaves_only_signs_of_a_number(typed: str) -> None:
    assert set(as_typed(typed)) <= set(SIGNS)


@pytest.mark.parametrize(
    ("channel", "paper", "seen", "field"),
    [
        (Channel.PAPER, "档2026-7", True, None),
        (Channel.WINDOW, "", True, None),
        (Channel.PAPER, "  ", True, "paper"),
        (Channel.PAPER, "档2026-7", False, "seen"),
        (Channel.WINDOW, "", False, "seen"),
    ],
)
def test_what_a_clerk_notes_needs_its_proof(channel: Channel, paper: str, seen: bool, field: str | None) -> None:
    if field is None:
        return check_recorded(channel, paper=paper, seen=seen)
    with pytest.raises(Refusal) as refused:
        check_recorded(channel, paper=paper, seen=seen)
    assert refused.value.field == field
    return None


@pytest.mark.parametrize(
    ("birth", "guardian"),
    [
        (datetime.date(2012, 3, 3), True),
        (datetime.date(2012, 3, 2), False),
        (datetime.date(2012, 2, 29), False),
        (datetime.date(1980, 1, 1), False),
        (None, False),
    ],
)
def test_a_guardian_answers_below_fourteen(birth: datetime.date | None, guardian: bool) -> None:
    assert needs_guardian(birth, TODAY) is guardian


@given(st.binary(min_size=8, max_size=8))
def test_a_number_survives_being_read_out_and_typed(raw: bytes) -> None:
    number = number_of(raw)
    assert len(number) == 12
    assert set(number) <= set(SIGNS)
    assert as_typed(grouped(number).lower()) == number
    assert as_typed(grouped(number).replace("0", "o").replace("1", "l").replace("-", " ")) == number


PEOPLE = st.sampled_from([uuid.UUID(int=n) for n in range(2)])
FACTS = st.sets(st.sampled_from(["married", "works", "no-debt"]))
CODES = st.sampled_from(["lender", "rival"])


@given(
    st.lists(
        st.builds(
            Given,
            st.uuids().map(str),
            CODES,
            PEOPLE,
            st.sampled_from(["loan", "card"]),
            FACTS.map(frozenset),
            st.dates(TODAY - 2 * DAY, TODAY + 2 * DAY),
        )
    ),
    CODES,
    FACTS,
)
def test_nothing_is_covered_but_exactly_what_was_agreed_to(consents: list[Given], asker: str, facts: set[str]) -> None:
    wanted = {fact: terms_of({}, ()) for fact in facts}
    found = covering(consents, asker=asker, matter="loan", wanted=wanted, today=TODAY)
    by_number = {each.number: each for each in consents}
    for fact, number in found.items():
        consent = by_number[number]
        assert fact in facts & consent.facts
        assert (consent.asker, consent.matter) == (asker, "loan")
        assert consent.until_day >= TODAY
    for each in consents:
        if (each.asker, each.matter) == (asker, "loan") and each.until_day >= TODAY:
            assert each.facts & facts <= found.keys()


@pytest.mark.parametrize(
    ("params", "values", "fits"),
    [
        ({"limit": 100}, ["amount"], True),
        ({"limit": 100}, [], True),
        ({"limit": 500}, ["amount"], False),
        ({}, [], False),
        ({"limit": 100}, ["amount", "since"], False),
    ],
)
def test_another_threshold_or_more_to_be_told_is_another_question(params: dict, values: list[str], fits: bool) -> None:
    agreed = {"no-debt": terms_of({"limit": 100}, ["amount"])}
    given = Given("1", "lender", uuid.UUID(int=1), "loan", frozenset({"no-debt"}), TODAY, agreed)
    assert given.fits("no-debt", terms_of(params, values)) is fits


@pytest.mark.parametrize(
    ("agreed", "asked", "fits"),
    [
        ("审批贷款。", "审批贷款。", True),
        ("审批贷款。", "推销保险。", False),
        ("审批贷款。", "", False),
        ("", "审批贷款。", True),  # from before the sentence was shown
    ],
)
def test_for_something_else_it_is_another_question(agreed: str, asked: str, fits: bool) -> None:
    kept = {"married": terms_of({}, (), agreed)}
    given = Given("1", "lender", uuid.UUID(int=1), "loan", frozenset({"married"}), TODAY, kept)
    assert given.fits("married", terms_of({}, (), asked)) is fits


def test_each_sentence_is_said_once_with_the_facts_it_is_for() -> None:
    kept = {
        "married": terms_of({}, (), "审批。"),
        "no-debt": terms_of({}, (), "审批。"),
        "works": terms_of({}, (), "定额度。"),
    }
    assert said_for(["married", "no-debt", "works"], kept) == {"审批。": ["married", "no-debt"], "定额度。": ["works"]}
    assert said_for(["married", "gone"], {"married": terms_of({}, ())}) == {}
