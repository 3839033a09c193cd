"""What becomes of a grant in force: its allowance, its renewal, its end; and what time does to a request."""

import pytest
from django.db import IntegrityError, transaction

from mianzheng.audit.models import Entry
from mianzheng.common.actors import Actor
from mianzheng.common.errors import NotFound, Refusal
from mianzheng.gateway import jobs
from mianzheng.gateway.actions import passing, raising, terms
from mianzheng.gateway.models import Grant, GrantDay, RaiseRequest
from mianzheng.gateway.queries.grants import cards, counts, due_count, one, shown, to_answer
from mianzheng.gateway.queries.standing import in_force
from mianzheng.gateway.rules.allowances import Outcome
from mianzheng.gateway.rules.grants import Stage
from tests.second_city.asking import (
    CIVIL,
    DUTY,
    DUTY_CALL,
    HOMES,
    LENDER,
    LOAN,
    TODAY,
    WATER,
    ask,
    decide,
    granted,
    open_step,
)
from tests.second_city.life import DAY, NOW, day
from tests.second_city.reading import CITY

NOTICE = day("2026-03-10")
"""Five working days after the Monday of the tests; the Monday after it is a day off in this city."""


def change(grant, daily, on, *, why="业务量变化", actor=DUTY, now=NOW):
    terms.change_allowance(city=CITY, grant=grant.id, daily=daily, day=on, why=why, actor=actor, now=now)


def allowed(on):
    found = in_force(TODAY).grants[("lender", "no-debt", "loan")][0]
    return found.allowed(on)


def test_more_counts_at_once_and_less_is_announced(town):
    grant = granted()
    change(grant, 20, TODAY)
    assert allowed(TODAY) == 20
    for wanted, on in ((19, TODAY), (19, day("2026-03-09")), (-1, NOTICE), (10_001, NOTICE), (30, day("2026-03-01"))):
        with pytest.raises(Refusal):
            change(grant, wanted, on)
    with pytest.raises(Refusal):
        change(grant, 5, NOTICE, why=" ")
    change(grant, 5, NOTICE)
    assert [allowed(on) for on in (TODAY, day("2026-03-09"), NOTICE)] == [20, 20, 5]
    (card,) = cards([grant], today=TODAY)
    assert [(each.day, each.daily) for each in card.coming] == [(NOTICE, 5)]


def test_an_announcement_is_taken_back_by_a_later_one_for_the_same_day(town):
    grant = granted()
    change(grant, 0, NOTICE)
    change(grant, 10, NOTICE, why="情况已经说明")
    assert allowed(NOTICE) == 10
    assert passing.close_announced(city=CITY, now=NOW + 30 * DAY) == 0


def test_an_announced_end_comes_by_itself(town):
    grant = granted()
    change(grant, 0, NOTICE, why="系统下线")
    assert passing.close_announced(city=CITY, now=NOW) == 0
    later = NOW + 8 * DAY
    assert allowed(later.date()) == 0, "it answers nothing even before the job has run"
    assert passing.close_announced(city=CITY, now=later) == 1
    grant.refresh_from_db()
    assert (grant.stage, grant.ended_why, grant.ended_by) == (Stage.REVOKED, "系统下线", "program")
    with pytest.raises(Refusal):
        terms.renew(city=CITY, grant=grant.id, liability=True, actor=LENDER, now=later)


def test_only_the_centre_changes_an_allowance(town):
    grant = granted()
    for actor in (LENDER, HOMES, CIVIL):
        with pytest.raises(NotFound):
            change(grant, 20, TODAY, actor=actor)
    with pytest.raises(Refusal):
        change(grant, 20, day("2027-03-01"))


