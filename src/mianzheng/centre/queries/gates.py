"""What this process knows of each connection right now: its breaker, the places in use, the day's questions.

Kept in memory, a gate a connection and process: a breaker that had to ask the database before every question would be
one more thing to wait for. What others must know (a breakage, the day's counts) `actions.sources` writes down.
"""

from __future__ import annotations

import datetime
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from mianzheng.catalogue.rules.exchange import Connection
from mianzheng.centre.rules import breaker
from mianzheng.centre.rules.answers import Failure
from mianzheng.centre.rules.breaker import Breaker, State

VOUCHED = 60.0
"""Seconds after which an answer is again taken as a sign that nothing is broken: who noticed a breakage may be gone."""


@dataclass(frozen=True, slots=True)
class Change:
    """The breaker went from one state to another."""

    before: State
    after: State


@dataclass
class Gate:
    """The way to one connection. Times are `time.monotonic` seconds."""

    connection: Connection
    breaker: Breaker = field(default_factory=Breaker)
    pause_until: float = 0.0
    """The source asked not to be asked before."""
    day: datetime.date | None = None
    asked: int = 0
    """Questions of `day` by all processes, as last written down."""
    quota_left: int | None = None
    """What the other side last said is left of `day`."""
    vouched: float | None = None
    """When this process last saw to it that no breakage stays open while the source answers."""

    def __post_init__(self) -> None:
        self.places = ThreadPoolExecutor(self.connection.at_once, thread_name_prefix=f"ask-{self.connection.code}")
        """Who asks: a question waits until one of these threads is free. They speak to no database."""
        self._lock = threading.Lock()

    def closed(self, *, at: float, today: datetime.date, questions: int = 1) -> Failure | None:
        """Return why a question cannot go out at `at`, None where it may; nothing is taken."""
        if at < self.pause_until or not breaker.may_ask(self.breaker, self.connection, at=at):
            return Failure.PAUSED
        if self.day == today:
            quota = self.connection.quota
            if (quota and self.asked + questions > quota) or self.quota_left == 0:
                return Failure.QUOTA
        return None

    def enter(self, *, at: float) -> bool | None:
        """Let a question out: False an ordinary one, True the trial, None where the breaker is open."""
        with self._lock:
            if at < self.pause_until or not breaker.may_ask(self.breaker, self.connection, at=at):
                return None
            before, self.breaker = self.breaker, breaker.asked(self.breaker, self.connection, at=at)
            return before.state is not State.CLOSED

    def note(self, failure: Failure | None, *, trial: bool, at: float, wait: float = 0.0) -> Change:
        """Note how a question went and return what became of the breaker.

        Only `Failure.DOWN` counts against the source: one that says no, or answers nonsense about one item, is alive.
        What had no time says nothing; only a trial has to be repeated.
        """
        with self._lock:
            before = self.breaker.state
            if failure is Failure.CROWDED and not trial:
                return Change(before, before)
            if failure in (Failure.DOWN, Failure.CROWDED):
                self.breaker = breaker.failed(self.breaker, self.connection, trial=trial, at=at)
            else:
                self.breaker = breaker.answered(self.breaker, trial=trial, at=at)
            if wait:
                self.pause_until = max(self.pause_until, at + wait)
            return Change(before, self.breaker.state)

    def count(self, *, today: datetime.date, asked: int, quota_left: int | None) -> None:
        """Remember the day's counts."""
        with self._lock:
            self.asked = max(asked, self.asked) if self.day == today else asked
            self.quota_left, self.day = quota_left, today

    def vouches(self, *, at: float) -> bool:
        """Say, now and then, that an answer at `at` ends whatever breakage others left open."""
        if self.vouched is not None and at - self.vouched < max(self.connection.pause, VOUCHED):
            return False
        self.vouched = at
        return True

    def silent(self, *, at: float) -> bool:
        """Say whether nothing would be asked at `at` because the source does not answer."""
        return self.breaker.state is State.OPEN and not breaker.may_ask(self.breaker, self.connection, at=at)


_gates: dict[str, Gate] = {}
_lock = threading.Lock()


def gate_of(connection: Connection) -> Gate:
    """Return the gate of `connection`; a new edition with other limits gets a fresh one."""
    found = _gates.get(connection.code)
    if found is None or _limits(found.connection) != _limits(connection):
        with _lock:
            found = _gates.get(connection.code)
            if found is None or _limits(found.connection) != _limits(connection):
                found = _gates[connection.code] = Gate(connection)
    return found


def forget() -> None:
    """Forget everything, as a process that has just started."""
    with _lock:
        _gates.clear()


def _limits(connection: Connection) -> tuple[float, ...]:
    return connection.at_once, connection.failures, connection.pause, connection.quota, connection.timeout
