"""Asking records. Only `evidence` asks; everything it asks is logged before an answer leaves."""

from __future__ import annotations

import datetime
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType
from typing import Any, TypeAlias
from uuid import UUID

from django.db import connection
from django.db.models import Max
from psycopg import sql

from mianzheng.catalogue.rules.city import City, Item
from mianzheng.centre import models
from mianzheng.centre.queries.conflicts import prevailing
from mianzheng.centre.queries.gates import gate_of
from mianzheng.centre.queries.seals import open_words
from mianzheng.centre.rules.answers import ERASED, NOT_KEPT
from mianzheng.centre.rules.intakes import Stage
from mianzheng.centre.rules.readiness import Readiness, Register, State, cycle, readiness
from mianzheng.common.reasons import Reason
from mianzheng.web import planned

CURRENT, PAST = "centre", "centre_history"


@dataclass(frozen=True, slots=True)
class Found:
    """What one item says about some subjects: the rows of each (nobody's entry means none), and why it cannot say.

    `as_of` is when the source was asked about a subject, where it was; a copy is as old as its register.
    """

    rows: Mapping[UUID, Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    unanswered: Mapping[UUID, Reason] = field(default_factory=dict)
    as_of: Mapping[UUID, datetime.datetime] = field(default_factory=dict)


Reader: TypeAlias = Callable[[Mapping[str, Collection[UUID]]], Mapping[str, Found]]
"""Reads what items (by code) say about subjects: from here, and for whoever may ask sources, from there."""


def readiness_of(
    city: City, items: Iterable[str], *, now: datetime.datetime, at: datetime.datetime | None = None
) -> dict[str, Readiness]:
    """Return how each of `items` stands (one query); with `at`, how its records stood then."""
    codes = set(items)
    if at is not None:
        return _readiness_then(city, codes, at)
    registers = {row[0]: Register(*row) for row in planned.fetch(_REGISTERS, [list(codes)])}
    cycles = city.policy.stale_cycles
    return {
        code: readiness(
            city.items[code], registers.get(code), now=now, stale_cycles=cycles, silent=_paused(city, city.items[code])
        )
        for code in codes
    }


def _paused(city: City, item: Item) -> bool:
    """Return whether the source of `item` is not asked at present because it keeps failing."""
    found = city.connections.get(item.connection) if item.at_source else None
    return found is not None and gate_of(found).silent(at=time.monotonic())


def _readiness_then(city: City, codes: Collection[str], at: datetime.datetime) -> dict[str, Readiness]:
    """Judge as of `at` by the newest batch then known. Whether a register was silent for an hour is not kept."""
    batches = models.Intake.objects.filter(item__in=codes, stage=Stage.LOADED, known_from__lte=at)
    newest = dict(batches.values_list("item").annotate(Max("as_of")))
    found = {}
    for row in models.Register.objects.filter(item__in=codes):
        item = city.items[row.item]
        as_of = newest.get(row.item)
        if as_of is None and not item.at_source and _held_then(item, at):
            as_of = min(row.as_of, at)  # filled without a batch, as the demo does
        register = Register(row.item, as_of, False, row.records) if as_of else None
        found[row.item] = readiness(item, register, now=at, stale_cycles=city.policy.stale_cycles)
    sources = (code for code in codes if code not in found and city.items[code].at_source)
    found |= {code: readiness(city.items[code], None, now=at, stale_cycles=0) for code in sources}
    return found | {code: Readiness(code, State.ABSENT) for code in codes if code not in found}


def _held_then(item: Item, at: datetime.datetime) -> bool:
    """Return whether any record of `item` was known at `at`."""
    if not item.fields or not _has_history(item):
        return False
    query = sql.SQL(
        "SELECT EXISTS (SELECT FROM {} WHERE known_from <= %(at)s) OR EXISTS (SELECT FROM {} WHERE known_from <= %(at)s)"
    ).format(sql.Identifier(CURRENT, item.code), sql.Identifier(PAST, item.code))
    with connection.cursor() as cursor:
        cursor.execute(query, {"at": at})
        return bool((cursor.fetchone() or (False,))[0])


def _has_history(item: Item) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [f'{PAST}."{item.code}"'])
        return bool((cursor.fetchone() or (False,))[0])


def records(
    city: City,
    item: Item,
    subjects: Collection[UUID],
    *,
    at: datetime.datetime | None = None,
    fields: tuple[str, ...] | None = None,
    sealed_for: str = "",
) -> dict[UUID, list[dict[str, Any]]]:
    """Return the records of `subjects` in `item`, only `fields` of them where they are named; who has none has no entry.

    Those of today, or with `at` those known at that moment, as they were known: a correction made since changes nothing
    about it. Where a copy differs from the registering item, what that says (said then) is laid over it.

    What is sealed (封存) is no record: the statement itself leaves it out, so that who has only sealed records costs what
    who has none does. `sealed_for` is the office for which the seal is open, if its article names that office.
    """
    if not subjects or not item.fields or (at is not None and not _has_history(item)):
        return {}
    columns = tuple(field.code for field in item.fields) if fields is None else fields
    open_ = open_words(item, past=at is not None, sealed_for=sealed_for)
    params = [list(subjects)] if at is None else [list(subjects), at, list(subjects), at, at]
    found: dict[UUID, list[dict[str, Any]]] = {}
    for subject, *values in planned.fetch(_select(item.code, columns, past=at is not None, open_=open_), params):
        found.setdefault(subject, []).append(dict(zip(columns, values, strict=True)))
    for (subject, code), value in prevailing(city, item, list(found), at=at, fields=columns).items():
        for row in found[subject]:
            row[code] = value
    return found


