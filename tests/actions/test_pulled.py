"""Batches that are pulled: the department is their sender, and what was refused can be confirmed and read again."""

from __future__ import annotations

import dataclasses
import time

import pytest
import sqlalchemy as sa

from mianzheng.catalogue.rules.exchange import Connection
from mianzheng.centre import jobs
from mianzheng.centre.actions import doors, intake, waiting
from mianzheng.centre.models import Intake
from mianzheng.centre.ports import FAULTS
from mianzheng.centre.rules.handing_in import NotYours
from mianzheng.centre.rules.intakes import Stage
from mianzheng.common.errors import NotFound
from mianzheng.common.texts import Text
from tests.actions.test_intake import HOMES, approved, clock
from tests.second_city.life import NOW, officer
from tests.second_city.reading import CITY

__all__ = ["approved", "clock"]
LINE = Connection("sql", Text("库"), "database", "homes", 5, 4, 0, 3, 60)
PULLED = dataclasses.replace(
    CITY,
    items={**CITY.items, "debts": dataclasses.replace(CITY.items["debts"], connection="sql", tolerance=0.5)},
    connections={"sql": LINE},
)


@pytest.fixture
def pulled(approved, town, tmp_path, settings):
    """Give what pulls once from a department's own database that holds `amounts` by name."""
    settings.MIANZHENG_HOME = tmp_path
    config = tmp_path / "connections.toml"
    config.write_text(f'[sql]\naddress = "sqlite:///{tmp_path}/own.db"\n')
    config.chmod(0o600)

    def once(**amounts):
        with sa.create_engine(f"sqlite:///{tmp_path}/own.db").begin() as connected:
            connected.execute(sa.text("DROP TABLE IF EXISTS debts"))
            connected.execute(sa.text("CREATE TABLE debts (身份证号 text, amount text)"))
            for name, amount in amounts.items():
                row = {"number": town.numbers[name], "amount": amount}
                connected.execute(sa.text("INSERT INTO debts VALUES (:number, :amount)"), row)
        return loaded(doors.pull(city=PULLED, item="debts", now=NOW))

    return once


def loaded(batch):
    waiting.load_batch(
        city=PULLED, intake=batch, now=NOW, source=lambda: jobs.source_of(PULLED, Intake.objects.get(id=batch))
    )
    return Intake.objects.get(id=batch)


def test_without_a_service_the_table_is_named_like_the_item():
    assert LINE.service("debts").service == "debts"


@pytest.mark.parametrize(
    "city", [CITY, dataclasses.replace(PULLED, connections={}), dataclasses.replace(PULLED, items={})]
)
def test_a_pull_of_what_the_catalogue_no_longer_has_is_refused_in_a_sentence(approved, city):
    batch = doors.pull(city=PULLED, item="debts", now=NOW)
    stage = waiting.load_batch(
        city=city, intake=batch, now=NOW, source=lambda: jobs.source_of(city, Intake.objects.get(id=batch))
    )
    found = Intake.objects.get(id=batch)
    assert stage == found.stage == Stage.REFUSED
    assert found.reason["msgid"] and found.reason["now"]


def test_a_pull_has_the_time_the_city_gives_it(approved, pulled, monkeypatch):
    policy = dataclasses.replace(PULLED.policy, pull_minutes=3)
    pulled(anna="300")
    batch = Intake.objects.get(id=doors.pull(city=PULLED, item="debts", now=NOW))
    source = jobs.source_of(dataclasses.replace(PULLED, policy=policy), batch)
    assert 0 < source.deadline - time.monotonic() <= 180
    waiting.load_batch(
        city=PULLED, intake=batch.id, now=NOW, source=lambda: dataclasses.replace(source, deadline=time.monotonic())
    )
    batch.refresh_from_db()
    assert (batch.stage, batch.reason["field"]) == (Stage.REFUSED, "source")
    assert "pull_minutes" in batch.reason["now"]["msgid"]


def test_any_officer_of_the_department_opens_the_error_file(pulled):
    found = pulled(anna="300", eric="viel")
    assert (found.stage, found.bad_rows) == (Stage.LOADED, 1)
    token = intake.open_faults(intake=found.id, actor=HOMES, now=NOW)
    assert [fault.value for fault in FAULTS().read(token)] == ["viel"]
    with pytest.raises(NotFound):
        intake.open_faults(intake=found.id, actor=officer("civil"), now=NOW)


def test_whoever_asks_while_a_pull_is_under_way_gets_that_one(approved):
    first = doors.pull(city=PULLED, item="debts", now=NOW)
    assert doors.pull(city=PULLED, item="debts", actor=HOMES, now=NOW) == first
    with pytest.raises(NotYours):
        doors.pull(city=PULLED, item="debts", actor=officer("civil"), now=NOW)


def test_whoever_sees_a_pull_through_waits_while_somebody_else_is_at_it(approved, monkeypatch):
    batch = doors.pull(city=PULLED, item="debts", now=NOW)

    def somebody_else_loads(seconds):
        Intake.objects.filter(id=batch).update(stage=Stage.LOADED)

    monkeypatch.setattr("time.sleep", somebody_else_loads)
    Intake.objects.filter(id=batch).update(stage=Stage.READING)
    assert waiting.see_through(city=PULLED, intake=batch, now=NOW).stage == Stage.LOADED


def test_too_few_is_pulled_again_once_somebody_confirms_it(pulled, town):
    town.records("debts", *((name, 5) for name in ("anna", "ben", "carl", "dora", "eric")))
    found = pulled(anna="5")
    assert (found.stage, found.reason["field"]) == (Stage.REFUSED, "confirmed")
    fresh = loaded(intake.confirm(intake=found.id, actor=HOMES, now=NOW))
    assert (fresh.stage, fresh.removed) == (Stage.LOADED, 4)
