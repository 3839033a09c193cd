"""Lanes: questions that arrive while others are being answered wait, and are then answered together.

A lone question is answered at once; where many ask, they are gathered for a moment. The busier it gets, the larger the
groups and the less each question costs.
"""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeAlias, TypeVar

from django.db import connections

from mianzheng.gateway.api.calls import Call
from mianzheng.gateway.rules.questions import Denied, Not, Outcome

Answering = Callable[[Sequence[Call]], list[Outcome]]
T = TypeVar("T")
_Waiting: TypeAlias = "tuple[Call, asyncio.Future[Outcome]]"


GATHER = 0.004
"""Seconds at most that questions are gathered where many ask."""
MANY = 4
"""So many are many."""


def _let_go(together: threading.Barrier) -> None:
    together.wait(timeout=10)  # so that each thread does it once
    connections.close_all()


class Lane:
    """Questions that are answered by `threads` threads, each with its own connection, at most `most` at a time."""

    def __init__(self, answering: Answering, *, threads: int = 1, most: int = 256, waiting: int = 4_000) -> None:
        self._answering = answering
        self._threads = ThreadPoolExecutor(threads)
        self._free = threads
        self._most = most
        self._many = 0
        self._timer: asyncio.TimerHandle | None = None
        self._longest = waiting
        self._waiting: deque[_Waiting] = deque()

    @property
    def length(self) -> int:
        """How many questions wait."""
        return len(self._waiting)

    def close(self) -> None:
        """Let the threads end when they have done what they do, each with its connection."""
        if self._free:
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
        """See to it that what waits is taken: at once; where many ask, when they have all asked again, as those just answered
        do, and in a moment at the latest.
        """
        if not self._free:
            return
        if self._many < MANY or len(self._waiting) >= self._many:
            self._begin()
        elif self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(GATHER, self._begin)

    def _begin(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if not self._waiting or not self._free:
            return
        self._free -= 1
        taken = self._take()
        asked = [call for call, _ in taken]
        running = asyncio.get_running_loop().run_in_executor(self._threads, self._alone_or_together, asked)
        running.add_done_callback(lambda done: self._end(taken, done))

    def _alone_or_together(self, calls: Sequence[Call]) -> list[Outcome]:
        """Answer a group; where something in it breaks us, one by one, so that nobody else pays for it."""
        try:
            return self._answering(calls)
        except Exception:
            if len(calls) == 1:
                raise
        outcomes: list[Outcome] = []
        for call in calls:
            try:
                outcomes += self._answering([call])
            except Exception:
                outcomes.append(Denied(Not.BUSY, retry_after=2))
        return outcomes

    def _take(self) -> list[_Waiting]:
        return [self._waiting.popleft() for _ in range(min(len(self._waiting), self._most))]

    def _end(self, taken: list[_Waiting], done: asyncio.Future[list[Outcome]]) -> None:
        self._free += 1
        self._many = min(len(taken) + len(self._waiting), self._most)
        error = done.exception()
        outcomes = [Denied(Not.BUSY, retry_after=2)] * len(taken) if error else done.result()
        for (_, future), outcome in zip(taken, outcomes, strict=True):
            if not future.cancelled():
                future.set_result(outcome)
        if self._waiting:
            self._soon()

    async def do(self, work: Callable[[], T]) -> T:
        """Return what `work` returns, done by one of the threads."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)