def test_misuse_ends_a_grant_at_once_by_the_centre_or_the_source(town):
    first = granted()
    for actor in (LENDER, WATER, CIVIL):
        with pytest.raises(NotFound):
            terms.revoke(city=CITY, grant=first.id, why="x", actor=actor, now=NOW)
    with pytest.raises(Refusal):
        terms.revoke(city=CITY, grant=first.id, why=" ", actor=DUTY, now=NOW)
    terms.revoke(city=CITY, grant=first.id, why="结论用于别的事项", actor=HOMES, now=NOW)
    assert in_force(TODAY).grants == {}
    second = granted()
    terms.revoke(city=CITY, grant=second.id, why="结论用于别的事项", actor=DUTY, now=NOW)
    assert Entry.objects.filter(action="revoke_grant").count() == 2


def test_an_asker_ends_what_it_needs_no_more_and_may_then_draw_another_line(town):
    grant = granted()
    with pytest.raises(NotFound):
        terms.end(city=CITY, grant=grant.id, actor=WATER, now=NOW)
    terms.end(city=CITY, grant=grant.id, actor=LENDER, now=NOW)
    other = granted(params={"limit": 7})
    found = in_force(TODAY).grants[("lender", "no-debt", "loan")]
    assert [each.id for each in found] == [other.id]
    assert found[0].others == (grant.id,), "about whom the first was asked, the second is not answered"


def test_renewing_is_a_new_grant_that_follows_with_the_same_content(town):
    grant = granted(until_day=day("2026-04-20"))
    with pytest.raises(Refusal):  # too early
        terms.renew(city=CITY, grant=grant.id, liability=True, actor=LENDER, now=NOW)
    soon = NOW + 25 * DAY
    with pytest.raises(Refusal) as refused:
        terms.renew(city=CITY, grant=grant.id, liability=False, actor=LENDER, now=soon)
    assert refused.value.field == "liability"
    made = Grant.objects.get(id=terms.renew(city=CITY, grant=grant.id, liability=True, actor=LENDER, now=soon))
    assert (made.renews, made.params, made.from_day) == (grant.id, grant.params, day("2026-04-21"))
    assert (made.until_day - made.from_day) == (grant.until_day - grant.from_day)
    assert open_step(made.id).office == "homes"
    with pytest.raises(Refusal):  # one follows already
        terms.renew(city=CITY, grant=grant.id, liability=True, actor=LENDER, now=soon)
    with pytest.raises(Refusal):  # it is over
        terms.renew(city=CITY, grant=grant.id, liability=True, actor=LENDER, now=NOW + 60 * DAY)
    while Grant.objects.get(id=made.id).stage == Stage.ASKED:
        decide(made.id, now=soon)
    days = [in_force(TODAY).grant("lender", "no-debt", "loan", on) for on in (day("2026-04-20"), day("2026-04-21"))]
    assert [found and found.id for found in days] == [grant.id, made.id]


@pytest.mark.parametrize("actor", [DUTY, HOMES])
def test_misuse_ends_the_renewal_too_whether_asked_for_or_in_force(town, actor):
    soon = NOW + 25 * DAY
    for through in (False, True):
        grant = granted(until_day=day("2026-04-20"))
        made = terms.renew(city=CITY, grant=grant.id, liability=True, actor=LENDER, now=soon)
        while through and Grant.objects.get(id=made).stage == Stage.ASKED:
            decide(made, now=soon)
        terms.revoke(city=CITY, grant=grant.id, why="结论用于别的事项", actor=actor, now=soon)
        after = Grant.objects.get(id=made)
        assert (after.stage, after.ended_why) == (Stage.REVOKED if through else Stage.REFUSED, "结论用于别的事项")
        assert in_force(TODAY).grants == {}
        assert to_answer("homes").count() == 0


def renewed(grant, *, now, through=False, actor=LENDER):
    """Ask for the renewal of `grant`; with `through`, have everybody agree."""
    made = terms.renew(city=CITY, grant=grant.id, liability=True, actor=actor, now=now)
    while through and Grant.objects.get(id=made).stage == Stage.ASKED:
        decide(made, now=now)
    return made


ENDS = day("2026-04-15")
"""Late enough to be announced 25 days from the Monday of the tests, before a grant until the twentieth is over."""


