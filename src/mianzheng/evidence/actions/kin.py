"""Whom somebody is related to, for oversight alone (回避): so that an officer's look at a relative is noticed.

This too is a look at records, about the officer: it is in the officer's own log, with its purpose, before an answer leaves.
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Collection, Iterable, Mapping

from django.db import transaction

from mianzheng.audit import actions as audit
from mianzheng.audit.rules import NewEntry
from mianzheng.catalogue.rules.city import City, Relation
from mianzheng.centre.queries.records import held, readiness_of
from mianzheng.common.actors import Actor

APPLICANT = "applicant"
"""Where every relation begins; here that is the officer."""


def kin(
    *,
    city: City,
    subjects: Collection[uuid.UUID],
    relations: Iterable[str],
    purpose: str,
    actor: Actor,
    now: datetime.datetime,
) -> dict[uuid.UUID, frozenset[uuid.UUID]]:
    """Return whom each of `subjects` is related to by `relations`, as far as copies held here say.

    One reading a relation, however many they are. No source outside is asked and no number leaves the vault; what a
    register cannot say is not known, and what is not known is held against nobody.
    """
    walk = _Walk(city, subjects, now)
    found: dict[uuid.UUID, set[uuid.UUID]] = {subject: set() for subject in subjects}
    for code in relations:
        for subject, relatives in walk.of(code).items():
            found[subject] |= relatives - {subject}
    with transaction.atomic():
        audit.write([_entry(subject, item, code, purpose, actor, now) for subject, item, code in sorted(walk.looks)])
    return {subject: frozenset(relatives) for subject, relatives in found.items()}


class _Walk:
    """Relations resolved once each, and the looks they took: about whom, into which item, for which relation."""

    def __init__(self, city: City, subjects: Collection[uuid.UUID], now: datetime.datetime) -> None:
        self.city = city
        self.now = now
        self.known: dict[str, Mapping[uuid.UUID, set[uuid.UUID]]] = {APPLICANT: {s: {s} for s in subjects}}
        self.looks: set[tuple[uuid.UUID, str, str]] = set()

    def of(self, code: str) -> Mapping[uuid.UUID, set[uuid.UUID]]:
        """Return the relatives of each subject by the relation `code`; of those without any there is no entry."""
        if code not in self.known:
            relation = self.city.relations[code]
            nearer = self.of(relation.base)
            bases = {base for each in nearer.values() for base in each}
            farther = self._read(relation, bases) if bases else {}
            reached = {s: {far for base in each for far in farther.get(base, ())} for s, each in nearer.items()}
            self.known[code] = {subject: each for subject, each in reached.items() if each}
        return self.known[code]

    def _read(self, relation: Relation, bases: Collection[uuid.UUID]) -> dict[uuid.UUID, set[uuid.UUID]]:
        item = self.city.items[relation.item]
        if not readiness_of(self.city, [item.code], now=self.now)[item.code].ready:
            return {}
        assert relation.predicate is not None
        said = held(self.city, {item.code: bases})[item.code]
        self.looks |= {(base, item.code, relation.code) for base in bases if base not in said.unanswered}
        found: dict[uuid.UUID, set[uuid.UUID]] = {}
        for base, rows in said.rows.items():
            yes = [row for row in rows if relation.predicate.of(row, {}, self.now.date())]
            found[base] = {row[relation.field] for row in yes if row[relation.field]}
        return found


def _entry(
    subject: uuid.UUID, item: str, relation: str, purpose: str, actor: Actor, now: datetime.datetime
) -> NewEntry:
    return NewEntry(
        at=now,
        action="lookup",
        purpose=purpose,
        subject=subject,
        item=item,
        detail={"relation": relation},
        **actor.log(),
    )
