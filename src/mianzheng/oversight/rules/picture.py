"""The weekly picture: leads by rule and department, small counts hidden by the one rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mianzheng.common.small import FEWEST, told


@dataclass(frozen=True, slots=True)
class Row:
    """One rule in one week: how many leads in all and by department, None where there are too few to tell; `share` is the
    length of its bar, from 0 to 1.
    """

    rule: str
    total: int | None
    share: float
    cells: tuple[int | None, ...]


def picture(counts: Mapping[tuple[str, str], int], rules: Sequence[str]) -> tuple[tuple[str, ...], tuple[Row, ...]]:
    """Return the departments there are, and a row for each of `rules`.

    Where a sum is told, no single hidden count is what is left of it.
    """
    offices = tuple(sorted({office for _, office in counts}))
    totals = {rule: sum(counts.get((rule, office), 0) for office in offices) for rule in rules}
    longest = max((total for total in totals.values() if total >= FEWEST), default=0)
    rows = []
    for rule in rules:
        total = told({rule: totals[rule]})[rule]
        cells = told({office: counts.get((rule, office), 0) for office in offices}, with_sum=total is not None)
        rows.append(Row(rule, total, total / longest if total else 0.0, tuple(cells[office] for office in offices)))
    return offices, tuple(rows)
