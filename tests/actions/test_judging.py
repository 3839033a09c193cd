"""Judging on real rows: what is proposed, what a person decides, and what is kept of it."""

from __future__ import annotations

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mianzheng.audit.models import Entry
from mianzheng.catalogue.rules.kinds import Disposal
from mianzheng.common.errors import NotFound, Refusal
from mianzheng.gateway.models import Grant
from mianzheng.reform.actions import judging
from mianzheng.reform.models import Act, Candidate
from mianzheng.reform.queries.proposals import proposals
from mianzheng.reform.rules.judging import Choice
from mianzheng.reform.rules.states import Stage
from tests.actions.asked import grant
from tests.reformed import REFORMER, candidate
from tests.second_city.life import DAY, NOW
from tests.second_city.reading import CITY

pytestmark = pytest.mark.django_db


def test_everything_open_is_proposed_for_and_what_is_decided_keeps_its_proposal() -> None:
    open_, decided = (
        candidate(name="无业证明"),
        candidate(name="住房证明", stage=Stage.DECIDED, proposal={"disposal": "x"}),
    )
    made = judging.review(city=CITY, now=NOW)
    assert sum(made.values()) == 1
    open_.refresh_from_db()
    decided.refresh_from_db()
    assert open_.proposal["disposal"] in set(Disposal)
    assert open_.proposal["why"]["msgid"]
    assert decided.proposal == {"disposal": "x"}


def test_proposing_takes_as_many_statements_for_three_hundred_as_for_three() -> None:
    counted = []
    for more in (3, 297):
        for n in range(more):
            candidate(name=f"第{n}种收入证明")
        with CaptureQueriesContext(connection) as caught:
            judging.review(city=CITY, now=NOW)
        counted.append(len(caught))
    assert counted[0] == counted[1]


def test_a_bank_can_ask_what_it_holds_a_grant_for_while_that_runs() -> None:
    one = candidate(name="结婚证明", demander="saver", demander_kind="finance")

    def asks() -> bool:
        return proposals(CITY, [one], now=NOW)[one.id].judged.situation.asks

    assert not asks()
    grant("saver", "works")
    grant("saver", "married", until_day=NOW.date(), from_day=NOW.date() - DAY)
    Grant.objects.filter(fact="married").update(stage="revoked")
    assert not asks()
    Grant.objects.filter(fact="married").update(stage="in_force")
    assert asks()
    assert not proposals(CITY, [one], now=NOW + DAY)[one.id].judged.situation.asks


def test_one_is_decided_with_its_trail_and_a_line_in_the_log() -> None:
    found = candidate(proposal={"disposal": "commitment"})
    judging.decide(
        city=CITY,
        candidate=found.id,
        choice=Choice(Disposal.CANCEL, "", "homes", "这件事用不着"),
        actor=REFORMER,
        now=NOW,
    )
    found.refresh_from_db()
    assert (found.stage, found.disposal, found.deviation) == (Stage.DECIDED, Disposal.CANCEL, "这件事用不着")
    assert (found.decided_at, found.decided_by) == (NOW, REFORMER.id)
    [act] = Act.objects.all()
    assert (act.kind, act.candidate_id, act.after, act.why) == ("decided", found.id, Disposal.CANCEL, "这件事用不着")
    assert Entry.objects.filter(action="reform_decide", actor=REFORMER.id).count() == 1


def test_what_may_not_be_decided_changes_nothing() -> None:
    found = candidate(proposal={"disposal": "commitment"})
    for choice in (
        Choice(Disposal.CANCEL, "", "homes"),
        Choice(Disposal.DATA_SHARING, "no-such-fact", "homes", "查得到"),
        Choice(Disposal.CANCEL, "", "nobody", "用不着"),
    ):
        with pytest.raises(Refusal):
            judging.decide(city=CITY, candidate=found.id, choice=choice, actor=REFORMER, now=NOW)
    with pytest.raises(NotFound):
        judging.decide(
            city=CITY, candidate=uuid.uuid4(), choice=Choice(Disposal.CANCEL, "", "homes", "x"), actor=REFORMER, now=NOW
        )
    found.refresh_from_db()
    assert (found.stage, found.disposal, Act.objects.count()) == (Stage.FOUND, "", 0)


def test_many_are_decided_as_proposed_and_those_that_cannot_be_say_why() -> None:
    right = [candidate(proposal={"disposal": "cancel"}) for _ in range(3)]
    late = candidate(proposal={"disposal": "cancel"}, stage=Stage.ASKED)
    unproposed = candidate()
    no_fact = candidate(proposal={"disposal": "data_sharing"})
    refused = judging.accept(
        city=CITY, candidates=[each.id for each in (*right, late, unproposed, no_fact)], actor=REFORMER, now=NOW
    )
    assert set(refused) == {late.id, unproposed.id, no_fact.id}
    assert Candidate.objects.filter(stage=Stage.DECIDED, disposal="cancel", owner="homes").count() == 3
    assert Act.objects.count() == 3


def test_accepting_many_undoes_nobodys_own_decision() -> None:
    one = candidate(proposal={"disposal": "cancel"})
    own = Choice(Disposal.COMMITMENT, "works", "homes", "本人说得清")
    judging.decide(city=CITY, candidate=one.id, choice=own, actor=REFORMER, now=NOW)
    refused = judging.accept(city=CITY, candidates=[one.id], actor=REFORMER, now=NOW)
    one.refresh_from_db()
    assert set(refused) == {one.id}
    assert (one.disposal, one.deviation) == ("commitment", "本人说得清")


def test_one_is_dropped_and_taken_up_again_each_with_a_reason() -> None:
    found = candidate()
    with pytest.raises(Refusal):
        judging.drop(candidate=found.id, why=" ", actor=REFORMER, now=NOW)
    judging.drop(candidate=found.id, why="与另一项重复", actor=REFORMER, now=NOW)
    with pytest.raises(Refusal):
        judging.drop(candidate=found.id, why="再来一次", actor=REFORMER, now=NOW)
    judging.take_up(candidate=found.id, why="不是重复", actor=REFORMER, now=NOW + DAY)
    found.refresh_from_db()
    assert found.stage == Stage.FOUND
    assert [act.kind for act in Act.objects.order_by("done_at")] == ["dropped", "taken_up"]
