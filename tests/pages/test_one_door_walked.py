"""The same door watched while it is used: a statement on record tables comes from the files that may make one, however it
was put together. What no reading of the source can see, this does.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

import mianzheng
from tests.habits.test_one_door import TABLES
from tests.pages.street import Street, street
from tests.pages.test_matrix import ALL, Stage, asked, stage

__all__ = ["stage", "street"]

SOURCE = Path(mianzheng.__file__).parent
ON_RECORDS = re.compile(r"\"?\bcentre(_history)?\b\"?\s*\.", re.I)
FLOOR = {"web/sql.py", "web/planned.py"}
"""Runs what it is given."""


def asker() -> str:
    """Return the innermost file of the house on the way to here, the floor left out; "" where there is none."""
    frame: Any = sys._getframe(1)
    while frame is not None:
        file = Path(frame.f_code.co_filename)
        if file.is_relative_to(SOURCE) and (name := file.relative_to(SOURCE).as_posix()) not in FLOOR:
            return name
        frame = frame.f_back
    return ""


class Watch:
    """Notes whose statements go to record tables."""

    def __init__(self) -> None:
        self.askers: set[str] = set()

    def __call__(self, execute: Any, statement: Any, *more: Any) -> Any:
        said = statement if isinstance(statement, str) else statement.as_string(None)
        if ON_RECORDS.search(said):
            self.askers.add(asker())
        return execute(statement, *more)


@pytest.mark.parametrize("role", ["anna", "homes", "civil", "duty", None])
def test_every_page_asks_through_the_door(stage: Stage, role: str | None) -> None:
    watch = Watch()
    client = stage.street.as_(role)
    with connection.execute_wrapper(watch):
        for method in ("GET", "POST"):
            for address in sorted(ALL, key=lambda each: each.name == "account_logout"):
                asked(client, method, address, stage)
    assert not watch.askers - TABLES, sorted(watch.askers - TABLES)
    assert role != "anna" or "centre/queries/records.py" in watch.askers, "the watch is awake"


def test_a_statement_put_together_in_the_dark_is_found(street: Street) -> None:
    watch = Watch()
    parts = ["SELECT * FROM cen", 'tre."debts"']
    planted = compile("run(''.join(parts))", str(SOURCE / "cases" / "pages" / "planted.py"), "eval")
    with connection.execute_wrapper(watch), connection.cursor() as cursor:
        eval(planted, {"run": cursor.execute, "parts": parts})
    assert watch.askers == {"cases/pages/planted.py"}
