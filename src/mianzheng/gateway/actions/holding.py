"""Which questions may be answered: held against grants, allowances, consents and what was asked before. Nothing is looked up."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from mianzheng.audit.queries.entries import asked_under
from mianzheng.catalogue.rules.city import City
from mianzheng.common.errors import Refusal
from mianzheng.common.identifiers import check_ric
from mianzheng.common.periods import ZONE
from mianzheng.gateway.actions.counting import left_today
from mianzheng.gateway.actions.replies import Repeat
from mianzheng.gateway.queries.standing import Granted, InForce, consents_of
from mianzheng.gateway.rules.consents import terms_of
from mianzheng.gateway.rules.grants import Ground, Wish, is_lawful
from mianzheng.gateway.rules.keys import Caller
from mianzheng.gateway.rules.questions import Denied, Not, Outcome, Question
from mianzheng.people.queries import subjects_of
from mianzheng.people.rules.subjects import DocumentKind, check_number, holder_of, normalise


class Asked(NamedTuple):
    """One question, who asks it, and what its request is known by again, where a repeat must get the same answer."""

    caller: Caller
    question: Question
    repeat: Repeat | None = None


@dataclass(slots=True)
class Held:
    """A question that may be answered: its place among those asked, its grant, whom it is about, the consent it rests on."""

    place: int
    asked: Asked
    granted: Granted
    subject: uuid.UUID | None
    consent: str = ""


Outcomes: TypeAlias = dict[int, Outcome]
"""What became of questions, by their place among those asked."""


def hold(
    city: City, standing: InForce, asked: Sequence[Asked], outcomes: Outcomes, now: datetime.datetime
) -> tuple[list[Held], list[Held]]:
    """Return those of `asked` that may be answered, and those that only the allowance crowds out; the others, but for those
    that have an outcome, get theirs.
    """
    today = now.astimezone(ZONE).date()
    held = _granted(city, standing, asked, outcomes, today, now)
    held = _with_subjects(held, outcomes, today)
    held = _consented(held, outcomes, today)
    held = _no_second_line(held, outcomes)
    return _within_allowance(held, outcomes, today, now)


def _granted(
    city: City,
    standing: InForce,
    asked: Sequence[Asked],
    outcomes: Outcomes,
    today: datetime.date,
    now: datetime.datetime,
) -> list[Held]:
    """Hold each question against the grants in force; the caller's key may have ended since it was recognised."""
    grants: dict[tuple[str, str, str], Granted | None] = {}
    held = []
    for place, each in enumerate(asked):
        if place in outcomes:
            continue
        question = each.question
        key = (each.caller.asker, question.fact, question.matter)
        if key not in grants:
            found = standing.grant(*key, today)
            grants[key] = found if found and _lawful(city, found) else None
        granted = grants[key]
        if granted is None or now >= each.caller.until:
            outcomes[place] = Denied(Not.NOT_GRANTED, "fact")
        elif holder_of(question.kind) != city.items[city.facts[question.fact].item].about:
            outcomes[place] = Denied(Not.WRONG, "kind")
        else:
            held.append(Held(place, each, granted, None))
    return held


_read: tuple[City | None, dict[uuid.UUID, bool]] = (None, {})


def _lawful(city: City, granted: Granted) -> bool:
    """Return whether the package in force still allows what was granted: read once for each package."""
    global _read
    if _read[0] is not city:
        _read = (city, {})
    if granted.id not in _read[1]:
        wish = Wish(
            granted.asker, granted.fact, granted.matter, granted.params, granted.ground, granted.basis, "", 1,
            granted.from_day, granted.until_day, granted.values,
        )  # fmt: skip
        _read[1][granted.id] = is_lawful(city, wish)
    return _read[1][granted.id]


def _within_allowance(
    held: list[Held], outcomes: Outcomes, today: datetime.date, now: datetime.datetime
) -> tuple[list[Held], list[Held]]:
    grants = {each.granted.id: each.granted for each in held}
    left = left_today(grants, today)
    kept, crowded = [], []
    for each in held:
        if left[each.granted.id] <= 0:
            outcomes[each.place] = Denied(Not.ALLOWANCE, retry_after=_until_midnight(now))
            crowded.append(each)
        else:
            left[each.granted.id] -= 1
            kept.append(each)
    return kept, crowded


def _until_midnight(now: datetime.datetime) -> int:
    here = now.astimezone(ZONE)
    tomorrow = datetime.datetime.combine(here.date() + datetime.timedelta(days=1), datetime.time.min, ZONE)
    return max(1, round((tomorrow - here).total_seconds()))


def _with_subjects(held: list[Held], outcomes: Outcomes, today: datetime.date) -> list[Held]:
    """Find whom the numbers belong to. Of those nobody here has, the wrong ones are denied, the others stay strangers."""
    numbers = {}
    for each in held:
        kind = each.asked.question.kind
        numbers[each.place] = (kind, normalise(kind, each.asked.question.number))
    found = subjects_of(numbers.values())
    kept = []
    for each in held:
        each.subject = found.get(numbers[each.place])
        wrong = None if each.subject else _wrong(*numbers[each.place], today)
        if wrong is None:
            kept.append(each)
        else:
            outcomes[each.place] = Denied(Not.NUMBER, "number", detail=wrong.what)
    return kept


def _wrong(kind: str, number: str, today: datetime.date) -> Refusal | None:
    try:
        check_number(kind, number)
        if kind == DocumentKind.RIC:
            check_ric(number, today=today)
    except Refusal as wrong:
        return wrong
    return None


def _consented(held: list[Held], outcomes: Outcomes, today: datetime.date) -> list[Held]:
    needed = {each.subject for each in held if each.granted.ground is Ground.CONSENT and each.subject}
    if not needed and not any(each.granted.ground is Ground.CONSENT for each in held):
        return held
    given = consents_of(needed, today=today)
    kept = []
    for each in held:
        if each.granted.ground is Ground.CONSENT:
            question = each.asked.question
            fitting = (
                one.number
                for one in given.get(each.subject, ())
                if one.covers(each.granted.asker, question.matter, question.fact, today)
                and question.consent in ("", one.number)
                and one.fits(question.fact, terms_of(each.granted.params, each.granted.values, each.granted.purpose))
            )
            each.consent = next(fitting, "")
            if not each.consent:
                outcomes[each.place] = Denied(Not.NO_CONSENT, "consent")
                continue
        kept.append(each)
    return kept


def _no_second_line(held: list[Held], outcomes: Outcomes) -> list[Held]:
    """Deny what was asked about the same person, for the same matter, along another line under an earlier grant."""
    others = {other for each in held for other in each.granted.others}
    if not others:
        return held
    known = asked_under({each.subject for each in held if each.granted.others and each.subject}, others)
    kept = []
    for each in held:
        if any((each.subject, other) in known for other in each.granted.others):
            outcomes[each.place] = Denied(Not.SECOND_LINE, "fact")
        else:
            kept.append(each)
    return kept
