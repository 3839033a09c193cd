"""The identity provider, as far as machines of askers need it: fetching a token (RFC 6749 4.4) and giving it back (RFC 7009).

The provider can do much more, such as signing people in for others. None of that has an address here.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable
from http import HTTPStatus

from allauth.idp.oidc import views
from allauth.idp.oidc.models import Client, Token
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.urls import URLPattern, path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from mianzheng.web.access import by_key

NAME = re.compile("[A-Za-z0-9-]{1,100}")
"""What a client's name is made of."""
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
    """Return who the client says it is, empty where it does not or says it twice; whether it is, the provider finds out.

    The provider must not take another for the client than is looked at here: it reads the form where the header has no
    secret, and the address too (RFC 6749 2.3: one way, and never in the address).
    """
    name, secret = request.POST.get("client_id", ""), request.POST.get("client_secret", "")
    scheme, _, sent = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "basic":
        if secret:
            return ""
        try:
            in_form, (name, _, secret) = name, base64.b64decode(sent).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return ""
        if not secret or in_form not in ("", name):
            return ""
    return name if NAME.fullmatch(name) and not request.GET else ""


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
