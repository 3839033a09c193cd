"""The operations of the gateway as the open interface describes them, served beside the pages as well.

Both doors lead through `calls`, so that they say the same; whoever asks very much asks the process of its own (`rsgi`).
"""

from __future__ import annotations

import datetime
import json
import threading
import uuid
from collections.abc import Generator, Iterator
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _
from ninja import Router, Schema
from pydantic import ConfigDict, Field

from mianzheng.catalogue.queries.editions import city as city_in_force
from mianzheng.evidence.rules.unclear import Unclear
from mianzheng.gateway.api import calls
from mianzheng.gateway.api.calls import Sent
from mianzheng.gateway.rules.keys import BATCH, SCOPES, SINGLE
from mianzheng.gateway.rules.questions import MOST, STATUS, Denied, Not
from mianzheng.people.rules.subjects import DocumentKind
from mianzheng.web import clock

PREFIX = "/verifications"

NUMBER = "330782198005170013"
QUESTION = {"fact": "homes-at-most", "matter": "home-loan", "number": NUMBER}
ANSWER = {
    "verdict": "holds",
    "source": "family_homes",
    "as_of": "2026-11-26",
    "entry": "019aa2f4-7c1d-7e2f-8a4b-5c6d7e8f0912",
}
UNKNOWN = {
    "verdict": "unknown",
    "source": "family_homes",
    "as_of": "2026-11-26",
    "reason": "record_disputed",
    "next": {"way": "department", "office": "natural_resources"},
    "entry": "019aa2f4-7c1d-7e2f-8a4b-5c6d7e8f0913",
}


class Next(Schema):
    """Which way remains, and which office can look."""

    way: Literal["department", "review"]
    office: str = ""


class Answer(Schema):
    """The verdict with its source and time. `reason` and `next` come with `unknown`, `value` where the grant names it."""

    model_config = ConfigDict(json_schema_extra={"example": ANSWER})

    verdict: Literal["holds", "fails", "unknown"]
    source: str = Field(description="The item (信息项) that answered.")
    as_of: datetime.date | None = Field(None, description="The day its records are true of.")
    ref: str = Field("", description="What the question called itself.")
    reason: Unclear | None = None
    next: Next | None = None
    value: dict[str, Any] | None = None
    entry: uuid.UUID = Field(description="The line of the log that says it was asked.")


class QuestionProblem(Schema):
    """Problem details (RFC 9457): what happened, what to do now, about which input; `code` is for programs."""

    type: Literal["about:blank"] = "about:blank"
    title: str
    status: int
    detail: str = ""
    field: str = ""
    code: Not


class Failed(Schema):
    """Why one question of a batch got no answer."""

    code: Not
    status: int
    field: str = ""
    retry_after: int = 0


class Line(Schema):
    """A line of a batch's answer: what `Answer` has, or an `error`."""

    model_config = ConfigDict(json_schema_extra={"example": {"ref": "row-1", **ANSWER}})

    ref: str = ""
    verdict: Literal["holds", "fails", "unknown"] | None = None
    source: str = ""
    as_of: datetime.date | None = None
    reason: Unclear | None = None
    next: Next | None = None
    value: dict[str, Any] | None = None
    entry: uuid.UUID | None = None
    error: Failed | None = None


