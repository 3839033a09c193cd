"""The protocol of a provincial sharing platform (公共数据共享平台): how a question is signed, and how its answer is.

Both sides are here, so that the client and a server for tests and the demo are written once. The platform gives an app
key and a secret; a token (令牌) is fetched with them and sent along until it expires. A signature covers the app key, the
time of the request, a number used once, the token, where it goes and every byte of it; the answer is signed over the
same number, so that nobody can put the answer to another question in its place.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass

APP_KEY, TIME, NONCE, TOKEN, SIGNATURE = "x-app-key", "x-request-time", "x-nonce", "x-token", "x-signature"
QUOTA_LEFT = "x-quota-left"
TOKEN_PATH = "/token"  # noqa: S105 - an address, no secret

OK, BAD_SIGNATURE, BAD_TIME, BAD_TOKEN, FORBIDDEN, NO_SERVICE, TOO_MANY = "00", "11", "12", "13", "14", "15", "16"
"""What the platform answers as ``code``."""

TOLERANCE = 300
"""Seconds by which the clocks of both sides may differ."""


@dataclass(frozen=True, slots=True)
class Signed:
    """What a signature covers. `time` is milliseconds since 1970 as text, `token` empty where one is asked for."""

    app_key: str
    time: str
    nonce: str
    token: str
    path: str
    body: bytes

    def canonical(self) -> bytes:
        """Return the one way to write it: a line each, the body by its SHA-256."""
        digest = hashlib.sha256(self.body).hexdigest()
        return "\n".join((self.app_key, self.time, self.nonce, self.token, self.path, digest)).encode()


def signature(secret: str, text: bytes) -> str:
    """Return HMAC-SHA256 of `text` in hexadecimal digits."""
    return hmac.new(secret.encode(), text, hashlib.sha256).hexdigest()


def headers(secret: str, signed: Signed) -> dict[str, str]:
    """Return the headers of a signed question."""
    return {
        APP_KEY: signed.app_key,
        TIME: signed.time,
        NONCE: signed.nonce,
        TOKEN: signed.token,
        SIGNATURE: signature(secret, signed.canonical()),
    }


def sign_answer(secret: str, *, nonce: str, body: bytes) -> str:
    """Return the signature of the answer `body` to the question that carried `nonce`."""
    return signature(secret, f"{nonce}\n{hashlib.sha256(body).hexdigest()}".encode())


def is_theirs(secret: str, *, nonce: str, body: bytes, given: str) -> bool:
    """Say whether `given` is the platform's own signature under `body`, for this question."""
    return hmac.compare_digest(sign_answer(secret, nonce=nonce, body=body), given.strip().lower())


def fault_of(secret: str, given: Mapping[str, str], *, path: str, body: bytes, milliseconds: int) -> str:
    """Return `OK`, or the code by which a platform refuses a question with the headers `given` at its own time."""
    names = (APP_KEY, TIME, NONCE, TOKEN, SIGNATURE)
    app_key, time, nonce, token, signed = (given.get(name, "") for name in names)
    right = signature(secret, Signed(app_key, time, nonce, token, path, body).canonical())
    if not nonce or not hmac.compare_digest(right, signed):
        return BAD_SIGNATURE
    if not time.isdigit() or abs(int(time) - milliseconds) > TOLERANCE * 1000:
        return BAD_TIME
    return OK
