"""What machines are told when something was not done: problem details (RFC 9457)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus

from django.http import HttpResponse

from mianzheng.common.errors import NotFound, Refusal
from mianzheng.web.words import say

CONTENT_TYPE = "application/problem+json"


def problem(
    status: int,
    title: str,
    *,
    detail: str = "",
    field: str = "",
    code: str = "",
    headers: Mapping[str, str] | None = None,
) -> HttpResponse:
    """Say what happened (`title`) and what to do now (`detail`); `field` names the input it is about, `code` what a
    program may decide by.
    """
    body = problem_body(status, title, detail=detail, field=field, code=code)
    return HttpResponse(body, status=status, content_type=CONTENT_TYPE, headers=dict(headers or {}))


def problem_body(status: int, title: str, *, detail: str = "", field: str = "", code: str = "") -> bytes:
    """Return the same as it is sent."""
    told = {
        "type": "about:blank",
        "title": title,
        "status": int(status),
        "detail": detail,
        "field": field,
        "code": code,
    }
    return json.dumps({name: value for name, value in told.items() if value}, ensure_ascii=False).encode()


def refused(refusal: Refusal, status: int = 0) -> HttpResponse:
    """Say a refusal: 404 for what is not there, 422 where one input is wrong, else 409, or the `status` given."""
    if isinstance(refusal, NotFound):
        status = HTTPStatus.NOT_FOUND
    fitting = status or (HTTPStatus.UNPROCESSABLE_ENTITY if refusal.field else HTTPStatus.CONFLICT)
    return problem(fitting, say(refusal.what), detail=say(refusal.now), field=refusal.field)
