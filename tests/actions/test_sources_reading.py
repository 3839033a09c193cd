"""Records that stay at their source: asked when needed, logged, kept for a cycle, and unknown where nobody can say."""

from __future__ import annotations

import datetime
import threading
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connections, transaction

from mianzheng.audit import queries as audit
from mianzheng.cases import models as case_models
from mianzheng.cases.actions import applying
from mianzheng.catalogue.actions.load_city import load_city
from mianzheng.catalogue.rules.city import City
from mianzheng.centre.actions.keeping import forget_fetched
from mianzheng.centre.actions.registers import close_dispute, open_dispute, set_silent
from mianzheng.centre.actions.sources import Asker, read
from mianzheng.centre.models import Breakage, ConnectionDay, Fetched, Register
from mianzheng.centre.queries import gates
from mianzheng.centre.queries.records import Found, held, readiness_of, records
from mianzheng.centre.rules.breaker import State as Breaker
from mianzheng.centre.rules.readiness import State
from mianzheng.common.actors import OPERATOR
from mianzheng.evidence.actions.look import look
from mianzheng.evidence.actions.prefill import prefill, relatives
from mianzheng.evidence.models import Event
from mianzheng.evidence.rules.verdicts import Verdict
from mianzheng.web import sql
from tests.actions.test_double_submit import at_once, unexpected
from tests.adapters.awful_source import KEY, SECRET, AwfulSource, awful_source
from tests.second_city.life import DAY, NOW, Town, day, officer, ways
from tests.second_city.reading import city_of
from tests.second_city.sources import connect, files_with_sources

ASKER = Asker(OPERATOR, "测试")


@dataclass
class Outside:
    """The town, its registers of debts and marriages at their source, and the source."""

    town: Town
    source: AwfulSource
    city: City

    def read(self, *names: str, item: str = "debts", now: datetime.datetime = NOW) -> Found:
        wanted = {item: [self.town[name] for name in names]}
        return read(city=self.city, wanted=wanted, asker=ASKER, now=now)[item]

    def owes(self, name: str, *amounts: Any) -> None:
        self.source.records["QK", self.town.numbers[name]] = [{"je": amount} for amount in amounts]

    def rows(self, table: str = "centre.debts") -> list[tuple[Any, ...]]:
        schema, name = table.split(".")
        return sql.fetch(f'SELECT subject, amount FROM "{schema}"."{name}" ORDER BY amount')

    @property
    def day(self) -> ConnectionDay:
        return ConnectionDay.objects.get()


def outside_of(town: Town, source: AwfulSource, settings: Any, *items: str, **limits: Any) -> Outside:
    files = files_with_sources(*(items or ("debts", "marriage")), **limits)
    load_city(files=files, actor="operator", now=NOW + datetime.timedelta(seconds=1))  # newer than the town's own
    settings.ADAPTERS = {}
    connect(settings.MIANZHENG_HOME, {"outside": {"address": source.address, "app_key": KEY, "secret": SECRET}})
    sql.run("DROP TABLE centre.debts, centre_history.debts, centre.marriage, centre_history.marriage")
    Register.objects.filter(item__in=["debts", "marriage"]).delete()
    made = Outside(town, source, city_of(files))
    made.owes("eric", 500)
    numbers = town.numbers
    source.records["HY", numbers["anna"]] = [{"po": numbers["ben"], "zt": "20", "djrq": "2019-06-01"}]
    source.records["HY", numbers["ben"]] = [{"po": numbers["anna"], "zt": "20", "djrq": "2019-06-01"}]
    return made


@pytest.fixture
def source(monkeypatch: pytest.MonkeyPatch) -> Iterator[AwfulSource]:
    monkeypatch.setattr("mianzheng.centre.adapters.calling.OURS", 1e9)  # however busy the machine of the tests is
    gates.forget()
    with awful_source() as found:
        yield found
    gates.forget()


@pytest.fixture
def outside(town: Town, source: AwfulSource, settings: Any) -> Outside:
    return outside_of(town, source, settings)


@pytest.fixture
def lasting(lasting_town: Town, source: AwfulSource, settings: Any) -> Iterator[Outside]:
    yield outside_of(lasting_town, source, settings, timeout=2)


# asking, keeping, counting


