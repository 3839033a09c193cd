"""Consultation in the database: asking, saying, signing, being silent, settling, with trail and log."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from mianzheng.audit.models import Entry
from mianzheng.common.actors import Actor
from mianzheng.common.errors import NotFound, Refusal
from mianzheng.reform.actions import consulting, opining
from mianzheng.reform.models import Act, Candidate, Opinion
from mianzheng.reform.rules.states import Says, Stage
from tests.reformed import REFORMER, candidate, head_of
from tests.second_city.life import DAY, NOW
from tests.second_city.reading import CITY

pytestmark = pytest.mark.django_db
THREE = {"demander": "homes", "issuer": "water", "stage": Stage.DECIDED}
"""Asked of homes, which demands it, of the water company, which issues it, and of civil, which stands for justice here."""
WEEK = DAY * 8
"""Longer than the five working days of a period."""


def asked(**said: Any) -> Candidate:
    """Return a candidate in consultation."""
    found = candidate(**THREE | said)
    consulting.ask(city=CITY, candidates=[found.id], actor=REFORMER, now=NOW)
    return found


def of(found: Candidate, office: str) -> Opinion:
    return Opinion.objects.get(candidate=found, office=office, past=False)


def say(found: Candidate, office: str, says: str = "agree", words: str = "", disposal: str = "", **more: Any) -> int:
    told = {"actor": clerk_of(office), "now": NOW, **more}
    return opining.say(opinions=[of(found, office).id], says=says, words=words, disposal=disposal, **told)


def clerk_of(office: str) -> Actor:
    return Actor(str(uuid.uuid5(uuid.NAMESPACE_OID, office)), "asker" if office in CITY.bodies else "officer", office)


def stage(found: Candidate) -> str:
    return Candidate.objects.get(id=found.id).stage


def acts(found: Candidate) -> list[str]:
    return list(Act.objects.filter(candidate=found).order_by("done_at", "id").values_list("kind", flat=True))


def lines(action: str, found: Candidate) -> int:
    return Entry.objects.filter(action=action, detail__certificate=found.code).count()


def test_all_sides_are_asked_by_a_day_many_at_once():
    found = [candidate(**THREE), candidate(**THREE)]
    offices = consulting.ask(city=CITY, candidates=[each.id for each in found], actor=REFORMER, now=NOW)
    assert offices == 3
    asked_ = Opinion.objects.filter(candidate=found[0])
    assert dict(asked_.values_list("office", "part")) == {"homes": "demander", "water": "issuer", "civil": "justice"}
    assert set(asked_.values_list("due", "proposed")) == {
        (datetime.date(2026, 3, 10), "cancel")
    }  # the 9th is a local holiday
    assert stage(found[1]) == Stage.ASKED
    assert acts(found[1]) == ["asked"] and lines("consult", found[1]) == 1


def test_a_day_is_a_day_of_the_city():
    night = datetime.datetime(2026, 3, 2, 17, 30, tzinfo=datetime.UTC)  # the 3rd in the city
    found = candidate(**THREE)
    consulting.ask(city=CITY, candidates=[found.id], actor=REFORMER, now=night)
    assert of(found, "homes").due == datetime.date(2026, 3, 11)
    Opinion.objects.filter(candidate=found).update(due=datetime.date(2026, 3, 2))
    assert consulting.escalate(city=CITY, now=night) == 3


def test_one_that_cannot_be_asked_stops_all():
    good, nobodys = candidate(**THREE), candidate(demander="", demander_kind="outside", stage=Stage.DECIDED)
    with pytest.raises(Refusal) as refused:
        consulting.ask(city=CITY, candidates=[good.id, nobodys.id], actor=REFORMER, now=NOW)
    assert refused.value.what.params["name"] == nobodys.name
    for wrong in ([], [uuid.uuid4()], [candidate().id], [candidate(stage=Stage.AGREED).id]):
        with pytest.raises(Refusal):
            consulting.ask(city=CITY, candidates=wrong, actor=REFORMER, now=NOW)
    assert stage(good) == Stage.DECIDED and not Opinion.objects.exists() and not Act.objects.exists()


def test_the_last_yes_is_agreement():
    found, other = asked(), asked()
    assert say(found, "homes") == 0
    assert say(found, "water") == 0
    both = [of(found, "civil").id, of(other, "civil").id]
    assert opining.say(opinions=both, says="agree", actor=clerk_of("civil"), now=NOW) == 1
    assert stage(found) == Stage.AGREED and acts(found) == ["asked", "agreed"]
    assert lines("opinion", found) == 3 and lines("agreed", found) == 1
    assert stage(other) == Stage.ASKED
    with pytest.raises(Refusal, match="已经结束"):
        say(found, "homes", "object", "想起来了")


def test_a_no_is_heard_and_can_be_taken_back():
    found = asked()
    say(found, "homes", "object", "窗口还要")
    say(found, "water")
    say(found, "civil")
    assert stage(found) == Stage.ASKED
    assert say(found, "homes", words="说清楚了") == 1
    assert stage(found) == Stage.AGREED and lines("opinion", found) == 4


def test_nobody_speaks_for_another_office():
    found = asked()
    opinion = of(found, "homes").id
    for actor in (clerk_of("civil"), Actor("x", "centre", "homes"), REFORMER, Actor("x", "officer")):
        with pytest.raises(NotFound):
            opining.say(opinions=[opinion], says="agree", actor=actor, now=NOW)
    with pytest.raises(NotFound):
        opining.say(opinions=[opinion, of(found, "civil").id], says="agree", actor=head_of("homes"), now=NOW)
    with pytest.raises(NotFound):
        opining.say(opinions=[uuid.uuid4()], says="agree", actor=head_of("homes"), now=NOW)
    with pytest.raises(Refusal, match="还没有选"):
        opining.say(opinions=[], says="agree", actor=head_of("homes"), now=NOW)
    assert not Opinion.objects.exclude(said_at=None).exists()


def test_a_bank_signs_for_all_at_once():
    bank = {"demander": "bank", "demander_kind": "finance", "issuer": "civil", "stage": Stage.DECIDED}
    found = [asked(**bank), asked(**bank)]
    wanted = {"city": CITY, "opinions": [of(each, "bank").id for each in found], "actor": clerk_of("bank"), "now": NOW}
    with pytest.raises(Refusal, match="签承诺书"):
        say(found[0], "bank")
    with pytest.raises(Refusal, match="没有勾选承诺"):
        opining.sign(**wanted, accepted=False)
    assert opining.sign(**wanted, accepted=True) == 0
    signed = of(found[0], "bank")
    assert (signed.says, signed.wording, signed.said_by) == ("agree", "undertaking-1", clerk_of("bank").id)
    assert lines("undertake", found[1]) == 1
    with pytest.raises(Refusal, match="已经签了"):
        say(found[0], "bank", "object", "总行不同意")
    both = [of(each, "civil").id for each in found]
    assert opining.say(opinions=both, says="agree", actor=head_of("civil"), now=NOW) == 2


def test_who_can_be_ordered_signs_nothing():
    found = asked()
    with pytest.raises(Refusal, match="不用签承诺书"):
        opining.sign(city=CITY, opinions=[of(found, "homes").id], accepted=True, actor=head_of("homes"), now=NOW)


def test_a_letter_is_written_down_by_its_number():
    found = asked(demander="bank", demander_kind="finance")
    told: dict[str, Any] = {
        "city": CITY,
        "opinion": of(found, "bank").id,
        "says": "agree",
        "actor": REFORMER,
        "now": NOW,
    }
    with pytest.raises(Refusal, match="文号"):
        opining.by_letter(**told, letter=" ")
    opining.by_letter(**told, letter="桥银函〔2026〕3号")
    kept = of(found, "bank")
    assert (kept.says, kept.wording, kept.letter) == ("agree", "undertaking-1", "桥银函〔2026〕3号")
    with pytest.raises(Refusal, match="不用来函"):
        opining.by_letter(**told | {"opinion": of(found, "civil").id}, letter="1号")
    opining.by_letter(**told | {"opinion": of(found, "water").id, "says": "object"}, words="管网台账不全", letter="2号")
    assert of(found, "water").wording == ""


def test_silence_is_reminded_once_and_never_a_yes():
    found = asked()
    say(found, "homes")
    say(found, "water")
    assert consulting.escalate(city=CITY, now=NOW + DAY) == 0
    assert consulting.escalate(city=CITY, now=NOW + WEEK + DAY) == 1
    assert consulting.escalate(city=CITY, now=NOW + WEEK + DAY) == 0
    late = of(found, "civil")
    assert (
        late.escalated_at == NOW + WEEK + DAY and late.due > (NOW + WEEK + DAY).date() and lines("remind", found) == 1
    )
    with pytest.raises(Refusal, match="还有单位没有答复"):
        consulting.settle(
            candidate=found.id, disposal=found.disposal, why="等不及", actor=REFORMER, now=NOW + WEEK + DAY
        )
    over = NOW + WEEK * 3
    consulting.escalate(city=CITY, now=over)
    assert stage(found) == Stage.ASKED
    with pytest.raises(Refusal, match="请写明理由"):
        consulting.settle(candidate=found.id, disposal=found.disposal, why=" ", actor=REFORMER, now=over)
    assert (
        consulting.settle(candidate=found.id, disposal=found.disposal, why="催办后仍未答复", actor=REFORMER, now=over)
        is Stage.AGREED
    )
    kept = Candidate.objects.get(id=found.id)
    assert (kept.settled_why, kept.settled_by) == ("催办后仍未答复", REFORMER.id)
    assert acts(found) == ["asked", "settled"] and lines("settle", found) == 1


def test_it_may_go_on_over_an_objection_once_all_were_heard():
    found = asked()
    say(found, "homes", "object", "窗口还要")
    with pytest.raises(Refusal, match="还有单位没有答复"):
        consulting.settle(candidate=found.id, disposal=found.disposal, why="没有依据", actor=REFORMER, now=NOW)
    say(found, "water")
    say(found, "civil")
    consulting.settle(candidate=found.id, disposal=found.disposal, why="没有依据", actor=REFORMER, now=NOW)
    assert stage(found) == Stage.AGREED and of(found, "homes").says == "object"
    assert Act.objects.get(candidate=found, kind="settled").why == "没有依据"


def test_another_way_is_asked_anew_and_what_was_said_stays():
    found = asked(fact="works")
    say(found, "water", "counter", "本人承诺就够", "commitment")
    target = consulting.settle(candidate=found.id, why="采纳", disposal="commitment", actor=REFORMER, now=NOW)
    kept = Candidate.objects.get(id=found.id)
    assert (target, kept.stage, kept.disposal, kept.deviation) == (Stage.DECIDED, "decided", "commitment", "采纳")
    assert kept.settled_at is None and Act.objects.get(kind="reconsidered").before == "cancel"
    with pytest.raises(Refusal, match="已经结束"):
        old = Opinion.objects.get(candidate=found, office="civil")
        opining.say(opinions=[old.id], says="agree", actor=head_of("civil"), now=NOW)
    consulting.ask(city=CITY, candidates=[found.id], actor=REFORMER, now=NOW)
    assert {(o.past, o.proposed) for o in Opinion.objects.all()} == {(True, "cancel"), (False, "commitment")}
    for office in ("homes", "water", "civil"):
        say(found, office)
    assert stage(found) == Stage.AGREED


def test_it_can_be_taken_back_and_what_was_said_stays():
    found = asked()
    say(found, "homes", "counter", "条例第三条要求", "retained")
    with pytest.raises(Refusal, match="请写明理由"):
        consulting.take_back(candidate=found.id, why=" ", actor=REFORMER, now=NOW)
    consulting.take_back(candidate=found.id, why="再查依据", actor=REFORMER, now=NOW)
    assert stage(found) == Stage.DECIDED and acts(found) == ["asked", "taken_back"] and lines("take_back", found) == 1
    assert set(Opinion.objects.values_list("past", flat=True)) == {True}
    consulting.ask(city=CITY, candidates=[found.id], actor=REFORMER, now=NOW)
    for office in ("homes", "water"):
        say(found, office)
    over = NOW + WEEK * 3
    consulting.escalate(city=CITY, now=NOW + WEEK + DAY)
    consulting.settle(candidate=found.id, disposal=found.disposal, why="没有答复", actor=REFORMER, now=over)
    consulting.take_back(candidate=found.id, why="法律改了", actor=REFORMER, now=over)
    kept = Candidate.objects.get(id=found.id)
    assert (kept.stage, kept.settled_at, kept.settled_why) == ("decided", None, "")
    with pytest.raises(Refusal, match="不能这样做"):
        consulting.take_back(candidate=found.id, why="再来", actor=REFORMER, now=over)


def test_the_database_holds_what_the_rules_say():
    found = of(asked(demander="bank", demander_kind="finance"), "bank")
    for wrong in ({"says": "agree"}, {"says": "object"}, {"says": "counter", "words": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Opinion.objects.filter(id=found.id).update(said_at=NOW, said_by="x", **wrong)


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("say"), st.sampled_from(["homes", "water", "civil"]), st.sampled_from(list(Says))),
        st.tuples(st.just("wait"), st.integers(1, 9), st.none()),
        st.tuples(st.just("settle"), st.sampled_from(["", "理由"]), st.none()),
    ),
    max_size=8,
)


@settings(max_examples=25)
@given(steps=STEPS)
def test_nothing_is_agreed_over_somebody_without_a_reason(steps: list[Any]):
    """Whatever happens in whatever order: agreed on means that all said yes, or that the reform office said why."""
    with transaction.atomic():
        found, now = asked(), NOW
        for what, first, second in steps:
            try:
                if what == "say":
                    say(found, first, second, "因为", "commitment", now=now)
                elif what == "wait":
                    now += DAY * first
                    consulting.escalate(city=CITY, now=now)
                else:
                    consulting.settle(candidate=found.id, disposal=found.disposal, why=first, actor=REFORMER, now=now)
            except Refusal:
                continue
        kept = Candidate.objects.get(id=found.id)
        if kept.stage == Stage.AGREED:
            every = {o.says for o in Opinion.objects.filter(candidate=found)}
            assert every == {"agree"} or kept.settled_why
        transaction.set_rollback(True)


def test_asking_begins_with_nobody_having_said_anything():
    found = asked()
    Candidate.objects.filter(id=found.id).update(stage=Stage.DECIDED)  # as what was withdrawn once was left behind
    assert consulting.ask(city=CITY, candidates=[found.id], actor=REFORMER, now=NOW + DAY) == 3
    assert Opinion.objects.filter(candidate=found, past=False).count() == 3
