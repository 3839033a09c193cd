"""Read the log: what a person sees about themselves, what a case has done."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Collection
from dataclasses import dataclass, fields
from typing import Any

from django.db.models import Count, Q, QuerySet

from mianzheng.audit import models, rules
from mianzheng.web import planned

LOOK_UPS = ("lookup", "prefill")
"""Actions that ask a register."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry(rules.NewEntry):
    """A line of the log as it was written."""

    id: uuid.UUID


def about(subject: uuid.UUID, limit: int = 200) -> tuple[Entry, ...]:
    """Return the newest `limit` lines about `subject`, newest first. Not for the person, who gets `told_to`: of some lines
    law has them told later.
    """
    return _values(models.Entry.objects.filter(subject=subject).order_by("-at", "-id")[:limit])


def told_to(subject: uuid.UUID, *, now: datetime.datetime, limit: int = 200) -> tuple[Entry, ...]:
    """Return the newest `limit` lines about `subject` that they may know of at `now`, newest first (two queries)."""
    return _values(lines_told(subject, now=now).order_by("-at", "-id")[:limit])


def lines_told(subject: uuid.UUID, *, now: datetime.datetime) -> QuerySet[models.Entry]:
    """Return what the log says to `subject` about themselves: everything, but for lines still withheld (暂缓告知).

    Whatever a person sees of the log, here or as a receipt, comes from this; what is withheld is left out by the database,
    so that nothing tells it from what never was.
    """
    withheld = models.Withheld.objects.filter(until__gt=now).values_list("id", flat=True)
    keys = [str(key) for key in withheld]
    mark = f"detail__{rules.WITHHELD}"
    return models.Entry.objects.filter(subject=subject).filter(
        Q(**{f"{mark}__isnull": True}) | ~Q(**{f"{mark}__in": keys})
    )


def line_of(row: models.Entry) -> Entry:
    """Return what `row` says."""
    return Entry(**{name: getattr(row, name) for name in _NAMES})


def of_case(case: uuid.UUID) -> tuple[Entry, ...]:
    """Return every line of `case`, oldest first."""
    return _values(models.Entry.objects.filter(case=case).order_by("at", "id"))


def leaves_of(entries: Collection[uuid.UUID]) -> dict[uuid.UUID, tuple[bytes, dict[str, Any]]]:
    """Return the leaf of each of `entries` that is there, and the detail it was written with (one query)."""
    rows = models.Entry.objects.filter(id__in=list(entries)).values_list("id", "leaf", "detail")
    return {entry: (bytes(leaf), detail) for entry, leaf, detail in rows}


def broken(subject: uuid.UUID) -> tuple[uuid.UUID, ...]:
    """Return the lines about `subject` that no longer fit their leaf: somebody changed them past the program."""
    found = []
    for row in models.Entry.objects.filter(subject=subject).order_by("at", "id"):
        if rules.leaf(line_of(row), bytes(row.salt)) != bytes(row.leaf):
            found.append(row.id)
    return tuple(found)


def asked(first: datetime.datetime, before: datetime.datetime) -> dict[str, tuple[int, int]]:
    """Return for each item how often it was asked from `first` until `before`, and how often it could not tell.

    Asked is: looked up for a fact or a relation, for a case, a form or by itself. Where an office answered instead, or a
    record was opened to put it right, the item was not asked.
    """
    looks = models.Entry.objects.filter(at__gte=first, at__lt=before, action__in=LOOK_UPS).exclude(item="")
    counted = looks.values("item").annotate(total=Count("id"), open=Count("id", filter=Q(verdict="unknown"))).order_by()
    return {item: (total, left) for item, total, left in counted.values_list("item", "total", "open")}


_UNDER = """
    SELECT DISTINCT subject, detail->>'grant' FROM audit_entry
    WHERE subject = ANY(%s) AND action = 'lookup' AND detail->>'grant' = ANY(%s)
"""


def asked_under(subjects: Collection[uuid.UUID], grants: Collection[uuid.UUID]) -> set[tuple[uuid.UUID, uuid.UUID]]:
    """Return which of `subjects` were looked up under which of `grants`, as far back as the log reaches (one query)."""
    if not subjects or not grants:
        return set()
    rows = planned.fetch(_UNDER, [list(subjects), [str(grant) for grant in grants]])
    return {(subject, uuid.UUID(grant)) for subject, grant in rows}


_NAMES = tuple(each.name for each in fields(Entry))


def _values(rows: QuerySet[models.Entry]) -> tuple[Entry, ...]:
    return tuple(Entry(**row) for row in rows.values(*_NAMES))
