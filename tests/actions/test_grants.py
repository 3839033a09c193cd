"""The right to ask on its way: requested, answered by one office after the other, withdrawn."""

import threading
from collections.abc import Callable
from dataclasses import replace

import pytest
from django.db import IntegrityError, connection, transaction

from mianzheng.audit.models import Entry
from mianzheng.common.actors import Actor
from mianzheng.common.errors import NotFound, Refusal
from mianzheng.gateway.actions import grants
from mianzheng.gateway.models import Grant, GrantStep
from mianzheng.gateway.queries.standing import in_force
from mianzheng.gateway.rules.grants import Stage
from tests.second_city.asking import (
    CIVIL,
    DUTY,
    DUTY_CALL,
    HOMES,
    LENDER,
    LOAN,
    WATER,
    WATER_CALL,
    ask,
    decide,
    granted,
    open_step,
)
from tests.second_city.life import DAY, NOW, day
from tests.second_city.reading import CITY


def test_a_private_asker_needs_the_source_and_then_the_centre(town):
    made = ask()
    steps = list(GrantStep.objects.filter(grant=made).order_by("number").values_list("kind", "office", "due"))
    assert steps == [("source", "homes", day("2026-03-04")), ("centre", "", None)]
    assert decide(made, now=NOW + DAY) is Stage.ASKED
    assert open_step(made).due == day("2026-03-06")
    assert in_force(NOW.date()).grants == {}
    assert decide(made, now=NOW + 2 * DAY) is Stage.IN_FORCE
    found = in_force(NOW.date()).grant("lender", "no-debt", "loan", day("2026-03-05"))
    assert found is not None and found.liability == "liability-2" and found.params == {"limit": 100}
    lines = Entry.objects.filter(detail__grant=str(made)).order_by("at").values_list("action", flat=True)
    assert list(lines) == ["request_grant", "decide_grant", "decide_grant"]


def test_a_department_asks_on_a_duty_and_what_is_shared_freely_only_the_centre_reviews(town):
    made = ask(DUTY_CALL)
    assert [step.kind for step in GrantStep.objects.filter(grant=made).order_by("number")] == ["source", "centre"]
    own = ask(WATER_CALL)
    assert [step.kind for step in GrantStep.objects.filter(grant=own)] == ["centre"]
    assert decide(own) is Stage.IN_FORCE


def test_a_source_agrees_in_writing_and_a_refusal_says_why(town):
    made = ask()
    for more, field in (({"document": " "}, "document"), ({"note": ""}, "note"), ({"note": "长" * 501}, "note")):
        with pytest.raises(Refusal) as refused:
            decide(made, **more)
        assert refused.value.field == field
    assert decide(made, approved=False, note="不需要这个事实", document="") is Stage.REFUSED
    grant = Grant.objects.get(id=made)
    assert (grant.ended_why, grant.ended_by) == ("不需要这个事实", HOMES.id)


def test_steps_are_answered_by_their_office_in_their_turn(town):
    made = ask()
    source, centre = GrantStep.objects.filter(grant=made).order_by("number")
    for actor in (CIVIL, LENDER, WATER):
        with pytest.raises(NotFound):
            grants.decide(city=CITY, step=source.id, approved=True, note="x", document="1", actor=actor, now=NOW)
    with pytest.raises(Refusal):  # it is not the centre's turn yet
        grants.decide(city=CITY, step=centre.id, approved=True, note="x", actor=DUTY, now=NOW)
    decide(made)
    with pytest.raises(Refusal):  # nobody answers twice
        grants.decide(city=CITY, step=source.id, approved=False, note="x", actor=HOMES, now=NOW)
    assert Grant.objects.get(id=made).stage == Stage.ASKED


def test_an_asker_takes_back_its_own_request_at_any_time_before_it_is_decided(town):
    made = ask()
    decide(made)
    with pytest.raises(NotFound):
        grants.withdraw(city=CITY, grant=made, actor=WATER, now=NOW)
    grants.withdraw(city=CITY, grant=made, actor=LENDER, now=NOW)
    with pytest.raises(Refusal):
        grants.withdraw(city=CITY, grant=made, actor=LENDER, now=NOW)
    assert ask() != made, "it can be asked for again"
    in_force_one = granted(WATER_CALL)
    with pytest.raises(Refusal):
        grants.withdraw(city=CITY, grant=in_force_one.id, actor=WATER, now=NOW)


