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
from mianzheng.gateway.actions.replies import Repeat
from mianzheng.gateway.actions.sealing import ToSeal, check_sealable, seal
from mianzheng.gateway.queries.persons import Person, person_of
from mianzheng.gateway.queries.standing import consents_of, in_force
from mianzheng.gateway.rules.consents import covering
from mianzheng.gateway.rules.keys import SINGLE, Caller
from mianzheng.gateway.rules.questions import Answer, Denied, Question, Told, check_holder, from_json
from mianzheng.web.ids import uuid7

_MINUTES = datetime.timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came out of one question: the answer and the number it was sealed under, or why there is none. What was answered
    names the consent it rests on.
    """

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
    check_holder(city, wanted, person.kind)
    given = consents_of([person.subject], today=today).get(person.subject, [])
    terms = in_force(today).terms(actor.office, wanted, matter, today)
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
    repeat: Repeat | None = None,
    actor: Actor,
    now: datetime.datetime,
) -> list[Outcome]:
    """Ask `questions` together and seal what was answered under `name`; return the outcomes in order. Those known again by
    `repeat` are answered and sealed once. Raises `Refusal` where nothing can be sealed; nothing was asked then.
    """
    check_sealable()
    caller = Caller(actor.office, actor.id, frozenset({scope}), now + _MINUTES, actor.role)
    asked = [Asked(caller, each, repeat) for each in questions]
    told = [
        from_json(each.line) if isinstance(each, Told) else each
        for each in answer(city=city, standing=in_force(here(now).date()), asked=asked, now=now)
    ]
    to_seal = [
        ToSeal(question, each, people[question.kind, question.number].subject)
        for question, each in zip(questions, told, strict=True)
        if isinstance(each, Answer)
    ]
    rows = iter(seal(city=city, asked=name, told=to_seal, actor=actor, now=now))
    outcomes = []
    for question, each in zip(questions, told, strict=True):
        row = next(rows) if isinstance(each, Answer) else None
        if row is None:
            outcomes.append(Outcome(question, each))
        else:
            outcomes.append(Outcome(question._replace(consent=row.consent), each, row.number))
    return outcomes
