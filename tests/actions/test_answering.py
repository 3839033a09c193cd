"""Questions of askers: only what is granted, agreed to and within the allowance is looked up; logged before it is told."""

import datetime

import orjson
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mianzheng.audit import queries as log
from mianzheng.audit.rules import NOBODY
from mianzheng.centre.actions.registers import open_dispute
from mianzheng.common.identifiers import make_ric
from mianzheng.evidence.rules.unclear import Unclear
from mianzheng.evidence.rules.verdicts import Verdict
from mianzheng.gateway.actions import answering
from mianzheng.gateway.actions.answering import Asked, answer
from mianzheng.gateway.actions.keys import note_use
from mianzheng.gateway.actions.replies import Repeat
from mianzheng.gateway.models import AllowanceChange, AskerClient, Consent, Grant, GrantDay
from mianzheng.gateway.queries.standing import in_force, recognise
from mianzheng.gateway.rules.keys import digest
from mianzheng.gateway.rules.questions import Answer, Denied, Not, Question, Told, as_json, parse
from tests.actions.asked import ask, caller, consent, grant, key
from tests.second_city.life import BORN, DAY, NOW
from tests.second_city.reading import CITY
from tests.second_city.sealed import settle

STRANGER = make_ric("330782", BORN, 99)


def whys(outcomes):
    return [each.why if isinstance(each, Denied) else str(each.verdict) for each in outcomes]


def test_a_granted_question_gets_verdict_source_and_time_and_nothing_else(town):
    grant()
    fails, holds = ask(town, "eric", "anna")
    assert (fails.verdict, holds.verdict) == (Verdict.FAILS, Verdict.HOLDS)
    assert set(as_json(holds)) == {"verdict", "source", "as_of", "entry"}
    assert (holds.source, holds.as_of) == ("debts", NOW.date())


def test_every_answer_has_its_line_in_the_log(town):
    granted = grant()
    (answer,) = ask(town, "eric")
    (entry,) = log.about(town["eric"])
    assert entry.id == answer.entry
    assert (entry.actor, entry.actor_role, entry.actor_office) == ("key:homes", "asker", "homes")
    assert (entry.fact, entry.item, entry.matter, entry.verdict) == ("no-debt", "debts", "home", "fails")
    assert entry.purpose == "石桥市住房局办理“申请住房”，依据《石桥住房条例》第三条：test"
    assert entry.detail == {"grant": str(granted.id), "records": 1}
    assert log.broken(town["eric"]) == ()


def test_without_a_log_there_is_no_answer(town, monkeypatch):
    grant()

    def full(groups):
        raise OSError("the disk is full")

    monkeypatch.setattr("mianzheng.audit.actions.write_alike", full)
    with pytest.raises(OSError, match="full"):
        ask(town, "eric")
    assert not GrantDay.objects.exists()


@pytest.mark.parametrize(
    "change",
    [{"fact": "works"}, {"matter": "bus"}, {"asker": "civil"}, {"now": NOW + 500 * DAY}, {"now": NOW - DAY}],
    ids=str,
)
def test_what_is_not_granted_is_not_looked_up(town, change):
    grant()
    assert whys(ask(town, "eric", **change)) == [Not.NOT_GRANTED]
    assert log.about(town["eric"]) == ()


def test_a_revoked_grant_and_an_allowance_of_nothing_end_it_at_once(town):
    granted = grant()
    assert whys(ask(town, "anna")) == ["holds"]
    AllowanceChange.objects.create(
        grant=granted, day=NOW.date() + DAY, daily=0, why="announced", announced_at=NOW, announced_by="centre"
    )
    assert whys(ask(town, "anna")) == ["holds"]
    assert whys(ask(town, "anna", now=NOW + DAY)) == [Not.NOT_GRANTED]
    granted.stage = "revoked"
    granted.save()
    assert whys(ask(town, "anna")) == [Not.NOT_GRANTED]


