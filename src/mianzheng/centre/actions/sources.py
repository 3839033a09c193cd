"""Reading what items say about subjects: copies from here, the rest from its source, asked when somebody needs it.

All sources are asked side by side and none is waited for longer than its connection's `timeout`, whatever it does: a
source that cannot say in time has not said anything, and the next way is taken. Nothing is asked inside a database
transaction.
"""

from __future__ import annotations

import datetime
import time
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from mianzheng.catalogue.rules.city import City, Item
from mianzheng.centre.actions.accepting import accepted
from mianzheng.centre.actions.asking import Question, ask_all, failed, may_go
from mianzheng.centre.actions.keeping import Answered, Counts, answers_again, count, keep, note_change
from mianzheng.centre.ports import CONNECTORS, SourceFailed
from mianzheng.centre.queries.gates import gate_of
from mianzheng.centre.queries.records import Found, fresh, held, records, silent
from mianzheng.centre.rules.answers import Failure, why_unanswered
from mianzheng.common.actors import Actor
from mianzheng.common.reasons import N_, Reason
from mianzheng.people.actions import reveal

OWN = 0.1
"""The share of a connection's `timeout` that is kept for our own work, before the question and after the answer."""


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks and what for; it is written down before a number leaves the vault.

    `sealed_for` is the office that asks for itself what an article keeps sealed (see `centre.queries.records`).
    """

    actor: Actor
    purpose: str
    matter: str = ""
    case: uuid.UUID | None = None
    applicant: uuid.UUID | None = None
    sealed_for: str = ""


def begin() -> float:
    """Return the moment a look-up begins, everything being ready to ask."""
    CONNECTORS()
    return time.monotonic()


def read(
    *,
    city: City,
    wanted: Mapping[str, Collection[uuid.UUID]],
    asker: Asker,
    now: datetime.datetime,
    started: float | None = None,
) -> dict[str, Found]:
    """Return what each item of `wanted` says about its subjects.

    `started` (see `begin`) is when the whole look-up began, where it takes several readings: every source has its
    `timeout` from there, so that they end together. What a source answers is kept for one cycle of the item.
    """
    copies = {code: subjects for code, subjects in wanted.items() if not city.items[code].at_source}
    found = held(city, copies, sealed_for=asker.sealed_for)
    sources = {code: set(subjects) for code, subjects in wanted.items() if code not in found}
    found |= {code: Found() for code, subjects in sources.items() if not subjects}
    asked = {code: subjects for code, subjects in sources.items() if subjects}
    if asked:
        found |= _from_sources(city, asked, asker, now, begin() if started is None else started)
    return found


def _from_sources(
    city: City, wanted: Mapping[str, set[uuid.UUID]], asker: Asker, now: datetime.datetime, started: float
) -> dict[str, Found]:
    ages = fresh(city, wanted, set().union(*wanted.values()), now=now)
    mute = silent(wanted)
    unanswered: dict[str, dict[uuid.UUID, Reason]] = {code: {} for code in wanted}
    questions: list[Question] = []
    for code, subjects in sorted(wanted.items()):
        if code in mute:  # its plug is pulled: not even a fresh answer counts
            why = why_unanswered(city.items[code].name, Failure.DOWN)
            unanswered[code] |= dict.fromkeys(subjects, why)
            continue
        missing = sorted(subject for subject in subjects if (code, subject) not in ages)
        questions += _questions(city, city.items[code], missing, started)
    _ask(questions, asker, now)
    answers = _answers(questions, now)
    keep(answers=answers, now=now)
    for question in questions:
        whom, code = question.subjects, question.item.code
        if question.failure is not None:
            unanswered[code] |= dict.fromkeys(whom, why_unanswered(question.item.name, question.failure.kind))
        else:
            ages |= dict.fromkeys(((code, subject) for subject in whom), now)
    _write_down(questions, now)
    nobody = {(answer.item.code, subject) for answer in answers if not answer.rows for subject in answer.subjects}
    found = {}
    for code, subjects in wanted.items():
        known = {s: ages[code, s] for s in subjects if (code, s) in ages and s not in unanswered[code]}
        rows = records(city, city.items[code], [s for s in known if (code, s) not in nobody])
        found[code] = Found(rows, unanswered[code], known)
    return found


def _questions(city: City, item: Item, subjects: Sequence[uuid.UUID], started: float) -> list[Question]:
    if not subjects:
        return []
    connection = city.connections[item.connection]
    connector, deadline = CONNECTORS().to(connection), started + connection.timeout * (1 - OWN)
    together = getattr(connector, "together", 1)
    return [
        Question(item, connection, connector, list(subjects[start : start + together]), deadline)
        for start in range(0, len(subjects), together)
    ]


def _ask(questions: Sequence[Question], asker: Asker, now: datetime.datetime) -> None:
    """Ask what may be asked, with the numbers the vault has."""
    going = [question for question in questions if may_go(question, now.date())]
    subjects = {subject for question in going for subject in question.subjects}
    if not subjects:
        return
    revealed = reveal(
        subjects=subjects,
        purpose=asker.purpose,
        now=now,
        case=asker.case,
        matter=asker.matter,
        applicant=asker.applicant,
        actor=asker.actor.id,
        actor_role=asker.actor.role,
        actor_office=asker.actor.office,
        leave_out_broken=True,
    )
    for question in going:
        question.numbers = [revealed[subject].number for subject in question.subjects if subject in revealed]
        if len(question.numbers) < len(question.subjects):
            question.settle(failed(Failure.REFUSED, N_("身份库里没有可以用来查询的号码。")))
    ask_all([question for question in going if not question.settled.is_set()])


def _answers(questions: Sequence[Question], now: datetime.datetime) -> list[Answered]:
    """Check what was answered and return what is to be kept; a wrong answer is none."""
    answers = []
    for question in questions:
        if question.failure is None:
            try:
                columns, rows = accepted(question.item, question.numbers, question.answer or {}, now)
                answers.append(Answered(question.item, question.subjects, columns, rows))
            except SourceFailed as wrong:
                question.failure = wrong
    return answers


def _write_down(questions: Sequence[Question], now: datetime.datetime) -> None:
    """Write down what became of the breakers, and one line of counts a connection."""
    if not questions:
        return
    counts: dict[str, Counts] = {}
    for question in questions:
        _count(question, counts.setdefault(question.connection.code, Counts()))
        _note(question, now)
    connections = {question.connection.code: question.connection for question in questions}
    left = {question.connection.code: getattr(question.connector, "quota_left", None) for question in questions}
    for code, (asked, quota_left) in count(day=now.date(), counts=counts, left=left).items():
        gate_of(connections[code]).count(today=now.date(), asked=asked, quota_left=quota_left)


def _count(question: Question, counts: Counts) -> None:
    size = len(question.subjects)
    if not question.began or (question.failure is not None and question.failure.kind == Failure.UNSET):
        counts.held_back += size
        return
    counts.asked += size
    counts.milliseconds += round(1000 * question.seconds)
    if question.failure is None:
        counts.answered += size
    else:
        counts.failed += size


def _note(question: Question, now: datetime.datetime) -> None:
    code, failure = question.connection.code, question.failure
    if question.change is not None:
        note_change(connection=code, change=question.change, reason=failure.reason if failure else None, now=now)
    if failure is None and gate_of(question.connection).vouches(at=time.monotonic()):
        answers_again(connection=code, now=now)