def test_what_the_source_says_is_typed_kept_and_counted(outside: Outside) -> None:
    eric, anna = outside.town["eric"], outside.town["anna"]
    found = outside.read("eric", "anna")
    assert found == Found({eric: [{"amount": 500}]}, {}, {eric: NOW, anna: NOW})
    assert outside.rows() == [(eric, 500)]
    assert set(Fetched.objects.values_list("subject", "item", "at")) == {(eric, "debts", NOW), (anna, "debts", NOW)}
    assert (outside.day.asked, outside.day.answered, outside.day.failed, outside.day.held_back) == (2, 2, 0, 0)
    assert outside.day.day == NOW.date()


def test_a_relative_in_an_answer_is_a_subject_of_the_vault(outside: Outside) -> None:
    anna, ben = outside.town["anna"], outside.town["ben"]
    wedding = {"spouse": ben, "status": "married", "registered_on": day("2019-06-01")}
    assert outside.read("anna", item="marriage").rows == {anna: [wedding]}


def test_every_number_that_leaves_the_vault_is_in_the_log(outside: Outside) -> None:
    outside.read("eric")
    (entry,) = audit.about(outside.town["eric"])
    assert (entry.action, entry.purpose, entry.actor) == ("reveal", "测试", "operator")


def test_a_fresh_answer_is_not_asked_for_again_and_a_stale_one_is(outside: Outside) -> None:
    eric = outside.town["eric"]
    outside.read("eric")
    outside.owes("eric", 700)
    assert outside.read("eric", now=NOW + DAY / 2).rows == {eric: [{"amount": 500}]}
    assert outside.source.seen["/services/QK"] == 1
    assert len(audit.about(eric)) == 1, "a kept answer needs no number"
    assert outside.read("eric", now=NOW + DAY).rows == {eric: [{"amount": 700}]}
    assert outside.rows() == [(eric, 700)]
    assert outside.rows("centre_history.debts") == [(eric, 500)]


def test_nobody_asked_nothing_done(outside: Outside) -> None:
    assert outside.read() == Found()
    assert not outside.source.seen
    assert not ConnectionDay.objects.exists()


@pytest.mark.parametrize(
    ("behaviour", "words"),
    [
        ("error_500", "没有应答"),
        ("slow", "没有应答"),
        ("forbidden", "没有受理"),
        ("unsigned", "答复有误"),
        ("wrong_person", "答复有误"),
        ("unknown_word", "答复有误"),
        ("wrong_types", "答复有误"),
        ("too_many", "正忙"),
    ],
)
def test_whatever_the_source_does_the_answer_is_unknown_with_a_reason(
    outside: Outside, behaviour: str, words: str
) -> None:
    outside.source.behaviour = behaviour
    began = time.monotonic()
    found = outside.read("eric")
    assert time.monotonic() - began < 1.0 + 0.6
    assert words in found.unanswered[outside.town["eric"]].msgid
    assert not found.rows
    assert not Fetched.objects.exists()
    assert (outside.day.asked, outside.day.answered, outside.day.failed) == (1, 0, 1)


def test_a_spouse_with_an_impossible_number_is_a_wrong_answer(outside: Outside) -> None:
    anna = outside.town["anna"]
    right = outside.town.numbers["ben"]
    impossible = right[:-1] + ("1" if right[-1] == "0" else "0")
    outside.source.records["HY", outside.town.numbers["anna"]] = [{"po": impossible, "zt": "20", "djrq": "2019-06-01"}]
    assert "有误" in outside.read("anna", item="marriage").unanswered[anna].msgid
    assert not Fetched.objects.exists()


def test_an_answer_for_one_is_not_lost_because_another_is_wrong(outside: Outside) -> None:
    eric, anna = outside.town["eric"], outside.town["anna"]
    outside.owes("anna", "a lot")
    found = outside.read("eric", "anna")
    assert found.rows == {eric: [{"amount": 500}]}
    assert set(found.unanswered) == {anna}


def test_all_sources_are_asked_side_by_side(outside: Outside) -> None:
    outside.source.pause = 0.3
    wanted = {item: [outside.town[name] for name in ("anna", "ben", "eric")] for item in ("debts", "marriage")}
    read(city=outside.city, wanted={"debts": [outside.town["carl"]]}, asker=ASKER, now=NOW)  # fetches the token
    began = time.monotonic()
    found = read(city=outside.city, wanted=wanted, asker=ASKER, now=NOW)
    assert time.monotonic() - began < 6 * 0.3
    assert not found["debts"].unanswered
    assert not found["marriage"].unanswered
    assert outside.source.most_under_way >= 3  # six, where the machine has time


def test_several_readings_of_one_look_up_end_together(outside: Outside) -> None:
    outside.source.behaviour = "slow"
    began = time.monotonic()
    for item in ("marriage", "debts"):
        found = read(city=outside.city, wanted={item: [outside.town["anna"]]}, asker=ASKER, now=NOW, started=began)
        assert found[item].unanswered
    assert time.monotonic() - began < 1.0 + 0.6