def test_nobody_asks_for_another_office(town):
    with pytest.raises(NotFound):
        ask(LOAN, actor=WATER)
    assert not Grant.objects.exists()


def test_a_second_threshold_is_refused_while_the_first_is_asked_for_or_in_force(town):
    ask()
    for params in ({"limit": 200}, {"limit": 100}):
        with pytest.raises(Refusal):
            ask(params=params)
    assert Grant.objects.count() == 1
    made = Grant.objects.get()
    decide(made.id, approved=False)
    assert granted(params={"limit": 200}).params == {"limit": 200}


def test_what_the_city_no_longer_allows_is_not_put_in_force(town):
    """The rules are read anew when the centre decides: an item that has since been put out of reach stays there."""
    made = ask()
    decide(made)
    never = replace(CITY.asking, never=("credit", "debts"))
    with pytest.raises(Refusal):
        grants.decide(
            city=replace(CITY, asking=never), step=open_step(made).id, approved=True, note="x", actor=DUTY, now=NOW
        )
    late = NOW + 400 * DAY
    with pytest.raises(Refusal):
        decide(made, now=late)
    assert Grant.objects.get(id=made).stage == Stage.ASKED
    assert decide(made, now=late, approved=False) is Stage.REFUSED


def test_without_a_clause_nobody_can_accept_one(town):
    with pytest.raises(Refusal) as refused:
        grants.request(city=replace(CITY, texts={}), wish=LOAN, actor=LENDER, now=NOW)
    assert "责任条款" in refused.value.what.msgid


# --- two at once ------------------------------------------------------------------------------------------------------


def at_once(*works: Callable[[], object]) -> list[object]:
    """Do all `works` in threads of their own, begun together; return what each returned or raised."""
    gate, came = threading.Barrier(len(works)), [None] * len(works)

    def working(place: int) -> None:
        gate.wait()
        try:
            came[place] = works[place]()
        except Refusal as refusal:
            came[place] = refusal
        finally:
            connection.close()

    threads = [threading.Thread(target=working, args=(place,)) for place in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return came


def test_nobody_answers_their_own_request(town):
    made = ask(actor=Actor("both", "asker", office="lender"))
    for actor in (Actor("both", "officer", office="homes"), Actor("both", "centre", office="civil")):
        for approved in (True, False):
            with pytest.raises(Refusal):
                decide(made, actor=actor, approved=approved)
        decide(made)
    assert Grant.objects.get(id=made).stage == Stage.IN_FORCE
    program = ask(WATER_CALL, actor=Actor("program", "asker", office="water"))
    with pytest.raises(Refusal):
        decide(program, actor=Actor("program", "centre", office="civil"))


def test_the_database_itself_wants_two_people_for_a_refusal(town):
    made = ask()
    decide(made, approved=False)
    with pytest.raises(IntegrityError), transaction.atomic():
        Grant.objects.update(ended_by=LENDER.id)
    grants.withdraw(city=CITY, grant=ask(), actor=LENDER, now=NOW)  # taking back is no answer


@pytest.mark.django_db(transaction=True)
def test_of_two_who_decide_at_once_one_is_told_it_is_done(lasting_town):
    made = ask()
    step = open_step(made).id

    def deciding(approved: bool) -> Stage:
        return grants.decide(city=CITY, step=step, approved=approved, note="看过", document="1号", actor=HOMES, now=NOW)

    came = at_once(lambda: deciding(True), lambda: deciding(False))
    assert sum(isinstance(each, Refusal) for each in came) == 1
    kept = GrantStep.objects.get(id=step)
    won = came[0] if not isinstance(came[0], Refusal) else came[1]
    assert (kept.approved, won) in ((True, Stage.ASKED), (False, Stage.REFUSED))
    assert Entry.objects.filter(action="decide_grant").count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_thresholds_asked_for_at_once_one_is_refused(lasting_town):
    came = at_once(lambda: ask(params={"limit": 100}), lambda: ask(params={"limit": 200}))
    assert sum(isinstance(each, Refusal) for each in came) == 1
    assert Grant.objects.count() == 1
