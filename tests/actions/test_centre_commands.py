"""``mianzheng centre load | status | approve``."""

from __future__ import annotations

import json

import click
import openpyxl
import pytest
from click.testing import CliRunner

from mianzheng.centre.commands import COMMANDS
from mianzheng.centre.models import Approval, Intake
from mianzheng.common.errors import Refusal
from mianzheng.common.identifiers import make_ric
from tests.second_city.life import BORN, NOW


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
