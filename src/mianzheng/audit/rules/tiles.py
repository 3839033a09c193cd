"""Tiles: the tree kept in pieces of 256 hashes side by side, every eighth level (C2SP tlog-tiles); what lies between is
computed.
"""

from __future__ import annotations

from collections.abc import Callable

from mianzheng.audit.rules.merkle import SIZE, Nodes, root_of

WIDTH = 256
"""Hashes in a whole tile."""
LEVELS = 8
"""Levels of the tree from one tile to the one above."""

Node = tuple[int, int, bytes]
"""Level above the leaves, number in its level, hash."""


def nodes(tile: Callable[[int, int], bytes]) -> Nodes:
    """Return what gives any whole subtree's hash, reading the tiles that `tile` (level, number) returns."""

    def node(level: int, number: int) -> bytes:
        step, inside = divmod(level, LEVELS)
        first = number << inside
        hashes, place = tile(step, first // WIDTH), first % WIDTH
        found = [hashes[n * SIZE : (n + 1) * SIZE] for n in range(place, place + (1 << inside))]
        if len(found[-1]) != SIZE:
            raise ValueError(f"tile {first // WIDTH} of level {step} is not whole")
        return root_of(found)

    return node
