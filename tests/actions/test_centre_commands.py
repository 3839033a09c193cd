"""``mianzheng centre load | status | approve``."""

from __future__ import annotations

import json
import sqlite3

import click
import openpyxl
import pytest
from click.testing import CliRunner

from mianzheng.catalogue.actions.load_city import load_city
from mianzheng.centre.commands import COMMANDS
from mianzheng.centre.models import Approval, Intake
from mianzheng.common.errors import Refusal
from mianzheng.common.identifiers import make_ric
from tests.second_city.life import BORN, DAY, NOW
from tests.second_city.sources import connect, files_with_sources


@pytest.fixture
def run(town, monkeypatch):
    monkeypatch.setattr("mianzheng.web.clock.now", lambda: NOW)
    group = click.Group(commands=COMMANDS)

    def run(*words, code=0):
        told = CliRunner().invoke(group, ["centre", *map(str, words)])
        if told.exception and not isinstance(told.exception, SystemExit):
            raise told.exception
        assert told.exit_code == code, told.output
        return told

    run("approve", "debts", "桥数〔2026〕1号", "--from", "2026-01-01")
    return run


@pytest.fixture
def file(town, tmp_path):
    def write(*rows, name="欠款.csv"):
        lines = ["身份证号,欠款", *(f"{town.numbers.get(who, who)},{amount}" for who, amount in rows)]
        path = tmp_path / name
        path.write_text("\n".join(lines) + "\n", encoding="gb18030")
        return path

    return write


def test_a_file_is_loaded_where_it_lies(run, file):
    told = run("load", "debts", file(("anna", 5), ("eric", 7)), "--json")
    found = json.loads(told.stdout)
    assert (found["stage"], found["rows"], found["added"], found["changed"], found["bad_rows"]) == (
        "loaded",
        2,
        1,
        1,
        0,
    )
    assert "rows read" in told.stderr
    batch = Intake.objects.get()
    assert (batch.way, batch.file, batch.received_by, batch.office) == ("command", "", "operator", "homes")


def test_refused_rows_are_counted_and_written_where_asked(run, file, town, tmp_path):
    path = file(("anna", 5), ("eric", "viel"), *((make_ric("330782", BORN, 100 + n), n) for n in range(40)))
    for name in ("wrong.csv", "wrong.xlsx"):
        run("load", "debts", path, "--confirm", "--faults", tmp_path / name)
    text = (tmp_path / "wrong.csv").read_text("utf-8-sig")
    assert "3,欠款,viel," in text
    assert (tmp_path / "wrong.csv").stat().st_mode & 0o777 == 0o600
    sheet = openpyxl.load_workbook(tmp_path / "wrong.xlsx").active
    assert [sheet.cell(2, n).value for n in (1, 2, 3)] == [3, "欠款", "viel"]


def test_too_few_is_refused_until_confirmed(run, file, town):
    town.records("debts", *((name, 5) for name in ("anna", "ben", "carl", "dora", "eric")))
    path = file(("anna", 5))
    told = run("load", "debts", path, "--json", code=1)
    found = json.loads(told.stdout)
    assert found["stage"] == "refused"
    assert found["reason"]
    assert found["now"]
    assert json.loads(run("load", "debts", path, "--confirm", "--json").stdout)["removed"] == 4


def test_an_increment_leaves_the_rest(run, file, town):
    found = json.loads(run("load", "debts", file(("anna", 5)), "--kind", "increment", "--json").stdout)
    assert (found["added"], found["removed"]) == (1, 0)


def test_without_approval_nothing_is_loaded(run, file):
    with pytest.raises(Refusal):
        run("load", "work", file(("anna", 5)))
    with pytest.raises(Refusal):
        run("load", "dream", file(("anna", 5)))
    with pytest.raises(Refusal):
        run("load", "debts", file(("anna", 5)), "--as-of", "2030-01-01")
    assert run("load", "debts", "nowhere.csv", code=2)
    assert run("load", "debts", file(("anna", 5)), "--kind", "both", code=2)


def test_status_tells_every_item(run, file):
    run("load", "debts", file(("anna", 5), ("eric", 7)))
    found = json.loads(run("status", "--json").stdout)
    row = next(row for row in found["items"] if row["item"] == "debts")
    assert set(row) >= {"held", "records", "subjects", "as_of", "state", "last_intake", "stale", "silent"}
    assert (row["records"], row["subjects"], row["state"]) == (2, 2, "ready")
    assert row["last_intake"]["stage"] == "loaded"
    assert found["totals"]["records"] >= 2
    assert "debts" in run("status").stdout


def test_an_approval_is_filed(run):
    filed = json.loads(
        run("approve", "work", "桥数〔2026〕5号", "--from", "2026-01-01", "--until", "2026-12-31", "--json").stdout
    )
    assert Approval.objects.get(id=filed["approval"]).document == "桥数〔2026〕5号"


@pytest.fixture
def line(tmp_path, settings):
    """Put the city in force whose debts are pulled over `sql`; return what writes connections.toml and the database."""
    files = files_with_sources(kind="database", timeout=5)
    rows = files["items.csv"].splitlines()
    rows = [row.replace(",copy,,", ",copy,outside,") if row.startswith("debts,") else row for row in rows]
    load_city(files={**files, "items.csv": "\n".join(rows) + "\n"}, actor="operator", now=NOW + DAY / 24)
    settings.MIANZHENG_HOME = tmp_path

    def line(*rows, table="QK", code="outside"):
        connect(tmp_path, {code: {"address": f"sqlite:///{tmp_path}/own.db"}})
        with sqlite3.connect(tmp_path / "own.db") as made:
            made.execute(f"CREATE TABLE {table} (身份证号 TEXT, je TEXT)")
            made.executemany(f"INSERT INTO {table} VALUES (?, ?)", rows)

    line.path = tmp_path / "own.db"
    return line


def test_connections_in_order_are_called_so_and_those_not_say_why(run, line, tmp_path):
    line()
    assert "working" in run("connections").output
    told = run("connections", "--check").output
    assert "in order" in told and "not in order" not in told and "closed" not in told
    with sqlite3.connect(tmp_path / "own.db") as made:
        made.execute("ALTER TABLE QK RENAME TO gone")
    told = run("connections", "--check", code=1).output
    assert "not in order" in told and "QK" in told


def test_a_table_of_connections_toml_nobody_goes_by_is_named(run, line):
    line(code="outsde")
    assert "outsde" in run("connections").stderr
    assert "outsde" in run("connections", "--check", code=1).stderr


def test_a_copy_is_pulled_now_and_the_command_says_how_it_went(run, line, town):
    line((town.numbers["anna"], "5"), (town.numbers["eric"], "viel"), (town.numbers["ben"], "7"))
    found = json.loads(run("pull", "debts", "--json", code=1).stdout)
    assert (found["stage"], found["rows"], found["bad_rows"]) == ("refused", 3, 1), "a third is past the limit"
    with sqlite3.connect(line.path) as made:
        made.execute("UPDATE QK SET je = '9' WHERE je = 'viel'")
    found = json.loads(run("pull", "debts", "--json").stdout)
    assert (found["stage"], found["rows"], found["added"]) == ("loaded", 3, 2)
    assert Intake.objects.filter(way="pull", received_by="operator").count() == 2


@pytest.mark.parametrize("item", ["marriage", "work", "never"])
def test_what_cannot_be_pulled_is_refused_in_a_sentence(run, line, item):
    line()
    with pytest.raises(Refusal) as refused:
        run("pull", item)
    assert refused.value.what and refused.value.now
    assert not Intake.objects.exists()
