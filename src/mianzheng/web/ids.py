"""Identifiers that sort by the time they were made (UUID version 7, RFC 9562), so that new rows land side by side."""

from __future__ import annotations

import os
import threading
import time
import uuid

_lock = threading.Lock()
_last = 0


def _tick(count: int = 1) -> int:
    """Return milliseconds and a 12-bit fraction of one, the first of `count` that nobody else in this process gets."""
    global _last
    nanoseconds = time.time_ns()
    milliseconds, rest = divmod(nanoseconds, 1_000_000)
    tick = (milliseconds << 12) | (rest * 4096 // 1_000_000)
    with _lock:
        first = max(tick, _last + 1)
        _last = first + count - 1
        return first


def uuid7() -> uuid.UUID:
    """Make one identifier; of two made in one process the later one is the greater."""
    return _made(_tick(), os.urandom(8))


def uuid7s(count: int) -> list[uuid.UUID]:
    """Make `count` identifiers at once, in order; each is as random as one made alone."""
    if not count:
        return []
    first, random = _tick(count), os.urandom(8 * count)
    return [_made(first + n, random[8 * n : 8 * n + 8]) for n in range(count)]


def _made(tick: int, random: bytes) -> uuid.UUID:
    tail = int.from_bytes(random, "big") & (2**62 - 1)
    value = ((tick >> 12) & (2**48 - 1)) << 80 | 0x7 << 76 | (tick & 0xFFF) << 64 | 0b10 << 62 | tail
    return uuid.UUID(int=value)