_WORD = {"type": "string", "minLength": 1, "maxLength": 100}
_PROPERTIES: dict[str, Any] = {
    "fact": {**_WORD, "description": "The fact's code."},
    "matter": {**_WORD, "description": "What it is asked for: a matter or service of the grant."},
    "number": {**_WORD, "description": "Number of the person or organisation."},
    "kind": {"type": "string", "enum": [str(kind) for kind in DocumentKind], "default": "ric"},
    "consent": {"type": "string", "maxLength": 100, "description": "Number of the consent; left out, any in force."},
    "ref": {"type": "string", "pattern": "^[A-Za-z0-9_.:-]{0,64}$", "description": "Comes back; no personal data."},
}
SINGLE_BODY = {
    "type": "object",
    "properties": _PROPERTIES,
    "required": ["fact", "matter", "number"],
    "additionalProperties": False,
    "example": QUESTION,
}
BATCH_BODY = {
    "type": "object",
    "properties": {
        **{name: _PROPERTIES[name] for name in calls.SHARED},
        "questions": {
            "type": "array",
            "minItems": 1,
            "maxItems": MOST,
            "items": {
                "description": "A question as in the single operation; fact, matter and kind may stand above instead. One that"
                " is written wrongly gets an error on its own line and stops no other: nothing is refused whole for it.",
                "example": {"ref": "row-1", "number": NUMBER},
            },
        },
    },
    "required": ["questions"],
    "additionalProperties": False,
    "example": {"fact": "homes-at-most", "matter": "home-loan", "questions": [{"ref": "row-1", "number": NUMBER}]},
}


SCHEMES: dict[str, Any] = {
    "Bearer": {"type": "http", "scheme": "bearer", "description": _("“核验密钥”页面生成的密钥。")},
    "OAuth2": {
        "type": "oauth2",
        "description": _("OAuth 2.0 客户端凭据：用客户端换一小时的令牌，和密钥一样放在 Authorization 里。"),
        "flows": {
            "clientCredentials": {
                "tokenUrl": reverse_lazy("identity_token"),
                "scopes": {scope: _(name) for scope, name in SCOPES.items()},
            }
        },
    },
}
"""How a caller may be known. Either will do; both end up as a bearer token."""
_COUNT, _SECONDS = {"type": "integer", "minimum": 0}, {"type": "integer", "minimum": 1}
LEFT = {"RateLimit-Remaining": {"schema": _COUNT, "description": _("这份授权今天还剩几次。")}}
REPLAYED = {
    "Idempotent-Replayed": {
        "schema": {"type": "string", "const": "true"},
        "description": _("这是同一个 Idempotency-Key 以前的答复，没有再查。"),
    }
}
AGAIN = {"Retry-After": {"schema": _SECONDS, "required": True, "description": _("过多少秒再来。")}}
UNKEPT = {
    "Cache-Control": {
        "schema": {"type": "string", "const": "no-store"},
        "required": True,
        "description": _("答复不能缓存：每次都重新核对授权和同意。"),
    }
}
_MORE = {429: LEFT | AGAIN, 503: AGAIN}
REFUSED: dict[int, dict[str, Any]] = {status: _MORE.get(status, {}) for status in STATUS.values()}
"""Headers of what is not answered, by its status."""


def _described(body: dict[str, Any], sample: str, scope: str, answered: dict[str, Any]) -> dict[str, Any]:
    key = {"type": "string", "maxLength": 128}
    again = "A request sent again with the same key within a day gets the same answer; nobody is looked up twice."
    return {
        "requestBody": {"required": True, "content": {"application/json": {"schema": body}}},
        "parameters": [
            {"in": "header", "name": "Idempotency-Key", "schema": key, "required": False, "description": again}
        ],
        "responses": {code: {"headers": {**more, **UNKEPT}} for code, more in {200: answered, **REFUSED}.items()},
        "security": [{"Bearer": []}, {"OAuth2": [scope]}],
        "x-codeSamples": [{"lang": "Shell", "source": sample}],
    }


_ERRORS = dict.fromkeys(sorted(set(STATUS.values())), QuestionProblem)
router = Router(tags=["verifications"])


