"""Identifiers that sort by the time they were made (UUID version 7, RFC 9562), so that new rows land side by side."""

from __future__ import annotations

import os
import threading
import time
import uuid

_lock = threading.Lock()
_last = 0


def _tick() -> int:
    """Return milliseconds and a 12-bit fraction of one, never the same twice in this process."""
    global _last
    nanoseconds = time.time_ns()
    milliseconds, rest = divmod(nanoseconds, 1_000_000)
    tick = (milliseconds << 12) | (rest * 4096 // 1_000_000)
    with _lock:
        _last = max(tick, _last + 1)
        return _last


def uuid7() -> uuid.UUID:
    """Make one identifier; of two made in one process the later one is the greater."""
    tick = _tick()
    tail = int.from_bytes(os.urandom(8), "big") & (2**62 - 1)
    value = ((tick >> 12) & (2**48 - 1)) << 80 | 0x7 << 76 | (tick & 0xFFF) << 64 | 0b10 << 62 | tail
    return uuid.UUID(int=value)