@lru_cache(maxsize=1_000)
def _select(item: str, columns: tuple[str, ...], *, past: bool, open_: str) -> str:
    """Return the statement that reads `item`: of what is not sealed it asks nothing more."""
    names = sql.SQL(", ").join(map(sql.Identifier, ("subject", *columns)))
    only = sql.SQL(f" AND {open_}" if open_ else "")  # type: ignore[arg-type] # composed by `open_rows`
    now = sql.SQL("SELECT {} FROM {} AS r WHERE subject = ANY(%s){}").format(names, sql.Identifier(CURRENT, item), only)
    if not past:
        return now.as_string()
    return (
        sql.SQL(
            "{} AND known_from <= %s UNION ALL"
            " SELECT {} FROM {} AS r WHERE subject = ANY(%s){} AND known_from <= %s AND known_to > %s"
        )
        .format(now, names, sql.Identifier(PAST, item), only)
        .as_string()
    )


def held(
    city: City,
    wanted: Mapping[str, Collection[UUID]],
    *,
    at: datetime.datetime | None = None,
    fields: Mapping[str, tuple[str, ...]] = MappingProxyType({}),
    sealed_for: str = "",
) -> dict[str, Found]:
    """Return what is held here about the subjects `wanted` of each item; nothing is asked anywhere.

    `fields` names those that are enough, by item; of the others all are read.

    Of an item that stays at its source nothing is held but what was answered lately (see decision 15): where that is
    all there is, or where `at` lies before it, the item cannot say. Nor can it where what it held was erased, unless all
    of that was sealed for whoever asks.
    """
    items = {code: city.items[code] for code in wanted if not city.items[code].at_source}
    copies = {
        code: records(city, item, wanted[code], at=at, fields=fields.get(code), sealed_for=sealed_for)
        for code, item in items.items()
    }
    everybody = {subject for code in items for subject in wanted[code]}
    gone = {
        (code, subject)
        for code, subject, sealed in (planned.fetch(_ERASED, [list(everybody), list(items)]) if everybody else ())
        if not sealed or _opens(items[code], sealed_for)
    }
    found = {}
    for code, subjects in wanted.items():
        item = city.items[code]
        if not item.at_source:
            why = Reason(ERASED, {"item": item.name})
            copy = copies[code]
            found[code] = Found(copy, {s: why for s in subjects if (code, s) in gone and s not in copy})
            continue
        kept = records(city, item, subjects, at=at) if at is not None else {}
        why = Reason(NOT_KEPT, {"item": item.name})
        found[code] = Found(kept, {subject: why for subject in subjects if subject not in kept})
    return found


_FETCHED = "SELECT item, subject, at FROM centre_fetched WHERE subject = ANY(%s) AND item = ANY(%s)"
_ERASED = "SELECT item, subject, sealed FROM centre_erasure WHERE subject = ANY(%s) AND item = ANY(%s)"
_DISPUTED = "SELECT item, subject FROM centre_dispute WHERE item = ANY(%s) AND subject = ANY(%s) AND closed_at IS NULL"
_REGISTERS = "SELECT item, as_of, silent, records FROM centre_register WHERE item = ANY(%s)"
_SILENT = "SELECT item FROM centre_register WHERE item = ANY(%s) AND silent"


def fresh(
    city: City, items: Collection[str], subjects: Collection[UUID], *, now: datetime.datetime
) -> dict[tuple[str, UUID], datetime.datetime]:
    """Return when the source of which of `items` was asked about which of `subjects`, where that is fresh (one query).

    The answer is in the record table, also when it was "no record".
    """
    rows = planned.fetch(_FETCHED, [list(subjects), list(items)])
    return {(code, subject): at for code, subject, at in rows if now - at < cycle(city.items[code])}


def silent(items: Collection[str]) -> set[str]:
    """Return which of `items` have a register that does not answer at present (one query)."""
    return {code for (code,) in planned.fetch(_SILENT, [list(items)])}


def _opens(item: Item, office: str) -> bool:
    return item.seal is None or item.seal.opens_to(office)


def disputed(
    items: Collection[str], subjects: Collection[UUID], *, at: datetime.datetime | None = None
) -> set[tuple[str, UUID]]:
    """Return which of `subjects` have records under objection in which of `items` (one query); with `at`, had then."""
    if at is None:
        return set(planned.fetch(_DISPUTED, [list(items), list(subjects)]))
    rows = models.Dispute.objects.filter(item__in=items, subject__in=subjects)
    rows = rows.filter(opened_at__lte=at).exclude(closed_at__lte=at)
    return set(rows.values_list("item", "subject"))