def test_an_announced_end_ends_the_renewal_too_whether_asked_for_or_in_force(town):
    soon = NOW + 25 * DAY
    for through in (False, True):
        grant = granted(until_day=day("2026-04-20"))
        made = renewed(grant, now=soon, through=through)
        change(grant, 5, ENDS, now=soon)
        assert Grant.objects.get(id=made).stage == (Stage.IN_FORCE if through else Stage.ASKED), "less is no end"
        change(grant, 0, ENDS, why="系统下线", now=soon)
        after = Grant.objects.get(id=made)
        assert (after.stage, after.ended_why, after.ended_by) == (
            Stage.REVOKED if through else Stage.REFUSED,
            "系统下线",
            DUTY.id,
        )
        action = "revoke_grant" if through else "refuse_grant"
        assert Entry.objects.get(action=action, detail__grant=str(made)).actor == DUTY.id
        assert to_answer("homes").count() == 0
        found = in_force(TODAY).grants[("lender", "no-debt", "loan")]
        assert [each.id for each in found] == [grant.id], "until its day the grant itself goes on"
        with pytest.raises(Refusal):
            renewed(grant, now=soon)
        terms.end(city=CITY, grant=grant.id, actor=LENDER, now=soon)


def test_whoever_ends_a_grant_ends_its_renewal_too_whether_asked_for_or_in_force(town):
    soon = NOW + 25 * DAY
    for through in (False, True):
        grant = granted(until_day=day("2026-04-20"))
        made = renewed(grant, now=soon, through=through)
        terms.end(city=CITY, grant=grant.id, actor=LENDER, now=soon)
        after = Grant.objects.get(id=made)
        assert (after.stage, after.ended_by) == (Stage.ENDED if through else Stage.WITHDRAWN, LENDER.id)
        action = "end_grant" if through else "withdraw_grant"
        assert Entry.objects.get(action=action, detail__grant=str(made)).actor == LENDER.id
        assert in_force(TODAY).grants == {}
        assert to_answer("homes").count() == 0


def test_to_end_the_renewal_alone_leaves_what_it_renews(town):
    soon = NOW + 25 * DAY
    grant = granted(until_day=day("2026-04-20"))
    terms.end(city=CITY, grant=renewed(grant, now=soon, through=True), actor=LENDER, now=soon)
    grant.refresh_from_db()
    assert grant.stage == Stage.IN_FORCE


def test_an_end_that_was_taken_back_lets_one_ask_for_the_renewal_anew(town):
    soon = NOW + 25 * DAY
    grant = granted(until_day=day("2026-04-20"))
    first = renewed(grant, now=soon)
    change(grant, 0, ENDS, now=soon)
    change(grant, 10, ENDS, why="情况已经说明", now=soon)
    assert Grant.objects.get(id=first).stage == Stage.REFUSED, "what was closed stays closed"
    assert Grant.objects.get(id=renewed(grant, now=soon)).daily == 10


def test_a_pause_is_an_end(town):
    """None from one day and some from a later one: the grant is revoked on the first, so it is not renewed."""
    soon = NOW + 25 * DAY
    grant = granted(until_day=day("2026-04-20"))
    change(grant, 10, day("2026-04-18"), now=soon)
    change(grant, 0, ENDS, now=soon)
    with pytest.raises(Refusal):
        renewed(grant, now=soon)


def test_nobody_closes_their_own_request_for_renewal(town):
    soon = NOW + 25 * DAY
    grant = granted(DUTY_CALL, until_day=day("2026-04-20"))
    made = renewed(grant, now=soon, actor=Actor("both", "officer", office="civil"))
    both = Actor("both", "centre", office="civil")
    with pytest.raises(Refusal):
        change(grant, 0, ENDS, actor=both, now=soon)
    with pytest.raises(Refusal):
        terms.revoke(city=CITY, grant=grant.id, why="结论用于别的事项", actor=both, now=soon)
    assert (Grant.objects.get(id=made).stage, grant.changes.count()) == (Stage.ASKED, 0), "nothing was changed"
    change(grant, 0, ENDS, now=soon)
    assert Grant.objects.get(id=made).stage == Stage.REFUSED


