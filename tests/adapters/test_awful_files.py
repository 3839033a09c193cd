"""What departments really send: every file of `awful` is refused in one clear sentence or read as is written beside it."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
import yaml

from mianzheng.centre.actions.staging import Staging
from mianzheng.centre.ports import READING, Source, Table
from mianzheng.centre.rules.headings import Columns, match
from mianzheng.centre.rules.intakes import Fault
from mianzheng.centre.rules.rows import check
from mianzheng.common.errors import Refusal
from mianzheng.web.words import say
from tests.adapters.awful.item import COLUMNS, ITEM
from tests.second_city.life import NOW

FOLDER = Path(__file__).parent / "awful"
FILES = sorted(path for path in FOLDER.glob("[0-9][0-9]-*") if not path.name.endswith(".expected.yaml"))
ALWAYS = {"columns": COLUMNS, "faults": [], "missing": [], "unknown": [], "notes": [], "cells": {}}
"""What is expected where a file's expectation does not speak of it."""


def test_there_are_many() -> None:
    assert len(FILES) >= 36
    assert {path.with_suffix(".expected.yaml") for path in FILES} == set(FOLDER.glob("*.expected.yaml"))


@pytest.mark.django_db
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_an_awful_file(path: Path, settings: Any, tmp_path: Path) -> None:
    settings.MIANZHENG_HOME = tmp_path
    expected = yaml.safe_load(path.with_suffix(".expected.yaml").read_text("utf-8"))
    found = outcome(path, list(expected.get("cells", {})))
    if "refused" in expected:
        assert expected["refused"] in found.get("refused", found)
        return
    expected = ALWAYS | expected
    expected["notes"] = sorted(expected["notes"])
    reasons = [reason for *_, reason in expected["faults"]]
    told = found.pop("faults", None)
    assert found == {key: value for key, value in expected.items() if key != "faults"}
    assert [place for *place, _ in told] == [place for *place, _ in expected["faults"]], told
    assert [part for part, (*_, reason) in zip(reasons, told, strict=True) if part not in reason] == [], told


def outcome(path: Path, wanted: list[str]) -> dict[str, Any]:
    """Read a file as the loader does and return what became of it, in the words of an expectation."""
    content = path.read_bytes()
    try:
        table = READING().open(Source(path.name, lambda: io.BytesIO(content)), ITEM)
        columns = match(ITEM, table.headings, {})
        seen = {
            "columns": dict(columns.fields),
            "missing": list(columns.missing),
            "unknown": list(columns.unknown),
        }
        seen |= {"good": 0, "faults": [], "cells": {}} if columns.missing else _read(table, columns, wanted)
        return seen | {"notes": sorted(say(note) for note in table.notes)}
    except Refusal as refusal:
        assert refusal.now, "says what to do now"
        assert say(refusal.what).endswith("。"), "a sentence"
        return {"refused": say(refusal.what)}


def _read(table: Table, columns: Columns, wanted: list[str]) -> dict[str, Any]:
    staging = Staging(ITEM, columns, NOW)
    faults: list[Fault] = []
    cells: dict[str, list[Any]] = {field: [] for field in wanted}
    rows: list[int] = []
    for part in table.parts():
        assert set(part.frame.columns) == {"row", *table.headings}
        checked = check(part.frame, ITEM, columns, NOW.date())
        staged, more, _ = staging.part(checked)
        kept = checked.frame.join(staged.select("row"), on="row", how="semi", maintain_order="left")
        faults += [*part.faults, *checked.faults, *more]
        rows += staged["row"].to_list()
        for field in wanted:
            cells[field] += kept[field].to_list()
    count, doubles = staging.doubles(1_000)
    faults += doubles
    told = sorted(([f.row, f.column, say(f.reason)] for f in faults), key=lambda fault: (fault[0], fault[1]))
    return {"good": len(rows) - count, "faults": told, "cells": cells}
