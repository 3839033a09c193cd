"""Handing in a batch, seeing it through, and what is left of it; approvals and keys."""

from __future__ import annotations

import dataclasses
import datetime
import io
import uuid

import pytest

from mianzheng.audit.models import Entry
from mianzheng.catalogue.rules.exchange import Connection
from mianzheng.centre import jobs
from mianzheng.centre.actions import approvals, doors, intake, sender_keys, waiting
from mianzheng.centre.models import Approval, Intake, Register, SenderKey
from mianzheng.centre.ports import FAULTS, SPOOL
from mianzheng.centre.queries.approvals import approved_items
from mianzheng.centre.queries.intakes import pulls_due
from mianzheng.centre.queries.records import records
from mianzheng.centre.queries.standing import standing
from mianzheng.centre.rules.handing_in import NotYours
from mianzheng.centre.rules.intakes import Kind, Stage, Way
from mianzheng.common.actors import OPERATOR, Actor
from mianzheng.common.errors import NotFound, Refusal
from mianzheng.common.identifiers import make_ric
from mianzheng.common.texts import Text
from tests.second_city.life import BORN, DAY, NOW, officer
from tests.second_city.reading import CITY

HOMES = officer("homes")
HEAD = "身份证号,欠款\n"


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    monkeypatch.setattr("mianzheng.web.clock.now", lambda: NOW)


@pytest.fixture
def approved(town):
    for item in ("debts", "work"):
        approvals.file_approval(
            city=CITY,
            item=item,
            document="桥数〔2026〕1号",
            scope="",
            from_day=NOW.date(),
            until_day=None,
            actor=OPERATOR,
            now=NOW,
        )
    return town


STRANGERS = tuple(f"{make_ric('330782', BORN, 100 + n)},{n}" for n in range(40))
"""Good rows, so that a bad one is a small share."""


def file(*lines: str) -> io.BytesIO:
    return io.BytesIO((HEAD + "".join(f"{line}\n" for line in lines)).encode())


def hand_in(stream=None, *, item="debts", kind=Kind.SNAPSHOT, as_of=NOW, actor=HOMES, office="homes", now=NOW, **more):
    return intake.hand_in(
        city=CITY,
        item=item,
        kind=kind,
        way=Way.PAGE,
        name="../欠款.csv",
        stream=file("330782198005170049,1") if stream is None else stream,
        as_of=as_of,
        actor=actor,
        office=office,
        now=now,
        **more,
    )


def loaded(batch, actor=HOMES, **more) -> Intake:
    intake.queue(intake=batch, actor=actor, now=NOW, **more)
    jobs.load_waiting()
    return Intake.objects.get(id=batch)


def refused(field: str, **more) -> None:
    with pytest.raises(Refusal) as caught:
        hand_in(**more)
    assert caught.value.field == field
    assert caught.value.now, "a refusal says what to do now"
    assert not Intake.objects.exists()


# --- handing in ----------------------------------------------------------------------------------------------------


def test_who_may_not_hand_in(approved):
    refused("item", item="dream")
    refused("item", item="work")  # another department's
    refused("item", item="card", actor=officer("civil"), office="civil")  # nobody approved of a copy
    refused("as_of", as_of=NOW + DAY)
    refused("as_of", as_of=NOW - DAY)  # a snapshot older than what is held
    refused("file", stream=io.BytesIO())
    refused("file", stream=file("330782198005170049,1"), length=99)  # cut off on its way
    with pytest.raises(NotYours):
        hand_in(item="work")


def test_what_stays_at_its_source_is_not_handed_in(approved):
    debts = dataclasses.replace(CITY.items["debts"], held="source", connection="x")
    elsewhere = dataclasses.replace(CITY, items={**CITY.items, "debts": debts})
    with pytest.raises(Refusal, match="留在源头"):
        intake.hand_in(
            city=elsewhere,
            item="debts",
            kind=Kind.SNAPSHOT,
            way=Way.PAGE,
            name="x.csv",
            stream=file(),
            as_of=NOW,
            actor=HOMES,
            office="homes",
            now=NOW,
        )


def test_a_file_waits_encrypted_and_under_its_own_name_only(approved, town):
    number = town.numbers["anna"]
    batch = Intake.objects.get(id=hand_in(file(f"{number},300")))
    assert (batch.stage, batch.name, batch.received_by) == (Stage.WAITING, "欠款.csv", HOMES.id)
    assert number in SPOOL().open(batch.file).read().decode()


def test_a_batch_is_queued_loaded_and_its_file_goes(approved, town):
    batch = hand_in(file(f"{town.numbers['ben']},x", f"{town.numbers['eric']},500", *STRANGERS))
    found = loaded(batch, expected_rows=42)
    assert (found.stage, found.rows, found.bad_rows, found.added) == (Stage.LOADED, 42, 1, 40)
    assert (found.file, found.expected_rows) == ("", 42)
    assert Register.objects.get(item="debts").records == 41


