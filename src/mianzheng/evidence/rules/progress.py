"""How far a need has come, folded from what was done about it. Nothing overwrites: every step stays readable."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from mianzheng.common.reasons import N_, Reason
from mianzheng.evidence.rules.verdicts import Verdict, Way
from mianzheng.evidence.rules.ways import Plan


class Kind(StrEnum):
    """What was done about a need."""

    ANSWER = "answer"
    """A way gave a verdict."""
    ASKED = "asked"
    """A department was asked."""
    COMMIT = "commit"
    """The person signed a commitment instead of waiting."""
    FALLBACK = "fallback"
    """The person signed ahead, in case the department cannot answer."""
    WITHDRAW = "withdraw"
    """The person took the commitment back (撤回)."""
    REVIEW = "review"
    """The person asked that somebody of the deciding department look."""
    OBJECT = "object"
    """The person objected to a verdict; the department was asked to look again."""
    AGAIN = "again"
    """The person corrected the application, so the need is looked at afresh."""


class Stage(StrEnum):
    """Where a need stands."""

    PENDING = "pending"
    """Not looked up yet."""
    ASKING = "asking"
    """The next way is the department; the program asks it at once."""
    WAITING = "waiting"
    """A department has been asked."""
    CHOICE = "choice"
    """The person has to choose."""
    SETTLED = "settled"
    """There is a verdict, or an officer will look while deciding."""


class Option(StrEnum):
    """What the person may do about a need. The program never does it for them."""

    COMMIT = "commit"
    FALLBACK = "fallback"
    WITHDRAW = "withdraw"
    REVIEW = "review"
    OBJECT = "object"


@dataclass(frozen=True, slots=True)
class Event:
    """One thing done about a need."""

    kind: Kind
    at: datetime.datetime
    way: Way | None = None
    verdict: Verdict | None = None
    reason: Reason = Reason("")
    source: str = ""
    as_of: datetime.date | None = None
    check: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a need stands, by which way, with which verdict, and what the person may do now."""

    stage: Stage
    way: Way
    verdict: Verdict | None
    reason: Reason
    options: tuple[Option, ...] = ()
    source: str = ""
    as_of: datetime.date | None = None
    check: uuid.UUID | None = None
    tried: tuple[Event, ...] = field(default=())

    @property
    def failed(self) -> bool:
        """Return whether the verdict stands against the person."""
        return self.stage is Stage.SETTLED and self.verdict is Verdict.FAILS


def progress(plan: Plan, events: Sequence[Event]) -> Progress:
    """Fold `events`, oldest first, into where the need of `plan` stands.

    Law of the fold: `holds` and `fails` settle a need; `unknown` hands it to the next open way; a commitment is the
    person's own act, impossible after `fails`; the last way is an officer who looks, so nothing ends in the dark.
    """
    failed = objected = False
    signed = last = None
    answers: list[Event] = []
    for event in events:
        kind = event.kind
        if kind is Kind.ANSWER:
            answers.append(event)
            failed = failed or event.verdict is Verdict.FAILS
        elif kind is Kind.FALLBACK:
            signed = event
            continue
        elif kind is Kind.WITHDRAW:
            signed = None
            continue
        elif kind is Kind.AGAIN:
            objected, signed, last, answers = False, None, None, []
            continue
        elif kind is Kind.COMMIT:
            signed = event
        elif kind is Kind.OBJECT:
            objected = True
        last = event
    return _standing(plan, last, tuple(answers), signed, failed=failed, objected=objected)


