"""The right to ask: what may be granted to whom, on which ground; no two lines, no credit to private askers."""

from __future__ import annotations

import datetime
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mianzheng.common.errors import Refusal
from mianzheng.common.periods import WorkingDays
from mianzheng.gateway.rules.allowances import Change, allowance, check_change, end_announced
from mianzheng.gateway.rules.grants import (
    Ground,
    Held,
    Kind,
    Stage,
    Step,
    Wish,
    check_granting,
    check_renewal,
    check_wish,
    facts_for,
    kind_of,
    purposes_for,
    steps_of,
    why_not,
)
from mianzheng.gateway.rules.parameters import check_params, read_params
from mianzheng.gateway.rules.stages import MOVES, OVER, By, can_move, check_move
from tests.second_city.reading import CITY

TODAY = datetime.date(2026, 3, 2)
DAY = datetime.timedelta(days=1)
LOAN = Wish(
    asker="lender",
    fact="no-debt",
    matter="loan",
    params={"limit": 100},
    ground=Ground.CONSENT,
    basis="",
    purpose="贷款审批",
    daily=10,
    from_day=TODAY,
    until_day=TODAY + 300 * DAY,
    liability=True,
)
PIPE = replace(LOAN, asker="water", matter="pipe", ground=Ground.DUTY, basis="homes-3")
BUS = replace(PIPE, asker="civil", matter="bus")


def checked(wish: Wish, *held: Held) -> None:
    check_wish(CITY, wish, held=held, today=TODAY)


@pytest.mark.parametrize("wish", [LOAN, PIPE, replace(PIPE, ground=Ground.CONSENT, basis=""), BUS])
def test_what_may_be_granted(wish: Wish) -> None:
    checked(wish)
    check_granting(CITY, wish, held=(), today=TODAY)


WRONG = {
    "nobody here": (LOAN, {"asker": "nobody"}, "asker"),
    "a service of others": (LOAN, {"matter": "pipe"}, "matter"),
    "a matter of others": (BUS, {"matter": "home"}, "matter"),
    "no such matter": (LOAN, {"matter": "nothing"}, "matter"),
    "a fact the service does not need": (LOAN, {"fact": "has-card", "params": {}}, "fact"),
    "no such fact": (LOAN, {"fact": "nothing"}, "fact"),
    "credit": (LOAN, {"matter": "card", "fact": "may-commit", "params": {}}, "fact"),
    "no parameter": (LOAN, {"params": {}}, "params"),
    "a parameter too many": (LOAN, {"params": {"limit": 1, "more": 2}}, "params"),
    "a parameter of another type": (LOAN, {"params": {"limit": "100"}}, "params"),
    "true is no number": (LOAN, {"params": {"limit": True}}, "params"),
    "a private asker on a duty": (LOAN, {"ground": Ground.DUTY, "basis": "homes-3"}, "ground"),
    "an authority on consent": (BUS, {"ground": Ground.CONSENT, "basis": ""}, "ground"),
    "a duty without its article": (PIPE, {"basis": ""}, "basis"),
    "an article nobody knows": (PIPE, {"basis": "nothing-1"}, "basis"),
    "consent with an article": (LOAN, {"basis": "homes-3"}, "basis"),
    "no purpose": (LOAN, {"purpose": " "}, "purpose"),
    "a novel": (LOAN, {"purpose": "长" * 501}, "purpose"),
    "none a day": (LOAN, {"daily": 0}, "daily"),
    "more a day than the city lets": (LOAN, {"daily": 10_001}, "daily"),
    "from yesterday": (LOAN, {"from_day": TODAY - DAY}, "until_day"),
    "over before it begins": (LOAN, {"until_day": TODAY}, "until_day"),
    "longer than the city lets": (LOAN, {"until_day": TODAY + 401 * DAY}, "until_day"),
    "a value there is not": (LOAN, {"values": ("nothing",)}, "values"),
    "whom somebody is married to": (LOAN, {"fact": "married", "params": {}, "values": ("spouse",)}, "values"),
    "without the clause": (LOAN, {"liability": False}, "liability"),
}


@pytest.mark.parametrize("case", WRONG, ids=WRONG)
def test_what_may_not_and_which_input_it_is_about(case: str) -> None:
    wish, more, field = WRONG[case]
    with pytest.raises(Refusal) as refused:
        checked(replace(wish, **more))
    assert refused.value.field == field
    assert refused.value.now is not None, "what to do now is said too"


