"""How far long work is: so much of so much, how fast, how long it will still take."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass
class Pace:
    """Counts what is done of `total` and tells it with `say`, at most once in `every` seconds, and at the end."""

    what: str
    total: int
    say: Callable[[str], None]
    every: float = 5.0
    done: int = 0
    begun: float = field(default_factory=time.monotonic)
    told: float = field(default_factory=time.monotonic)

    def add(self, count: int, where: str = "") -> None:
        """Note that `count` more are done; `where` says what is worked on just now."""
        self.done += count
        if time.monotonic() - self.told >= self.every:
            self.tell(where)

    def end(self, where: str = "") -> None:
        """Say that all is done, though it was not quite as much as thought."""
        self.total = self.done
        self.tell(where)

    def tell(self, where: str = "") -> None:
        """Say how far it is."""
        self.told = time.monotonic()
        rate = self.done / max(self.told - self.begun, 0.001)
        left = max(self.total - self.done, 0) / max(rate, 0.001)
        words = f"{self.what}: {self.done:,} of {max(self.total, self.done):,}{where and f' ({where})'}, {rate:,.0f} a second"
        self.say(f"{words}, {span(left)} left" if self.done < self.total else words)


def span(seconds: float) -> str:
    """Return a time span in words: ``40 s``, ``12 min``."""
    return f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.0f} min"
