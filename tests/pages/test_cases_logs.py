"""The logs of the process name nobody: neither in a case that goes well nor in one that breaks."""

from __future__ import annotations

import io
import json
import logging
from typing import Any

import pytest
import structlog
from django.urls import reverse

from mianzheng.cases.models import Case
from tests.pages.street import Street, street
from tests.pages.test_cases_pages import applied, begun

__all__ = ["street"]


@pytest.fixture
def written() -> Any:
    """Yield what the log handler of the site writes, from the finest level up."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    known = [h.formatter for h in logging.getLogger().handlers]
    formatter = next(f for f in known if isinstance(f, structlog.stdlib.ProcessorFormatter))
    handler.setFormatter(formatter)
    watched = [logging.getLogger(name) for name in ("", "django", "django.request", "mianzheng", "procrastinate")]
    levels = [each.level for each in watched]
    for each in watched:
        each.setLevel(logging.INFO)
    logging.getLogger().addHandler(handler)
    try:
        yield stream
    finally:
        logging.getLogger().removeHandler(handler)
        for each, level in zip(watched, levels, strict=True):
            each.setLevel(level)


def test_logs_name_nobody(street: Street, written: io.StringIO, monkeypatch: pytest.MonkeyPatch):
    number = street.town.numbers["anna"]
    anna, homes = street.as_("anna"), street.as_("homes")
    anna.raise_request_exception = False
    begun(anna, rooms=f"{number} anna")
    case = applied(anna)
    anna.post(reverse("cases:hand_in", args=[case.id]))
    anna.get("/my/data/", {"q": number})
    homes.get(reverse("cases:decide", args=[case.id]))
    homes.post(reverse("cases:take_up", args=[case.id]))
    homes.post(reverse("cases:grant", args=[case.id]), {"findings": f"anna {number}"})
    assert Case.objects.get(id=case.id).status == "granted"

    def broken(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError(f"no such document {number}")

    monkeypatch.setattr("mianzheng.cases.queries.dossiers.mine", broken)
    assert anna.get("/my/", {"number": number}).status_code == 500
    lines = [json.loads(line) for line in written.getvalue().splitlines()]
    assert any("RuntimeError" in json.dumps(line) for line in lines), "the fault itself is in the log"
    said = written.getvalue()
    assert number not in said
    assert "***" in said
    assert not [line for line in lines if "anna" in json.dumps(line, ensure_ascii=False)]
