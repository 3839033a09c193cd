"""Batches that are pulled: the department is their sender, and what was refused can be confirmed and read again."""

from __future__ import annotations

import dataclasses

import pytest
import sqlalchemy as sa

from mianzheng.catalogue.rules.exchange import Connection
from mianzheng.centre import jobs
from mianzheng.centre.actions import doors, intake, waiting
from mianzheng.centre.models import Intake
from mianzheng.centre.ports import FAULTS
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


def test_any_officer_of_the_department_opens_the_error_file(pulled):
    found = pulled(anna="300", eric="viel")
    assert (found.stage, found.bad_rows) == (Stage.LOADED, 1)
    token = intake.open_faults(intake=found.id, actor=HOMES, now=NOW)
    assert [fault.value for fault in FAULTS().read(token)] == ["viel"]
    with pytest.raises(NotFound):
        intake.open_faults(intake=found.id, actor=officer("civil"), now=NOW)


def test_too_few_is_pulled_again_once_somebody_confirms_it(pulled, town):
    town.records("debts", *((name, 5) for name in ("anna", "ben", "carl", "dora", "eric")))
    found = pulled(anna="5")
    assert (found.stage, found.reason["field"]) == (Stage.REFUSED, "confirmed")
    fresh = loaded(intake.confirm(intake=found.id, actor=HOMES, now=NOW))
    assert (fresh.stage, fresh.removed) == (Stage.LOADED, 4)
