"""The gateway as an application of its own: ``POST /api/v1/verifications`` and ``/batch``, and nothing else.

It speaks RSGI, the interface of the server it runs under (Granian), which takes half of what ASGI does for a question.

Single questions wait in a lane of their own, apart from those that go to a source, which takes its time, and from
batches, which give way: a person may be standing at a window.
"""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import Mapping, Sequence
from typing import Any

import structlog
from django.db import DatabaseError, InterfaceError, close_old_connections
from granian.rsgi import ProtocolClosed, ProtocolError

from mianzheng.catalogue.queries.editions import city as city_in_force
from mianzheng.catalogue.rules.city import City
from mianzheng.common.errors import NotFound
from mianzheng.gateway.api import calls
from mianzheng.gateway.api.calls import Call, Sent
from mianzheng.gateway.api.lanes import Lane
from mianzheng.gateway.rules.keys import BATCH as BATCHED
from mianzheng.gateway.rules.questions import Denied, Not, Outcome
from mianzheng.web import clock

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
        self._singles = Lane(self._answered)
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

    def close(self) -> None:
        """Let the threads end, and with them their connections."""
        for lane in (self._singles, self._slow, self._batches):
            lane.close()

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        try:
            self.city()
        except (DatabaseError, InterfaceError, NotFound) as lost:  # it is asked for again with the first question
            log.warning("the city package could not be read yet", kind=type(lost).__name__)
        _settle()

    def __rsgi_del__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.close()

    async def __rsgi__(self, scope: Any, protocol: Any) -> None:
        try:
            await self._asked(scope, protocol)
        except (ProtocolClosed, ProtocolError):
            log.info("somebody left before the answer")

    async def _asked(self, scope: Any, protocol: Any) -> None:
        path = scope.path.rstrip("/")
        if path == SINGLE and scope.method == "POST":
            _send(protocol, await self._single(_headers(scope), protocol))
        elif path == BATCH and scope.method == "POST":
            if refused := await self._batch(_headers(scope), protocol):
                _send(protocol, refused)
        elif path == HEALTH:
            _send(protocol, Sent(200, b'{"status":"ok"}', (("content-type", calls.JSON),)))
        else:
            _send(protocol, _elsewhere(path))

    async def _single(self, headers: Mapping[str, str], protocol: Any) -> Sent:
        language = headers["accept-language"]
        body = await _body(headers, protocol, calls.LARGEST)
        call: Call | Denied = Denied(Not.WRONG) if body is None else calls.single(headers, body)
        if isinstance(call, Denied):
            return calls.refused(call, language)
        lane = self._slow if call.question.fact in self._at_source else self._singles
        return calls.sent(await lane.ask(call), language, call.question.ref)

    async def _batch(self, headers: Mapping[str, str], protocol: Any) -> Sent | None:
        """Answer a batch; return why not, where nothing was sent."""
        language = headers["accept-language"]
        denied = await self._may_not(headers)
        body = None if denied else await _body(headers, protocol, calls.LARGEST_BATCH)
        read = denied or (Denied(Not.WRONG, "questions") if body is None else calls.batch(headers, body))
        if not isinstance(read, Denied) and self._batches_at_work >= BATCHES:
            read = Denied(Not.BUSY, retry_after=5)
        if isinstance(read, Denied):
            return calls.refused(read, language)
        self._batches_at_work += 1
        try:
            return await self._stream(read, protocol, language)
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

    async def _stream(self, read: Sequence[calls.Line], protocol: Any, language: str) -> Sent | None:
        """Answer part after part and send each when it is in the log; whoever does not take it loses it."""
        stream: Any = None
        for lines, asked in calls.parts(read):
            answers = await self._part(asked)
            if stream is None:
                if refusal := calls.reused(answers):
                    return calls.refused(refusal, language)
                stream = protocol.response_stream(200, [("content-type", calls.NDJSON), _NOT_KEPT])
            async with asyncio.timeout(PATIENCE):
                await stream.send_bytes(calls.written(lines, answers))
        return None

    async def _part(self, asked: list[Call]) -> list[Outcome]:
        if not await self._give_way():
            return [Denied(Not.BUSY, retry_after=5)] * len(asked)
        try:
            return await self._batches.do(lambda: self._answered(asked)) if asked else []
        except Exception:  # said in each line: a stream that is cut would look whole
            return [Denied(Not.BUSY, retry_after=2)] * len(asked)

    async def _give_way(self) -> bool:
        """Wait while people at windows wait; return False where that takes too long."""
        until = time.monotonic() + PATIENCE
        while self._singles.length > CROWD:
            if time.monotonic() > until:
                return False
            await asyncio.sleep(0.02)
        return True


_ASKED = ("authorization", "idempotency-key", "accept-language", "content-length")
_NOT_KEPT = ("cache-control", "no-store")


def _headers(scope: Any) -> dict[str, str]:
    """Return the headers that count. One that is not written in ASCII cannot be read, and must not pass for none."""
    given = scope.headers
    return {name: given.get(name) or (calls.UNREADABLE if name in given else "") for name in _ASKED}


async def _body(headers: Mapping[str, str], protocol: Any, largest: int) -> bytes | None:
    """Return the whole body, None where it is larger than it may be, does not come, or the client left."""
    told = headers["content-length"]
    try:
        async with asyncio.timeout(PATIENCE):
            if told.isdecimal():
                return await protocol() if int(told) <= largest else None
            body = b""
            async for part in protocol:
                body += part
                if len(body) > largest:
                    return None
            return body
    except (TimeoutError, ProtocolClosed, ProtocolError):
        return None


def _send(protocol: Any, answer: Sent) -> None:
    protocol.response_bytes(answer.status, [*answer.headers, _NOT_KEPT], answer.body)


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
