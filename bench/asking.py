"""Who is asked about, and asking: what the processes of `bench/city.py` do."""

from __future__ import annotations

import sys
import time
import uuid
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

STEEPNESS = 1.07
SEED = 1


class Asking:
    """Draws who is asked about: queries of an item and some subjects."""

    def __init__(self, *, zipf: bool, at_once: int, seed: int) -> None:
        from mianzheng.catalogue.queries.editions import city
        from mianzheng.centre.models import Register

        self.city, self._at_once, self._zipf = city(), at_once, zipf
        self._chance = np.random.default_rng(seed)
        counts = dict(Register.objects.filter(records__gt=0).values_list("item", "records"))
        self._items = [one for code, one in self.city.items.items() if code in counts and not one.at_source]
        steps = np.cumsum([counts[item.code] for item in self._items]).astype(float)
        self._steps = steps / steps[-1]
        self._subjects = {about: everybody(about) for about in {item.about for item in self._items}}
        self._ranks = {about: ranks(len(known)) for about, known in self._subjects.items()} if zipf else {}

    def queries(self, count: int) -> Iterator[tuple[Any, list[Any]]]:
        """Return `count` questions: an item, and the subjects asked about."""
        for place in np.searchsorted(self._steps, self._chance.random(count), side="right").tolist():
            item = self._items[place]
            known = self._subjects[item.about]
            drawn = self._chance.random(self._at_once * 4 if self._at_once > 1 else 1)
            if self._zipf:
                rows = np.searchsorted(self._ranks[item.about], drawn).clip(max=len(known) - 1)
            else:
                rows = (drawn * len(known)).astype(np.int64)
            _, first = np.unique(rows, return_index=True)
            different = rows[np.sort(first)[: self._at_once]].tolist()
            yield item, [uuid.UUID(bytes=known[row].tobytes()) for row in different]


def ranks(count: int) -> NDArray[np.float64]:
    """Return the share of all questions that the most asked about, the first two, the first three ... get."""
    shares = np.cumsum(np.arange(1, count + 1, dtype=float) ** -STEEPNESS)
    return shares / shares[-1]


def everybody(kind: str) -> NDArray[np.uint8]:
    """Return the identifiers of all subjects of a kind in an order of their own, the same in every process: who is asked
    about most lies anywhere.
    """
    from mianzheng.web import sql

    raw = sql.fetch_bytes(
        "SELECT string_agg(uuid_send(id), ''::bytea ORDER BY id) FROM people_subject WHERE kind = %s", [kind]
    )
    known = np.frombuffer(raw, dtype=np.uint8).reshape(-1, 16)
    return known[np.random.default_rng(SEED).permutation(len(known))]


def look_up(*, zipf: bool, at_once: int, seconds: float, seed: int) -> dict[str, Any]:
    """Say when ready, read the moment to begin (seconds since 1970) from standard input, look up until it comes to warm up,
    then for `seconds`; return how long each took and how many records came in all.
    """
    from mianzheng.centre.queries.records import records

    asking = Asking(zipf=zipf, at_once=at_once, seed=seed)
    print("ready", flush=True)
    start = float(sys.stdin.readline())
    took: list[float] = []
    found = 0
    while time.time() < start + seconds:
        for item, subjects in asking.queries(20):
            begun = time.perf_counter()
            answer = records(asking.city, item, subjects)
            spent = time.perf_counter() - begun
            if start <= time.time() < start + seconds:
                took.append(spent)
                found += sum(map(len, answer.values()))
    return {"took": took, "found": found}
