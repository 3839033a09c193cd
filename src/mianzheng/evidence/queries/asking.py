"""Asking the centre: sets of needs in, answers and the looks they took out.

The only place that judges records. They come from the reader it is given, which `actions.gathering` makes; whoever calls
it writes the looks to the log before the answers leave. A test finds any other caller (`tests/habits/test_one_door.py`).
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from django.utils import timezone

from mianzheng.catalogue.rules.city import City, Need, Relation
from mianzheng.centre.queries.records import Found, Reader, disputed
from mianzheng.centre.rules.readiness import Readiness, State, why_not
from mianzheng.common.reasons import N_, Reason
from mianzheng.evidence.rules.forms import Trace, judge
from mianzheng.evidence.rules.inquiry import Answer, Inquiry, Look, explain
from mianzheng.evidence.rules.verdicts import Verdict, all_of


def ask(
    city: City,
    inquiry: Inquiry,
    needs: Sequence[Need],
    *,
    readiness: Mapping[str, Readiness],
    read: Reader,
    today: datetime.date,
    at: datetime.datetime | None = None,
) -> tuple[list[Answer], list[Look]]:
    """Answer `needs` from the records: one reading a relation, one for all items, however many needs there are.

    What a reader could not get is unknown, with the reader's reason. `at` asks as of a past moment: `readiness`, `read`
    and `today` are then those of that moment.
    """
    looks: list[Look] = []
    people = _Relatives(city, inquiry, readiness, read, today, looks)
    about = {need.code: people.of(need.about, need.code) for need in needs}
    wanted: dict[str, set[uuid.UUID]] = {}
    for need in needs:
        subjects = about[need.code]
        if isinstance(subjects, tuple):
            wanted.setdefault(city.facts[need.fact].item, set()).update(subjects)
    found = read({item: subjects for item, subjects in wanted.items() if _askable(city, readiness, item)})
    everybody = {subject for subjects in wanted.values() for subject in subjects}
    in_dispute = disputed(wanted.keys(), everybody, at=at)
    answers = [_answer(city, need, about[need.code], found, in_dispute, readiness, today, looks) for need in needs]
    return answers, looks


def _askable(city: City, readiness: Mapping[str, Readiness], item: str) -> bool:
    """Return whether to read `item`; of one at its source a fresh answer may be here although nobody answers now."""
    state = readiness.get(item)
    return state is not None and (state.ready or (city.items[item].at_source and state.state is State.SILENT))


def _answer(
    city: City,
    need: Need,
    subjects: tuple[uuid.UUID, ...] | Reason,
    found: Mapping[str, Found],
    in_dispute: set[tuple[str, uuid.UUID]],
    readiness: Mapping[str, Readiness],
    today: datetime.date,
    looks: list[Look],
) -> Answer:
    fact = city.facts[need.fact]
    item = city.items[fact.item]
    state = readiness.get(item.code)
    as_of = timezone.localtime(state.as_of).date() if state and state.as_of else None
    if isinstance(subjects, Reason):
        return Answer(need, Verdict.UNKNOWN, subjects, item.code, None)
    if not subjects:
        verdict = Verdict(fact.empty or Verdict.UNKNOWN)
        words = N_("登记中没有%(who)s, 这一条自然符合。") if verdict is Verdict.HOLDS else N_("登记中没有查到%(who)s。")
        return Answer(need, verdict, Reason(words, {"who": city.relations[need.about].name}), item.code, as_of)
    if item.code not in found:
        assert state is not None
        return Answer(need, Verdict.UNKNOWN, why_not(item.name, state.state), item.code, as_of, subjects)
    if item.at_source:
        asked = [found[item.code].as_of[subject] for subject in subjects if subject in found[item.code].as_of]
        as_of = timezone.localtime(min(asked)).date() if asked else None
    return _judged(city, need, subjects, found[item.code], in_dispute, today, as_of, looks)


def _judged(
    city: City,
    need: Need,
    subjects: tuple[uuid.UUID, ...],
    found: Found,
    in_dispute: set[tuple[str, uuid.UUID]],
    today: datetime.date,
    as_of: datetime.date | None,
    looks: list[Look],
) -> Answer:
    """Judge `need` by what was found about `subjects`, and note each look."""
    fact = city.facts[need.fact]
    item = city.items[fact.item]
    verdicts, traces, doubtful, silent = [], [], False, None
    for subject in subjects:
        if subject in found.unanswered:
            silent = silent or found.unanswered[subject]
            verdicts.append(Verdict.UNKNOWN)  # nobody looked, so this is no look
            continue
        rows = found.rows.get(subject, ())
        verdict, trace = judge(fact, item, rows, params=need.params, today=today)
        # an objection from before a record was sealed would tell that there is one
        if (item.code, subject) in in_dispute and (rows or item.seal is None):
            verdict, doubtful = Verdict.UNKNOWN, True
        verdicts.append(verdict)
        traces.append(trace)
        looks.append(Look(need.code, item.code, subject, verdict, trace, fact=fact.code))
    verdict = all_of(verdicts, empty=Verdict.UNKNOWN)
    if verdict is Verdict.UNKNOWN and silent is not None:
        reason = silent
    else:
        reason = explain(fact, item, verdict, tuple(traces), disputed=doubtful)
    kept = {"looks": [asdict(trace) for trace in traces], "subjects": [str(subject) for subject in subjects]}
    return Answer(need, verdict, reason, item.code, as_of, subjects, kept)


class _Relatives:
    """Whom needs are about, each relation resolved once."""

    def __init__(
        self,
        city: City,
        inquiry: Inquiry,
        readiness: Mapping[str, Readiness],
        read: Reader,
        today: datetime.date,
        looks: list[Look],
    ) -> None:
        self.city = city
        self.inquiry = inquiry
        self.readiness = readiness
        self.read = read
        self.today = today
        self.looks = looks
        self.known: dict[str, tuple[uuid.UUID, ...] | Reason] = {"applicant": (inquiry.applicant,)}

    def of(self, about: str, need: str) -> tuple[uuid.UUID, ...] | Reason:
        """Return the subjects `about` names, or why they cannot be known now."""
        if about not in self.known:
            found = self._resolve(self.city.relations[about], need)
            chosen = self.inquiry.selected.get(about)
            if chosen and not isinstance(found, Reason):
                words = N_("登记中没有您选择的这位%(who)s。")
                found = (chosen,) if chosen in found else Reason(words, {"who": self.city.relations[about].name})
            self.known[about] = found
        return self.known[about]

    def _resolve(self, relation: Relation, need: str) -> tuple[uuid.UUID, ...] | Reason:
        bases = self.of(relation.base, need)
        if isinstance(bases, Reason):
            return bases
        item = self.city.items[relation.item]
        if not _askable(self.city, self.readiness, item.code):
            return why_not(item.name, self.readiness[item.code].state)
        found = self.read({item.code: bases})[item.code]
        for base in bases:
            if base in found.unanswered:
                return found.unanswered[base]
        relatives: set[uuid.UUID] = set()
        unclear = False
        for base in bases:
            rows = found.rows.get(base, ())
            satisfied = [self._holds(relation, row) for row in rows]
            relatives.update(
                row[relation.field] for row, yes in zip(rows, satisfied, strict=True) if yes and row[relation.field]
            )
            unclear |= None in satisfied or any(
                yes and not row[relation.field] for row, yes in zip(rows, satisfied, strict=True)
            )
            trace = Trace(len(rows), satisfied.count(True), satisfied.count(None), item.complete)
            self.looks.append(Look(need, item.code, base, None, trace, relation=relation.code))
        if unclear or (not relatives and not item.complete):
            return Reason(N_("“%(item)s”不足以确定%(who)s。"), {"item": item.name, "who": relation.name})
        return tuple(sorted(relatives))

    def _holds(self, relation: Relation, row: Mapping[str, Any]) -> bool | None:
        assert relation.predicate is not None
        return relation.predicate.of(row, {}, self.today)


def items_of(city: City, needs: Iterable[Need]) -> set[str]:
    """Return every item that answering `needs` may touch, those of their relations among them."""
    items: set[str] = set()
    for need in needs:
        items.add(city.facts[need.fact].item)
        about = need.about
        while about in city.relations:
            items.add(city.relations[about].item)
            about = city.relations[about].base
    return items
