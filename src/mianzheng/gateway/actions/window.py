"""Asking at a window (/window/): a few facts about one person, or a list of people; each answer is sealed for the file."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from mianzheng.catalogue.rules.city import City
from mianzheng.common.actors import Actor
from mianzheng.common.errors import Refusal
from mianzheng.common.periods import here
from mianzheng.common.reasons import N_, Reason
from mianzheng.gateway.actions.answering import Asked, answer
from mianzheng.gateway.actions.sealing import ToSeal, seal
from mianzheng.gateway.queries.persons import Person, person_of
from mianzheng.gateway.queries.standing import consents_of, in_force
from mianzheng.gateway.rules.consents import covering
from mianzheng.gateway.rules.keys import SINGLE, Caller
from mianzheng.gateway.rules.questions import Answer, Denied, Not, Question
from mianzheng.web.ids import uuid7

_MINUTES = datetime.timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came out of one question: the answer and the number it was sealed under, or why there is none."""

    question: Question
    told: Answer | Denied
    sealed: str = ""


def verify(
    *, city: City, number: str, matter: str, facts: Collection[str], actor: Actor, now: datetime.datetime
) -> tuple[uuid.UUID, list[Outcome]]:
    """Ask `facts` about whoever has `number`, for the actor's office; return the name they are sealed under, and each
    outcome. The person's consents are found by themselves.

    Raises `Refusal` for a wrong number, where nothing was chosen, and where somebody consented whom the city does not know.
    """
    if not facts:
        raise Refusal(Reason(N_("没有选要核验的事实。")), Reason(N_("请至少选一条。")), field="facts")
    today = here(now).date()
    person = person_of(number, today=today)
    wanted = [fact for fact in city.facts if fact in facts]
    given = consents_of([person.subject], today=today).get(person.subject, [])
    terms = in_force().terms(actor.office, wanted, matter, today)
    consents = covering(given, asker=actor.office, matter=matter, wanted=terms, today=today)
    if consents and not person.known:
        raise Refusal(
            Reason(N_("本市的登记里没有这个号码，什么也查不了。这不等于不符。")),
            Reason(N_("请核对号码；刚来本市的，先办居住登记。")),
            field="number",
        )
    asked = [Question(fact, matter, person.number, person.kind, consent=consents.get(fact, "")) for fact in wanted]
    name = uuid7()
    people = {(str(person.kind), person.number): person}
    return name, ask(city=city, name=name, questions=asked, people=people, scope=SINGLE, actor=actor, now=now)


def ask(
    *,
    city: City,
    name: uuid.UUID,
    questions: Sequence[Question],
    people: Mapping[tuple[str, str], Person],
    scope: str,
    actor: Actor,
    now: datetime.datetime,
) -> list[Outcome]:
    """Ask `questions` together and seal what was answered under `name`; return the outcomes in order."""
    caller = Caller(actor.office, actor.id, frozenset({scope}), now + _MINUTES, actor.role)
    standing = in_force()
    told = answer(city=city, standing=standing, asked=[Asked(caller, each) for each in questions], now=now)
    to_seal = []
    for question, each in zip(questions, told, strict=True):
        if isinstance(each, Answer):
            grant = standing.grant(actor.office, question.fact, question.matter, here(now).date())
            assert grant is not None
            to_seal.append(ToSeal(question, each, people[question.kind, question.number].subject, grant))
    sealed = iter(seal(city=city, asked=name, told=to_seal, actor=actor, now=now))
    return [
        Outcome(question, each, next(sealed).number)
        if isinstance(each, Answer)
        else Outcome(question, each if isinstance(each, Denied) else Denied(Not.REPEATED))
        for question, each in zip(questions, told, strict=True)
    ]