def test_pressing_twice_is_pressing_once(approved):
    batch = hand_in()
    for _ in range(2):
        intake.queue(intake=batch, actor=HOMES, now=NOW)
    assert Intake.objects.get(id=batch).stage == Stage.QUEUED


def test_the_same_id_is_taken_in_once(approved):
    same = uuid.uuid4()
    assert hand_in(id=same) == hand_in(id=same) == same
    assert Intake.objects.count() == 1


def test_only_the_department_and_the_centre_act_on_a_batch(approved):
    batch = hand_in()
    for act in (intake.queue, intake.cancel):
        with pytest.raises(NotFound):
            act(intake=batch, actor=officer("civil"), now=NOW)
    intake.cancel(intake=batch, actor=Actor("somebody", "centre", "civil"), now=NOW)
    assert Intake.objects.get(id=batch).stage == Stage.CANCELLED


def test_cancelling_deletes_the_file(approved, django_capture_on_commit_callbacks):
    batch = hand_in()
    token = Intake.objects.get(id=batch).file
    with django_capture_on_commit_callbacks(execute=True):
        intake.cancel(intake=batch, actor=HOMES, now=NOW)
    with pytest.raises(NotFound):
        SPOOL().open(token)
    with pytest.raises(Refusal):
        intake.queue(intake=batch, actor=HOMES, now=NOW)


def test_corrected_columns_are_kept(approved, town):
    stream = io.BytesIO(f"身份证号,数目\n{town.numbers['anna']},300\n{town.numbers['eric']},500\n".encode())
    batch = hand_in(stream)
    intake.correct(intake=batch, columns={"数目": "amount"}, actor=HOMES, now=NOW)
    assert loaded(batch).stage == Stage.LOADED


# --- what was right when it was handed in, and is no longer when its turn comes ------------------------------------------


def test_of_two_snapshots_the_newer_stays_whichever_is_loaded_first(approved, town, monkeypatch):
    older = hand_in(file(f"{town.numbers['anna']},1"))
    monkeypatch.setattr("mianzheng.web.clock.now", lambda: NOW + DAY)
    newer = hand_in(file(f"{town.numbers['anna']},2"), as_of=NOW + DAY, now=NOW + DAY)
    assert loaded(newer).stage == Stage.LOADED
    found = loaded(older)
    assert (found.stage, found.reason["field"], found.file) == (Stage.REFUSED, "as_of", "")
    assert found.reason["now"]
    assert records(CITY, CITY.items["debts"], [town["anna"]]) == {town["anna"]: [{"amount": 2}]}
    assert Register.objects.get(item="debts").as_of == NOW + DAY


def test_two_snapshots_of_one_early_morning_are_both_loaded(approved, town, monkeypatch):
    early = (NOW + DAY).replace(hour=3)  # in London it is still the day before
    monkeypatch.setattr("mianzheng.web.clock.now", lambda: early)
    for amount in (1, 2):
        stream = file(f"{town.numbers['anna']},{amount}", f"{town.numbers['eric']},500")
        batch = hand_in(stream, as_of=early, now=early)
        assert loaded(batch).stage == Stage.LOADED
    assert records(CITY, CITY.items["debts"], [town["anna"]]) == {town["anna"]: [{"amount": 2}]}


def test_a_batch_whose_approval_ends_before_its_turn_is_not_loaded(approved, town):
    batch = hand_in(file(f"{town.numbers['anna']},1"))
    (row,) = Approval.objects.filter(item="debts")
    approvals.end_approval(city=CITY, approval=row.id, actor=HOMES, now=NOW)
    found = loaded(batch)
    assert (found.stage, found.reason["field"]) == (Stage.REFUSED, "item")
    assert "授权" in found.reason["msgid"]
    assert not records(CITY, CITY.items["debts"], [town["anna"]])


def test_a_batch_of_an_item_the_city_no_longer_has_holds_up_nobody(approved, town):
    gone = hand_in(file(f"{town.numbers['anna']},1"))
    intake.queue(intake=gone, actor=HOMES, now=NOW)
    Intake.objects.filter(id=gone).update(item="dropped")
    assert loaded(hand_in(file(f"{town.numbers['eric']},7"))).stage == Stage.LOADED
    found = Intake.objects.get(id=gone)
    assert (found.stage, found.reason["field"]) == (Stage.REFUSED, "item")
    assert found.reason["params"] == {"item": "dropped"} and found.reason["now"]


# --- refused for being too few, broken off ---------------------------------------------------------------------------


