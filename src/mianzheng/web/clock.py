"""The clock. Read it only in pages, jobs, commands and the API; everything below takes `now` as an argument.

In the demo city the clock can be moved forward: the days are kept in ``MIANZHENG_HOME/clock``, so that all processes
agree.
"""

from __future__ import annotations

import datetime
import json
import os
from pathlib import Path

from django.conf import settings
from django.utils import timezone


def now() -> datetime.datetime:
    """Return the time in the city's zone, with the demo's shift added."""
    return timezone.localtime(timezone.now() + datetime.timedelta(days=shifted_days()))


def machines() -> datetime.datetime:
    """Return the machine's own time, without the demo's shift: for what programs not ours have dated by it."""
    return timezone.now()


def today() -> datetime.date:
    """Return the date in the city's zone, with the demo's shift added."""
    return now().date()


def shifted_days() -> int:
    """Return by how many days the demo's clock is ahead; 0 in a real city."""
    try:
        return int(json.loads(_file().read_text(encoding="utf-8"))["days"])
    except FileNotFoundError:
        return 0


def shift(days: int) -> int:
    """Move the demo's clock by `days` more and return the whole shift in days. The clock never goes backwards."""
    if days < 0:
        raise ValueError("the clock moves forward only: what has happened keeps its time")
    total = shifted_days() + days
    _write(total)
    return total


def reset() -> None:
    """Return to real time; for a city that is built anew."""
    _file().unlink(missing_ok=True)


def _write(days: int) -> None:
    path = _file()
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f"clock.{os.getpid()}")
    fresh.write_text(json.dumps({"days": days}), encoding="utf-8")
    fresh.replace(path)


def _file() -> Path:
    return Path(settings.MIANZHENG_HOME) / "clock"