def test_a_private_asker_needs_the_persons_consent_to_exactly_this(town):
    grant("bank", "works", "loan")
    grant("bank", "married", "loan")
    given = consent(town, "anna", "works")
    wanted = {"asker": "bank", "matter": "loan"}
    assert whys(ask(town, "anna", "ben", fact="works", **wanted)) == ["holds", Not.NO_CONSENT]
    assert whys(ask(town, "anna", fact="married", **wanted)) == [Not.NO_CONSENT]
    assert whys(ask(town, "anna", fact="works", consent="another", **wanted)) == [Not.NO_CONSENT]
    assert whys(ask(town, "anna", fact="works", consent=given.number, **wanted)) == ["holds"]
    assert [each.detail["consent"] for each in log.about(town["anna"])] == [given.number] * 2
    assert log.about(town["ben"]) == ()
    given.revoked_at, given.revoked_by = NOW, "anna"
    given.save()
    assert whys(ask(town, "anna", fact="works", **wanted)) == [Not.NO_CONSENT]


def test_a_consent_that_is_over_or_was_never_given_is_none(town):
    grant("bank", "works", "loan")
    consent(town, "anna", "works", until_day=NOW.date() - DAY)
    consent(town, "anna", "works", given_at=None, given_by=None)
    assert whys(ask(town, "anna", asker="bank", fact="works", matter="loan")) == [Not.NO_CONSENT]


def test_the_allowance_counts_what_was_settled_and_not_what_stayed_unknown(town):
    grant(daily=3)
    grant(fact="works", daily=1)
    assert whys(ask(town, "carl", fact="works")) == ["unknown"]
    first, second = ask(town, "anna", fact="works"), ask(town, "ben", fact="works")
    assert (whys(first), whys(second)) == (["holds"], [Not.ALLOWANCE])
    assert (first[0].left, second[0].retry_after) == (0, 14 * 3600)
    assert whys(ask(town, "anna", "ben", "carl", "eric")) == ["holds", "holds", "holds", Not.ALLOWANCE]
    assert whys(ask(town, "eric", now=NOW + DAY)) == ["fails"]


def test_a_second_threshold_about_the_same_person_and_matter_is_refused(town):
    earlier = grant(until_day=NOW.date() + DAY)
    assert whys(ask(town, "eric")) == ["fails"]
    grant(params={"limit": 1000}, from_day=NOW.date() + 2 * DAY)
    later = {"now": NOW + 3 * DAY}
    town.refresh(NOW + 3 * DAY)
    assert whys(ask(town, "eric", "anna", **later)) == [Not.SECOND_LINE, "holds"]
    assert earlier.params == {"limit": 100}


def test_what_is_unknown_says_why_and_which_way_remains(town):
    grant()
    grant(fact="works")
    (unclear,) = ask(town, "carl", fact="works")
    assert (unclear.reason, unclear.way, unclear.office) == (Unclear.INCOMPLETE, "department", "civil")
    town.silence("debts")
    (silent,) = ask(town, "eric")
    assert (silent.verdict, silent.reason) == (Verdict.UNKNOWN, Unclear.SILENT)
    town.silence("debts", silent=False)
    (stale,) = ask(town, "eric", now=NOW + 30 * DAY)
    assert stale.reason == Unclear.STALE


def test_somebody_nobody_here_knows_is_unknown_and_a_wrong_number_is_said_to_be_wrong(town):
    grant()
    stranger, wrong = ask(town, STRANGER, STRANGER[:-1] + ("0" if STRANGER[-1] != "0" else "1"))
    assert (stranger.verdict, stranger.reason) == (Verdict.UNKNOWN, Unclear.STRANGER)
    assert wrong.why is Not.NUMBER
    assert [each.id for each in log.about(NOBODY) if each.action == "lookup"] == [stranger.entry]


def test_an_organisations_number_does_not_fit_a_fact_about_people(town):
    grant()
    assert ask(town, "91330782MA28ABCD12", kind="uscc") == [Denied(Not.WRONG, "kind")]


def test_a_value_is_told_only_where_the_grant_names_it(town):
    grant(values=["amount"])
    fails, holds = ask(town, "eric", "anna")
    assert as_json(fails)["value"] == {"amount": 500.0}
    assert "value" not in as_json(holds)


