"""The four forms of a fact: how the records of one subject decide it."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mianzheng.catalogue.rules.city import Fact, Item
from mianzheng.catalogue.rules.kinds import Form
from mianzheng.evidence.rules.verdicts import Verdict


@dataclass(frozen=True, slots=True)
class Trace:
    """How a verdict came about, without any value of a record: how many there were, and how many satisfied."""

    records: int
    satisfied: int
    undecided: int
    complete: bool


def decide(form: Form, results: Sequence[bool | None], *, n: int, complete: bool) -> Verdict:
    """Return the verdict of `form` over the predicate's `results`, one a record (None: a value was missing).

    An absence proves something only where the item is complete.
    """
    yes = sum(result is True for result in results)
    open_ = sum(result is None for result in results)
    if form is Form.AT_LEAST or form is Form.EXISTS:
        wanted = n if form is Form.AT_LEAST else 1
        if yes >= wanted:
            return Verdict.HOLDS
        return Verdict.FAILS if complete and yes + open_ < wanted else Verdict.UNKNOWN
    if form is Form.NONE:
        if yes:
            return Verdict.FAILS
        return Verdict.HOLDS if complete and not open_ else Verdict.UNKNOWN
    if not results:
        return Verdict.FAILS if complete else Verdict.UNKNOWN
    if open_ or 0 < yes < len(results):
        return Verdict.UNKNOWN
    return Verdict.HOLDS if yes else Verdict.FAILS


def newest(records: Sequence[Mapping[str, Any]], field: str) -> Sequence[Mapping[str, Any]]:
    """Return the newest of `records`: more than one on a tie, all where some have no date and so cannot be ordered."""
    dates = [record[field] for record in records]
    if not dates or None in dates:
        return records
    last = max(dates)
    return [record for record in records if record[field] == last]


def judge(
    fact: Fact, item: Item, records: Sequence[Mapping[str, Any]], *, params: Mapping[str, Any], today: datetime.date
) -> tuple[Verdict, Trace]:
    """Judge `fact` by the `records` of one subject in `item`."""
    assert fact.predicate is not None
    asked = newest(records, item.newest_field) if fact.form is Form.LATEST else records
    results = [fact.predicate.of(record, params, today) for record in asked]
    verdict = decide(fact.form, results, n=fact.n, complete=item.complete)
    return verdict, Trace(len(records), results.count(True), results.count(None), item.complete)
