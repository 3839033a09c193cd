"""What the data centre writes to the log names nobody: not when rows are refused, nor when something breaks."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from mianzheng.centre import jobs
from mianzheng.centre.models import Intake
from tests.pages.street import Street, street
from tests.pages.test_cases_logs import written
from tests.pages.test_intake_pages import form_of, homes, rows, upload

__all__ = ["homes", "street", "written"]


def test_logs_name_nobody(street: Street, homes: Client, written: io.StringIO, monkeypatch: pytest.MonkeyPatch):
    number = street.town.numbers["anna"]
    homes.raise_request_exception = False
    wrong = number[:-1] + ("1" if number[-1] != "1" else "2")
    names = ("anna", "ben", "carl", "dora", "eric")
    page = upload(homes, rows(street, *names) + f"{wrong},anna,7\n")
    batch = Intake.objects.get()
    homes.post(reverse("centre:intake_load", args=[batch.id]), form_of(page))
    jobs.load_waiting()
    batch.refresh_from_db()
    assert (batch.rows, batch.bad_rows) == (6, 1)
    homes.get(reverse("centre:intake_faults", args=[batch.id, "csv"]))
    centre = street.as_("duty")
    assert number not in str(centre.post(reverse("centre:erasure"), {"number": number, "reason": "anna"}).headers)

    def broken(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError(f"no such row {number}")

    monkeypatch.setattr("mianzheng.centre.pages.batch.preview", broken)
    assert upload(homes, rows(street, *names)).status_code == 500
    said = written.getvalue()
    assert any("RuntimeError" in line for line in said.splitlines())
    assert number not in said
    assert wrong not in said
    lines = [json.loads(line) for line in said.splitlines()]
    assert not [line for line in lines if "anna" in json.dumps(line, ensure_ascii=False)]
