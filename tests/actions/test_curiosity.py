"""Going through the log of a day: what explains a look is found in the city itself, and a day is gone through once."""

import json
import uuid

import pytest
from click.testing import CliRunner
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from mianzheng.audit.models import Entry
from mianzheng.cases.actions import deciding
from mianzheng.centre.actions.doubts import raise_objection
from mianzheng.centre.models import Delivery
from mianzheng.common.errors import Refusal
from mianzheng.evidence.models import Check
from mianzheng.oversight import jobs
from mianzheng.oversight.actions import deciding as asking
from mianzheng.oversight.actions.scoring import forget
from mianzheng.oversight.commands import oversight
from mianzheng.oversight.models import Lead, Screening, Tally
from mianzheng.oversight.queries.leads import by_week, due_count
from mianzheng.oversight.rules.leads import Status
from mianzheng.web import clock
from tests.actions.overseen import TODAY, Watched, watched
from tests.second_city.life import DAY, NOW, officer
from tests.second_city.reading import CITY


@pytest.fixture
def city(town) -> Watched:
    return watched(town)


def rules(lead: Lead) -> set[str]:
    return {made["rule"] for made in lead.reasons}


def test_a_look_without_a_case_becomes_a_lead_of_the_department_that_names_nobody(city):
    entry = city.look("bob", "dora")
    done = city.score()
    assert (done.looks, done.accounts, done.made, done.leads) == (1, 1, 1, 1)
    lead = city.lead("bob")
    assert (lead.office, lead.status, lead.entries, rules(lead)) == ("homes", Status.OPEN, [entry], {"idle"})
    kept = json.dumps(lead.reasons) + str(lead.passed_why)
    assert str(city.town["dora"]) not in kept
    line = Entry.objects.get(action="lead")
    assert (line.subject, line.detail) == (uuid.UUID(int=0), {"lead": str(lead.id)})


def test_a_live_case_explains_its_own_people_to_its_own_offices(city):
    case = city.town.handed_in("anna", marital="married").case.id
    for who, at in (("bob", "anna"), ("bob", "ben")):
        city.look(who, at, case=case)
    city.score()
    assert not Lead.objects.exists()


def window(city: Watched, who: str, at: str, *, when=NOW, **detail: str) -> uuid.UUID:
    """Write that `who` asked about `at` at the window, under a grant; return the line."""
    grant = {"grant": str(uuid.uuid4()), **detail}
    return city.look(who, at, when=when, action="lookup", matter="home", fact="no-debt", detail=grant)


def test_questions_at_the_window_are_looks_of_whoever_asks_and_a_grant_explains_them_in_office_hours(city):
    city.open("teller", "asker", "lender", subject="anna")
    night = NOW.replace(hour=23)
    window(city, "bob", "dora")
    window(city, "teller", "dora", consent="C-1")
    window(city, "teller", "eric", when=night)
    key = city.look("bob", "eric", action="lookup", actor="key:1", actor_role="asker", detail={"grant": "x"})
    done = city.score()
    assert (done.looks, done.accounts, done.made) == (3, 2, 0), "what systems asked with a key is nobody's look"
    assert Entry.objects.get(id=key).actor_role == "asker"
    at_night = window(city, "bob", "dora", when=night + DAY)
    city.score(TODAY + DAY, now=NOW + 2 * DAY)
    lead = city.lead("bob")
    assert (lead.entries, lead.status, rules(lead)) == ([at_night], Status.OPEN, {"idle", "night"})
    assert lead.reasons[0]["grounds"] == ["grant"]


def test_a_relative_looked_up_at_a_bank_s_window_goes_to_oversight_and_the_clerk_is_heard(city):
    teller = city.open("teller", "asker", "lender", subject="anna")
    entry = window(city, "teller", "ben", consent="C-1")
    city.score()
    lead = city.lead("teller")
    assert (lead.office, lead.role, lead.status, lead.entries) == ("lender", "asker", Status.PASSED, [entry])
    assert rules(lead) == {"kin"}
    later = NOW + DAY
    assert due_count(teller, today=later.date()) == 0
    asking.ask(city=CITY, lead=lead.id, actor=city["watch"], now=later)
    assert due_count(teller, today=later.date()) == 1
    asking.reply(city=CITY, lead=lead.id, text="没有别的柜员在", actor=teller, now=later)
    assert (city.lead("teller").reply, due_count(teller, today=later.date())) == ("没有别的柜员在", 0)


