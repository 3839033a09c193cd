"""Tiles: the tree kept in pieces of 256 hashes side by side, every eighth level (C2SP tlog-tiles); what lies between is
computed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from mianzheng.audit.rules.merkle import SIZE, Nodes, root_of

WIDTH = 256
"""Hashes in a whole tile."""
ID_BYTES = 16
"""Bytes of the id that stands beside each leaf in a tile of our own."""
LEVELS = 8
"""Levels of the tree from one tile to the one above."""

CHECKPOINT = "checkpoint"
"""Where the newest seal lies in a published log."""

Node = tuple[int, int, bytes]
"""Level above the leaves, number in its level, hash."""


def path(level: int, number: int, width: int = WIDTH) -> str:
    """Return where a tile of `width` hashes lies in a published log (C2SP tlog-tiles): number 1234067 of level 0 is
    ``tile/0/x001/x234/067``, and with only seven hashes yet ``tile/0/x001/x234/067.p/7``.
    """
    groups = f"{number:,}".split(",")
    groups[0] = groups[0].zfill(3)
    parts = [*(f"x{each}" for each in groups[:-1]), groups[-1]]
    return f"tile/{level}/{'/'.join(parts)}" + ("" if width == WIDTH else f".p/{width}")


def tiles_of(size: int) -> Iterator[tuple[int, int, int]]:
    """Yield the tiles of a tree of `size` leaves: level, number, hashes in it."""
    level, count = 0, size
    while count:
        for number in range(-(-count // WIDTH)):
            yield level, number, min(count - number * WIDTH, WIDTH)
        level, count = level + 1, count // WIDTH


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
