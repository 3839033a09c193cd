"""What becomes of a lead: the officer is heard, nobody decides on their own, what is late goes to oversight, and that is all."""

import uuid

import pytest

from mianzheng.audit.models import Entry
from mianzheng.common.errors import NotFound, Refusal
from mianzheng.oversight.actions import deciding
from mianzheng.oversight.models import Lead
from mianzheng.oversight.queries.leads import due_count, leads_of, one
from mianzheng.oversight.rules.leads import Status
from tests.actions.overseen import Watched, watched
from tests.second_city.life import DAY, NOW, day
from tests.second_city.reading import CITY

LATER = NOW + DAY


@pytest.fixture
def city(town) -> Watched:
    found = watched(town)
    found.look("bob", "dora")
    found.score()
    return found


def ask(city, who="chief", now=LATER, lead=None):
    deciding.ask(city=CITY, lead=lead or city.lead("bob").id, actor=city[who], now=now)


def reply(city, who="bob", text="核对住房台账", now=LATER, lead=None):
    deciding.reply(city=CITY, lead=lead or city.lead("bob").id, text=text, actor=city[who], now=now)


def explain(city, who="chief", answer="台账核对，有记录", now=LATER, lead=None):
    deciding.explain(lead=lead or city.lead("bob").id, answer=answer, actor=city[who], now=now)


def pass_on(city, who="chief", why="说不清", now=LATER):
    deciding.pass_on(city=CITY, lead=city.lead("bob").id, why=why, actor=city[who], now=now)


def close(city, who="watch", outcome="explained", closing="弄清了", now=LATER, lead=None):
    deciding.close(lead=lead or city.lead("bob").id, outcome=outcome, closing=closing, actor=city[who], now=now)


def test_asked_replied_explained(city):
    assert city.lead("bob").due == day("2026-03-05")
    ask(city)
    lead = city.lead("bob")
    assert (lead.status, lead.due, lead.reply_due) == (Status.ASKED, day("2026-03-06"), day("2026-03-06"))
    assert due_count(city["bob"], today=NOW.date()) == 1
    reply(city)
    assert (city.lead("bob").status, city.lead("bob").due) == (Status.REPLIED, day("2026-03-05"))
    explain(city)
    ended = city.lead("bob")
    assert (ended.status, ended.answered_by) == (Status.EXPLAINED, city["chief"].id)
    done = list(Entry.objects.filter(detail__lead=str(ended.id)).order_by("id").values_list("action", flat=True))
    assert done == ["lead", "ask_officer", "reply", "explain"]


def test_the_officer_may_reply_unasked_and_once(city):
    reply(city)
    with pytest.raises(Refusal):
        reply(city)
    assert city.lead("bob").reply == "核对住房台账"


def test_the_officer_is_heard_first(city):
    with pytest.raises(Refusal):
        explain(city)
    ask(city)
    with pytest.raises(Refusal):
        explain(city)
    with pytest.raises(Refusal):
        ask(city)


@pytest.mark.parametrize("act", [ask, explain, pass_on, close])
def test_nobody_else_decides(city, act):
    reply(city)
    for who in ("bob", "ada", "elder", "cleo"):
        with pytest.raises(Refusal):
            act(city, who=who)
    assert city.lead("bob").status == Status.REPLIED


def test_a_lead_of_others_is_not_there(city):
    lead = city.lead("bob").id
    for who in ("ada", "cleo", "elder"):
        assert one(lead, city[who]) is None
        assert not leads_of(city[who]).exists()
        with pytest.raises(NotFound):
            reply(city, who=who)
        with pytest.raises(NotFound):
            deciding.open_looks(city=CITY, lead=lead, actor=city[who], now=LATER)
    for who in ("bob", "chief", "watch"):
        assert one(lead, city[who]) is not None
        assert leads_of(city[who]).get().id == lead


