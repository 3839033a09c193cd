"""Putting questions to sources, side by side, each with its place, its breaker and its deadline. No database here."""

from __future__ import annotations

import datetime
import threading
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import structlog

from mianzheng.catalogue.rules.city import Item
from mianzheng.catalogue.rules.exchange import Connection
from mianzheng.centre.ports import Connector, SourceFailed
from mianzheng.centre.queries.gates import Change, gate_of
from mianzheng.centre.rules.answers import Failure
from mianzheng.common.reasons import N_, Reason

ENOUGH = 0.25
"""The share of its time a question must have left when a place becomes free; with less it is not put."""
FAIR = 0.5
"""The share of its time a question must have had for its failing in time to be the source's fault."""
GRACE = 0.1
"""Seconds in which an outcome may still come in after the deadline."""

log = structlog.get_logger(__name__)


@dataclass(eq=False)
class Question:
    """One question to one source, about one subject or a few, and what came of it. Times are `time.monotonic`."""

    item: Item
    connection: Connection
    connector: Connector
    subjects: list[uuid.UUID]
    deadline: float
    numbers: list[str] = field(default_factory=list)
    began: float = 0.0
    """When it went out; 0 while it waits for a place, and for good where it never did."""
    trial: bool = False
    seconds: float = 0.0
    answer: Mapping[str, Sequence[Mapping[str, Any]]] | None = None
    failure: SourceFailed | None = None
    change: Change | None = None
    """What became of the breaker."""

    def __post_init__(self) -> None:
        self.settled = threading.Event()
        self._lock = threading.Lock()

    def settle(self, outcome: Mapping[str, Sequence[Mapping[str, Any]]] | SourceFailed) -> None:
        """Note what came of the question, and move the breaker. What is said first counts."""
        with self._lock:
            if self.settled.is_set():
                return
            if isinstance(outcome, SourceFailed):
                self.failure = self._fair(outcome)
            else:
                self.answer = outcome
            if self.began:
                at = time.monotonic()
                self.seconds = at - self.began
                kind = Failure(self.failure.kind) if self.failure else None
                wait = self.failure.wait if self.failure else 0.0
                self.change = gate_of(self.connection).note(kind, trial=self.trial, at=at, wait=wait)
            self.settled.set()

    def _fair(self, failed: SourceFailed) -> SourceFailed:
        """Return the failure; one that had hardly any time when its turn came says nothing about the source."""
        late = self.began and self.deadline - self.began < FAIR * self.connection.timeout
        return SourceFailed(failed.reason, Failure.CROWDED) if failed.kind == Failure.DOWN and late else failed


def failed(failure: Failure, words: str) -> SourceFailed:
    """Return a failure with words for an operator."""
    return SourceFailed(Reason(words), failure)


def may_go(question: Question, today: datetime.date) -> bool:
    """Say whether the question may go out at all; nobody's number is revealed for one that may not."""
    gate = gate_of(question.connection)
    why = gate.closed(at=time.monotonic(), today=today, questions=len(question.subjects))
    if why is not None:
        question.settle(failed(why, N_("没有去问。")))
    return why is None


def ask_all(questions: Sequence[Question]) -> None:
    """Put all `questions`, whose numbers are there, and wait until each has an answer or has run out of time."""
    here = [question for question in questions if getattr(question.connector, "in_process", False)]
    for question in questions:
        if question not in here:
            gate_of(question.connection).places.submit(_ask, question)
    for question in here:
        _ask(question)
    for question in questions:
        _wait(question)


def _ask(question: Question) -> None:
    """Ask, now that there is a place, and note the outcome. It never raises."""
    if question.settled.is_set():  # nobody waits for it any more
        return
    trial = gate_of(question.connection).enter(at=time.monotonic())
    if trial is None:
        question.settle(failed(Failure.PAUSED, N_("没有去问。")))
        return
    question.trial, question.began = trial, time.monotonic()
    try:
        question.settle(question.connector.ask(question.item, question.numbers, deadline=question.deadline))
    except SourceFailed as said:
        question.settle(said)
    except Exception as wrong:  # whatever an adapter did not think of is no reason for an error page
        log.error("a connector failed", connection=question.connection.code, kind=type(wrong).__name__)
        question.settle(failed(Failure.DOWN, N_("连接程序出错。")))


def _wait(question: Question) -> None:
    """Wait for the outcome: for a place no longer than is worth it, and never past the deadline."""
    latest = question.deadline - ENOUGH * question.connection.timeout
    if question.settled.wait(max(latest - time.monotonic(), 0)):
        return
    if not question.began:
        question.settle(failed(Failure.CROWDED, N_("同时查询的人太多。")))
    elif not question.settled.wait(max(question.deadline - time.monotonic(), 0) + GRACE):
        question.settle(failed(Failure.DOWN, N_("没有在规定时间内答复。")))
