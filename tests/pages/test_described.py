"""The open interface keeps to its description, whatever a machine sends (schemathesis)."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
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

from tests.actions.asked import SECRET, grant, key
from tests.actions.conftest import lasting_town
from tests.second_city.life import Town

__all__ = ["lasting_town"]

CHECKS = [
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
    assert {"/api/v1/verifications", "/api/v1/verifications/batch"} <= {each.path for each in operations}
    for operation in operations:

        @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
        @given(case=operation.as_strategy(generation_mode=mode))
        def keeps_to_it(case: Any) -> None:
            case.call_and_validate(headers={"Authorization": f"Bearer {SECRET}"}, checks=CHECKS)

        keeps_to_it()
