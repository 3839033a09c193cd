"""Lanes: questions that arrive while others are being answered wait, and are then answered together.

A lone question is answered at once; where many ask, they are gathered for a moment. The busier it gets, the larger the
groups and the less each question costs.
"""

from __future__ import annotations

import asyncio
import contextvars
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeAlias

from django.db import connections

from mianzheng.gateway.api.calls import Call
from mianzheng.gateway.rules.questions import Denied, Not, Outcome

Answering = Callable[[Sequence[Call]], list[Outcome]]
_Waiting: TypeAlias = "tuple[Call, asyncio.Future[Outcome]]"


GATHER = 0.002
"""Seconds questions are gathered where many ask."""
MANY = 4
"""So many in the group before are many."""


def _let_go(together: threading.Barrier) -> None:
    together.wait(timeout=10)  # so that each thread does it once
    connections.close_all()


class Lane:
    """Questions that are answered by `threads` threads, each with its own connection, at most `most` at a time.

    With no thread they are answered where requests are received. That is the fastest for what takes milliseconds: thread
    and receiver would wait for each other (the interpreter's lock) at each of a dozen statements.
    """

    def __init__(self, answering: Answering, *, threads: int = 1, most: int = 256, waiting: int = 4_000) -> None:
        self._answering = answering
        self._threads = ThreadPoolExecutor(threads) if threads else None
        self._free = max(1, threads)
        self._context = contextvars.copy_context()  # Django keeps a connection for each: here there shall be one
        self._most = most
        self._last = 0
        self._set = False
        self._longest = waiting
        self._waiting: deque[_Waiting] = deque()

    @property
    def length(self) -> int:
        """How many questions wait."""
        return len(self._waiting)

    def close(self) -> None:
        """Let the threads end when they have done what they do, each with its connection."""
        if self._threads is None:
            self._context.run(connections.close_all)
        else:
            together = threading.Barrier(self._free)
            for _ in range(self._free):
                self._threads.submit(_let_go, together)
            self._threads.shutdown()

    async def ask(self, call: Call) -> Outcome:
        """Return what becomes of one question; where too many wait it is told to come again."""
        if len(self._waiting) >= self._longest:
            return Denied(Not.BUSY, retry_after=1)
        future: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self._waiting.append((call, future))
        self._soon()
        return await future

    def _soon(self) -> None:
        """See to it that what waits is taken, in a moment where many ask: those just answered ask again."""
        if self._free and not self._set:
            self._set = True
            asyncio.get_running_loop().call_later(GATHER if self._last >= MANY else 0.0, self._begin)

    def _begin(self) -> None:
        self._set = False
        if not self._waiting:
            return
        self._free -= 1
        taken = self._take()
        if self._threads is None:
            self._here(taken)
            return
        calls = [call for call, _ in taken]
        running = asyncio.get_running_loop().run_in_executor(self._threads, self._answering, calls)
        running.add_done_callback(lambda done: self._end(taken, done))

    def _take(self) -> list[_Waiting]:
        self._last = min(len(self._waiting), self._most)
        return [self._waiting.popleft() for _ in range(self._last)]

    def _here(self, taken: list[_Waiting]) -> None:
        done: asyncio.Future[list[Outcome]] = asyncio.get_running_loop().create_future()
        try:
            done.set_result(self._context.run(self._answering, [call for call, _ in taken]))
        except Exception as wrong:
            done.set_exception(wrong)
        self._end(taken, done)

    def _end(self, taken: list[_Waiting], done: asyncio.Future[list[Outcome]]) -> None:
        self._free += 1
        if self._waiting:
            self._soon()
        error = done.exception()
        outcomes = [Denied(Not.BUSY, retry_after=2)] * len(taken) if error else done.result()
        for (_, future), outcome in zip(taken, outcomes, strict=True):
            if not future.cancelled():
                future.set_result(outcome)

    async def together(self, calls: Sequence[Call]) -> list[Outcome]:
        """Return what becomes of questions that are a group already."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._answering, calls)
