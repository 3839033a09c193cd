"""The log as others may keep it: the tree's hashes and its signed root, in files (C2SP tlog-tiles). Nobody is in them."""

from __future__ import annotations

from collections.abc import Iterator

from mianzheng.audit.models import Seal, Tile
from mianzheng.audit.rules.merkle import SIZE
from mianzheng.audit.rules.tiles import CHECKPOINT, path, tiles_of

AT_ONCE = 1_000
"""Tiles read in one statement."""


def published() -> Iterator[tuple[str, bytes]]:
    """Yield the files of the log as the newest seal has it: where each lies and what is in it; none before the first seal.

    The seal comes last, so what it signs is already there. Raises ValueError for a tree that has lost a tile.
    """
    last = Seal.objects.order_by("-number").first()
    if last is None:
        return
    wanted = list(tiles_of(last.size))
    for first in range(0, len(wanted), AT_ONCE):
        part = wanted[first : first + AT_ONCE]
        found = {}
        for level in {level for level, _, _ in part}:
            numbers = [number for each, number, _ in part if each == level]
            rows = Tile.objects.filter(level=level, number__range=(numbers[0], numbers[-1]))
            found |= {(level, number): bytes(hashes) for number, hashes in rows.values_list("number", "hashes")}
        for level, number, width in part:
            hashes = found.get((level, number), b"")[: width * SIZE]
            if len(hashes) != width * SIZE:
                raise ValueError(f"tile {number} of level {level} is not whole")
            yield path(level, number, width), hashes
    yield CHECKPOINT, last.note.encode()
