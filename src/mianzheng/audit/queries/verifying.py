"""Proving the whole log: every seal against the tree, every entry against its leaf, nothing missing, nothing slipped in."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from django.db import connection, transaction

from mianzheng.audit.models import Destroyed, Seal, Tile
from mianzheng.audit.ports import SIGNER
from mianzheng.audit.queries.canonical import CANONICAL
from mianzheng.audit.rules.checkpoints import read
from mianzheng.audit.rules.merkle import SIZE, Frontier, split
from mianzheng.audit.rules.tiles import ID_BYTES, LEVELS, WIDTH
from mianzheng.web import sql

AT_ONCE = 500
"""Tiles proven in one statement."""

MOST_AT_ONCE = 8
"""Statements at once, on however large a machine: each takes a connection and its memory."""


class Kind(StrEnum):
    """What is wrong."""

    ALTERED = "altered"  # an entry is not what was sealed
    REMOVED = "removed"  # a sealed entry is gone before its time
    INSERTED = "inserted"  # an entry stands in the log that was never sealed
    TREE = "tree"  # the tree between two seals is not the one that was signed
    SEAL = "seal"  # a seal is not as it was signed


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: the entry or its `index` in the log, or at least the number of the `seal`."""

    kind: Kind
    seal: int | None = None
    index: int | None = None
    entry: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class Proven:
    """How much was proven, and what is wrong."""

    entries: int
    seals: int
    destroyed: int
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class _Part:
    """What one part of the work found: entries there, entries destroyed lawfully, and what is wrong; `tiles` it went over."""

    checked: int = 0
    lawful: int = 0
    problems: tuple[Problem, ...] = ()
    tiles: int = 0


# the parts go side by side already
_ALONE = "SET LOCAL max_parallel_workers_per_gather = 0; SET LOCAL work_mem = '128MB'"
# The whole entry is written anew and hashed by the database: no line of the log leaves it. A tile is read once, not once
# for each entry in it.
_ENTRIES = f"""
    WITH tile AS MATERIALIZED (
        SELECT number, ids || ''::bytea AS ids, hashes || ''::bytea AS hashes FROM audit_tile
        WHERE level = 0 AND number >= %s AND number < %s
    ), placed AS MATERIALIZED (
        SELECT number * {WIDTH} + n AS index, encode(substr(ids, n * {ID_BYTES} + 1, {ID_BYTES}), 'hex')::uuid AS id,
               substr(hashes, n * {SIZE} + 1, {SIZE}) AS hash
        FROM tile, generate_series(0, octet_length(ids) / {ID_BYTES} - 1) AS n
    ), entry AS (
        SELECT id AS entry, sha256('\\x00'::bytea || leaf) AS hash,
               sha256(salt || convert_to({CANONICAL}, 'UTF8')) = leaf AS whole
        FROM audit_entry WHERE id >= %s AND id <= %s
    ), checked AS (
        SELECT index, entry IS NULL AS missing, whole AND entry.hash = placed.hash AS sound
        FROM placed LEFT JOIN entry ON entry = id
    )
    SELECT count(*) FILTER (WHERE NOT missing),
           coalesce(array_agg(index) FILTER (WHERE missing), '{{}}'),
           coalesce(array_agg(index) FILTER (WHERE NOT missing AND NOT sound), '{{}}')
    FROM checked
"""  # noqa: S608 - names and numbers of our own
_VISIBLE = "SELECT count(*) FROM audit_entry WHERE pg_visible_in_snapshot(xid, %s::pg_snapshot)"
_PLACED = f"""
    SELECT t.number * {WIDTH} + n AS index, encode(substr(t.ids, n * {ID_BYTES} + 1, {ID_BYTES}), 'hex')::uuid AS id
    FROM audit_tile t, generate_series(0, octet_length(t.ids) / {ID_BYTES} - 1) AS n WHERE t.level = 0
"""  # noqa: S608 - numbers of our own
_STRANGE = f"""
    WITH placed AS MATERIALIZED ({_PLACED})
    SELECT id FROM audit_entry e WHERE pg_visible_in_snapshot(xid, %s::pg_snapshot)
        AND NOT EXISTS (SELECT FROM placed p WHERE p.id = e.id)
"""  # noqa: S608 - numbers of our own
_INDEXES = f"""
    WITH wanted AS MATERIALIZED (SELECT unnest(%s::uuid[]) AS id), placed AS ({_PLACED})
    SELECT coalesce(range_agg(int8range(index, index + 1)), '{{}}'::int8multirange)::text, count(*)
    FROM placed JOIN wanted USING (id)
"""  # noqa: S608 - a number of our own


