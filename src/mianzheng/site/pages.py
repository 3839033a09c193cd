"""Pages that belong to no domain: is it alive, measurements, how it looks, what to say when it breaks."""

from __future__ import annotations

import sys
from http import HTTPStatus
from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.db import Error as DatabaseError
from django.db import InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST, require_safe
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from mianzheng.common.errors import Refusal
from mianzheng.demo.pages import bar
from mianzheng.web.access import Forbidden, public, signed_in
from mianzheng.web.problems import problem
from mianzheng.web.returning import page_before

DISPLAY_CHOICES = {"theme": {"auto", "light", "dark"}, "text": {"normal", "large"}}
_YEAR = 365 * 24 * 3600
_PLAIN_500 = (
    "<!doctype html><meta charset=utf-8><title>500</title><h1>系统出错了</h1><p>没有保存任何内容，请稍后再试。"
    "<p>Something broke on our side. Nothing was saved; please try again."
)


@public
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """Say whether pages and database answer: 200, or 503 with which part does not."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return JsonResponse({"status": "down", "database": "unreachable"}, status=HTTPStatus.SERVICE_UNAVAILABLE)
    return JsonResponse({"status": "ok", "database": "ok"})


@public
@require_GET
def metrics(request: HttpRequest) -> HttpResponse:
    """Measurements in Prometheus' text format; they name no person."""
    return HttpResponse(generate_latest(), content_type=CONTENT_TYPE_LATEST)


@public
@require_POST
def set_display(request: HttpRequest) -> HttpResponseRedirect:
    """Keep language, theme and text size in cookies and go back. Unknown choices change nothing."""
    asked = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(asked, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    response = HttpResponseRedirect(asked if safe else "/")
    if request.POST.get("language") in dict(settings.LANGUAGES):
        _keep(response, settings.LANGUAGE_COOKIE_NAME, request.POST["language"])
    for name, allowed in DISPLAY_CHOICES.items():
        if request.POST.get(name) in allowed:
            _keep(response, name, request.POST[name])
    return response


def _keep(response: HttpResponse, name: str, value: str) -> None:
    secure = settings.SESSION_COOKIE_SECURE
    response.set_cookie(name, value, max_age=_YEAR, samesite="Lax", httponly=True, secure=secure)


@signed_in
@require_safe
def sign_in_again(request: HttpRequest) -> HttpResponse:
    """Have whoever is signed in show once more that it is they, then go on to ``next``: by password or by code; in a demo
    city by its own one click, where nobody has a password.
    """
    asked = request.GET.get("next", "")
    safe = url_has_allowed_host_and_scheme(asked, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    then = asked if safe else settings.LOGIN_REDIRECT_URL
    shown = bar(request.user)
    ways = get_adapter().get_reauthentication_methods(request.user)
    if ways and not (shown and shown.current):
        return HttpResponseRedirect(f"{ways[0]['url']}?{urlencode({'next': then})}")
    return render(request, "account/again.html", {"next": then})


def not_understood(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: the request could not be read."""
    return render(request, "400.html", status=HTTPStatus.BAD_REQUEST)


def not_allowed(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: what happened, why, what now; the words come from the refusal where it has some."""
    told = {}
    if isinstance(exception, Forbidden):
        told = {"what": exception.what, "why": exception.why, "now": exception.now}
    return render(request, "403.html", told, status=HTTPStatus.FORBIDDEN)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: with the way on. Says nothing about whether it exists for somebody else."""
    if request.path.startswith("/api/"):
        return problem(HTTPStatus.NOT_FOUND, _("没有这个接口地址。"), detail=_("接口说明在 /api/v1/docs。"))
    return render(request, "404.html", status=HTTPStatus.NOT_FOUND)


def broken(request: HttpRequest) -> HttpResponse:
    """500, 503 when the database is away, 409 for an uncaught refusal. Needs no database, no context processor."""
    cause = sys.exc_info()[1]
    if request.path.startswith("/api/"):
        return problem(HTTPStatus.INTERNAL_SERVER_ERROR, "Something broke on our side.", detail="Please try again.")
    context: dict[str, object] = {"request": request}
    template, status = "500.html", HTTPStatus.INTERNAL_SERVER_ERROR
    if isinstance(cause, Refusal):
        template, status = "409.html", HTTPStatus.CONFLICT
        context |= {"what": cause.what, "now": cause.now}
    elif isinstance(cause, OperationalError | InterfaceError):
        template, status = "503.html", HTTPStatus.SERVICE_UNAVAILABLE
    try:
        context["back"] = page_before(request)
        return HttpResponse(render_to_string(template, context), status=status)
    except Exception:  # the page that says sorry must not break in turn
        return HttpResponse(_PLAIN_500, status=status)


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 of Django's CSRF check: the form was open too long or came from elsewhere."""
    why = _("页面打开得太久，或者浏览器不允许保存 Cookie。")
    told = {"why": why, "back": page_before(request)}
    return render(request, "403_csrf.html", told, status=HTTPStatus.FORBIDDEN)