def test_too_few_is_refused_until_somebody_confirms_it(approved, town):
    town.records("debts", *((name, 5) for name in ("anna", "ben", "carl", "dora", "eric")))
    old = loaded(hand_in(file(f"{town.numbers['anna']},5")))
    assert (old.stage, old.reason["field"]) == (Stage.REFUSED, "confirmed")
    assert old.file
    fresh = intake.confirm(intake=old.id, actor=HOMES, now=NOW)
    jobs.load_waiting()
    new = Intake.objects.get(id=fresh)
    assert (new.stage, new.removed, new.file) == (Stage.LOADED, 4, "")
    old.refresh_from_db()
    assert (old.stage, old.file) == (Stage.REFUSED, ""), "what was decided is not rewritten"
    with pytest.raises(Refusal):
        intake.confirm(intake=old.id, actor=HOMES, now=NOW)


def test_a_batch_that_broke_off_is_tried_again(approved, town):
    batch = hand_in(file(f"{town.numbers['eric']},7"))
    Intake.objects.filter(id=batch).update(stage=Stage.READING)
    jobs.sweep_broken(0)
    assert Intake.objects.get(id=batch).stage == Stage.BROKEN
    assert loaded(batch).stage == Stage.LOADED


def test_a_file_that_cannot_be_read_is_refused_not_broken(approved):
    found = loaded(hand_in(io.BytesIO(b"\x00\x01\x02 nothing like a table")))
    assert found.stage == Stage.REFUSED
    assert found.reason["msgid"]
    assert found.file == ""


# --- what was refused ----------------------------------------------------------------------------------------------


def test_only_the_sender_opens_the_error_file_and_the_log_says_so(approved, town):
    found = loaded(hand_in(file(f"{town.numbers['anna']},300", f"{town.numbers['eric']},viel")))
    token = intake.open_faults(intake=found.id, actor=HOMES, now=NOW)
    (fault,) = FAULTS().read(token)
    assert (fault.row, fault.column, fault.value) == (3, "欠款", "viel")
    entry = Entry.objects.get(action="open_faults")
    assert (entry.actor, entry.item, entry.detail["intake"]) == (HOMES.id, "debts", str(found.id))
    for other in (officer("civil"), Actor("a colleague", "officer", "homes"), Actor("somebody", "centre", "homes")):
        with pytest.raises(NotFound):
            intake.open_faults(intake=found.id, actor=other, now=NOW)
    with pytest.raises(NotFound):
        intake.open_faults(intake=found.id, actor=HOMES, now=found.errors_until)
    assert Entry.objects.filter(action="open_faults").count() == 1


def test_files_past_their_time_are_deleted_and_it_is_noted(approved, town, django_capture_on_commit_callbacks):
    left, ended = hand_in(), loaded(hand_in(file(f"{town.numbers['anna']},300", f"{town.numbers['eric']},x")))
    token = Intake.objects.get(id=left).file
    assert waiting.expire_files(city=CITY, now=NOW) == 0
    with django_capture_on_commit_callbacks(execute=True):
        assert waiting.expire_files(city=CITY, now=NOW + 20 * DAY) == 2
    forgotten = Intake.objects.get(id=left)
    assert (forgotten.stage, forgotten.file, bool(forgotten.reason)) == (Stage.CANCELLED, "", True)
    with pytest.raises(NotFound):
        SPOOL().open(token)
    assert Intake.objects.get(id=ended.id).errors == ""
    with pytest.raises(NotFound):
        list(FAULTS().read(ended.errors))


# --- pulling -------------------------------------------------------------------------------------------------------


def test_copies_older_than_their_cycle_are_pulled(approved, tmp_path, settings):
    settings.MIANZHENG_HOME = tmp_path
    line = Connection("sql", Text("库"), "database", "homes", 5, 4, 0, 3, 60)
    debts = dataclasses.replace(CITY.items["debts"], connection="sql")
    city = dataclasses.replace(CITY, items={**CITY.items, "debts": debts}, connections={"sql": line})
    assert not pulls_due(city, now=NOW), "it is fresh"
    later = NOW + 2 * DAY
    assert [item.code for item in pulls_due(city, now=later)] == ["debts"]
    batch = doors.pull(city=city, item="debts", now=later)
    assert not pulls_due(city, now=later), "it is under way"
    source = waiting.load_batch(
        city=city, intake=batch, now=later, source=lambda: jobs.source_of(city, Intake.objects.get(id=batch))
    )
    assert source == Stage.REFUSED, "no address is configured"
    assert not pulls_due(city, now=later + datetime.timedelta(minutes=10)), "and it is not hammered"
    assert pulls_due(city, now=later + datetime.timedelta(hours=2))


