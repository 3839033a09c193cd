"""The synthetic world as tables of columns. A reference is a row number in another table, -1 where there is nobody."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Column = NDArray[Any]
Truths = NDArray[np.bool_]

NOBODY = -1
NEVER = np.datetime64("NaT", "D")


class Gathered(Mapping[str, Column]):
    """The columns of some rows, each gathered when it is first asked for: most are not."""

    def __init__(self, columns: Mapping[str, Column], chosen: NDArray[np.int64]) -> None:
        self._columns = columns
        self._chosen = chosen
        self._gathered: dict[str, Column] = {}
        self.size = len(chosen)

    def __getitem__(self, name: str) -> Column:
        if name not in self._gathered:
            self._gathered[name] = self._columns[name][self._chosen]
        return self._gathered[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    def __len__(self) -> int:
        return len(self._columns)


@dataclass(frozen=True)
class Table:
    """Rows of one kind. `refs` names the columns that point at rows of another table."""

    columns: Mapping[str, Column]
    refs: Mapping[str, str] = field(default_factory=dict)

    def __len__(self) -> int:
        return self.columns.size if isinstance(self.columns, Gathered) else len(next(iter(self.columns.values())))

    def rows(self, chosen: NDArray[np.int64]) -> Table:
        """Return the rows numbered in `chosen`, in that order."""
        return Table(Gathered(self.columns, chosen), self.refs)


@dataclass(frozen=True)
class World:
    """Everybody and everything before any register is filled. `tables` by name; `today` is the day it is built for.

    Tables: people, houses, organisations; marriages (one row a partner), parentage (one row a parent and child),
    ownerships (one row an owner and flat), rentals, jobs, enrolments; places (towns and communities).
    """

    tables: Mapping[str, Table]
    today: np.datetime64

    def __getitem__(self, name: str) -> Table:
        return self.tables[name]


def stream(seed: int, name: str) -> np.random.Generator:
    """Return the stream of chance for `name`: adding one thing never changes the chances of another."""
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, zlib.crc32(name.encode())])))


def weighted(chance: np.random.Generator, weights: Any, size: int) -> NDArray[np.int64]:
    """Draw `size` places with the given weights."""
    steps = np.cumsum(np.asarray(weights, dtype=float))
    return np.searchsorted(steps, chance.random(size) * steps[-1], side="right").astype(np.int64)


def between(chance: np.random.Generator, low: Any, high: Any, size: int) -> NDArray[np.int64]:
    """Draw whole numbers from `low` to `high`, both included; the bounds may be arrays."""
    low, high = np.asarray(low, dtype=np.int64), np.asarray(high, dtype=np.int64)
    return (low + chance.random(size) * (np.maximum(high, low) - low + 1)).astype(np.int64)
