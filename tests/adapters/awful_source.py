"""A real server in the provincial protocol, and a plain one, that misbehaves in every way: for tests and the bench.

    python tests/adapters/awful_source.py [--seed S]     prints its port, serves until it is killed; POST /behave changes it

It speaks HTTP by hand, because no library lets one behave as badly as others do.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import gzip
import json
import random
import ssl
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

from mianzheng.centre.rules import provincial as protocol

KEY, SECRET = "test-app", "a secret of the tests"
Answer = tuple[int, dict[str, str], bytes]

MISBEHAVIOURS = (
    "slow silent drip_headers drip_body hang_up hang_up_in_body error_500 html_502 html_200 no_object no_list truncated"
    " wrong_types wrong_person unknown_word no_field unknown_code always_401 forbidden no_service too_many redirect"
    " gzip_bomb gzip_nonsense huge endless unsigned replayed clock_skew bad_length no_http"
).split()


class AwfulSource:
    """The server, in a thread of its own. `behaviour` is "good" or one of MISBEHAVIOURS, for everything but tokens.

    `records` are its answers by (service, number). `seen` counts the requests by path, `under_way` how many there are.
    """

    def __init__(self, *, context: ssl.SSLContext | None = None, seed: int = 1) -> None:
        self.behaviour = "good"
        self.mixture: dict[str, float] = {}
        self.pause = 0.0
        self.records: dict[tuple[str, str], list[dict[str, Any]]] = {}
        self.seen: Counter[str] = Counter()
        self.under_way = self.most_under_way = 0
        self.token_seconds = 600.0
        self.tokens: dict[str, float] = {}
        self.quota: int | None = None
        self.retry_after = "1"
        self.chance = random.Random(seed)
        self.context = context
        self.port = 0
        self._last: dict[str, str] = {}
        self._ready = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)

    @property
    def address(self) -> str:
        return f"{'https' if self.context else 'http'}://127.0.0.1:{self.port}"

    def start(self) -> AwfulSource:
        _bomb()
        self._thread.start()
        assert self._ready.wait(10)
        return self

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)

    def expire_tokens(self) -> None:
        self.tokens.clear()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(
            asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self.context, backlog=1024)
        )
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        server.close()
        self._loop.run_until_complete(asyncio.sleep(0))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError, ssl.SSLError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
                method, path, _ = head[0].split(" ", 2)
                headers = {k.lower(): v.strip() for k, _, v in (line.partition(":") for line in head[1:] if line)}
                body = await reader.readexactly(int(headers.get("content-length", "0")))
                self.under_way += 1
                self.most_under_way = max(self.most_under_way, self.under_way)
                try:
                    if not await self._one(method, path, headers, body, writer):
                        break
                finally:
                    self.under_way -= 1
        writer.close()

    async def _one(
        self, method: str, path: str, headers: dict[str, str], body: bytes, writer: asyncio.StreamWriter
    ) -> bool:
        """Answer one request; say whether the connection goes on."""
        self.seen[path.partition("?")[0]] += 1
        if path == "/behave":
            said = json.loads(body)
            self.behaviour, self.mixture = said.get("behaviour", "good"), said.get("mixture", {})
            self.pause = said.get("pause", 0.0)
            for service, number, records in said.get("records", []):
                self.records[service, number] = records
            await _send(writer, 200, {}, json.dumps({"seen": self.seen, "most": self.most_under_way}).encode())
            return True
        behaviour = "good" if path == protocol.TOKEN_PATH else self._behaviour()
        if self.pause:
            await asyncio.sleep(self.pause)
        answer = self._answer(method, path, headers, body, behaviour)
        return await _badly(behaviour, answer, writer)

    def _behaviour(self) -> str:
        if not self.mixture:
            return self.behaviour
        return self.chance.choices(list(self.mixture), list(self.mixture.values()))[0]

    def _answer(self, method: str, path: str, headers: dict[str, str], body: bytes, behaviour: str) -> Answer:
        if path.startswith("/plain/"):
            return self._plain(path, headers, body, behaviour)
        milliseconds = int(time.time() * 1000) + (600_000 if behaviour == "clock_skew" else 0)
        fault = protocol.fault_of(SECRET, headers, path=path, body=body, milliseconds=milliseconds)
        if fault != protocol.OK or headers.get(protocol.APP_KEY) != KEY:
            return self._said(headers, 401, fault if fault != protocol.OK else protocol.BAD_SIGNATURE)
        if path == protocol.TOKEN_PATH:
            token = f"token-{len(self.tokens)}-{self.seen[path]}"
            self.tokens[token] = time.monotonic() + self.token_seconds
            return self._said(headers, 200, protocol.OK, {"token": token, "expires_in": self.token_seconds})
        if time.monotonic() > self.tokens.get(headers.get(protocol.TOKEN, ""), 0.0) or behaviour == "always_401":
            return self._said(headers, 401, protocol.BAD_TOKEN)
        refused = {
            "forbidden": (403, protocol.FORBIDDEN),
            "no_service": (404, protocol.NO_SERVICE),
            "too_many": (429, protocol.TOO_MANY),
            "unknown_code": (200, "99"),
        }
        if behaviour in refused:
            return self._said(headers, *refused[behaviour])
        number = json.loads(body)["number"]
        return self._said(
            headers, 200, protocol.OK, self._records(path.rpartition("/")[2], number, behaviour), behaviour
        )

    def _plain(self, path: str, headers: dict[str, str], body: bytes, behaviour: str) -> Answer:
        if headers.get("authorization", f"Bearer {SECRET}") != f"Bearer {SECRET}":
            return 401, {}, b"{}"
        status = {"forbidden": 403, "no_service": 404, "too_many": 429}.get(behaviour, 200)
        service, _, number = path.removeprefix("/plain/").partition("?number=")
        number = number or (json.loads(body)["number"] if body else "")
        said = {"data": None if behaviour == "no_list" else self._records(service, number, behaviour)}
        return status, {"retry-after": self.retry_after} if status == 429 else {}, json.dumps(said).encode()

    def _records(self, service: str, number: str, behaviour: str) -> list[Any]:
        found = [dict(record) for record in self.records.get((service, number), [])]
        if behaviour == "wrong_person":
            return [{**record, "subject": "11010519491231002X"} for record in found or [{}]]
        if behaviour == "wrong_types":
            return [{key: {"a": [1]} for key in record} for record in found or [{"x": 1}]]
        if behaviour == "unknown_word":
            return [dict.fromkeys(record, "没有这个词") for record in found]
        if behaviour == "huge":
            return [{"je": "x" * 100}] * 40_000
        if behaviour == "no_field":
            return [{"something": "else"}]
        return found

    def _said(self, headers: dict[str, str], status: int, code: str, data: Any = None, behaviour: str = "") -> Answer:
        said: Any = {"code": code, "msg": "", "data": None if behaviour == "no_list" else data}
        if behaviour == "no_object":
            said = "ok"
        body = json.dumps(said, ensure_ascii=False).encode()
        nonce = headers.get(protocol.NONCE, "")
        given = {protocol.SIGNATURE: protocol.sign_answer(SECRET, nonce=nonce, body=body)}
        if behaviour == "unsigned":
            given[protocol.SIGNATURE] = "0" * 64
        if behaviour == "replayed":
            given[protocol.SIGNATURE] = protocol.sign_answer(SECRET, nonce="another question", body=body)
        if status == 429:
            given["Retry-After"] = self.retry_after
        if self.quota is not None:
            self.quota = max(self.quota - 1, 0)
            given[protocol.QUOTA_LEFT] = str(self.quota)
        return status, given, body


async def _send(writer: asyncio.StreamWriter, status: int, headers: dict[str, str], body: bytes) -> None:
    writer.write(_head(status, headers, len(body)) + body)
    await writer.drain()


def _head(status: int, headers: dict[str, str], length: int | None) -> bytes:
    lines = [f"HTTP/1.1 {status} Said", "Content-Type: application/json"]
    lines += [] if length is None else [f"Content-Length: {length}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


async def _badly(behaviour: str, answer: Answer, writer: asyncio.StreamWriter) -> bool:
    """Send `answer` as `behaviour` has it; say whether the connection goes on."""
    status, headers, body = answer
    if behaviour == "slow":
        await asyncio.sleep(5)
    elif behaviour == "silent":
        await asyncio.sleep(60)
        return False
    elif behaviour in ("drip_headers", "drip_body"):
        head = _head(status, headers, len(body))
        if behaviour == "drip_body":
            writer.write(head)
        for byte in (head if behaviour == "drip_headers" else b"") + body:
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(0.05)
        return False
    elif behaviour == "hang_up":
        return False
    elif behaviour in ("hang_up_in_body", "bad_length"):
        writer.write(
            _head(status, headers, len(body) + (500 if behaviour == "bad_length" else 0)) + body[: len(body) // 2]
        )
        await writer.drain()
        return False
    elif behaviour == "no_http":
        writer.write(b"SSH-2.0-OpenSSH_9.2\r\n\r\n" * 20)
        await writer.drain()
        return False
    elif behaviour == "endless":
        writer.write(_head(200, headers, None))
        while True:
            writer.write(b"[" * 65536)
            await writer.drain()
    made: dict[str, Answer] = {
        "error_500": (500, {}, b"Internal Server Error"),
        "html_502": (502, {"Content-Type": "text/html"}, b"<html><h1>502 Bad Gateway</h1></html>"),
        "html_200": (200, {"Content-Type": "text/html"}, "<html>系统维护中</html>".encode()),
        "truncated": (200, headers, body[: len(body) // 2]),
        "redirect": (302, {"Location": "/services/again"}, b""),
        "gzip_bomb": (200, {**headers, "Content-Encoding": "gzip"}, _bomb()) if behaviour == "gzip_bomb" else answer,
        "gzip_nonsense": (200, {**headers, "Content-Encoding": "gzip"}, body),
    }
    await _send(writer, *made.get(behaviour, answer))
    return True


_BOMB: list[bytes] = []


def _bomb() -> bytes:
    """Return 200 MB of zeros in 200 kB."""
    if not _BOMB:
        _BOMB.append(gzip.compress(bytes(200 * 2**20), 6))
    return _BOMB[0]


@contextlib.contextmanager
def awful_source(**options: Any) -> Iterator[AwfulSource]:
    """Run a source for a while."""
    source = AwfulSource(**options).start()
    try:
        yield source
    finally:
        source.stop()


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--seed", type=int, default=1)
    source = AwfulSource(seed=options.parse_args().seed).start()
    print(source.port, flush=True)
    with contextlib.suppress(KeyboardInterrupt):
        sys.stdin.read()  # whoever started it keeps its other end open: when they go, so does this


if __name__ == "__main__":
    main()