def test_a_head_does_not_decide_on_their_own_even_where_there_are_two(city):
    city.open("second", "head", "homes")
    city.look("chief", "dora")
    city.score()
    own = city.lead("chief")
    assert own.status == Status.OPEN
    for act in (ask, explain):
        with pytest.raises(Refusal):
            act(city, who="chief", lead=own.id)
    ask(city, who="second", lead=own.id)
    reply(city, who="chief", lead=own.id)
    explain(city, who="second", lead=own.id)
    assert city.lead("chief").status == Status.EXPLAINED


def test_oversight_does_not_close_its_own(city):
    city.look("watch", "dora")
    city.score()
    own = city.lead("watch")
    with pytest.raises(Refusal):
        close(city, lead=own.id)
    city.open("watch2", "supervisor")
    close(city, who="watch2", lead=own.id)
    assert city.lead("watch").status == Status.CLOSED


def test_what_is_late_goes_to_oversight_once(city):
    assert deciding.escalate(city=CITY, now=NOW + 3 * DAY) == 0
    assert deciding.escalate(city=CITY, now=NOW + 4 * DAY) == 1
    assert deciding.escalate(city=CITY, now=NOW + 9 * DAY) == 0
    lead = city.lead("bob")
    assert (lead.status, lead.passed_by) == (Status.PASSED, "program")
    assert lead.due == day("2026-03-23")


def test_a_silent_officer_costs_the_department_the_lead_and_nothing_else(city):
    ask(city)
    assert deciding.escalate(city=CITY, now=NOW + 5 * DAY) == 1
    reply(city, now=NOW + 6 * DAY)  # the right of reply does not end with the department
    lead = city.lead("bob")
    assert (lead.status, lead.reply) == (Status.PASSED, "核对住房台账")
    close(city, now=NOW + 6 * DAY)
    with pytest.raises(Refusal):
        close(city, now=NOW + 7 * DAY)


def test_oversight_refers_only_once_the_officer_was_heard(city):
    pass_on(city)
    assert city.lead("bob").passed_why == {"said": "说不清"}
    with pytest.raises(Refusal):
        close(city, outcome="referred")
    ask(city, who="watch")
    assert city.lead("bob").status == Status.PASSED
    with pytest.raises(Refusal):
        close(city, outcome="referred")
    close(city, outcome="referred", now=NOW + 9 * DAY)
    assert city.lead("bob").outcome == "referred"


def test_an_outcome_nobody_knows_and_words_that_say_nothing_are_refused(city):
    pass_on(city)
    for more in ({"outcome": "guilty"}, {"closing": "  "}):
        with pytest.raises(Refusal):
            close(city, **more)
    with pytest.raises(Refusal):
        reply(city, text="")


def test_opening_what_was_looked_up_is_in_the_log_of_each_person_and_shows_no_name(city):
    (line,) = deciding.open_looks(city=CITY, lead=city.lead("bob").id, actor=city["chief"], now=LATER)
    (opened,) = Entry.objects.filter(action="oversee")
    assert (opened.subject, opened.actor, opened.actor_role) == (city.town["dora"], city["chief"].id, "head")
    assert "dora" not in str(line) and str(city.town["dora"]) not in str(line)


def test_opening_a_lead_is_itself_no_look_of_staff(city):
    deciding.open_looks(city=CITY, lead=city.lead("bob").id, actor=city["chief"], now=LATER)
    city.score(LATER.date(), now=NOW + 2 * DAY)
    assert Lead.objects.count() == 1


def test_a_lead_changes_nothing_but_itself(city):
    from django.apps import apps

    def everything():
        ours = {"oversight.Lead", "audit.Entry"}
        return {
            model._meta.label: list(model.objects.order_by("pk").values())
            for model in apps.get_models()
            if model.__module__.startswith("mianzheng.") and model._meta.label not in ours and model._meta.managed
        }

    before = everything()
    ask(city)
    reply(city)
    pass_on(city)
    close(city, outcome="referred")
    assert everything() == before
    assert uuid.UUID(city["bob"].id) == city.lead("bob").account
