"""Reading in a thread of its own: the next part while one is worked on, and never longer than a source may take."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, wait
from queue import SimpleQueue
from threading import Thread
from typing import TypeVar

from mianzheng.catalogue.rules.city import Item
from mianzheng.centre.ports import READING, Source, Table
from mianzheng.centre.rules.intakes import too_slow

T = TypeVar("T")


class Beside:
    """A thread that does one thing after the other. It dies with the program, whatever it hangs in."""

    def __init__(self) -> None:
        self._asked: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        Thread(target=self._work, daemon=True).start()

    def ask(self, work: Callable[[], T]) -> Future[T]:
        """Have `work` done when what was asked before is done."""
        answer: Future[T] = Future()

        def answered() -> None:
            try:
                answer.set_result(work())
            except BaseException as error:
                answer.set_exception(error)

        self._asked.put(answered)
        return answer

    def end(self) -> None:
        """Let the thread end when what was asked is done."""
        self._asked.put(None)

    def _work(self) -> None:
        while (work := self._asked.get()) is not None:
            work()


def opened(source: Source, item: Item) -> Table:
    """Open `source`. Raises `Refusal` where it cannot be read, or does not answer before its time is up."""
    reader = Beside()
    try:
        return _in_time(reader.ask(lambda: READING().open(source, item)), source.deadline)
    finally:
        reader.end()


def ahead(parts: Iterator[T], deadline: float = math.inf) -> Iterator[T]:
    """Yield `parts`, always reading the next one while this one is worked on. Raises `Refusal` when the time is up."""
    reader = Beside()
    reading = reader.ask(lambda: next(parts, None))
    try:
        while (part := _in_time(reading, deadline)) is not None:
            reading = reader.ask(lambda: next(parts, None))
            yield part
    finally:
        reader.end()
        wait([reading], _left(deadline))  # nobody reads on behind our back, but who hangs


def _in_time(reading: Future[T], deadline: float) -> T:
    if not wait([reading], _left(deadline)).done:
        raise too_slow()
    return reading.result()


def _left(deadline: float) -> float | None:
    return None if deadline == math.inf else max(0.0, deadline - time.monotonic())