# --- time ---------------------------------------------------------------------------------------------------------------


def test_a_request_nobody_answers_lapses_and_says_whose_turn_it_was(town):
    made = ask()
    asked = Grant.objects.filter(asker="lender")
    assert counts(asked, today=day("2026-03-05"), renew_days=30)["overdue"] == 1, "due on the fourth"
    assert [grant.id for grant in shown(asked, "overdue", today=day("2026-03-05"), renew_days=30)] == [made]
    assert passing.lapse(city=CITY, now=NOW + 15 * DAY) == 0, "ten working days are the seventeenth of March"
    assert passing.lapse(city=CITY, now=NOW + 16 * DAY) == 1
    grant = Grant.objects.get(id=made)
    assert (grant.stage, grant.ended_by) == (Stage.LAPSED, "program")
    (card,) = cards([grant], today=day("2026-03-18"))
    assert card.turn is not None and card.turn.office == "homes"
    assert Entry.objects.get(action="lapse_grant").detail["office"] == "homes"
    assert not to_answer("homes").exists()
    ask(from_day=day("2026-03-18"), now=NOW + 16 * DAY)


def test_each_office_has_its_own_time(town):
    """The centre is not short of days because the source took long."""
    made = ask()
    decide(made, now=NOW + 13 * DAY)
    assert passing.lapse(city=CITY, now=NOW + 20 * DAY) == 0
    assert passing.lapse(city=CITY, now=NOW + 28 * DAY) == 1


def test_the_job_ends_what_is_over(town, monkeypatch):
    lapsing, ending = ask(), granted(asker="water", matter="pipe")
    change(ending, 0, NOTICE)
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW + 20 * DAY)
    for job in (jobs.lapse_requests, jobs.lapse_raises, jobs.close_announced, jobs.end_clients) * 2:
        job(timestamp=0)
    stages = Grant.objects.in_bulk([lapsing, ending.id])
    assert (stages[lapsing].stage, stages[ending.id].stage) == (Stage.LAPSED, Stage.REVOKED)


def test_a_desk_costs_the_same_with_many(town, django_assert_num_queries):
    made = [granted()]
    GrantDay.objects.create(grant=made[0].id, day=TODAY, answered=8, unknown=3)
    (card,) = cards(made, today=TODAY)
    assert (card.allowed, card.used, card.unknown, card.left) == (10, 8, 3, 2)
    assert card.nearly_used(CITY.asking.warn)
    assert not card.nearly_used(0.9)
    made += [granted(fact="married", params={}), granted(fact="works", params={})]
    with django_assert_num_queries(5):
        assert len(cards(made, today=TODAY)) == 3


def test_a_grant_is_seen_by_its_asker_whom_it_concerns_and_the_centre(town):
    grant = granted(LOAN)
    seen = {
        (role, office): one(grant.id, role=role, office=office) is not None
        for role, office in (
            ("asker", "lender"), ("asker", "water"), ("officer", "homes"), ("officer", "civil"), ("centre", "civil"),
            ("asker", ""),
        )
    }  # fmt: skip
    assert [key for key, value in seen.items() if value] == [
        ("asker", "lender"),
        ("officer", "homes"),
        ("centre", "civil"),
    ]


# --- a larger allowance -------------------------------------------------------------------------------------------------


def more(grant, daily, *, why="年底业务多", actor=LENDER, now=NOW):
    return raising.ask_for_more(city=CITY, grant=grant.id, daily=daily, why=why, actor=actor, now=now)


def answered(grant, *, approved=True, answer="同意", actor=DUTY, now=NOW):
    raising.answer_raise(city=CITY, grant=grant.id, approved=approved, answer=answer, actor=actor, now=now)