def test_what_is_closed_is_told_to_its_owner_only() -> None:
    closed = replace(CITY, items={**CITY.items, "debts": replace(CITY.items["debts"], sharing="closed")})
    for wish in (LOAN, PIPE, BUS):
        with pytest.raises(Refusal):
            check_wish(closed, wish, held=(), today=TODAY)
    assert why_not(closed, "homes", "no-debt") is None


def test_who_is_what_and_who_has_to_agree() -> None:
    kinds = {code: kind_of(CITY, code) for code in ("civil", "water", "lender", "nobody")}
    assert kinds == {"civil": Kind.AUTHORITY, "water": Kind.SERVICE, "lender": Kind.PRIVATE, "nobody": None}
    source, centre = (Step.SOURCE, "homes"), (Step.CENTRE, "")
    assert steps_of(CITY, "lender", "no-debt") == (source, centre)
    assert steps_of(CITY, "civil", "no-debt") == (source, centre)
    assert steps_of(CITY, "homes", "no-debt") == (centre,), "its own register"
    assert steps_of(CITY, "water", "has-card") == (centre,), "shared without conditions"
    assert facts_for(CITY, "lender", "pipe") == ()
    assert purposes_for(CITY, "lender") == ("loan", "card")


# --- no second line -----------------------------------------------------------------------------------------------------

wishes = st.builds(
    lambda limit, start, length, fact: replace(
        LOAN,
        fact=fact,
        params={"limit": limit} if fact == "no-debt" else {},
        from_day=TODAY + start * DAY,
        until_day=TODAY + (start + length) * DAY,
    ),
    st.integers(0, 3),
    st.integers(0, 40),
    st.integers(1, 60),
    st.sampled_from(["no-debt", "married"]),
)


@given(st.lists(st.tuples(wishes, st.integers(0, 20)), max_size=12))
def test_no_sequence_of_wishes_leaves_two_lines_in_force(tries: list[tuple[Wish, int]]) -> None:
    """Whatever is asked for, on whatever day: on no day has an asker two thresholds for one fact and matter, nor two grants."""
    kept: list[Wish] = []
    today = TODAY
    for wish, later in tries:
        today += later * DAY
        wish = replace(wish, from_day=max(wish.from_day, today), until_day=max(wish.until_day, today + DAY))
        held = [Held(each.fact, each.matter, each.params, each.until_day) for each in kept]
        try:
            check_wish(CITY, wish, held=held, today=today)
            check_granting(CITY, wish, held=held, today=today)
        except Refusal:
            continue
        kept.append(wish)
    for n in range(320):
        day = TODAY + n * DAY
        alive = [(wish.fact, wish.matter) for wish in kept if wish.from_day <= day <= wish.until_day]
        assert len(alive) == len(set(alive))


NEVER = [code for code, fact in CITY.facts.items() if fact.item in CITY.asking.never]


@given(
    fact=st.sampled_from(NEVER),
    matter=st.sampled_from([*CITY.matters, *CITY.asking.services]),
    ground=st.sampled_from(Ground),
    basis=st.sampled_from(["", "homes-3"]),
    params=st.dictionaries(st.sampled_from(["limit"]), st.integers()),
    values=st.lists(st.sampled_from(["serious"]), max_size=1).map(tuple),
    daily=st.integers(-1, 10_000),
    liability=st.booleans(),
)
def test_credit_is_never_granted_to_a_private_asker(
    fact, matter, ground, basis, params, values, daily, liability
) -> None:
    wish = replace(
        LOAN,
        fact=fact,
        matter=matter,
        ground=ground,
        basis=basis,
        params=params,
        values=values,
        daily=daily,
        liability=liability,
    )
    for check in (check_wish, check_granting):
        with pytest.raises(Refusal):
            check(CITY, wish, held=(), today=TODAY)
    assert why_not(CITY, "lender", fact) is not None


# --- parameters, allowances, moves --------------------------------------------------------------------------------------


def test_parameters_are_read_by_their_type() -> None:
    fact = CITY.facts["no-debt"]
    assert read_params(fact, {"limit": " 100 ", "other": "1"}) == {"limit": 100}
    assert read_params(fact, {"limit": ""}) == {}
    for written in ("1e3", "100.5", "x", "nan"):
        params = read_params(fact, {"limit": written})
        with pytest.raises(Refusal):
            check_params(fact, params)


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        ("decimal", ["0.5", "3"], ["x", "nan", "inf"]),
        ("date", ["2026-03-02"], ["2026-02-30", "yesterday"]),
        ("boolean", ["yes", "no"], ["maybe"]),
        ("string", ["a"], ["a" * 501]),
    ],
)
def test_a_parameter_of_each_type(kind: str, good: list[str], bad: list[str]) -> None:
    limit = CITY.facts["no-debt"].params["limit"]
    fact = replace(CITY.facts["no-debt"], params={"limit": replace(limit, type=kind)})
    for written in good:
        check_params(fact, read_params(fact, {"limit": written}))
    for written in bad:
        with pytest.raises(Refusal):
            check_params(fact, read_params(fact, {"limit": written}))