def verify(progress: Callable[[int, int], None] = lambda done, all_: None) -> Proven:
    """Prove everything there is; `progress` is told how many entries of how many are done."""
    seals = list(Seal.objects.order_by("number"))
    if not seals:
        return Proven(0, 0, 0, ())
    destroyed, total, done = _destroyed(), seals[-1].size, 0
    work = [partial(_entries, seals, destroyed, first) for first in range(0, -(-total // WIDTH), AT_ONCE)]
    parts: list[_Part] = []
    for part in _side_by_side([lambda: _Part(problems=tuple(_tree(seals))), *work]):
        parts.append(part)
        done += part.tiles
        progress(min(done * WIDTH, total), total)
    checked, lawful = sum(part.checked for part in parts), sum(part.lawful for part in parts)
    found = sorted((each for part in parts for each in part.problems), key=lambda each: each.index or -1)
    return Proven(checked, len(seals), lawful, (*_seals(seals), *found, *_strangers(seals[-1], checked)))


def _side_by_side(work: Sequence[Callable[[], _Part]]) -> Iterator[_Part]:
    """Yield what each of `work` found as it is done, on as many connections as there are processors. Inside a transaction
    all is done in it, one after another: nobody else sees what it changed.
    """
    if connection.in_atomic_block:
        yield from (each() for each in work)
        return

    def alone(each: Callable[[], _Part]) -> _Part:
        try:
            return each()
        finally:
            connection.close()

    threads = ThreadPoolExecutor(min(os.cpu_count() or 1, MOST_AT_ONCE))
    try:
        for done in as_completed([threads.submit(alone, each) for each in work]):
            yield done.result()
    finally:
        threads.shutdown(cancel_futures=True)  # where one fails, or somebody has enough, the rest is not begun


def _seals(seals: list[Seal]) -> Iterator[Problem]:
    """Yield seals that say another thing than was signed, or that do not follow one another."""
    size = 0
    signer = SIGNER()
    for each in seals:
        try:
            said, signatures = read(each.note)
        except ValueError:
            yield Problem(Kind.SEAL, each.number)
            continue
        genuine = any(signer.verify(said.text().encode(), signature) for _, _, signature in signatures)
        same = _trusted(each) is not None and said.root == bytes(each.root)
        if not (genuine and same and each.first == size and each.size > size):
            yield Problem(Kind.SEAL, each.number)
        size = each.size


def _tree(seals: list[Seal]) -> Iterator[Problem]:
    """Yield seals whose leaves do not lead from the root before to theirs; each is proven by itself."""
    upper = {
        (tile.level, tile.number): bytes(tile.hashes) for tile in Tile.objects.filter(level__gt=0).iterator(AT_ONCE)
    }
    hashes = _leaves()
    before, kept = Frontier(), b""
    for each in seals:
        wanted = max(each.size - before.size, 0) * SIZE  # a seal that is gone is made up for by the next
        while len(kept) < wanted and (more := next(hashes, b"")):
            kept += more
        mine, kept = kept[:wanted], kept[wanted:]
        after, made = before.grown(split(mine))
        wrong = after.root() != bytes(each.root) or after.size != each.size
        for level, number, found in made:
            if level % LEVELS == 0 and not wrong:
                tile, place = upper.get((level // LEVELS, number // WIDTH), b""), number % WIDTH * SIZE
                wrong = tile[place : place + SIZE] != found
        if wrong:
            yield Problem(Kind.TREE, each.number)
        before = _trusted(each) or after


def _trusted(seal: Seal) -> Frontier | None:
    """Return what the tree goes on from after `seal`, where it leads to the root that was signed."""
    peaks = Frontier(seal.size, tuple(split(bytes(seal.peaks))))
    try:
        said, _ = read(seal.note)
    except ValueError:
        return None
    sound = len(peaks.peaks) == seal.size.bit_count() and (peaks.root(), seal.size) == (said.root, said.size)
    return peaks if sound else None


def _leaves() -> Iterator[bytes]:
    """Yield the leaf hashes in order, many at a time."""
    first = 0
    while True:
        rows = Tile.objects.filter(level=0, number__gte=first, number__lt=first + AT_ONCE).order_by("number")
        found = [bytes(hashes) for hashes in rows.values_list("hashes", flat=True)]
        if not found:
            return
        yield b"".join(found)
        first += AT_ONCE


def _entries(seals: list[Seal], destroyed: list[range], first: int) -> _Part:
    """Prove the entries of `AT_ONCE` tiles from `first` on."""
    low, high = _bounds(first)
    with transaction.atomic():
        sql.run(_ALONE)
        ((there, missing, wrong),) = sql.fetch(_ENTRIES, [first, first + AT_ONCE, low, high])
    gone = [index for index in missing if not any(index in each for each in destroyed)]
    problems = [_at(Kind.REMOVED, seals, index) for index in gone] + [
        _at(Kind.ALTERED, seals, index) for index in wrong
    ]
    return _Part(there, len(missing) - len(gone), tuple(problems), AT_ONCE)


def _bounds(first: int) -> tuple[uuid.UUID, uuid.UUID]:
    """Return between which ids the entries of `AT_ONCE` tiles from `first` on lie, however much one seal took in."""
    tiles = Tile.objects.filter(level=0, number__gte=first, number__lt=first + AT_ONCE).values_list("ids", flat=True)
    found = b"".join(map(bytes, tiles))
    ids = [found[place : place + ID_BYTES] for place in range(0, len(found), ID_BYTES)] or [bytes(ID_BYTES)]
    return uuid.UUID(bytes=min(ids).ljust(ID_BYTES, b"\0")), uuid.UUID(bytes=max(ids).ljust(ID_BYTES, b"\0"))


def _destroyed() -> list[range]:
    found = []
    for row in Destroyed.objects.all():
        for lower, upper in sql.fetch("SELECT lower(r), upper(r) FROM unnest(%s::int8multirange) r", [row.indexes]):
            found.append(range(lower, upper))
    return found


def _at(kind: Kind, seals: list[Seal], index: int) -> Problem:
    seal = next(each.number for each in seals if index < each.size)
    tile = Tile.objects.get(level=0, number=index // WIDTH)
    place = index % WIDTH * ID_BYTES
    return Problem(kind, seal, index, uuid.UUID(bytes=bytes(tile.ids)[place : place + ID_BYTES]))


def indexes_of(ids: Sequence[uuid.UUID]) -> tuple[str, int]:
    """Return where the entries of these `ids` stand in the tree, as a multirange, and how many of them no seal has yet."""
    ((indexes, found),) = sql.fetch(_INDEXES, [list(ids)])
    return indexes, len(ids) - found


def _strangers(last: Seal, checked: int) -> Iterator[Problem]:
    """Yield entries that were there at the last seal and yet never sealed."""
    if sql.fetch(_VISIBLE, [last.snapshot])[0][0] != checked:
        for (entry,) in sql.fetch(_STRANGE, [last.snapshot]):
            yield Problem(Kind.INSERTED, entry=entry)