def test_a_repeat_gets_the_same_answer_and_is_not_looked_up_again(town):
    grant()
    (first,) = ask(town, "eric", repeat="one")
    (again,) = ask(town, "eric", repeat="one")
    assert again == Told(orjson.loads(orjson.dumps(as_json(first))))
    assert len(log.about(town["eric"])) == 1


def test_a_repeat_of_a_batch_asks_only_what_was_not_answered(town):
    grant("bank", "works", "loan")
    consent(town, "anna", "works")
    wanted = {"asker": "bank", "matter": "loan", "fact": "works", "repeat": "list"}
    assert whys(ask(town, "anna", "ben", **wanted)) == ["holds", Not.NO_CONSENT]
    consent(town, "ben", "works")
    told, answered = ask(town, "anna", "ben", **wanted)
    assert isinstance(told, Told)
    assert isinstance(answered, Answer)
    assert [isinstance(each, Told) for each in ask(town, "anna", "ben", **wanted)] == [True, True]
    assert len(log.about(town["anna"])) == 1


def test_many_cost_as_many_statements_as_one(town):
    grant()
    ask(town, "anna")
    counts = []
    for names in (["anna"], ["anna", "ben", "carl", "dora", "eric"] * 10):
        with CaptureQueriesContext(connection) as counted:
            ask(town, *names)
        counts.append(len(counted))
    assert counts[0] == counts[1] < 16


def test_what_is_remembered_is_read_again_after_every_change(town):
    assert in_force(NOW.date()).grants == {}
    grant()
    held = in_force(NOW.date())
    assert list(held.grants) == [("homes", "no-debt", "home")]
    assert in_force(NOW.date()).grants is held.grants
    made = key()
    assert len(in_force(NOW.date()).keys) == 1
    with connection.cursor() as cursor:
        cursor.execute("UPDATE gateway_key SET ended_at = now(), ended_by = 'x' WHERE id = %s", [made.id])
    assert in_force(NOW.date()).keys == {}


def test_the_day_is_the_citys(town):
    grant(daily=1)
    night = datetime.datetime(2026, 3, 2, 23, 59, tzinfo=NOW.tzinfo)
    assert whys(ask(town, "anna", now=night)) == ["holds"]
    assert whys(ask(town, "anna", now=night)) == [Not.ALLOWANCE]
    assert whys(ask(town, "anna", now=night + datetime.timedelta(minutes=2))) == ["holds"]


def test_city_of_tests_has_a_private_asker():
    assert CITY.asking.private == ("bank",)


# --- what changes meanwhile, and what comes together ---------------------------------------------------------------------


@pytest.fixture
def meanwhile(monkeypatch):
    """Have something done once between the decision to answer and the writing down."""

    def doing(act):
        real, left = answering.gather_many, [act]

        def gathered(**more):
            if left:
                left.pop()()
            return real(**more)

        monkeypatch.setattr(answering, "gather_many", gathered)

    return doing


def test_a_consent_taken_back_while_it_is_asked_is_not_answered(town, meanwhile):
    grant("bank", "works", "loan")
    given = consent(town, "anna", "works")
    meanwhile(lambda: Consent.objects.filter(id=given.id).update(revoked_at=NOW, revoked_by="anna"))
    assert whys(ask(town, "anna", asker="bank", fact="works", matter="loan")) == [Not.NO_CONSENT]
    assert log.about(town["anna"]) == ()


def test_a_grant_revoked_while_it_is_asked_is_not_answered(town, meanwhile):
    granted = grant()
    meanwhile(lambda: Grant.objects.filter(id=granted.id).update(stage="revoked"))
    assert whys(ask(town, "eric")) == [Not.NOT_GRANTED]
    assert log.about(town["eric"]) == ()


