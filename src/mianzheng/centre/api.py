"""Handing in by machine: a department's own system pushes a file and asks how it went."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any, BinaryIO, Literal, cast

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from ninja import Header, Query, Router, Schema
from ninja.security import HttpBearer
from pydantic import ConfigDict

from mianzheng.catalogue.queries.editions import city
from mianzheng.centre.actions.doors import push
from mianzheng.centre.actions.intake import open_faults
from mianzheng.centre.actions.sender_keys import recognise
from mianzheng.centre.adapters.fault_sheets import as_csv, in_order
from mianzheng.centre.models import Intake
from mianzheng.centre.ports import FAULTS
from mianzheng.centre.queries.intakes import batch_of
from mianzheng.centre.rules.handing_in import NotYours, Reused, end_of
from mianzheng.centre.rules.intakes import Kind
from mianzheng.common.actors import Actor
from mianzheng.common.errors import NotFound, Refusal
from mianzheng.common.reasons import N_, Reason, unpacked
from mianzheng.web import clock
from mianzheng.web.problems import problem, refused
from mianzheng.web.words import say

KEYS = uuid.UUID("6e1f3a52-6d0c-5b9f-9a55-0f4d3c1b2a77")
"""The space in which idempotency keys become ids of batches."""
MOST_FAULTS = 10_000
AT_ONCE = 1_000

EXAMPLE = {
    "id": "01932c5e-7a4b-7c1d-8e2f-3a4b5c6d7e8f",
    "item": "house_household",
    "kind": "increment",
    "stage": "loaded",
    "as_of": "2026-11-24T10:00:00+08:00",
    "received_at": "2026-11-24T10:00:00+08:00",
    "ended_at": "2026-11-24T10:00:03+08:00",
    "rows": 1200,
    "bad_rows": 1,
    "added": 17,
    "changed": 3,
    "removed": 0,
    "faults": [{"column": "身份证号", "reason": "身份证号码最后一位校验不符，多半有一位填错了。", "rows": 1}],
    "faults_until": "2026-12-08T10:00:03+08:00",
    "reason": "",
    "now": "",
}


class Sender(HttpBearer):
    """A key of a department (上交密钥), made on the page “接口密钥”."""

    def authenticate(self, request: HttpRequest, token: str) -> Actor | None:
        return recognise(secret=token, now=clock.now())


class FaultKind(Schema):
    """Rows of one column refused for one reason."""

    column: str
    reason: str
    rows: int


class Batch(Schema):
    """A batch: where it stands and how it went. `stage` is one of queued, reading, loaded, refused, broken, cancelled."""

    model_config = ConfigDict(json_schema_extra={"example": EXAMPLE})

    id: uuid.UUID
    item: str
    kind: str
    stage: str
    as_of: datetime.datetime
    received_at: datetime.datetime
    ended_at: datetime.datetime | None
    rows: int
    bad_rows: int
    added: int
    changed: int
    removed: int
    faults: list[FaultKind]
    faults_until: datetime.datetime | None
    reason: str
    now: str


class Fault(Schema):
    """One refused cell."""

    row: int
    column: str
    value: str
    reason: str


class Problem(Schema):
    """Problem details (RFC 9457): what happened, what to do now, about which input."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str = ""
    field: str = ""


BODY = {
    "requestBody": {
        "required": True,
        "content": {
            kind: {"schema": {"type": "string", "format": "binary"}}
            for kind in (
                "text/csv",
                "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                "application/vnd.apache.parquet",
                "application/octet-stream",
            )
        },
    },
    "responses": {
        202: {
            "headers": {
                "Location": {
                    "schema": {"type": "string"},
                    "required": True,
                    "description": _("在哪里查这批数据的结果。"),
                }
            }
        }
    },
    "x-codeSamples": [
        {
            "lang": "Shell",
            "source": 'curl -T house_household.csv -X POST \\\n  -H "Authorization: Bearer $KEY" \\\n'
            '  -H "Idempotency-Key: $(uuidgen)" \\\n'
            '  "$CITY/api/v1/centre/items/house_household/intakes?kind=increment"',
        }
    ],
}


def _told(path: str) -> dict[str, Any]:
    source = f'curl -H "Authorization: Bearer $KEY" \\\n  "$CITY/api/v1/centre/intakes/$ID{path}"'
    return {"x-codeSamples": [{"lang": "Shell", "source": source}]}


ASKING = dict.fromkeys((401, 404, 422), Problem)
SENDING = ASKING | dict.fromkeys((403, 409, 411), Problem)
router = Router(auth=Sender(), tags=["centre"])