def test_more_is_asked_for_and_counts_on_the_day_it_is_granted(town):
    grant = granted()
    more(grant, 40)
    wish = RaiseRequest.objects.get()
    assert (wish.due, allowed(TODAY)) == (day("2026-03-05"), 10)
    with pytest.raises(Refusal):  # one at a time
        more(grant, 50)
    for actor in (LENDER, HOMES):
        with pytest.raises(NotFound):
            answered(grant, actor=actor)
    with pytest.raises(Refusal):
        answered(grant, answer=" ")
    answered(grant, now=NOW + DAY)
    assert [allowed(on) for on in (TODAY, TODAY + DAY)] == [10, 40]
    with pytest.raises(NotFound):
        answered(grant)
    assert RaiseRequest.objects.get().outcome == Outcome.GRANTED


def test_nobody_answers_their_own_wish_for_more(town):
    grant = granted(DUTY_CALL)
    more(grant, 40, actor=Actor("both", "officer", office="civil"))
    for approved in (True, False):
        with pytest.raises(Refusal):
            answered(grant, approved=approved, actor=Actor("both", "centre", office="civil"))
    assert RaiseRequest.objects.get().outcome == ""
    answered(grant)
    assert RaiseRequest.objects.get().outcome == Outcome.GRANTED


@pytest.mark.parametrize("approved", [True, False])
def test_the_database_itself_wants_two_people_for_an_answer_to_a_wish(town, approved):
    grant = granted()
    more(grant, 40)
    answered(grant, approved=approved)
    with pytest.raises(IntegrityError), transaction.atomic():
        RaiseRequest.objects.update(ended_by=LENDER.id)
    more(grant, 50)
    raising.withdraw_raise(city=CITY, grant=grant.id, actor=LENDER, now=NOW)  # taking back is no answer


@pytest.mark.parametrize(("daily", "why", "field"), [(10, "x", "daily"), (10_001, "x", "daily"), (11, " ", "why")])
def test_what_is_no_wish_for_more(town, daily, why, field):
    grant = granted()
    with pytest.raises(Refusal) as refused:
        more(grant, daily, why=why)
    assert refused.value.field == field
    with pytest.raises(NotFound):
        more(grant, 20, actor=WATER)
    assert not RaiseRequest.objects.exists()


def test_a_wish_for_more_is_refused_withdrawn_or_lapses_and_can_be_made_again(town):
    grant = granted()
    more(grant, 40)
    answered(grant, approved=False, answer="先用现在的")
    more(grant, 40)
    with pytest.raises(NotFound):
        raising.withdraw_raise(city=CITY, grant=grant.id, actor=WATER, now=NOW)
    raising.withdraw_raise(city=CITY, grant=grant.id, actor=LENDER, now=NOW)
    with pytest.raises(Refusal):
        raising.withdraw_raise(city=CITY, grant=grant.id, actor=LENDER, now=NOW)
    more(grant, 40)
    asked = Grant.objects.filter(asker="lender")
    late = counts(asked, today=day("2026-03-06"), renew_days=30)
    assert (late["more"], late["overdue"]) == (1, 1)
    assert due_count(role="centre", office="", today=day("2026-03-05")) == 1
    assert passing.lapse_raises(city=CITY, now=NOW + 15 * DAY) == 0
    assert passing.lapse_raises(city=CITY, now=NOW + 16 * DAY) == 1
    outcomes = list(RaiseRequest.objects.order_by("id").values_list("outcome", flat=True))
    assert outcomes == [Outcome.REFUSED, Outcome.WITHDRAWN, Outcome.LAPSED]
    assert allowed(TODAY) == 10
    more(grant, 40, now=NOW + 16 * DAY)
    terms.end(city=CITY, grant=grant.id, actor=LENDER, now=NOW + 16 * DAY)
    with pytest.raises(Refusal):  # what has ended gets no more
        answered(grant, now=NOW + 16 * DAY)
    assert passing.lapse_raises(city=CITY, now=NOW + 16 * DAY) == 1
