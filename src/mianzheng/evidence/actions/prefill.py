"""Filling a form from the person's own records, so that nobody types what the city already knows."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Sequence
from typing import Any

from django.db import transaction

from mianzheng.audit import actions as audit
from mianzheng.audit.rules import NewEntry
from mianzheng.catalogue.rules.city import City, Matter, Question
from mianzheng.centre.queries.records import readiness_of, records
from mianzheng.common.actors import Actor
from mianzheng.evidence.rules.forms import newest


def prefill(
    *, city: City, matter: Matter, subject: uuid.UUID, actor: Actor, now: datetime.datetime
) -> tuple[dict[str, Any], dict[str, list[uuid.UUID]]]:
    """Return what the person's own records say for the questions of `matter`, and whom they may choose as relatives.

    The first is by question code; the second by question code too, as subjects. A register that does not answer just
    leaves its questions open. Every look is in the log before this returns.
    """
    assert matter.work is not None
    filled = [question for question in matter.work.form if question.prefill]
    relatives = [question for question in matter.work.form if question.type == "relative"]
    wanted = {question.prefill[0] for question in filled if question.prefill}
    wanted |= {city.relations[question.relation].item for question in relatives}
    readiness = readiness_of(city, wanted, now=now)
    found = {code: records(city.items[code], [subject]).get(subject, []) for code in wanted if readiness[code].ready}
    with transaction.atomic():
        audit.write([_entry(code, matter, subject, actor, now) for code in sorted(found)])
    values = {question.code: _value(city, question, found) for question in filled}
    chosen = {question.code: _relatives(city, question, found, now.date()) for question in relatives}
    return {code: value for code, value in values.items() if value is not None}, chosen


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
