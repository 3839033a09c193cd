"""A lock that cannot be left behind: the kernel drops it with the process that holds it."""

from __future__ import annotations

import contextlib
import fcntl
import time
from collections.abc import Callable, Iterator
from pathlib import Path


@contextlib.contextmanager
def only_one(lock: Path, say: Callable[[str], object]) -> Iterator[None]:
    """Hold `lock` while the block runs; wait for whoever holds it, and say so every few seconds."""
    with lock.open("a") as file:
        since, told = time.monotonic(), 0.0
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                waited = time.monotonic() - since
                if waited > told + 3:
                    told = waited
                    say(f"Another start is at work here; waiting for it ({waited:.0f} s) ...")
                time.sleep(0.1)
        yield
