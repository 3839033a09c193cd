"""The circuit breaker of a connection (熔断): when a source is not asked for a while. One table says every move; the
picture in docs/reference/states.md is drawn from it and compared by a test.

Times are seconds of a clock that never goes back; where they begin does not matter.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from mianzheng.catalogue.rules.exchange import Connection
from mianzheng.common.reasons import N_


class State(StrEnum):
    """How a connection stands."""

    CLOSED = "closed"
    """Everything is asked."""
    OPEN = "open"
    """Nothing is asked."""
    HALF_OPEN = "half_open"
    """One question is under way, as a trial."""


NAMES = {State.CLOSED: N_("正常"), State.OPEN: N_("暂停询问"), State.HALF_OPEN: N_("正在试问")}


@dataclass(frozen=True, slots=True)
class Move:
    """One move: from where to where, and what must be so."""

    name: str
    source: State
    target: State
    guard: str


MOVES: tuple[Move, ...] = (
    Move("answer", State.CLOSED, State.CLOSED, "answered: failures are counted from nought again"),
    Move("fail", State.CLOSED, State.CLOSED, "one more failure in a row, fewer than `failures`"),
    Move("break", State.CLOSED, State.OPEN, "`failures` in a row"),
    Move("try", State.OPEN, State.HALF_OPEN, "`pause` seconds are over: one question goes through"),
    Move("close", State.HALF_OPEN, State.CLOSED, "the trial was answered"),
    Move("reopen", State.HALF_OPEN, State.OPEN, "the trial failed"),
    Move("try_again", State.HALF_OPEN, State.HALF_OPEN, "nothing was heard of the trial for `pause` seconds"),
)
"""Every move; nothing else happens. What comes late, of a question asked before the break, moves nothing."""

_TARGETS = {(move.source, move.name): move.target for move in MOVES}


@dataclass(frozen=True, slots=True)
class Breaker:
    """A breaker as it stands `since`; `failures` counts those in a row while it is closed."""

    state: State = State.CLOSED
    failures: int = 0
    since: float = 0.0


def _moved(breaker: Breaker, name: str, at: float, failures: int = 0) -> Breaker:
    return Breaker(_TARGETS[breaker.state, name], failures, at)


def may_ask(breaker: Breaker, connection: Connection, *, at: float) -> bool:
    """Say whether a question may go out at `at`."""
    return breaker.state is State.CLOSED or at - breaker.since >= connection.pause


def asked(breaker: Breaker, connection: Connection, *, at: float) -> Breaker:
    """Return the breaker after a question went out that `may_ask` allowed; outside `closed` it is the trial."""
    if breaker.state is State.CLOSED:
        return breaker
    return _moved(breaker, "try" if breaker.state is State.OPEN else "try_again", at)


def answered(breaker: Breaker, *, trial: bool, at: float) -> Breaker:
    """Return the breaker after a question was answered; `trial` says that it was the trial."""
    if breaker.state is State.CLOSED:
        return _moved(breaker, "answer", breaker.since)
    return _moved(breaker, "close", at) if trial and breaker.state is State.HALF_OPEN else breaker


def failed(breaker: Breaker, connection: Connection, *, trial: bool, at: float) -> Breaker:
    """Return the breaker after a question failed."""
    if breaker.state is State.CLOSED:
        failures = breaker.failures + 1
        if failures < connection.failures:
            return _moved(breaker, "fail", breaker.since, failures)
        return _moved(breaker, "break", at)
    return _moved(breaker, "reopen", at) if trial and breaker.state is State.HALF_OPEN else breaker


def drawing() -> str:
    """Return the table as a Mermaid state diagram, for the docs."""
    lines = ["stateDiagram-v2", f"    [*] --> {State.CLOSED}"]
    lines += [f"    {move.source} --> {move.target}: {move.name}" for move in MOVES]
    return "\n".join(lines) + "\n"