def test_a_connection_nobody_configured_is_unknown_not_an_error(outside: Outside, settings: Any) -> None:
    connect(settings.MIANZHENG_HOME, {})
    found = outside.read("eric")
    assert "还没有接入" in found.unanswered[outside.town["eric"]].msgid
    assert outside.day.held_back == 1


def test_a_connector_with_a_mistake_in_it_is_unknown_not_an_error(
    outside: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: Any, **more: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("mianzheng.centre.adapters.provincial.Platform.ask", broken)
    assert "没有应答" in outside.read("eric").unanswered[outside.town["eric"]].msgid


def test_a_subject_of_the_vault_without_a_number_is_unknown(outside: Outside) -> None:
    nobody = uuid.uuid4()
    found = read(city=outside.city, wanted={"debts": [nobody]}, asker=ASKER, now=NOW)["debts"]
    assert set(found.unanswered) == {nobody}


# limits


def test_where_too_many_ask_the_rest_is_told_so_in_time(lasting_town: Town, source: AwfulSource, settings: Any) -> None:
    outside = outside_of(lasting_town, source, settings, at_once=2)
    outside.read("eric")  # fetches the token, makes the table
    Fetched.objects.all().delete()
    source.pause = 0.5
    began = time.monotonic()
    results = at_once(*[lambda name=name: outside.read(name) for name in ("anna", "ben", "carl", "dora", "eric")])
    assert time.monotonic() - began < 1.0 + 0.6
    assert unexpected(results) == []
    reasons = [next(iter(found.unanswered.values())).msgid for found in results if found.unanswered]
    assert reasons
    assert all("太多" in reason for reason in reasons)
    assert source.most_under_way <= 2
    assert outside.day.asked + outside.day.held_back == 6
    assert outside.day.held_back > 0
    assert not Breakage.objects.exists(), "our own crowd is not the source's fault"


def test_the_days_quota_is_kept(town: Town, source: AwfulSource, settings: Any) -> None:
    outside = outside_of(town, source, settings, quota=2)
    assert not outside.read("anna", "ben").unanswered
    found = outside.read("carl")
    assert "次数" in found.unanswered[town["carl"]].msgid
    assert source.seen["/services/QK"] == 2
    assert len(audit.about(town["carl"])) == 0, "nobody's number leaves for a question that is not put"
    assert not outside.read("carl", now=NOW + DAY).unanswered, "a new day"


def test_the_quota_the_other_side_names_is_kept_too(outside: Outside) -> None:
    outside.source.quota = 2  # the token, one question
    assert not outside.read("anna").unanswered
    assert outside.day.quota_left == 0
    assert "次数" in outside.read("eric").unanswered[outside.town["eric"]].msgid


def test_after_429_the_source_is_left_alone_so_long(outside: Outside) -> None:
    outside.source.behaviour = "too_many"
    outside.read("eric")
    outside.source.behaviour = "good"
    assert outside.read("eric").unanswered
    assert outside.source.seen["/services/QK"] == 1
    time.sleep(1.05)
    assert not outside.read("eric").unanswered


# the breaker


def test_a_source_that_keeps_failing_is_given_up_found_and_tried_again(outside: Outside) -> None:
    town, eric = outside.town, outside.town["eric"]
    outside.source.behaviour = "error_500"
    for name in ("anna", "ben", "carl"):
        outside.read(name)
    (breakage,) = Breakage.objects.all()
    assert (breakage.connection, breakage.opened_at, breakage.closed_at) == ("outside", NOW, None)
    assert breakage.reason == {"msgid": "对方出错（%(status)s）。", "params": {"status": 500}}
    asked = outside.source.seen["/services/QK"]
    began = time.monotonic()
    assert "暂停查询" in outside.read("eric").unanswered[eric].msgid
    assert time.monotonic() - began < 0.2
    assert outside.source.seen["/services/QK"] == asked
    assert len(audit.about(eric)) == 0
    assert readiness_of(outside.city, ["debts"], now=NOW)["debts"].state is State.SILENT
    outside.source.behaviour = "good"
    time.sleep(0.55)
    assert readiness_of(outside.city, ["debts"], now=NOW)["debts"].state is State.READY
    assert outside.read("eric", now=NOW + DAY / 24).rows == {eric: [{"amount": 500}]}
    assert Breakage.objects.get().closed_at == NOW + DAY / 24
    assert gates.gate_of(outside.city.connections["outside"]).breaker.state is Breaker.CLOSED
    assert not outside.read(*town.subjects).unanswered


def test_a_breakage_of_a_process_that_has_gone_is_closed_by_the_first_answer(outside: Outside) -> None:
    Breakage.objects.create(connection="outside", reason={}, opened_at=NOW - DAY)
    outside.read("eric")
    assert Breakage.objects.get().closed_at == NOW


def test_a_fresh_answer_counts_while_the_source_is_down(outside: Outside) -> None:
    outside.read("eric")
    outside.source.behaviour = "error_500"
    for name in ("anna", "ben", "carl"):
        outside.read(name)
    assert outside.read("eric").rows == {outside.town["eric"]: [{"amount": 500}]}


# time


def test_what_was_answered_goes_after_a_cycle_the_superseded_too(outside: Outside) -> None:
    outside.read("eric", "anna")
    outside.owes("eric", 700)
    later = NOW + DAY + datetime.timedelta(minutes=1)
    outside.read("eric", now=later)
    assert forget_fetched(city=outside.city, now=later) == 0, "nobody may be in the middle of reading it"
    assert forget_fetched(city=outside.city, now=NOW + DAY * 1.1) == 1
    assert outside.rows("centre_history.debts") == []
    assert outside.rows() == [(outside.town["eric"], 700)]
    assert forget_fetched(city=outside.city, now=later + DAY * 1.1) == 1
    assert outside.rows() == []
    assert records(outside.city, outside.city.items["card"], [outside.town["anna"]]), "copies are no cache"


def test_as_of_a_past_moment_a_source_is_not_asked(outside: Outside) -> None:
    eric, anna = outside.town["eric"], outside.town["anna"]
    outside.read("eric", "anna")
    seen = sum(outside.source.seen.values())
    then = held(outside.city, {"debts": [eric, anna]}, at=NOW + DAY / 24)["debts"]
    assert then.rows == {eric: [{"amount": 500}]}
    assert set(then.unanswered) == {anna}, "no row is no answer: nobody may have asked"
    before = held(outside.city, {"debts": [eric]}, at=NOW - DAY)["debts"]
    assert set(before.unanswered) == {eric}
    assert sum(outside.source.seen.values()) == seen


def test_a_question_as_of_the_day_a_case_was_decided(town: Town) -> None:
    """What a correction changed afterwards is not what was known then; what nobody held then proves nothing."""
    from mianzheng.centre.actions.records import replace_records

    city, eric = city_of(files_with_sources()), town["eric"]
    columns = ["subject", "amount"]
    replace_records(item=city.items["debts"], subjects=[eric], columns=columns, rows=[], now=NOW + DAY)
    asked: dict[str, Any] = {
        "city": city,
        "matter": "home",
        "fact": "no-debt",
        "applicant": eric,
        "actor": officer("homes"),
    }

    def verdict(at: datetime.datetime | None) -> Verdict:
        return look(**asked, now=NOW + DAY * 1.5, at=at)[0].verdict

    assert verdict(None) is Verdict.HOLDS
    assert verdict(NOW + DAY / 2) is Verdict.FAILS
    assert verdict(NOW - DAY) is Verdict.UNKNOWN
    assert len([entry for entry in audit.about(eric) if entry.item == "debts"]) == 2, "asked as of then is asked"


def test_an_objection_counts_for_its_own_time(town: Town) -> None:
    city, eric = city_of(files_with_sources()), town["eric"]
    open_dispute(item="debts", subject=eric, actor="x", now=NOW + DAY)
    close_dispute(item="debts", subject=eric, actor="x", now=NOW + 2 * DAY)
    asked: dict[str, Any] = {
        "city": city,
        "matter": "home",
        "fact": "no-debt",
        "applicant": eric,
        "actor": officer("homes"),
    }
    verdicts = [look(**asked, now=NOW + 3 * DAY, at=NOW + DAY * n)[0].verdict for n in (0.5, 1.5)]
    assert verdicts == [Verdict.FAILS, Verdict.UNKNOWN]


# whole cases


def test_a_case_is_settled_by_registers_at_their_source(outside: Outside) -> None:
    dossier = outside.town.verified("anna", marital="married")
    assert ways(dossier)["no-debt"] == ways(dossier)["spouse-no-debt"] == ("data", "holds")
    assert dossier.file("no-debt").progress.as_of == NOW.date()
    entries = audit.about(outside.town["ben"])
    assert sorted(entry.action for entry in entries) == ["lookup", "reveal"]
    (revealed,) = [entry for entry in entries if entry.action == "reveal"]
    assert (revealed.case, revealed.matter, revealed.applicant) == (dossier.case.id, "home", outside.town["anna"])
    assert "申请住房" in revealed.purpose


@pytest.mark.parametrize("behaviour", ["error_500", "wrong_person", "drip_body", "forbidden"])
def test_a_source_that_cannot_say_hands_the_question_to_the_department(outside: Outside, behaviour: str) -> None:
    case = outside.town.begin("carl")
    outside.source.behaviour = behaviour
    dossier = applying.look_up(case=case.id, actor=outside.town.person("carl"), now=NOW)
    assert ways(dossier)["no-debt"] == ("department", None)
    first = Event.objects.filter(case=case.id, need="no-debt").order_by("id").first()
    assert first is not None
    assert (first.verdict, "%(item)s" in first.reason["msgid"]) == ("unknown", True)
    looked = {entry.item for entry in audit.about(outside.town["carl"]) if entry.action == "lookup"}
    assert "debts" not in looked, "what was not looked at is not in the log"


def test_a_spouse_who_cannot_be_asked_for_is_a_question_for_the_department(outside: Outside) -> None:
    case = outside.town.begin("anna", marital="married")
    Fetched.objects.all().delete()
    outside.source.behaviour = "error_500"
    dossier = applying.look_up(case=case.id, actor=outside.town.person("anna"), now=NOW)
    assert ways(dossier)["spouse-no-debt"] == ("department", None)


def test_a_form_is_filled_from_sources_and_stays_open_without_them(outside: Outside) -> None:
    town = outside.town
    own: dict[str, Any] = {
        "city": outside.city,
        "matter": outside.city.matters["home"],
        "subject": town["anna"],
        "actor": town.person("anna"),
    }
    outside.source.behaviour = "html_502"
    assert prefill(**own, now=NOW) == {}
    assert relatives(**own, now=NOW) == {"partner": []}
    outside.source.behaviour = "good"
    assert prefill(**own, now=NOW) == {"marital": "married"}
    assert relatives(**own, now=NOW) == {"partner": [town["ben"]]}


def test_a_pulled_plug_is_silent_even_where_an_answer_is_fresh(outside: Outside) -> None:
    outside.read("eric")
    Register.objects.create(item="debts", as_of=NOW)
    set_silent(item="debts", silent=True)
    assert "没有应答" in outside.read("eric").unanswered[outside.town["eric"]].msgid
    assert readiness_of(outside.city, ["debts"], now=NOW)["debts"].state is State.SILENT


def test_nothing_is_asked_inside_a_transaction(lasting: Outside) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        lasting.read("eric")
    assert not lasting.source.seen


def test_no_transaction_is_open_while_a_source_is_asked(lasting: Outside, monkeypatch: pytest.MonkeyPatch) -> None:
    case = lasting.town.begin("carl")
    lasting.source.pause = 0.5
    waiting: list[int] = []

    def watch() -> None:
        time.sleep(0.25)
        query = "SELECT count(*) FROM pg_stat_activity WHERE starts_with(state, %s) AND datname = current_database()"
        waiting.append(sql.fetch(query, ["idle in transaction"])[0][0])
        connections.close_all()

    thread = threading.Thread(target=watch)
    thread.start()
    applying.look_up(case=case.id, actor=lasting.town.person("carl"), now=NOW)
    thread.join()
    assert waiting == [0]


def test_looked_up_twice_at_once_is_written_once(lasting: Outside) -> None:
    case, actor = lasting.town.begin("eric").id, lasting.town.person("eric")
    lasting.source.pause = 0.1
    results = at_once(*[lambda: applying.look_up(case=case, actor=actor, now=NOW)] * 3)
    assert unexpected(results) == []
    assert Event.objects.filter(need="no-debt", kind="answer").count() == 1
    looks = [entry.item for entry in audit.of_case(case) if entry.action == "lookup" and entry.item == "debts"]
    assert looks == ["debts"]
    assert lasting.rows() == [(lasting.town["eric"], 500)], "kept once, however many asked"
    assert case_models.Case.objects.get(id=case).status == "draft"


def test_the_first_answers_for_an_item_at_once_make_one_table(lasting: Outside) -> None:
    results = at_once(*[lambda name=name: lasting.read(name) for name in ("anna", "ben", "carl", "dora", "eric")])
    assert unexpected(results) == []
    assert not [found for found in results if found.unanswered]
    assert Fetched.objects.count() == 5
