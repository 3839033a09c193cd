"""What Chinese places really did with certificates (`elsewhere.csv`), and what the rules would have proposed.

Rows whose outcome is unknown, and those that only say who may not issue a paper, are left out. Nothing about the list a row stands in
is looked at: not its place, title, year, address or number. Each list is read as that of the place that made it, so the name of its own
place or ministry is taken off its offices' names. Every register counts as ready, since the lists do not say what each place had.
"""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from mianzheng.catalogue.adapters.folder import files_of
from mianzheng.catalogue.rules.city import City
from mianzheng.catalogue.rules.kinds import Disposal
from mianzheng.catalogue.rules.package import read
from mianzheng.centre.rules.readiness import State
from mianzheng.reform.rules.classes import propose
from mianzheng.reform.rules.meanings import plain
from mianzheng.reform.rules.situations import Demand, Grounds, grounds, situation_of

YIWU = Path(__file__).parents[2] / "cities" / "yiwu"
WAYS = {
    "existing_document": Disposal.EXISTING_DOCUMENT,
    "covered_by_other": Disposal.EXISTING_DOCUMENT,
    "data_sharing": Disposal.DATA_SHARING,
    "department_check": Disposal.DEPARTMENT_CHECK,
    "commitment": Disposal.COMMITMENT,
}
"""The ways a list's own words name, as the platform has them."""


@dataclass(frozen=True, slots=True)
class Row:
    """One certificate as a public list has it, and what became of it there."""

    demand: Demand
    was: str
    words: str

    @property
    def tuned(self) -> bool:
        """Whether the rules were fitted looking at this row: half of the names, by their hash."""
        return hashlib.sha256(plain(self.demand.name).encode()).digest()[0] % 2 == 0

    @property
    def kept(self) -> bool:
        return self.was == "retained"


@cache
def city() -> City:
    """Return the city whose catalogue is used, one for all rows."""
    found, problems = read(files_of(YIWU))
    assert found is not None, problems
    return found


@cache
def rows() -> tuple[Row, ...]:
    with (YIWU / "demo" / "elsewhere.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            Row(
                Demand(
                    name=each["name"],
                    purpose=each["purpose"],
                    demander=_at_home(each["required_by"]),
                    issuer=_at_home(each["issued_by"]),
                    basis=each["legal_basis"],
                ),
                each["disposal"],
                each["disposal_raw"],
            )
            for each in csv.DictReader(file)
            if each["disposal"] not in ("unknown", "issuer_barred")
        )


def _at_home(office: str) -> str:
    """Return an office as its own place calls it: 广安区税务局 is the 税务局 there."""
    return re.sub("部及直属单位$", "部门", re.sub(r"^[一-龥]{2,3}(?:区|县|市)(?=.{2,}(?:局|委)$)", "", office))


@cache
def _known() -> tuple[Grounds, dict[str, State]]:
    return grounds(city()), dict.fromkeys(city().items, State.READY)


@cache
def said(row: Row) -> Disposal:
    """Return what the rules propose for a row."""
    known, states = _known()
    return propose(situation_of(row.demand, known, states).situation).disposal


def kept_right(row: Row) -> bool:
    return (said(row) is Disposal.RETAINED) == row.kept


def way_right(row: Row) -> bool:
    return said(row) is WAYS[row.was]


def kept_accuracy(chosen: Sequence[Row]) -> float:
    """Return the share of rows kept or gone as they were there."""
    return sum(map(kept_right, chosen)) / len(chosen)


def way_accuracy(chosen: Iterable[Row]) -> float:
    """Return the share, among rows whose words name a way, of those that get the same."""
    named = [row for row in chosen if row.was in WAYS]
    return sum(map(way_right, named)) / len(named)
