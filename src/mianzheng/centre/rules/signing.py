"""Signing what is sent by machine, after the Standard Webhooks specification (v1, HMAC-SHA256), and checking it.

`verify` is what a receiver does; it is here so that both sides are written once and tested against each other.
"""

from __future__ import annotations

import base64
import datetime
import hmac
from collections.abc import Mapping

PREFIX = "whsec_"
SECRET_BYTES = 32
TOLERANCE = datetime.timedelta(minutes=5)
"""A message signed longer ago, or later than now, may be one that somebody sends a second time."""


def written(secret: bytes) -> str:
    """Return `secret` as its receiver gets it."""
    return PREFIX + base64.b64encode(secret).decode()


def read(text: str) -> bytes:
    """Return the secret written as `text`; raise ValueError where it is none."""
    return base64.b64decode(text.removeprefix(PREFIX), validate=True)


def signature(secret: bytes, *, key: str, seconds: int, body: bytes) -> str:
    """Return the signature of `body` sent as message `key` at `seconds` since 1970."""
    digest = hmac.digest(secret, f"{key}.{seconds}.".encode() + body, "sha256")
    return f"v1,{base64.b64encode(digest).decode()}"


def headers(secret: bytes, *, key: str, at: datetime.datetime, body: bytes) -> dict[str, str]:
    """Return the three headers. `key` is the same however often the message is sent: the receiver drops doubles by it."""
    seconds = int(at.timestamp())
    return {
        "webhook-id": key,
        "webhook-timestamp": str(seconds),
        "webhook-signature": signature(secret, key=key, seconds=seconds, body=body),
    }


def verify(secret: bytes, *, given: Mapping[str, str], body: bytes, now: datetime.datetime) -> bool:
    """Say whether `body` with the headers `given` is ours and fresh; of several signatures one is enough."""
    try:
        key, seconds = given["webhook-id"], int(given["webhook-timestamp"])
        signed = given["webhook-signature"].split()
    except (KeyError, ValueError):
        return False
    if abs(now.timestamp() - seconds) > TOLERANCE.total_seconds():
        return False
    right = signature(secret, key=key, seconds=seconds, body=body)
    return any(hmac.compare_digest(right, each) for each in signed)