@router.post(
    "/items/{item}/intakes",
    response={202: Batch, **SENDING},
    url_name="hand_in",
    operation_id="hand_in",
    summary=_("上交一批数据"),
    description=_(
        "请求体就是文件本身：CSV、XLSX、XLS 或 Parquet，流式读取，不用分块编码。收下后排队入库，用返回的编号查结果。"
        "`kind`：`snapshot` 是全量，`increment` 是增量；`as_of` 是数据截止日，不写就是现在。"
        "同一个 `Idempotency-Key` 再发一次，返回第一次的那一批。"
    ),
    openapi_extra=BODY,
)
def hand_in(
    request: HttpRequest,
    item: str,
    kind: Literal["snapshot", "increment"] = Query(...),
    as_of: datetime.date | None = None,
    name: str = "",
    idempotency_key: str = Header("", alias="Idempotency-Key", max_length=200),
) -> HttpResponse:
    """Take a file in and queue it."""
    sender: Actor = request.auth  # type: ignore[attr-defined]
    length = request.headers.get("Content-Length", "")
    if not length.isdecimal():
        title = say(N_("请求没有写明 Content-Length。"))
        return problem(HTTPStatus.LENGTH_REQUIRED, title, detail=say(N_("请不要用分块编码发送。")))
    now = clock.now()
    try:
        batch = push(
            city=city(),
            item=item,
            kind=Kind(kind),
            name=name or item,
            stream=cast(BinaryIO, request),
            length=int(length),
            as_of=end_of(as_of, now=now) if as_of else now,
            id=uuid.uuid5(KEYS, f"{sender.office}/{item}/{idempotency_key}") if idempotency_key else None,
            actor=sender,
            now=now,
        )
    except NotYours as refusal:
        return refused(refusal, HTTPStatus.FORBIDDEN)
    except Refusal as refusal:
        return refused(refusal, HTTPStatus.CONFLICT if refusal.field == "item" or isinstance(refusal, Reused) else 0)
    found = batch_of(batch, office=sender.office)
    answer = _batch(found) if found else {}
    where = {"Location": reverse("api:intake", args=[batch])}
    return _json(answer, HTTPStatus.ACCEPTED, where)


@router.get(
    "/intakes/{intake}",
    response={200: Batch, **ASKING},
    url_name="intake",
    operation_id="intake",
    summary=_("一批数据的结果"),
    description=_("`rows` 在读的时候一直增加。`refused` 是整批没有收，`broken` 是中断了：原有的记录都没有变。"),
    openapi_extra=_told(""),
)
def intake(request: HttpRequest, intake: uuid.UUID) -> HttpResponse:
    """Tell where a batch stands."""
    sender: Actor = request.auth  # type: ignore[attr-defined]
    found = batch_of(intake, office=sender.office)
    if found is None:
        return refused(NotFound(Reason(N_("没有这一批数据。"))))
    return _json(_batch(found))


@router.get(
    "/intakes/{intake}/faults",
    response={200: list[Fault], **ASKING},
    url_name="faults",
    operation_id="faults",
    summary=_("退回的行"),
    description=_("行号、列、原值、原因，只给同一部门的密钥，每次打开都记入日志，过期删除。`form=csv` 给 CSV 文件。"),
    openapi_extra=_told("/faults"),
)
def faults(
    request: HttpRequest,
    intake: uuid.UUID,
    form: Literal["json", "csv"] = "json",
    offset: int = Query(0, ge=0),
    limit: int = Query(AT_ONCE, ge=1, le=MOST_FAULTS),
) -> HttpResponseBase:
    """Give the refused rows to their sender."""
    sender: Actor = request.auth  # type: ignore[attr-defined]
    try:
        rows = FAULTS().read(open_faults(intake=intake, actor=sender, now=clock.now()))
    except Refusal as refusal:
        return refused(refusal)
    if form == "csv":
        return StreamingHttpResponse(as_csv(rows), content_type="text/csv; charset=utf-8")
    return _json([_fault(row) for row in in_order(rows)[offset : offset + limit]])


def _fault(row: Any) -> dict[str, Any]:
    return {"row": row.row, "column": row.column, "value": row.value, "reason": say(row.reason)}


def _batch(row: Intake) -> dict[str, Any]:
    same = "id item kind stage as_of received_at ended_at rows bad_rows added changed removed".split()
    return {
        **{name: getattr(row, name) for name in same},
        "faults": list(_kinds(row)),
        "faults_until": row.errors_until if row.errors else None,
        "reason": say(unpacked(row.reason)),
        "now": say(unpacked(row.reason.get("now") or {})),
    }


def _kinds(row: Intake) -> Iterator[dict[str, Any]]:
    for group in row.faults:
        yield {"column": group["column"], "reason": say(unpacked(group["reason"])), "rows": group["rows"]}


def _json(answer: Any, status: int = HTTPStatus.OK, headers: dict[str, str] | None = None) -> HttpResponse:
    return JsonResponse(answer, status=status, headers=headers, safe=False, json_dumps_params={"ensure_ascii": False})
