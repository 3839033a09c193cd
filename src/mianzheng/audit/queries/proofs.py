"""Proofs that an entry is in the tree of the newest seal."""

from __future__ import annotations

import datetime
import uuid
from dataclasses import dataclass

from mianzheng.audit.models import Seal, Tile
from mianzheng.audit.queries.entries import Entry, line_of, lines_told
from mianzheng.audit.rules.entries import canonical
from mianzheng.audit.rules.merkle import inclusion_proof
from mianzheng.audit.rules.tiles import ID_BYTES, WIDTH, nodes


@dataclass(frozen=True, slots=True)
class Proof:
    """Entry number `index` of the log is under the root of the `note` signed at `sealed_at`, by the audit `path` from its leaf up."""

    index: int
    path: tuple[bytes, ...]
    note: str
    sealed_at: datetime.datetime


@dataclass(frozen=True, slots=True)
class Receipt:
    """One line of the log with all that is needed to prove it: the line as `written` and its salt make the leaf, the proof
    leads from there to a signed root. No proof yet where no seal has it.
    """

    entry: Entry
    written: bytes
    salt: bytes
    leaf: bytes
    proof: Proof | None


def receipt_of(entry: uuid.UUID, *, subject: uuid.UUID, now: datetime.datetime) -> Receipt | None:
    """Return the receipt of a line about `subject` of which they may know at `now`; None where there is no such line."""
    row = lines_told(subject, now=now).filter(id=entry).first()
    if row is None:
        return None
    line = line_of(row)
    return Receipt(line, canonical(line), bytes(row.salt), bytes(row.leaf), proof_of(entry))


def proof_of(entry: uuid.UUID) -> Proof | None:
    """Return the proof for an entry by its id; None where no seal has it yet (in a few seconds one will)."""
    index = _index_of(entry)
    last = Seal.objects.order_by("-number").first()
    if index is None or last is None:
        return None

    def tile(level: int, number: int) -> bytes:
        return bytes(Tile.objects.get(level=level, number=number).hashes)

    return Proof(index, tuple(inclusion_proof(index, last.size, nodes(tile))), last.note, last.sealed_at)


def _index_of(entry: uuid.UUID) -> int | None:
    for seal in Seal.objects.filter(low__lte=entry, high__gte=entry).order_by("-number"):
        tiles = range(seal.first // WIDTH, (seal.size - 1) // WIDTH + 1)
        for each in Tile.objects.filter(level=0, number__gte=tiles.start, number__lt=tiles.stop).order_by("number"):
            ids = bytes(each.ids)
            place = ids.find(entry.bytes)
            while place >= 0 and place % ID_BYTES:
                place = ids.find(entry.bytes, place + 1)
            if place >= 0:
                return each.number * WIDTH + place // ID_BYTES
    return None