def test_of_what_is_over_only_other_lines_are_read_and_few_are_compared(town, monkeypatch, django_assert_num_queries):
    today, over = NOW.date(), {"from_day": NOW.date() - 9 * DAY, "until_day": NOW.date() - DAY}
    live = [grant(matter=f"matter {n}") for n in range(300)]
    line = live[0]
    Grant.objects.bulk_create(
        replaced(line, **over, stage=("in_force", "revoked", "ended")[n % 3]) for n in range(3000)
    )
    others = Grant.objects.bulk_create(
        replaced(line, **over, stage=("in_force", "revoked", "ended")[n % 3], params={"limit": 7}) for n in range(300)
    )
    Grant.objects.bulk_create([replaced(line, **over, params={"limit": 100.0})])
    Grant.objects.bulk_create(replaced(line, stage=stage, params={"limit": 8}) for stage in ("asked", "refused"))
    AllowanceChange.objects.bulk_create(
        AllowanceChange(grant=each, day=today, daily=5, why="x", announced_at=NOW, announced_by="x")
        for each in Grant.objects.exclude(until_day__gte=today)
    )
    read, compared = [], []

    class Params(dict):
        __hash__ = None

        def __eq__(self, other):
            compared.append(other)
            return dict(self) == dict(other)

        def __ne__(self, other):
            return not self == other

    real = Grant.from_db.__func__

    def from_db(cls, *given):
        row = real(cls, *given)
        row.params = Params(row.params)
        read.append(row)
        return row

    monkeypatch.setattr(Grant, "from_db", classmethod(from_db))
    with django_assert_num_queries(5):
        standing = in_force(today)
    assert len(read) == len(live) + len(others)
    assert len(compared) < 2 * len(read)
    assert {each.id for of in standing.grants.values() for each in of} == {each.id for each in live}
    found = {each.id: each.others for of in standing.grants.values() for each in of}
    assert set(found.pop(line.id)) == {each.id for each in others}
    assert set(found.values()) == {()}


def test_what_ended_is_there_for_whoever_asks_as_of_before(town):
    """Days only pass; but two threads at midnight may see them pass in turns."""
    made = grant(until_day=NOW.date() + DAY)
    after = NOW.date() + 2 * DAY
    assert in_force(after).grants == {}
    key = ("homes", "no-debt", "home")
    assert [each.id for each in in_force(NOW.date()).grants[key]] == [made.id]
    assert in_force(after).grant(*key, after) is None


def replaced(row, **more):
    """Return a grant like `row` that is not kept yet."""
    given = {each.attname: getattr(row, each.attname) for each in Grant._meta.concrete_fields}
    del given["id"]
    ended = {"ended_at": NOW, "ended_by": "y"} if more.get("stage") in ("revoked", "ended", "refused") else {}
    return Grant(**given | ended | more)


def test_two_requests_under_one_key_do_not_stop_the_others_of_their_group(town):
    grant()
    asked = [
        Asked(caller(), Question("no-debt", "home", town.numbers["eric"]), Repeat("homes", "k", 0, b"a" * 32, True)),
        Asked(caller(), Question("no-debt", "home", town.numbers["anna"]), Repeat("homes", "k", 0, b"b" * 32, True)),
        Asked(caller(), Question("no-debt", "home", town.numbers["ben"])),
    ]
    assert whys(answer(city=CITY, standing=in_force(NOW.date()), asked=asked, now=NOW)) == [
        "fails",
        Not.REPEATED,
        "holds",
    ]


def test_the_same_request_twice_in_one_group_is_looked_up_once(town):
    grant()
    asked = Asked(caller(), Question("no-debt", "home", town.numbers["eric"]), Repeat("homes", "k", 0, b"a" * 32, True))
    first, second = answer(city=CITY, standing=in_force(NOW.date()), asked=[asked, asked], now=NOW)
    assert first == second
    assert len(log.about(town["eric"])) == 1
    assert GrantDay.objects.get().answered == 1


def test_a_reply_is_kept_for_a_day_and_no_longer(town):
    grant()
    assert whys(ask(town, "eric", repeat="one")) == ["fails"]
    town.refresh(NOW + 2 * DAY)
    assert whys(ask(town, "eric", repeat="one", now=NOW + 2 * DAY)) == ["fails"]
    assert len(log.about(town["eric"])) == 2


