"""The gateway as a plain ASGI application: ``POST /api/v1/verifications`` and ``/batch``, and nothing else.

Single questions wait in a lane of their own, apart from those that go to a source, which takes its time, and from
batches, which give way: a person may be standing at a window.
"""

from __future__ import annotations

import asyncio
import gc
import sys
import time
from collections.abc import Awaitable, Callable, Mapping, MutableMapping, Sequence
from typing import Any

import structlog
from django.db import DatabaseError, InterfaceError, close_old_connections

from mianzheng.catalogue.queries.editions import city as city_in_force
from mianzheng.catalogue.rules.city import City
from mianzheng.gateway.api import calls
from mianzheng.gateway.api.calls import Call, Sent
from mianzheng.gateway.api.lanes import Lane
from mianzheng.gateway.rules.keys import BATCH as BATCHED
from mianzheng.gateway.rules.questions import Denied, Not, Outcome
from mianzheng.web import clock

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

SINGLE, BATCH, HEALTH = "/api/v1/verifications", "/api/v1/verifications/batch", "/healthz"
BATCHES = 2
"""Batches at work in one process; a further one is told to come again."""
CROWD = 64
"""Single questions that may wait before batches give way."""
FRESH = 1.0
"""Seconds after which the package in force is looked for again."""
PATIENCE = 20.0
"""Seconds a batch gives way before what is left is told to come again, and others are waited for to send or to take."""

log = structlog.get_logger(__name__)