def _standing(
    plan: Plan, last: Event | None, answers: tuple[Event, ...], signed: Event | None, *, failed: bool, objected: bool
) -> Progress:
    """Say where a need stands after `last`; `signed` is the commitment in force, `failed` counts since the beginning."""
    if last is None:
        # Nothing may be chosen before looking: whether the person may commit at all is looked up with the rest.
        return Progress(Stage.PENDING, plan.first.way, None, plan.first.reason)
    if last.kind is Kind.ANSWER and (last.verdict is not Verdict.UNKNOWN or last.way is Way.REVIEW):
        return _found(plan, last, answers, objected=objected)
    may_commit = not failed and plan.is_open(Way.COMMITMENT)
    if last.kind is Kind.ANSWER:
        if signed is not None and not failed and last.way is Way.DEPARTMENT:
            return _committed(signed, answers)
        return _after(plan, answers, may_commit=may_commit)
    if last.kind is Kind.COMMIT:
        if signed is not None and not failed:
            return _committed(last, answers)
        return _after(plan, answers, may_commit=may_commit)
    if last.kind is Kind.REVIEW:
        return _reviewed(plan, last.reason, answers)
    options: tuple[Option, ...] = ()
    if may_commit and last.kind is Kind.ASKED:
        options = (Option.COMMIT, Option.FALLBACK) if signed is None else (Option.WITHDRAW,)
    return Progress(Stage.WAITING, Way.DEPARTMENT, None, last.reason, options, last.source, None, last.check, answers)


def _found(plan: Plan, last: Event, answers: tuple[Event, ...], *, objected: bool) -> Progress:
    """Stand on what a way found out; against what fails the person may object once, and have somebody look."""
    options: tuple[Option, ...] = ()
    if last.verdict is Verdict.FAILS:
        options = (Option.REVIEW,) if objected else (Option.OBJECT, Option.REVIEW)
    way = last.way or Way.DATA
    if way is Way.REVIEW and not plan.is_open(Way.REVIEW):
        way = Way.CERTIFICATE  # an officer looked at the paper that the law demands
    return Progress(
        Stage.SETTLED, way, last.verdict, last.reason, options, last.source, last.as_of, last.check, answers
    )


def since_again(events: Sequence[Event]) -> Sequence[Event]:
    """Return the events since the application was last corrected."""
    starts = [place for place, event in enumerate(events) if event.kind is Kind.AGAIN]
    return events[starts[-1] + 1 :] if starts else events


def _committed(signed: Event, answers: tuple[Event, ...]) -> Progress:
    return Progress(
        Stage.SETTLED,
        Way.COMMITMENT,
        Verdict.HOLDS,
        signed.reason,
        (Option.WITHDRAW,),
        signed.source,
        signed.at.date(),
        None,
        answers,
    )


def _reviewed(plan: Plan, reason: Reason, answers: tuple[Event, ...]) -> Progress:
    way = Way.REVIEW if plan.is_open(Way.REVIEW) else Way.CERTIFICATE
    return Progress(Stage.SETTLED, way, Verdict.UNKNOWN, reason, (), tried=answers)


def _after(plan: Plan, answers: tuple[Event, ...], *, may_commit: bool) -> Progress:
    """Go to the next open way after those that could not tell."""
    gone = {event.way for event in answers} | {Way.DOCUMENT, Way.DATA}
    if not may_commit:
        gone.add(Way.COMMITMENT)
    # Objected to a review, and the department could not tell either: a person looks once more.
    last = next(step for step in plan.steps if step.open and step.way in (Way.REVIEW, Way.CERTIFICATE))
    step = next((step for step in plan.steps if step.open and step.way not in gone), last)
    return _onward(step.way, step.reason, answers)


def _onward(way: Way, reason: Reason, answers: tuple[Event, ...]) -> Progress:
    """Stand before `way`: choose it, have it looked into, or go and ask."""
    if way is Way.COMMITMENT:
        choose = Reason(N_("暂时查不到，也没有部门能在期限内答复。请您选择：自己承诺，或者请审批人员核实。"))
        return Progress(Stage.CHOICE, way, Verdict.UNKNOWN, choose, (Option.COMMIT, Option.REVIEW), tried=answers)
    if way in (Way.REVIEW, Way.CERTIFICATE):
        return Progress(Stage.SETTLED, way, Verdict.UNKNOWN, reason, (), tried=answers)
    return Progress(Stage.ASKING, way, None, reason, (), tried=answers)
