"""The number a clerk typed, kept while the person consents: sealed in a cookie of the clerk's browser, never on our side.

It opens for that account, that request and half an hour only, and goes once it was used.
"""

from __future__ import annotations

import base64
import binascii
import datetime
import os
import uuid

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

COOKIE, PATH = "window_number", "/window/"
MINUTES = 30
_NONCE = 12


def carry(
    response: HttpResponse, number: str, *, account: str, consent: uuid.UUID, now: datetime.datetime
) -> HttpResponse:
    """Put `number` into the answer's cookie."""
    nonce = os.urandom(_NONCE)
    text = f"{int(now.timestamp()) + 60 * MINUTES}|{number}".encode()
    sealed = nonce + _cipher().encrypt(nonce, text, f"{account}|{consent}".encode())
    response.set_cookie(
        COOKIE,
        base64.urlsafe_b64encode(sealed).decode(),
        max_age=60 * MINUTES,
        path=PATH,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return response


def carried(request: HttpRequest, *, account: str, consent: uuid.UUID, now: datetime.datetime) -> str:
    """Return the number that was typed for this request; nothing where there is none any more."""
    try:
        sealed = base64.urlsafe_b64decode(request.COOKIES.get(COOKIE, ""))
        text = _cipher().decrypt(sealed[:_NONCE], sealed[_NONCE:], f"{account}|{consent}".encode()).decode()
    except (InvalidTag, ValueError, binascii.Error):
        return ""
    until, _, number = text.partition("|")
    return number if now.timestamp() < int(until) else ""


def let_go(response: HttpResponse) -> HttpResponse:
    """Have the browser forget it."""
    response.delete_cookie(COOKIE, path=PATH)
    return response


def _cipher() -> AESGCM:
    return AESGCM(salted_hmac("gateway.carried", "number", algorithm="sha256").digest())
