"""The open interface keeps to its description, whatever a machine sends (schemathesis)."""

from __future__ import annotations

import json
from typing import Any

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from mianzheng.gateway.api import described
from mianzheng.gateway.rules.keys import BATCH, SCOPES, SINGLE
from mianzheng.web import clock
from tests.actions.asked import SECRET, grant, key
from tests.actions.conftest import lasting_town
from tests.second_city.life import NOW, Town

__all__ = ["lasting_town"]

SINGLE_PATH, BATCH_PATH = "/api/v1/verifications", "/api/v1/verifications/batch"


def description() -> dict[str, Any]:
    told: dict[str, Any] = Client().get(reverse("api:openapi-json")).json()
    return told


def its_own(headers: Any) -> set[str]:
    """Return the names of `headers` that not every answer of this site has."""
    everywhere = Client().get(reverse("api:openapi-json")).headers
    return {name.lower() for name in headers} - {name.lower() for name in everywhere}


def headers_are_described(ctx: Any, response: Any, case: Any) -> None:
    """A check of schemathesis: an answer has no header of its own but those its description names."""
    found = case.operation.responses.find_by_status_code(response.status_code)
    if found is not None:
        assert its_own(response.headers) <= {name.lower() for name, _ in found.headers.items()}


CHECKS = [
    headers_are_described,
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
    unsupported_method,
]


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["fitting", "wrong"])
def test_whatever_is_sent_is_answered_as_described(mode: GenerationMode, lasting_town: Town) -> None:
    key()
    grant()
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", WSGIHandler())
    operations = [found.ok() for found in schema.get_all_operations()]
    assert {SINGLE_PATH, BATCH_PATH} <= {each.path for each in operations}
    for operation in operations:

        @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
        @given(case=operation.as_strategy(generation_mode=mode))
        def keeps_to_it(case: Any) -> None:
            case.call_and_validate(headers={"Authorization": f"Bearer {SECRET}"}, checks=CHECKS)

        keeps_to_it()


def test_the_headers_described_are_those_sent(lasting_town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    key()
    grant(daily=1)
    question = {"fact": "no-debt", "matter": "home", "number": lasting_town.numbers["eric"]}
    many = {"questions": [question]}
    sent: dict[tuple[str, int], set[str]] = {}

    def ask(path: str, told: Any, secret: str = SECRET, **headers: str) -> int:
        named = {"Authorization": f"Bearer {secret}", **headers}
        answer = Client().post(path, json.dumps(told), content_type="application/json", headers=named)
        if answer.streaming:
            list(answer.streaming_content)
        sent.setdefault((path, answer.status_code), set()).update(its_own(answer.headers))
        return answer.status_code

    again = {"Idempotency-Key": "again"}
    assert [ask(SINGLE_PATH, question, **again) for _ in range(2)] == [200, 200], "the second is a repeat"
    assert ask(SINGLE_PATH, question) == 429
    assert ask(SINGLE_PATH, {**question, "ref": "other"}, **again) == 409
    assert ask(SINGLE_PATH, {}) == 422
    assert ask(SINGLE_PATH, question, "wrong") == 401
    assert ask(SINGLE_PATH, {**question, "matter": "loan"}) == 403
    assert ask(BATCH_PATH, many) == 200
    assert ask(BATCH_PATH, many, "wrong") == 401
    with described._at_work:
        assert ask(BATCH_PATH, many) == 503
    paths = description()["paths"]
    for (path, status), names in sent.items():
        headers = paths[path]["post"]["responses"][str(status)]["headers"]
        assert names == {name.lower() for name in headers}, (path, status)
        assert all(each["description"] for each in headers.values())


@pytest.mark.django_db
def test_the_description_says_how_a_caller_is_known() -> None:
    told = description()
    schemes = told["components"]["securitySchemes"]
    assert (schemes["Bearer"]["type"], schemes["Bearer"]["scheme"]) == ("http", "bearer")
    flow = schemes["OAuth2"]["flows"]["clientCredentials"]
    assert (flow["tokenUrl"], set(flow["scopes"])) == ("/identity/token", set(SCOPES))
    for path, scope in ((SINGLE_PATH, SINGLE), (BATCH_PATH, BATCH)):
        assert told["paths"][path]["post"]["security"] == [{"Bearer": []}, {"OAuth2": [scope]}]
    named = {
        name
        for methods in told["paths"].values()
        for operation in methods.values()
        for one in operation["security"]
        for name in one
    }
    assert named <= set(schemes), "no operation names a scheme nobody describes"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "said"), [("zh-hans", "过多少秒再来。"), ("en", "In how many seconds to come again.")]
)
def test_the_page_names_the_headers_in_the_readers_language(language: str, said: str) -> None:
    page = Client().get("/api/v1/docs", headers={"Accept-Language": language}).content.decode()
    assert "Retry-After" in page
    assert said in page
