"""The open interface: every domain's operations under one address with one description (OpenAPI)."""

from __future__ import annotations

import importlib
import importlib.util
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.openapi.docs import DocsBase

from mianzheng.common.errors import Refusal
from mianzheng.common.reasons import N_
from mianzheng.web.access import by_key, public
from mianzheng.web.problems import CONTENT_TYPE, problem, refused

DESCRIPTION = N_(
    "部门系统与免证平台之间的接口。每次请求带 `Authorization: Bearer 密钥`；不成的请求按 RFC 9457 返回 "
    "`application/problem+json`：出了什么事，现在怎么办。用 `Accept-Language: en` 得到英文。"
)


class Reference(DocsBase):
    """The description as a page of this site, readable without scripts."""

    def render_page(self, request: HttpRequest, api: NinjaAPI, **kwargs: Any) -> HttpResponse:
        schema = api.get_openapi_schema()
        told = {"schema": schema, "operations": list(_operations(schema)), "description": _(DESCRIPTION)}
        return render(request, "api.html", told)


def _operations(schema: dict[str, Any]) -> Any:
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            samples = operation.get("x-codeSamples", [])
            yield {
                "path": path,
                "method": method.upper(),
                "sample": samples[0]["source"] if samples else "",
                "bodies": list(operation.get("requestBody", {}).get("content", {})),
                "summary": str(operation["summary"]),
                "description": str(operation["description"]),
                "parameters": [
                    {**each, "values": each["schema"].get("enum", ()), "type": _type(each["schema"])}
                    for each in operation.get("parameters", [])
                ],
                "operationId": operation["operationId"],
                "answers": _answers(schema, operation),
                "headers": _headers(operation),
            }


def _type(schema: dict[str, Any]) -> str:
    one = next((each for each in schema.get("anyOf", ()) if each.get("type") != "null"), schema)
    return str(one.get("format") or one.get("type", ""))


def _answers(schema: dict[str, Any], operation: dict[str, Any]) -> list[tuple[int, str, Any]]:
    found = []
    for code, answer in operation["responses"].items():
        content = next(iter(answer.get("content", {}).values()), {}).get("schema", {})
        name = content.get("$ref", "").rpartition("/")[2]
        example = schema["components"]["schemas"].get(name, {}).get("example")
        found.append((int(code), HTTPStatus(int(code)).phrase, example))
    return found


def _headers(operation: dict[str, Any]) -> list[tuple[str, str, list[int]]]:
    """Return the headers of the answers, each with what it says and the statuses it comes with."""
    found: dict[str, tuple[str, list[int]]] = {}
    for code, answer in operation["responses"].items():
        for name, header in answer.get("headers", {}).items():
            found.setdefault(name, (str(header["description"]), []))[1].append(int(code))
    return [(name, said, sorted(codes)) for name, (said, codes) in found.items()]


class Interface(NinjaAPI):
    """The interface; its description is in the reader's language, and refusals are of their own content type."""

    def get_openapi_schema(self, **kwargs: Any) -> Any:
        """Return the OpenAPI description."""
        schema = super().get_openapi_schema(**kwargs)
        schema["info"]["description"] = _(DESCRIPTION)
        schema["components"].setdefault("securitySchemes", {}).update(schemes)
        who = {"schema": {"type": "string"}, "required": True, "description": _("要带有效的密钥或者令牌 (RFC 6750)。")}
        for methods in schema["paths"].values():
            for operation in methods.values():
                kind = operation.get("x-answer-type", "application/json")
                for code, answer in operation["responses"].items():
                    if int(code) == HTTPStatus.UNAUTHORIZED:
                        answer["headers"] = {**answer.get("headers", {}), "WWW-Authenticate": who}
                    if "content" in answer:
                        fitting = CONTENT_TYPE if int(code) >= HTTPStatus.BAD_REQUEST else kind
                        answer["content"] = {fitting: answer["content"]["application/json"]}
        return schema


api = Interface(
    title="Mianzheng",
    version="1",
    description=DESCRIPTION,
    docs=Reference(),
    docs_decorator=public,
    urls_namespace="api",
)
schemes: dict[str, Any] = {}
"""How callers are known, as the domains describe it, besides what the framework finds out."""
for _domain in settings.DOMAINS:
    if _domain != "site" and importlib.util.find_spec(f"mianzheng.{_domain}.api"):
        _module = importlib.import_module(f"mianzheng.{_domain}.api")
        api.add_router(getattr(_module, "PREFIX", f"/{_domain}"), _module.router)
        schemes |= getattr(_module, "SCHEMES", {})


@api.exception_handler(AuthenticationError)
def not_known(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    """401: no key, or one that is not in force."""
    headers = {"WWW-Authenticate": 'Bearer realm="mianzheng"'}
    now = _("请用部门工作台“接口密钥”里生成的、没有作废的密钥。")
    return problem(HTTPStatus.UNAUTHORIZED, _("没有密钥，或者密钥已经作废。"), detail=now, headers=headers)


@api.exception_handler(ValidationError)
def not_valid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """422: an input is missing or cannot be read."""
    first = error.errors[0] if error.errors else {}
    field = str((first.get("loc") or ("",))[-1])
    title = _("参数 %(field)s 不对。") % {"field": field}
    return problem(HTTPStatus.UNPROCESSABLE_ENTITY, title, detail=str(first.get("msg", "")), field=field)


@api.exception_handler(HttpError)
def not_done(request: HttpRequest, error: HttpError) -> HttpResponse:
    """Whatever else the framework refuses."""
    return problem(error.status_code, str(error))


@api.exception_handler(Refusal)
def not_allowed(request: HttpRequest, error: Refusal) -> HttpResponse:
    """A refusal no operation foresaw."""
    return refused(error)


def _as_problem(view: Any) -> Any:
    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response: HttpResponseBase = view(request, *args, **kwargs)
        if response.status_code != HTTPStatus.METHOD_NOT_ALLOWED:
            return response
        allow = {"Allow": response.headers.get("Allow", "")}
        return problem(HTTPStatus.METHOD_NOT_ALLOWED, _("这个地址不接受这种请求。"), headers=allow)

    return answered


@public
@require_safe
def root(request: HttpRequest) -> HttpResponse:
    """The interface's own address leads to its description."""
    return redirect("api:openapi-view")


def urls() -> tuple[Any, str, str]:
    """Return the addresses, each with its access rule: the description is public, operations ask for a key."""
    patterns, app, namespace = api.urls
    for pattern in patterns:
        if pattern.name == "api-root":
            pattern.callback = root
        elif not hasattr(pattern.callback, "access_rule"):
            pattern.callback = by_key(_as_problem(pattern.callback))
    return patterns, app, namespace