@pytest.mark.parametrize(
    ("who", "at", "ground"),
    [("cleo", "anna", "other_office"), ("bob", "eric", "no_party"), ("bob", "dora", "no_party")],
)
def test_a_case_explains_nothing_to_others_and_nobody_else(city, who, at, ground):
    case = city.town.handed_in("anna").case.id
    city.look(who, at, case=case)
    city.score()
    assert city.lead(who).reasons[0]["grounds"] == [ground]


def test_an_office_that_was_asked_in_the_case_may_look(city):
    city.town.silence("work")
    case = city.town.verified("anna").case.id
    assert Check.objects.get().office == "civil"
    city.look("cleo", "anna", case=case)
    city.score()
    assert not Lead.objects.exists()


def test_a_case_explains_for_some_days_after_its_decision(city):
    case = city.town.handed_in("anna").case.id
    deciding.take_up(case=case, actor=officer("homes"), now=NOW)
    deciding.grant(case=case, actor=officer("homes"), now=NOW)
    city.look("bob", "anna", case=case, when=NOW + 29 * DAY)
    city.look("bob", "anna", case=case, when=NOW + 31 * DAY)
    for days in (29, 31):
        city.score((NOW + days * DAY).date(), now=NOW + 40 * DAY)
    assert [lead.reasons[0]["grounds"] for lead in Lead.objects.all()] == [["ended"]]


def test_a_doubt_or_a_change_explains_a_look_to_the_office_that_has_it(city):
    raise_objection(
        city=CITY, item=CITY.items["debts"], subject=city.town["eric"], note="", actor=officer("civil"), now=NOW
    )
    common = {"item": "debts", "change": "changed", "made_at": NOW, "next_at": NOW, "status": "listed"}
    Delivery.objects.create(receiver="civil", subject=city.town["dora"], **common)
    city.look("bob", "eric")
    city.look("bob", "ben", applicant=city.town["eric"])  # a name that stands in eric's record
    city.look("cleo", "dora")
    city.look("cleo", "eric")
    city.score()
    assert not Lead.objects.filter(account=uuid.UUID(city["bob"].id)).exists()
    assert next(each for each in city.lead("cleo").reasons if each["rule"] == "idle")["looks"] == 1


def test_a_relative_is_found_through_the_registers_and_the_officer_sees_that_they_were_asked(city):
    case = city.town.handed_in("ben").case.id
    before = Entry.objects.count()
    city.look("ada", "ben", case=case)
    city.score()
    assert rules(city.lead("ada")) == {"kin"}
    (asked,) = Entry.objects.filter(subject=city.town["anna"], action="lookup", actor="operator")
    assert (asked.item, asked.detail["relation"]) == ("marriage", "spouse")
    assert "亲属" in asked.purpose
    assert Entry.objects.count() == before + 3  # the look, the question to the register, the lead


def test_nobody_is_asked_about_relatives_of_accounts_without_a_subject(city):
    city.look("cleo", "ben")
    before = Entry.objects.filter(action="lookup").count()
    city.score()
    assert Entry.objects.filter(action="lookup").count() == before
    assert rules(city.lead("cleo")) == {"idle"}


def test_what_a_silent_register_cannot_say_is_held_against_nobody(city):
    case = city.town.handed_in("ben").case.id
    city.town.silence("marriage")
    city.look("ada", "ben", case=case)
    city.score()
    assert not Lead.objects.exists()


def test_a_colleague_and_oneself(city):
    city.look("bob", "anna")
    city.look("ada", "anna", case=city.town.handed_in("anna").case.id)
    city.score()
    assert rules(city.lead("bob")) == {"idle", "kin"}
    assert city.lead("ada").reasons[0]["ties"] == ["self"]


def test_many_desks_at_one_person_within_some_days(city):
    city.look("bob", "dora", when=NOW - 10 * DAY)
    city.look("cleo", "dora")
    city.score()
    assert rules(city.lead("cleo")) == {"idle", "many"}
    city.look("bob", "eric", when=NOW - 20 * DAY)
    city.look("cleo", "eric", when=NOW + DAY)
    city.score((NOW + DAY).date(), now=NOW + 2 * DAY)
    later = Lead.objects.get(account=uuid.UUID(city["cleo"].id), day=(NOW + DAY).date())
    assert rules(later) == {"idle"}


