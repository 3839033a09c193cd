"""The identity provider, as far as machines of askers need it: fetching a token (RFC 6749 4.4) and giving it back (RFC 7009).

The provider can do much more, such as signing people in for others. None of that has an address here.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from http import HTTPStatus

from allauth.idp.oidc import views
from allauth.idp.oidc.models import Client, Token
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.urls import URLPattern, path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from mianzheng.web.access import by_key

View = Callable[[HttpRequest], HttpResponseBase]


def _of_clients(view: View) -> View:
    """Return `view` for clients that name themselves; others are told so before anything is looked at."""

    @csrf_exempt
    @require_POST
    def guarded(request: HttpRequest) -> HttpResponseBase:
        if not _named(request):
            return _error("invalid_client", HTTPStatus.UNAUTHORIZED)
        return view(request)

    return by_key(guarded)


def _named(request: HttpRequest) -> str:
    """Return who the client says it is; whether it is, the provider finds out."""
    scheme, _, sent = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return request.POST.get("client_id", "")
    try:
        return base64.b64decode(sent).decode().partition(":")[0]
    except (binascii.Error, UnicodeDecodeError):
        return ""


def _error(code: str, status: int) -> JsonResponse:
    answer = JsonResponse({"error": code}, status=status, headers={"Cache-Control": "no-store"})
    if status == HTTPStatus.UNAUTHORIZED:
        answer.headers["WWW-Authenticate"] = 'Basic realm="mianzheng"'
    return answer


@_of_clients
def token(request: HttpRequest) -> HttpResponseBase:
    """Give a client a token for itself, and for nobody else."""
    if request.POST.get("grant_type") != Client.GrantType.CLIENT_CREDENTIALS:
        return _error("unsupported_grant_type", HTTPStatus.BAD_REQUEST)
    return views.token(request)


@_of_clients
def revoke(request: HttpRequest) -> HttpResponseBase:
    """Take a token back from the client it was given to. The provider itself does not ask whose it is (RFC 7009 2.1)."""
    given = Token.objects.by_value(request.POST.get("token", ""))
    if given.exclude(client=_named(request)).exists():
        return _error("unauthorized_client", HTTPStatus.BAD_REQUEST)
    return views.revoke(request)


urlpatterns: list[URLPattern] = [
    path("identity/token", token, name="identity_token"),
    path("identity/revoke", revoke, name="identity_revoke"),
]
