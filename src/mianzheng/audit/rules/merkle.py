"""The Merkle tree over the log (RFC 6962, section 2.1): its root changes with any entry that is altered, removed or
inserted, and a short proof shows that an entry is in it.

Hashes are SHA-256. An entry enters by its leaf, 32 bytes that say nothing about it once its salt is destroyed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

SIZE = 32
"""Bytes of a hash."""
EMPTY = hashlib.sha256(b"").digest()
"""The root of a tree without a leaf."""

_sha256 = hashlib.sha256

Nodes = Callable[[int, int], bytes]
"""Gives the hash of the whole subtree of ``2 ** level`` leaves that is the `number`-th of its level."""


def leaf_hash(leaf: bytes) -> bytes:
    """Return the hash under which `leaf` stands in the tree."""
    return _sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of the node above `left` and `right`."""
    return _sha256(b"\x01" + left + right).digest()


def split(hashes: bytes) -> list[bytes]:
    """Return `hashes` that lie side by side one by one."""
    return [hashes[place : place + SIZE] for place in range(0, len(hashes), SIZE)]


@dataclass(frozen=True, slots=True)
class Frontier:
    """All that is needed to let a tree grow: its `size` and the roots of its largest whole subtrees, from left to right."""

    size: int = 0
    peaks: tuple[bytes, ...] = ()

    def root(self) -> bytes:
        """Return the tree's root."""
        if not self.peaks:
            return EMPTY
        found = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            found = node_hash(peak, found)
        return found

    def grown(self, hashes: Sequence[bytes]) -> tuple[Frontier, list[tuple[int, int, bytes]]]:
        """Return the frontier after `hashes` (leaf hashes) were added, and every node that became whole on the way: level
        above the leaves, number in its level, hash.
        """
        peaks, size = list(self.peaks), self.size
        made: list[tuple[int, int, bytes]] = []
        for each in hashes:
            level, number, found = 0, size, each
            while number & 1:
                found = _sha256(b"\x01" + peaks.pop() + found).digest()
                level, number = level + 1, number >> 1
                made.append((level, number, found))
            peaks.append(found)
            size += 1
        return Frontier(size, tuple(peaks)), made


def root_of(hashes: Iterable[bytes]) -> bytes:
    """Return the root of the tree over leaf `hashes`."""
    return Frontier().grown(list(hashes))[0].root()


def inclusion_proof(index: int, size: int, node: Nodes) -> list[bytes]:
    """Return the audit path of leaf `index` in the tree of `size` leaves (RFC 6962, 2.1.1): from the leaf upwards.

    Raises ValueError for a leaf that is not in it.
    """
    if not 0 <= index < size:
        raise ValueError(f"leaf {index} is not in a tree of {size}")
    path: list[bytes] = []
    low, high = 0, size
    while high - low > 1:
        middle = low + _split(high - low)
        if index < middle:
            path.append(_range_root(middle, high, node))
            high = middle
        else:
            path.append(_range_root(low, middle, node))
            low = middle
    return path[::-1]


def root_from(index: int, size: int, found: bytes, path: Sequence[bytes]) -> bytes | None:
    """Return the root that leaf hash `found` at `index` and its audit `path` lead to; None where they do not fit a tree
    of `size` leaves (RFC 9162, 2.1.3.2).
    """
    place, last = index, size - 1
    if not 0 <= index < size:
        return None
    for each in path:
        if last == 0:
            return None
        if place & 1 or place == last:
            found = node_hash(each, found)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, each)
        place, last = place >> 1, last >> 1
    return found if last == 0 else None


def _split(size: int) -> int:
    """Return the largest power of two smaller than `size`."""
    return 1 << ((size - 1).bit_length() - 1)


def _range_root(low: int, high: int, node: Nodes) -> bytes:
    """Return the root over the leaves from `low` until `high`; `low` is a multiple of the range's whole subtrees."""
    size = high - low
    if size & (size - 1) == 0:
        return node(size.bit_length() - 1, low >> (size.bit_length() - 1))
    middle = low + _split(size)
    return node_hash(_range_root(low, middle, node), _range_root(middle, high, node))