@router.post(
    "",
    response={200: Answer, **_ERRORS},
    url_name="verification",
    operation_id="verification",
    summary=_("核验一个事实"),
    description=_(
        "只答结论、来源和时间：`holds` 符合，`fails` 不符，`unknown` 暂不能确定并说明还有哪条路。"
        "每次都核对授权的用途和参数；金融机构还要本人同意。参数由授权定，不用传。"
        "先记入日志再答复，`entry` 就是那条日志，本人在“我的数据”里看得到。"
    ),
    openapi_extra=_described(
        SINGLE_BODY,
        'curl -H "Authorization: Bearer $KEY" -H "Content-Type: application/json" \\\n'
        f"  -d '{json.dumps(QUESTION)}' \\\n"
        '  "$CITY/api/v1/verifications"',
        SINGLE,
        {**LEFT, **REPLAYED},
    ),
)
def verification(request: HttpRequest) -> HttpResponse:
    """Answer one question."""
    language, headers = request.headers.get("Accept-Language", ""), _headers(request)
    body = request.read(calls.LARGEST + 1)
    call = calls.single(headers, body) if len(body) <= calls.LARGEST else Denied(Not.WRONG)
    if isinstance(call, Denied):
        return _response(calls.refused(call, language))
    (outcome,) = calls.answer_calls([call], city=city_in_force(), now=clock.now())
    return _response(calls.sent(outcome, language, call.question.ref))


@router.post(
    "/batch",
    response={200: Line, **_ERRORS},
    url_name="verification_batch",
    operation_id="verification_batch",
    summary=_("一批最多一万个问题"),
    description=_(
        "逐行返回 NDJSON，每行一个问题的结论，顺序与问题相同；写错的、没有授权或同意的只影响那一行。"
        "断了可以带同一个 `Idempotency-Key` 重发，答过的不再查。忙时返回 503 和 `Retry-After`：批量让窗口先行。"
    ),
    openapi_extra={"x-answer-type": calls.NDJSON}
    | _described(
        BATCH_BODY,
        'curl -N -H "Authorization: Bearer $KEY" -H "Content-Type: application/json" \\\n'
        '  -H "Idempotency-Key: $(uuidgen)" -d @questions.json \\\n'
        '  "$CITY/api/v1/verifications/batch"',
        BATCH,
        {},
    ),
)
def batch(request: HttpRequest) -> HttpResponseBase:
    """Answer many questions, part after part; each part is in the log before it is sent. One batch at a time in a process: its
    threads serve people at windows as well.
    """
    language, headers = request.headers.get("Accept-Language", ""), _headers(request)
    token = calls.token_of(headers)
    denied = calls.unknown(token, BATCH, now=clock.now()) if token else Denied(Not.UNKNOWN)
    if denied is None and not _at_work.acquire(blocking=False):
        denied = Denied(Not.BUSY, retry_after=5)
    if denied is not None:
        return _response(calls.refused(denied, language))
    lines = _lines(request, headers)
    first = next(lines)
    if isinstance(first, Denied):
        lines.close()
        return _response(calls.refused(first, language))
    told = StreamingHttpResponse(_rest(first, lines), content_type=calls.NDJSON, headers={"Cache-Control": "no-store"})
    told._resource_closers.append(lines.close)  # where nobody reads on, the next batch may begin
    return told


_at_work = threading.BoundedSemaphore(1)


def _lines(request: HttpRequest, headers: dict[str, str]) -> Generator[bytes | Denied, None, None]:
    """Yield the parts as they are sent, or first why nothing is answered."""
    try:
        body = request.read(calls.LARGEST_BATCH + 1)
        read = calls.batch(headers, body) if len(body) <= calls.LARGEST_BATCH else Denied(Not.WRONG, "questions")
        if isinstance(read, Denied):
            yield read
            return
        for part, (lines, asked) in enumerate(calls.parts(read)):
            answers = calls.answer_calls(asked, city=city_in_force(), now=clock.now())
            refusal = calls.reused(answers) if not part else None
            yield refusal or calls.written(lines, answers)
    finally:
        _at_work.release()


def _rest(first: bytes, lines: Generator[bytes | Denied, None, None]) -> Iterator[bytes]:
    yield first
    for each in lines:
        assert isinstance(each, bytes)
        yield each


def _headers(request: HttpRequest) -> dict[str, str]:
    return {name.lower(): value for name, value in request.headers.items()}


def _response(answer: Sent) -> HttpResponse:
    return HttpResponse(
        answer.body, status=answer.status, headers={**dict(answer.headers), "Cache-Control": "no-store"}
    )