def test_far_above_what_the_desk_did_before(city):
    people = {name: city.town.begin(name).id for name in ("anna", "ben", "carl", "eric")}
    for days in (1, 2, 3):
        city.look("ada", "carl", case=people["carl"], when=NOW + days * DAY)
        city.score((NOW + days * DAY).date(), now=NOW + 9 * DAY)
    assert not Lead.objects.exists()
    for at in ("ben", "carl", "eric", "anna"):
        city.look("bob", at, case=people[at], when=NOW + 4 * DAY)
    city.score((NOW + 4 * DAY).date(), now=NOW + 9 * DAY)
    much = next(each for each in city.lead("bob").reasons if each["rule"] == "much")
    assert (much["people"], much["norm"]) == (4, 1)
    assert sorted(Tally.objects.values_list("people", flat=True)) == [1, 1, 1, 4]


def test_the_same_day_twice_makes_no_second_lead(city):
    city.look("bob", "dora")
    first, second = city.score(), city.score()
    assert (first.made, second.made, second.leads) == (1, 0, 1)
    assert Lead.objects.count() == Tally.objects.count() == Screening.objects.count() == 1


def test_a_day_that_is_not_over_is_not_gone_through(city):
    with pytest.raises(Refusal):
        city.score(NOW.date(), now=NOW)


def test_what_operators_and_residents_do_is_no_look_of_staff(city):
    city.town.handed_in("anna")
    city.score()
    assert Screening.objects.get().looks == 0


def test_whoever_has_no_other_head_goes_straight_to_oversight(city):
    city.look("chief", "dora")
    agent = city.open("wanda", "supervisor")
    city.look("wanda", "dora")
    city.score()
    assert city.lead("chief").status == city.lead("wanda").status == Status.PASSED
    assert city.lead("chief").passed_by == "program"
    assert agent.id


def test_a_day_costs_the_same_number_of_statements_however_much_was_looked_up(city):
    def cost(day) -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            city.score(day.date(), now=NOW + 9 * DAY)
        return len(queries)

    case = city.town.handed_in("anna").case.id
    few, many = NOW + DAY, NOW + 2 * DAY
    city.look("bob", "dora", when=few)
    city.look("ada", "ben", when=few, case=case)
    for hour in range(8):
        for who in ("ada", "bob", "cleo"):
            for at in ("anna", "ben", "carl", "dora", "eric"):
                city.look(who, at, when=many.replace(hour=9 + hour), case=case if hour % 2 else None)
    assert cost(few) == cost(many)


def test_counts_are_forgotten_when_their_time_is_over(city):
    city.look("bob", "dora")
    city.score()
    assert forget(city=CITY, now=NOW + 90 * DAY) == 0
    assert forget(city=CITY, now=NOW + 91 * DAY) == 2
    assert not Tally.objects.exists() and not Screening.objects.exists()


def test_a_lead_is_kept_as_long_as_the_log_from_its_end(city):
    city.look("bob", "dora")
    city.score()
    long_after = NOW + 4 * 365 * DAY
    forget(city=CITY, now=long_after)
    assert Lead.objects.count() == 1  # nobody has closed it
    Lead.objects.update(status=Status.EXPLAINED, answered_at=NOW, answered_by="somebody")
    forget(city=CITY, now=NOW + 3 * 365 * DAY)
    assert Lead.objects.count() == 1
    forget(city=CITY, now=long_after)
    assert not Lead.objects.exists()


def test_the_database_itself_keeps_officers_from_deciding_on_their_own(city):
    city.look("bob", "dora")
    city.score()
    for act in ("answered", "closed"):
        with pytest.raises(IntegrityError), transaction.atomic():
            Lead.objects.update(**{f"{act}_at": NOW, f"{act}_by": city["bob"].id})


def test_the_night_goes_through_the_nights_that_were_missed(city, monkeypatch):
    city.look("bob", "dora")
    monkeypatch.setattr(clock, "now", lambda: NOW + 3 * DAY)
    jobs.score_yesterday(0)
    assert Lead.objects.count() == 1
    assert Screening.objects.count() == jobs.NIGHTS
    jobs.score_yesterday(0)
    assert Lead.objects.count() == 1


def test_by_hand(city, monkeypatch):
    city.look("bob", "dora")
    monkeypatch.setattr(clock, "now", lambda: NOW + DAY)
    done = CliRunner().invoke(oversight, ["curiosity", "--day", NOW.date().isoformat(), "--json"])
    assert json.loads(done.output) == {"day": "2026-03-02", "looks": 1, "accounts": 1, "made": 1, "leads": 1}
    again = CliRunner().invoke(oversight, ["curiosity"])
    assert "0 new leads, 1 in all" in again.output


def test_the_weekly_picture_counts_each_reason(city):
    city.look("bob", "anna")
    city.score()
    week = by_week((NOW - 7 * DAY).date(), (NOW + 7 * DAY).date())
    assert week == {NOW.date(): {("idle", "homes"): 1, ("kin", "homes"): 1}}
