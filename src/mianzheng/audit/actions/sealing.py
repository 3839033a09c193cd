"""Sealing: the entries committed since the last seal take their places in the tree, and its root is signed.

Entries are taken by what was visible to one snapshot and not to the one before, so commits out of order, and loads that
run for minutes, neither hide an entry nor hold the seals back.
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from mianzheng.audit.models import Seal, Tile
from mianzheng.audit.ports import SIGNER
from mianzheng.audit.rules.checkpoints import Checkpoint, key_id, signed
from mianzheng.audit.rules.merkle import SIZE, Frontier, leaf_hash, split
from mianzheng.audit.rules.tiles import ID_BYTES, LEVELS, WIDTH, Node
from mianzheng.web import sql

SEALER = 0x7A_50
"""City-wide lock: one seals at a time."""

_UNSEALED = """
    SELECT pg_current_snapshot()::text, (SELECT system_identifier::text FROM pg_control_system()),
           coalesce(string_agg(uuid_send(id) || leaf, ''::bytea ORDER BY id), ''::bytea)
    FROM audit_entry WHERE {which}
"""
_SINCE = "xid >= pg_snapshot_xmin(%s::pg_snapshot) AND NOT pg_visible_in_snapshot(xid, %s::pg_snapshot)"
_NOWHERE = """NOT EXISTS (SELECT FROM audit_tile t WHERE t.level = 0
    AND position(uuid_send(audit_entry.id) IN t.ids) > 0)"""
"""After a restore into another database transactions count anew: then what has no place yet is looked for."""
_PUT = """
    INSERT INTO audit_tile (level, number, hashes, ids)
    SELECT * FROM unnest(%s::smallint[], %s::bigint[], %s::bytea[], %s::bytea[])
    ON CONFLICT (level, number) DO UPDATE SET hashes = excluded.hashes, ids = excluded.ids
"""


@dataclass(frozen=True, slots=True)
class Sealed:
    """How many entries a seal brought, and how many the tree has now."""

    entries: int
    size: int


def seal(*, origin: str, now: datetime.datetime) -> Sealed | None:
    """Seal what was committed since the last seal; None where there is nothing new. `origin` names the log."""
    with transaction.atomic():
        sql.hold(SEALER)
        last = Seal.objects.order_by("-number").first()
        snapshot, cluster, found = _unsealed(last)
        if not found:
            return None
        width = ID_BYTES + SIZE
        ids = [found[place : place + ID_BYTES] for place in range(0, len(found), width)]
        hashes = [leaf_hash(found[place + ID_BYTES : place + width]) for place in range(0, len(found), width)]
        before = _frontier(last)
        after, made = before.grown(hashes)
        _put_leaves(before.size, hashes, ids)
        _put_nodes(made)
        root = after.root()
        Seal.objects.create(
            first=before.size,
            size=after.size,
            root=root,
            peaks=b"".join(after.peaks),
            note=_note(Checkpoint(origin, after.size, root, now)),
            sealed_at=now,
            snapshot=snapshot,
            cluster=cluster,
            low=uuid.UUID(bytes=ids[0]),
            high=uuid.UUID(bytes=ids[-1]),
        )
    return Sealed(len(ids), after.size)


def _unsealed(last: Seal | None) -> tuple[str, str, bytes]:
    if last is None:
        return _fetched(_UNSEALED.format(which="true"), [])
    ((here,),) = sql.fetch("SELECT system_identifier::text FROM pg_control_system()")
    if here != last.cluster:
        return _fetched(_UNSEALED.format(which=_NOWHERE), [])
    return _fetched(_UNSEALED.format(which=_SINCE), [last.snapshot, last.snapshot])


def _fetched(statement: str, params: Sequence[str]) -> tuple[str, str, bytes]:
    ((snapshot, cluster, found),) = sql.fetch(statement, params)
    return snapshot, cluster, bytes(found)


def _frontier(last: Seal | None) -> Frontier:
    return Frontier(last.size, tuple(split(bytes(last.peaks)))) if last else Frontier()


def _put_leaves(first: int, hashes: Sequence[bytes], ids: Sequence[bytes]) -> None:
    """Add leaves to the last tile and to new ones."""
    number, kept = divmod(first, WIDTH)
    begun = Tile.objects.filter(level=0, number=number).first() if kept else None
    all_hashes = (bytes(begun.hashes)[: kept * SIZE] if begun else b"") + b"".join(hashes)
    all_ids = (bytes(begun.ids)[: kept * ID_BYTES] if begun else b"") + b"".join(ids)
    count = -(-len(all_hashes) // (WIDTH * SIZE))
    sql.run(
        _PUT,
        [
            [0] * count,
            [number + n for n in range(count)],
            [all_hashes[n * WIDTH * SIZE : (n + 1) * WIDTH * SIZE] for n in range(count)],
            [all_ids[n * WIDTH * ID_BYTES : (n + 1) * WIDTH * ID_BYTES] for n in range(count)],
        ],
    )


def _put_nodes(made: Sequence[Node]) -> None:
    """Add the nodes that stand in tiles above the leaves."""
    tiles: dict[tuple[int, int], list[bytes]] = {}
    for level, number, found in made:
        if level % LEVELS == 0:
            tiles.setdefault((level // LEVELS, number // WIDTH), []).append(found)
    for (level, number), more in tiles.items():
        begun = Tile.objects.filter(level=level, number=number).first()
        hashes = (bytes(begun.hashes) if begun else b"") + b"".join(more)
        sql.run(_PUT, [[level], [number], [hashes], [b""]])


def _note(checkpoint: Checkpoint) -> str:
    signer = SIGNER()
    key = key_id(checkpoint.origin, signer.algorithm, signer.public_key())
    return signed(checkpoint, name=checkpoint.origin, key=key, signature=signer.sign(checkpoint.text().encode()))