class Gateway:
    """The application; one for each process."""

    def __init__(self) -> None:
        self._singles = Lane(self._answered, threads=2)
        self._slow = Lane(self._answered, threads=4, most=32)
        self._batches = Lane(self._answered, threads=BATCHES)
        self._batches_at_work = 0
        self._city: City | None = None
        self._city_read = 0.0
        self._at_source: frozenset[str] = frozenset()

    def _answered(self, asked: Sequence[Call]) -> list[Outcome]:
        """Answer in a lane's thread; where the database is lost nothing was answered, and the next try may find it back."""
        try:
            return calls.answer_calls(asked, city=self.city(), now=clock.now())
        except (DatabaseError, InterfaceError) as lost:
            log.warning("questions were not answered", kind=type(lost).__name__)
            close_old_connections()
            return [Denied(Not.BUSY, retry_after=2)] * len(asked)
        except Exception as wrong:
            log.error("questions were not answered", kind=type(wrong).__name__)
            raise

    def city(self) -> City:
        """Return the city package in force, read again after a second."""
        if self._city is None or time.monotonic() - self._city_read > FRESH:
            self._city = city_in_force()
            self._city_read = time.monotonic()
            facts, items = self._city.facts.values(), self._city.items
            self._at_source = frozenset(fact.code for fact in facts if items[fact.item].at_source)
        return self._city

    async def close(self) -> None:
        """Let the threads end, and with them their connections."""
        for lane in (self._singles, self._slow, self._batches):
            lane.close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
            await self.close()
            return
        path, method = scope["path"].rstrip("/"), scope["method"]
        if path == SINGLE and method == "POST":
            await self._single(scope, receive, send)
        elif path == BATCH and method == "POST":
            await self._batch(scope, receive, send)
        elif path == HEALTH:
            await _send(send, Sent(200, b'{"status":"ok"}', (("content-type", calls.JSON),)))
        else:
            await _send(send, _elsewhere(path))

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        while (await receive())["type"] != "lifespan.startup":
            pass
        await asyncio.to_thread(self.city)
        _settle()
        await send({"type": "lifespan.startup.complete"})
        while (await receive())["type"] != "lifespan.shutdown":
            pass
        await send({"type": "lifespan.shutdown.complete"})

    async def _single(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = _headers(scope)
        language = headers.get("accept-language", "")
        body = await _body(receive, calls.LARGEST)
        call: Call | Denied = Denied(Not.WRONG) if body is None else calls.single(headers, body)
        if isinstance(call, Denied):
            await _send(send, calls.refused(call, language))
            return
        lane = self._slow if call.question.fact in self._at_source else self._singles
        await _send(send, calls.sent(await lane.ask(call), language, call.question.ref))

    async def _batch(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = _headers(scope)
        language = headers.get("accept-language", "")
        denied = await self._may_not(headers)
        body = await _body(receive, calls.LARGEST_BATCH if denied is None else 0)
        read = denied or (Denied(Not.WRONG, "questions") if body is None else calls.batch(headers, body))
        if not isinstance(read, Denied) and self._batches_at_work >= BATCHES:
            read = Denied(Not.BUSY, retry_after=5)
        if isinstance(read, Denied):
            await _send(send, calls.refused(read, language))
            return
        self._batches_at_work += 1
        try:
            await self._stream(read, send, language)
        finally:
            self._batches_at_work -= 1

    async def _may_not(self, headers: Mapping[str, str]) -> Denied | None:
        """Return why no batch is read at all: people at windows wait, or nobody knows the caller."""
        token = calls.token_of(headers)
        if not token:
            return Denied(Not.UNKNOWN)
        if self._singles.length > CROWD:
            return Denied(Not.BUSY, retry_after=5)
        return await self._batches.do(lambda: self._known(token))

    def _known(self, token: str) -> Denied | None:
        try:
            return calls.unknown(token, BATCHED, now=clock.now())
        except (DatabaseError, InterfaceError):
            close_old_connections()
            return Denied(Not.BUSY, retry_after=2)

    async def _stream(self, read: Sequence[calls.Line], send: Send, language: str) -> None:
        """Answer part after part and send each when it is in the log; whoever does not take it loses it."""
        begun = False
        for lines, asked in calls.parts(read):
            answers = await self._part(asked)
            if not begun:
                if refusal := calls.reused(answers):
                    await _send(send, calls.refused(refusal, language))
                    return
                await send(_start(Sent(200, b"", (("content-type", calls.NDJSON),))))
                begun = True
            chunk = {"type": "http.response.body", "body": calls.written(lines, answers), "more_body": True}
            async with asyncio.timeout(PATIENCE):
                await send(chunk)
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _part(self, asked: list[Call]) -> list[Outcome]:
        if not await self._give_way():
            return [Denied(Not.BUSY, retry_after=5)] * len(asked)
        return await self._batches.do(lambda: self._answered(asked)) if asked else []

    async def _give_way(self) -> bool:
        """Wait while people at windows wait; return False where that takes too long."""
        until = time.monotonic() + PATIENCE
        while self._singles.length > CROWD:
            if time.monotonic() > until:
                return False
            await asyncio.sleep(0.02)
        return True


def _headers(scope: Scope) -> dict[str, str]:
    return {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}


async def _body(receive: Receive, largest: int) -> bytes | None:
    """Return the whole body, None where it is larger than it may be, does not come, or the client left."""
    parts, size = [], 0
    until = asyncio.get_running_loop().time() + PATIENCE
    while True:
        try:
            async with asyncio.timeout_at(until):
                message = await receive()
        except TimeoutError:
            return None
        if message["type"] == "http.disconnect":
            return None
        part = message.get("body", b"")
        size += len(part)
        if size <= largest:
            parts.append(part)
        if not message.get("more_body"):
            return b"".join(parts) if size <= largest else None


def _start(answer: Sent) -> dict[str, Any]:
    headers = [(name.encode(), value.encode()) for name, value in answer.headers]
    headers.append((b"cache-control", b"no-store"))
    return {"type": "http.response.start", "status": answer.status, "headers": headers}


async def _send(send: Send, answer: Sent) -> None:
    await send(_start(answer))
    await send({"type": "http.response.body", "body": answer.body})


def _elsewhere(path: str) -> Sent:
    known = path in (SINGLE, BATCH)
    body = calls.problem_body(405 if known else 404, "此处只收 POST" if known else "这里没有这个地址")
    headers = [("content-type", calls.CONTENT_TYPE), *([("allow", "POST")] if known else [])]
    return Sent(405 if known else 404, body, tuple(headers))


def _settle() -> None:
    """Leave what was loaded out of every collection, and collect less often: answering makes no cycles to speak of."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 100)
    sys.setswitchinterval(0.0001)
