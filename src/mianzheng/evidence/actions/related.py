"""Who stands in a relation to somebody, as the registers know it: for acts that one person does for another."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Collection, Sequence

from mianzheng.audit import actions as audit
from mianzheng.audit.rules import NewEntry
from mianzheng.catalogue.rules.city import City, Relation
from mianzheng.centre.actions.sources import Asker
from mianzheng.centre.queries.records import Found, readiness_of
from mianzheng.common.actors import Actor
from mianzheng.evidence.actions.gathering import reader_for


def related(
    *,
    city: City,
    relations: Sequence[str],
    subject: uuid.UUID,
    purpose: str,
    matter: str = "",
    actor: Actor,
    now: datetime.datetime,
) -> tuple[frozenset[uuid.UUID], bool]:
    """Return who stands in one of `relations` to `subject` (as their mother, their guardian), and whether every register
    could say. Each look is in the log before this returns. Call it outside a transaction, as `gathering.gather`.
    """
    asked = [city.relations[code] for code in relations if city.relations[code].base == "applicant"]
    items = {relation.item for relation in asked}
    ready = {code for code, state in readiness_of(city, items, now=now).items() if state.ready}
    reading = reader_for(city, Asker(actor, f"向数据源查询：{purpose}", matter, None, subject), now=now)
    found = reading({code: [subject] for code in sorted(ready)}) if ready else {}
    audit.write(
        [_entry(relation, subject, purpose, matter, actor, now) for relation in asked if relation.item in found]
    )
    people = {
        person for relation in asked for person in _people(relation, found.get(relation.item), subject, now.date())
    }
    silent = items - found.keys() | {code for code, each in found.items() if subject in each.unanswered}
    return frozenset(people), not silent


def _people(relation: Relation, found: Found | None, subject: uuid.UUID, today: datetime.date) -> Collection[uuid.UUID]:
    assert relation.predicate is not None
    rows = found.rows.get(subject, ()) if found else ()
    return [row[relation.field] for row in rows if row[relation.field] and relation.predicate.of(row, {}, today)]


def _entry(
    relation: Relation, subject: uuid.UUID, purpose: str, matter: str, actor: Actor, now: datetime.datetime
) -> NewEntry:
    return NewEntry(
        at=now,
        action="lookup",
        purpose=purpose,
        subject=subject,
        applicant=subject,
        matter=matter,
        item=relation.item,
        detail={"relation": relation.code},
        **actor.log(),
    )
