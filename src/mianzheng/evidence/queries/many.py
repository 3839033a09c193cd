"""One fact about very many subjects at once, each by itself: what the gateway asks.

As in `asking`, records come from the reader it is given, and whoever calls it writes the looks to the log before the
answers leave.
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from django.utils import timezone

from mianzheng.catalogue.rules.city import City, Fact, Item
from mianzheng.catalogue.rules.kinds import Form
from mianzheng.centre.queries.records import Found
from mianzheng.centre.rules.readiness import Readiness
from mianzheng.evidence.rules.forms import judge, newest
from mianzheng.evidence.rules.unclear import Unclear, not_ready, unsettled
from mianzheng.evidence.rules.verdicts import Verdict


class Judged(NamedTuple):
    """What the records say about one subject: how many there were, why they cannot tell, and the values asked for."""

    verdict: Verdict
    as_of: datetime.date | None
    records: int = 0
    unclear: Unclear | None = None
    values: Mapping[str, Any] = MappingProxyType({})


def fields_for(fact: Fact, item: Item, values: Collection[str] = ()) -> tuple[str, ...]:
    """Return the fields of `item` that answering `fact` takes: no others are read."""
    assert fact.predicate is not None
    asked = {*fact.predicate.fields, *values}
    if values or fact.form is Form.LATEST:
        asked.add(item.newest_field)
    return tuple(f.code for f in item.fields if f.code in asked)


def judge_many(
    city: City,
    fact: Fact,
    subjects: Collection[uuid.UUID],
    *,
    params: Mapping[str, Any],
    readiness: Readiness,
    found: Found,
    disputed: Collection[tuple[str, uuid.UUID]],
    today: datetime.date,
    values: tuple[str, ...] = (),
) -> dict[uuid.UUID, Judged]:
    """Judge `fact` about each of `subjects` by the rows `found` in its item."""
    item = city.items[fact.item]
    stood = _day(readiness.as_of)
    if not readiness.ready:
        unclear = not_ready(readiness.state)
        # a register that does not answer says of no day what it holds
        nothing = Judged(Verdict.UNKNOWN, stood if unclear is Unclear.STALE else None, unclear=unclear)
        return dict.fromkeys(subjects, nothing)
    judged = {}
    for subject in subjects:
        if subject in found.unanswered:
            judged[subject] = Judged(Verdict.UNKNOWN, None, unclear=Unclear.SILENT)
            continue
        rows = found.rows.get(subject, ())
        as_of = _day(found.as_of.get(subject)) if item.at_source else stood
        verdict, trace = judge(fact, item, rows, params=params, today=today)
        # an objection from before a record was sealed would tell that there is one
        doubted = (item.code, subject) in disputed and bool(rows or item.seal is None)
        if doubted:
            verdict = Verdict.UNKNOWN
        told: dict[str, Any] = {}
        if values and rows and verdict is not Verdict.UNKNOWN:
            last = newest(rows, item.newest_field)[0] if item.newest_field else rows[0]
            told = {name: last.get(name) for name in values}
        unclear = unsettled(trace, disputed=doubted) if verdict is Verdict.UNKNOWN else None
        judged[subject] = Judged(verdict, as_of, trace.records, unclear, told)
    return judged


def _day(moment: datetime.datetime | None) -> datetime.date | None:
    return timezone.localtime(moment).date() if moment else None
