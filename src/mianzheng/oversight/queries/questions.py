"""Questions of a person about looks they do not recognise, with their answers."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from mianzheng.audit.queries import Entry
from mianzheng.audit.queries.staff import lines
from mianzheng.catalogue.rules.city import City
from mianzheng.oversight.models import Question
from mianzheng.oversight.queries.heads import may_decide
from mianzheng.oversight.queries.leads import Line, told_lines
from mianzheng.oversight.rules.questions import office_to_answer
from mianzheng.people.queries import AccountCard, accounts
from mianzheng.people.rules.roles import STAFF


def questions_of(subject: uuid.UUID) -> list[Question]:
    """Return what the person asked, the newest first (one query)."""
    return list(Question.objects.filter(subject=subject).select_related("lead").order_by("-asked_at", "-id")[:200])


def asked_already(subject: uuid.UUID, entry: uuid.UUID) -> Question | None:
    """Return the person's question about `entry`, if there is one."""
    return Question.objects.filter(subject=subject, entry=entry).select_related("lead").first()


def looks_of(city: City, questions: Sequence[Question]) -> dict[uuid.UUID, Line]:
    """Return the look of each question in words, by its line of the log; of one that was destroyed, none (two queries)."""
    entries = lines([question.entry for question in questions])
    return dict(zip((entry.id for entry in entries), told_lines(city, entries), strict=True))


def looker(look: Entry) -> AccountCard | None:
    """Return the account of the member of staff who looked; None where it was the program, a resident or an operator."""
    if look.actor_role not in STAFF:
        return None
    try:
        account = uuid.UUID(look.actor)
    except ValueError:
        return None
    return accounts([account]).get(account)


def answers(city: City, look: Entry) -> str:
    """Return the department whose head will answer a question about `look`; empty where oversight will (two queries)."""
    office, card = office_to_answer(city, look), looker(look)
    return office if may_decide(office, card.id if card else None) else ""