changes = st.builds(Change, st.integers(0, 30).map(lambda n: TODAY + n * DAY), st.integers(0, 50))


@given(st.lists(changes, max_size=8))
def test_an_allowance_never_falls_without_notice(wanted: list[Change]) -> None:
    """What somebody reads today to count on a day within the notice can only grow, whatever is announced meanwhile."""
    calendar, notice, daily = WorkingDays(), 5, 10
    kept: list[Change] = []
    for change in wanted:
        before = {n: allowance(daily, kept, TODAY + n * DAY) for n in range(40)}
        try:
            check_change(daily, kept, change, why="x", today=TODAY, largest=50, notice_days=notice, calendar=calendar)
        except Refusal:
            continue
        kept.append(change)
        safe = (calendar.add(TODAY, notice) - TODAY).days
        assert all(allowance(daily, kept, TODAY + n * DAY) >= before[n] for n in range(safe))


def test_of_two_changes_for_one_day_the_later_counts() -> None:
    assert allowance(10, [Change(TODAY, 50), Change(TODAY, 30)], TODAY) == 30
    assert allowance(10, [Change(TODAY + DAY, 5), Change(TODAY, 20)], TODAY) == 20


def test_an_end_is_announced_from_the_first_day_of_none_until_it_is_taken_back() -> None:
    last = TODAY + 9 * DAY
    none, some = Change(TODAY + 5 * DAY, 0), Change(TODAY + 5 * DAY, 10)
    assert end_announced(10, [], last) is None
    assert end_announced(10, [some], last) is None
    assert end_announced(10, [none], last) == none.day
    assert end_announced(10, [Change(TODAY + 7 * DAY, 3), none], last) == none.day, "more on a later day is too late"
    assert end_announced(10, [Change(TODAY + 7 * DAY, 0), none], last) == none.day
    assert end_announced(10, [none, some], last) is None
    assert end_announced(10, [some, none], last) == none.day
    assert end_announced(10, [none], TODAY + 4 * DAY) is None, "it is over before"


@given(st.lists(changes, max_size=6))
def test_an_end_is_announced_where_some_day_of_the_term_has_none(wanted: list[Change]) -> None:
    days = [TODAY + n * DAY for n in range(25)]
    without = [day for day in days if not allowance(10, wanted, day)]
    assert end_announced(10, wanted, days[-1]) == (without[0] if without else None)


def test_what_is_announced_to_end_is_not_renewed() -> None:
    with pytest.raises(Refusal) as refused:
        check_renewal(CITY, until_day=TODAY + 10 * DAY, today=TODAY, end=TODAY + 9 * DAY)
    assert "公告收回" in refused.value.what.msgid
    with pytest.raises(Refusal) as refused:
        check_renewal(CITY, until_day=TODAY + 200 * DAY, today=TODAY, end=TODAY + 9 * DAY)
    assert "公告收回" in refused.value.what.msgid, "that it is too early would be a promise"


def test_renewing_has_its_time() -> None:
    for until, fits in ((TODAY - DAY, False), (TODAY, True), (TODAY + 30 * DAY, True), (TODAY + 31 * DAY, False)):
        if fits:
            check_renewal(CITY, until_day=until, today=TODAY)
        else:
            with pytest.raises(Refusal):
                check_renewal(CITY, until_day=until, today=TODAY)


def test_every_stage_is_reached_and_nothing_gets_stuck() -> None:
    reached = {Stage.ASKED, *(move.target for move in MOVES)}
    assert reached == set(Stage)
    assert set(Stage) - OVER == {Stage.ASKED, Stage.IN_FORCE}
    assert {move.by for move in MOVES if move.source is Stage.ASKED} == set(By), (
        "whoever is silent, somebody can end it"
    )


@pytest.mark.parametrize("stage", Stage)
def test_moves_that_are_not_in_the_table_are_refused(stage: Stage) -> None:
    for name in {move.name for move in MOVES}:
        for by in By:
            if can_move(name, stage, by):
                assert check_move(name, stage, by) in Stage
            else:
                with pytest.raises(Refusal):
                    check_move(name, stage, by)