def test_what_cannot_be_answered_takes_nothing_of_the_allowance(town):
    grant("bank", "works", "loan", daily=1)
    consent(town, "anna", "works")
    wanted = {"asker": "bank", "matter": "loan", "fact": "works"}
    assert whys(ask(town, "ben", "eric", "anna", **wanted)) == [Not.NO_CONSENT, Not.NO_CONSENT, "holds"]


def test_who_was_crowded_out_only_by_the_unknown_comes_again(town):
    grant(fact="works", daily=1)
    unknown, crowded = ask(town, "carl", "anna", fact="works")
    assert (unknown.verdict, crowded) == (Verdict.UNKNOWN, Denied(Not.BUSY, retry_after=1))
    assert whys(ask(town, "anna", fact="works")) == ["holds"]


def test_what_the_package_no_longer_allows_is_not_answered_though_it_was_granted(town):
    grant("bank", "may-commit", "card")
    consent(town, "anna", "may-commit", matter="card")
    assert whys(ask(town, "anna", asker="bank", fact="may-commit", matter="card")) == [Not.NOT_GRANTED]


def test_a_grant_whose_parameters_the_package_does_not_know_stops_nobody_else(town):
    grant("civil", matter="bus", params={"old": 1})
    grant()
    asked = [
        Asked(caller("civil"), Question("no-debt", "bus", town.numbers["eric"])),
        Asked(caller(), Question("no-debt", "home", town.numbers["eric"])),
    ]
    assert whys(answer(city=CITY, standing=in_force(NOW.date()), asked=asked, now=NOW)) == [Not.NOT_GRANTED, "fails"]


def test_a_consent_is_named_as_it_is_shown(town):
    grant("bank", "works", "loan")
    consent(town, "anna", "works", number="G8M35P220CHM")
    wanted = {"asker": "bank", "matter": "loan", "fact": "works"}
    for shown in ("G8M3-5P22-0CHM", "g8m35p220chm"):
        assert parse({"fact": "f", "matter": "m", "number": "n", "consent": shown}).consent == "G8M35P220CHM"
    assert whys(ask(town, "anna", consent="G8M35P220CHM", **wanted)) == ["holds"]


def test_a_client_past_its_day_is_nobody_whatever_its_token_says(town):
    from allauth.idp.oidc.models import Client, Token

    provided = Client.objects.create(id="c", name="c", grant_types="client_credentials")
    AskerClient.objects.create(client="c", asker="homes", name="c", made_at=NOW, made_by="x", until=NOW + DAY)
    token = Token(type=Token.Type.ACCESS_TOKEN, client=provided, expires_at=NOW + 9000 * DAY)
    token.set_value("t")
    token.save()
    assert recognise(in_force(NOW.date()), digest("t"), "t", now=NOW).asker == "homes"
    assert recognise(in_force(NOW.date()), digest("t"), "t", now=NOW + 2 * DAY) is None


def test_when_a_key_was_used_last_is_noted_once_a_minute(town):
    made = key()
    soon, later = NOW + datetime.timedelta(seconds=20), NOW + datetime.timedelta(minutes=2)
    for at, noted in ((NOW, NOW), (soon, NOW), (later, later)):
        note_use({f"key:{made.id}", "client:x"}, now=at)
        made.refresh_from_db()
        assert made.used_at == noted


def test_an_objection_tells_nothing_about_a_sealed_record(town):
    city = settle(town)
    grant(values=["amount"])
    asked = [Asked(caller(), Question("no-debt", "home", town.numbers[name])) for name in ("eric", "anna", "ben")]
    for name in ("eric", "anna", "ben"):
        open_dispute(item="debts", subject=town[name], actor="x", now=NOW)
    sealed, none, open_ = answer(city=city, standing=in_force(NOW.date()), asked=asked, now=NOW)
    assert sealed._replace(entry=none.entry, left=none.left) == none
    assert (none.verdict, open_.verdict, open_.reason) == (Verdict.HOLDS, Verdict.UNKNOWN, Unclear.DISPUTED)
    (line,), (other,) = log.about(town["eric"]), log.about(town["anna"])
    assert (line.verdict, line.detail) == (other.verdict, other.detail)
