"""One HTTP request that never takes longer than it may, whatever the other side does.

The requests of a process run side by side in one event loop, in a thread of its own; each is cut off at its deadline,
in the middle of a name look-up, a TLS handshake or a byte that drips. Redirects are not followed: an address is the
operator's word, not the other side's. An answer is read up to a limit, compressed or not.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import os
import ssl
import threading
import time
import zlib
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeVar

import httpx

from mianzheng.centre.ports import SourceFailed
from mianzheng.centre.rules.answers import Failure
from mianzheng.common.reasons import N_, Reason

LIMIT = 2 * 2**20
"""Bytes an answer may have, unpacked."""

GRACE = 0.05
"""Seconds the loop may be late in cutting off."""

BEAT = 0.05
OURS = 0.3
"""Seconds between two beats of the loop; the share of a request's time that may be lost between them before its coming
too late is our own fault, not the source's.
"""

LONGEST_WAIT, DEFAULT_WAIT = 3600.0, 5.0
"""Seconds a source is left alone that asks for more, or does not say for how long."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Request:
    """What is sent. `ca` is a file with the certificates to trust instead of the usual ones."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes = b""
    ca: str = ""


@dataclass(frozen=True, slots=True)
class Response:
    """What came back; header names are small letters."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class _Loop:
    """The event loop of one process, with its clients."""

    def __init__(self) -> None:
        self.process = os.getpid()
        self.loop = asyncio.new_event_loop()
        self.clients: dict[str, httpx.AsyncClient] = {}
        self.calls = 0
        self.beating: asyncio.Future[None] | None = None
        self.lost = 0.0
        """Seconds in which this process was too busy to look at its requests, since it began."""
        threading.Thread(target=self.loop.run_forever, name="calling", daemon=True).start()

    def run(self, work: Coroutine[Any, Any, T], deadline: float) -> T:
        waiting = asyncio.run_coroutine_threadsafe(work, self.loop)
        try:
            return waiting.result(max(deadline - time.monotonic(), 0) + GRACE)
        except concurrent.futures.TimeoutError:
            waiting.cancel()
            raise TimeoutError from None

    async def beat(self) -> None:
        """Notice while there are calls how late this loop gets its turn."""
        while self.calls:
            before = time.monotonic()
            await asyncio.sleep(BEAT)
            self.lost += max(time.monotonic() - before - BEAT, 0)

    def client(self, ca: str) -> httpx.AsyncClient:
        if ca not in self.clients:
            context = ssl.create_default_context(cafile=ca or None)
            limits = httpx.Limits(max_connections=None, max_keepalive_connections=32, keepalive_expiry=20)
            self.clients[ca] = httpx.AsyncClient(
                verify=context, timeout=60, limits=limits, follow_redirects=False, trust_env=False
            )
        return self.clients[ca]


_lock = threading.Lock()


@lru_cache(maxsize=1)
def _running(process: int) -> _Loop:
    return _Loop()


def _loop() -> _Loop:
    with _lock:
        return _running(os.getpid())  # a forked process has no thread of its parent's


def call(request: Request, *, deadline: float) -> Response:
    """Send `request` and return what came back until `deadline` (`time.monotonic`). Raises `SourceFailed`."""
    loop = _loop()
    began, lost = time.monotonic(), loop.lost
    try:
        return loop.run(_called(loop, request, deadline), deadline)
    except TimeoutError:
        if loop.lost - lost > OURS * (time.monotonic() - began):
            raise SourceFailed(Reason(N_("这台机器太忙，没有来得及问。")), Failure.CROWDED) from None
        raise down(N_("没有在规定时间内答复。")) from None
    except httpx.ConnectError as failed:
        words = N_("对方的安全证书不可信。") if _is_certificate(failed) else N_("连不上对方的地址。")
        raise down(words) from None
    except httpx.InvalidURL:
        raise SourceFailed(Reason(N_("地址写得不对。")), Failure.UNSET) from None
    except (httpx.HTTPError, OSError, ssl.SSLError):
        raise down(N_("连接中途断开。")) from None


def down(words: str, **params: Any) -> SourceFailed:
    """Return the failure of a source that does not answer as it should."""
    return SourceFailed(Reason(words, params), Failure.DOWN)


def busy(response: Response) -> SourceFailed:
    """Return the failure of a source that is asked too much, with how long it wants to be left alone."""
    wait = retry_after(response.headers, longest=LONGEST_WAIT, otherwise=DEFAULT_WAIT)
    return SourceFailed(Reason(N_("对方说问得太多，请稍后再问。")), Failure.BUSY, wait=wait)


def retry_after(headers: Mapping[str, str], *, longest: float, otherwise: float) -> float:
    """Return for how many seconds the other side asks not to be called; a date (RFC 9110) is not understood."""
    asked = headers.get("retry-after", "")
    return min(float(asked), longest) if asked.isascii() and asked.isdigit() else otherwise


def _is_certificate(failed: BaseException) -> bool:
    return "CERTIFICATE" in str(failed).upper() or isinstance(failed.__cause__, ssl.SSLError)


async def _called(loop: _Loop, request: Request, deadline: float) -> Response:
    loop.calls += 1
    if loop.calls == 1:
        loop.beating = asyncio.ensure_future(loop.beat())
    try:
        return await _sent(loop, request, deadline)
    finally:
        loop.calls -= 1


async def _sent(loop: _Loop, request: Request, deadline: float) -> Response:
    async with asyncio.timeout(max(deadline - time.monotonic(), 0)):
        client = loop.client(request.ca)
        sent = client.build_request(
            request.method,
            request.url,
            content=request.body or None,
            headers={"accept": "application/json", "accept-encoding": "gzip", **request.headers},
        )
        response = await client.send(sent, stream=True)
        try:
            body = await _body(response)
        finally:
            with contextlib.suppress(Exception):
                await response.aclose()
        return Response(response.status_code, {k.lower(): v for k, v in response.headers.items()}, body)


async def _body(response: httpx.Response) -> bytes:
    """Return the body, unpacked, or raise where it is too long: a small packet may hold a very large answer."""
    packed = response.headers.get("content-encoding", "identity").lower()
    if packed not in ("identity", "", "gzip"):
        raise down(N_("答复的压缩方式不认识。"))
    unpacker = zlib.decompressobj(wbits=31) if packed == "gzip" else None
    parts: list[bytes] = []
    size = 0
    async for raw in response.aiter_raw():
        try:
            part = unpacker.decompress(raw, LIMIT + 1) if unpacker else raw
        except zlib.error:
            raise down(N_("答复读不出来。")) from None
        size += len(part)
        if size > LIMIT:
            raise down(N_("答复太长，没有读完。"))
        parts.append(part)
    return b"".join(parts)
