"""A client of the Mianzheng gateway in one file, with nothing but Python's own library. Copy it and change what you like.

    python mianzheng_client.py FACT MATTER NUMBER         one question
    python mianzheng_client.py FACT MATTER < numbers.txt  a batch: one number a line, a line of JSON for each

MIANZHENG_URL is the city's address. MIANZHENG_KEY is a key; or MIANZHENG_CLIENT and MIANZHENG_SECRET are a client's, for
which a token is fetched. The exit code is 0 where everything was answered, 1 where something was not.
"""

from __future__ import annotations

import base64
import http.client
import json
import os
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from collections.abc import Iterator, Sequence
from typing import Any

AGAIN = (429, 503)
"""Statuses after which the same request may be sent again, after the seconds in Retry-After."""
TRIES = 5
BROKEN = (OSError, http.client.HTTPException)
"""What a connection that is refused, cut or silent raises."""
PATIENCE = 60
"""Seconds one waits at most: an allowance that begins anew at midnight is no reason to hang."""


class Refused(Exception):
    """The gateway answered with a problem (RFC 9457): `code` is for programs, the text for people."""

    def __init__(self, problem: dict[str, Any]) -> None:
        super().__init__(" ".join(filter(None, (problem.get("title"), problem.get("detail")))))
        self.code = problem.get("code", "")
        self.problem = problem


class Gateway:
    """The gateway of one city, asked with a key."""

    def __init__(self, url: str, key: str, *, language: str = "en") -> None:
        self._url, self._key, self._language = url.rstrip("/"), key, language

    @classmethod
    def with_client(cls, url: str, client: str, secret: str) -> Gateway:
        """Fetch an access token with client credentials (RFC 6749, 4.4) and use it as the key."""
        body = urllib.parse.urlencode({"grant_type": "client_credentials", "scope": "verify verify:batch"}).encode()
        request = urllib.request.Request(f"{url.rstrip('/')}/identity/token", body)
        request.add_header("Authorization", "Basic " + base64.b64encode(f"{client}:{secret}".encode()).decode())
        with urllib.request.urlopen(request, timeout=30) as answer:
            return cls(url, json.load(answer)["access_token"])

    def verify(self, fact: str, matter: str, number: str, **more: str) -> dict[str, Any]:
        """Answer one question: a dictionary with `verdict`, `source`, `as_of`, `entry`, and for `unknown` why."""
        asked = {"fact": fact, "matter": matter, "number": number, **more}
        with self._send("/api/v1/verifications", asked) as answer:
            return dict(json.load(answer))

    def verify_all(self, fact: str, matter: str, numbers: Sequence[str]) -> Iterator[dict[str, Any]]:
        """Yield a line for each of up to 10,000 numbers, in order, as they come; one that got no answer has `error`.

        The request carries a key of its own. If the connection breaks it is sent again: what was answered before comes
        again, and nobody is looked up twice.
        """
        questions = [{"ref": str(n), "number": number} for n, number in enumerate(numbers)]
        asked, again, got = {"fact": fact, "matter": matter, "questions": questions}, str(uuid.uuid4()), 0
        for left in reversed(range(TRIES)):
            try:
                with self._send("/api/v1/verifications/batch", asked, again) as answer:
                    for n, line in enumerate(answer):
                        if n == got and line.endswith(b"\n"):  # without it the stream was cut within the line
                            yield json.loads(line)
                            got += 1
                if got == len(questions):
                    return
            except BROKEN:
                if not left:
                    raise
            time.sleep(1)
        raise ConnectionError(f"{got} of {len(questions)} lines came")

    def _send(self, path: str, asked: dict[str, Any], again: str = "") -> Any:
        """Send a request, again where the gateway asks for it; the same key keeps anybody from being looked up twice."""
        headers = {
            "Authorization": f"Bearer {self._key}",
            "Content-Type": "application/json",
            "Accept-Language": self._language,
            "Idempotency-Key": again or str(uuid.uuid4()),
        }
        request = urllib.request.Request(self._url + path, json.dumps(asked).encode(), headers)
        for left in reversed(range(TRIES)):
            try:
                return urllib.request.urlopen(request, timeout=120)
            except urllib.error.HTTPError as error:
                wait = int(error.headers.get("Retry-After") or 1)
                if error.code not in AGAIN or not left or wait > PATIENCE:
                    raise Refused(_problem(error)) from error
                time.sleep(wait)
        raise AssertionError  # the last try returned or raised


def _problem(error: urllib.error.HTTPError) -> dict[str, Any]:
    body = error.read()
    try:
        return dict(json.loads(body))
    except ValueError:
        return {"title": f"{error.code} {error.reason}", "status": error.code}


def main(words: Sequence[str]) -> int:
    """Ask what the words say and print the answers."""
    url, key = os.environ["MIANZHENG_URL"], os.environ.get("MIANZHENG_KEY", "")
    try:
        if key:
            gateway = Gateway(url, key)
        else:
            gateway = Gateway.with_client(url, os.environ["MIANZHENG_CLIENT"], os.environ["MIANZHENG_SECRET"])
        if len(words) == 3:
            print(json.dumps(gateway.verify(*words), ensure_ascii=False))
            return 0
        fact, matter = words
        failed = 0
        for line in gateway.verify_all(fact, matter, [number.strip() for number in sys.stdin if number.strip()]):
            failed += "error" in line
            print(json.dumps(line, ensure_ascii=False), flush=True)
        return 1 if failed else 0
    except Refused as refused:
        print(refused, file=sys.stderr)
        return 1
    except BROKEN as broken:
        print(f"no answer from {url}: {broken}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