def test_a_pull_reads_the_departments_own_database(approved, town, tmp_path, settings):
    import sqlalchemy as sa

    settings.MIANZHENG_HOME = tmp_path
    engine = sa.create_engine(f"sqlite:///{tmp_path}/own.db")
    with engine.begin() as connected:
        connected.execute(sa.text("CREATE TABLE DEBTS (身份证号 text, amount integer)"))
        connected.execute(
            sa.text("INSERT INTO DEBTS VALUES (:number, 42), (:other, 7)"),
            {"number": town.numbers["carl"], "other": town.numbers["eric"]},
        )
    config = tmp_path / "connections.toml"
    config.write_text(f'[sql]\naddress = "sqlite:///{tmp_path}/own.db"\n')
    config.chmod(0o600)
    line = Connection("sql", Text("库"), "database", "homes", 5, 4, 0, 3, 60)
    debts = dataclasses.replace(CITY.items["debts"], connection="sql")
    city = dataclasses.replace(CITY, items={**CITY.items, "debts": debts}, connections={"sql": line})
    batch = doors.pull(city=city, item="debts", now=NOW)
    stage = waiting.load_batch(
        city=city, intake=batch, now=NOW, source=lambda: jobs.source_of(city, Intake.objects.get(id=batch))
    )
    found = Intake.objects.get(id=batch)
    assert stage == Stage.LOADED, found.reason
    assert (found.rows, found.added + found.changed) == (2, 2)


# --- approvals and keys ----------------------------------------------------------------------------------------------


def filed(actor=HOMES, **more):
    given = {
        "item": "debts",
        "document": "桥数〔2026〕2号",
        "scope": "",
        "from_day": NOW.date(),
        "until_day": None,
        **more,
    }
    return approvals.file_approval(city=CITY, actor=actor, now=NOW, **given)


def test_an_approval_counts_from_its_day_to_its_day(town):
    filed(from_day=(NOW + DAY).date(), until_day=(NOW + 2 * DAY).date())
    days = [bool(approved_items(["debts"], today=(NOW + n * DAY).date())) for n in range(4)]
    assert days == [False, True, True, False]


def test_an_approval_that_was_ended_counts_no_more(town):
    one = filed()
    approvals.end_approval(city=CITY, approval=one, actor=HOMES, now=NOW)
    assert not approved_items(["debts"], today=NOW.date())
    row = Approval.objects.get(id=one)
    assert (row.ended_by, row.ended_at) == (HOMES.id, NOW)
    with pytest.raises(Refusal):
        hand_in()


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"item": "dream"}, "item"),
        ({"item": "card"}, "item"),
        ({"document": " "}, "document"),
        ({"from_day": None}, "from_day"),
        ({"until_day": (NOW - DAY).date()}, "until_day"),
        ({"scan": io.BytesIO(b"MZ program")}, "scan"),
    ],
)
def test_what_is_no_approval(town, more, field):
    with pytest.raises(Refusal) as caught:
        filed(**more)
    assert caught.value.field == field
    assert not Approval.objects.exists()


def test_a_scan_is_kept_encrypted(town):
    one = filed(scan=io.BytesIO(b"%PDF-1.7 the document"), scan_name="授权.pdf")
    row = Approval.objects.get(id=one)
    assert SPOOL().open(row.file).read() == b"%PDF-1.7 the document"
    assert row.file_name == "授权.pdf"


def test_a_key_is_shown_once_and_ends(town):
    made = uuid.uuid4()
    secret = sender_keys.make_key(id=made, name="缴费系统", actor=HOMES, now=NOW)
    row = SenderKey.objects.get(id=made)
    assert secret.encode() not in bytes(row.digest)
    sender = sender_keys.recognise(secret=secret, now=NOW)
    assert (sender.role, sender.office) == ("sender", "homes")
    assert SenderKey.objects.get(id=made).used_at == NOW
    with pytest.raises(Refusal):
        sender_keys.make_key(id=made, name="缴费系统", actor=HOMES, now=NOW)
    with pytest.raises(NotFound):
        sender_keys.end_key(key=made, actor=officer("civil"), now=NOW)
    sender_keys.end_key(key=made, actor=HOMES, now=NOW)
    acts = Entry.objects.filter(detail__key=str(made)).order_by("id").values_list("action", "actor")
    assert list(acts) == [("make_key", HOMES.id), ("end_key", HOMES.id)]
    assert sender_keys.recognise(secret=secret, now=NOW) is None
    assert sender_keys.recognise(secret="mz-sender-guess", now=NOW) is None


def test_how_the_registers_stand(approved):
    found = standing(CITY, now=NOW)
    debts = next(row for row in found["items"] if row["item"] == "debts")
    assert (debts["held"], debts["records"], debts["state"], debts["stale"]) == ("copy", 1, "ready", False)
    assert found["totals"]["items"] == len(CITY.items)
    stale = standing(CITY, now=NOW + 30 * DAY)
    assert next(row for row in stale["items"] if row["item"] == "debts")["state"] == "stale"
