"""Filling a form from the person's own records, so that nobody types what the city already knows."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Sequence
from typing import Any

from mianzheng.audit import actions as audit
from mianzheng.audit.rules import NewEntry
from mianzheng.catalogue.rules.city import City, Matter, Question
from mianzheng.centre.queries.records import readiness_of
from mianzheng.common.actors import Actor
from mianzheng.evidence.actions.gathering import reader
from mianzheng.evidence.rules.forms import newest


def prefill(*, city: City, matter: Matter, subject: uuid.UUID, actor: Actor, now: datetime.datetime) -> dict[str, Any]:
    """Return what the person's own records say, by question of the form of `matter`.

    A register that does not answer just leaves its questions open. Every look is in the log before this returns. Call it
    outside a transaction, as `gathering.gather`.
    """
    assert matter.work is not None
    filled = [question for question in matter.work.form if question.prefill]
    found = _own(city, {q.prefill[0] for q in filled if q.prefill}, matter, subject, actor, now)
    values = {question.code: _value(city, question, found) for question in filled}
    return {code: value for code, value in values.items() if value is not None}


def relatives(
    *, city: City, matter: Matter, subject: uuid.UUID, actor: Actor, now: datetime.datetime
) -> dict[str, list[uuid.UUID]]:
    """Return whom or what the person may choose in the form of `matter`, by question: their children, their homes."""
    assert matter.work is not None
    asked = [question for question in matter.work.form if question.type == "relative"]
    wanted = {city.relations[question.relation].item for question in asked}
    found = _own(city, wanted, matter, subject, actor, now)
    return {question.code: _relatives(city, question, found, now.date()) for question in asked}


def _own(
    city: City, items: set[str], matter: Matter, subject: uuid.UUID, actor: Actor, now: datetime.datetime
) -> dict[str, list[dict[str, Any]]]:
    """Return the person's own records in `items`, with one log entry an item."""
    if not items:
        return {}
    readiness = readiness_of(city, items, now=now)
    reading = reader(city=city, matter=matter, applicant=subject, case=None, actor=actor, now=now)
    said = reading({code: [subject] for code in items if readiness[code].ready})
    found = {
        code: [dict(row) for row in each.rows.get(subject, ())]
        for code, each in said.items()
        if subject not in each.unanswered
    }
    audit.write([_entry(code, matter, subject, actor, now) for code in sorted(found)])
    return found


def _entry(item: str, matter: Matter, subject: uuid.UUID, actor: Actor, now: datetime.datetime) -> NewEntry:
    return NewEntry(
        at=now,
        action="prefill",
        purpose=f"为本人预填“{matter.name.zh}”申请表",
        subject=subject,
        applicant=subject,
        matter=matter.code,
        item=item,
        **actor.log(),
    )


def _value(city: City, question: Question, found: dict[str, list[dict[str, Any]]]) -> Any:
    assert question.prefill is not None
    item, field = question.prefill
    rows: Sequence[Any] = found.get(item, ())
    ordering = city.items[item].newest_field
    rows = newest(rows, ordering) if ordering and rows else rows
    return rows[0][field] if rows else None


def _relatives(
    city: City, question: Question, found: dict[str, list[dict[str, Any]]], today: datetime.date
) -> list[uuid.UUID]:
    relation = city.relations[question.relation]
    assert relation.predicate is not None
    rows = found.get(relation.item, ())
    return sorted(
        {row[relation.field] for row in rows if row[relation.field] and relation.predicate.of(row, {}, today)}
    )
