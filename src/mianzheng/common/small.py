"""Small counts are not told (小数隐藏): few may be one. One rule for every figure that others may read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

FEWEST = 5
"""Published figures describe at least so many (policy)."""

K = TypeVar("K")


def told(counts: Mapping[K, int], *, with_sum: bool = False) -> dict[K, int | None]:
    """Return `counts` with those from 1 to 4 hidden (None); nobody is nobody's secret, so 0 stays.

    Where their sum is told too (`with_sum`), one hidden count alone could be computed from it: then the smallest of the
    others is hidden with it.
    """
    found: dict[K, int | None] = {key: None if 0 < count < FEWEST else count for key, count in counts.items()}
    others = [(count, key) for key, count in found.items() if count]
    if with_sum and list(found.values()).count(None) == 1 and others:
        found[min(others, key=lambda pair: pair[0])[1]] = None
    return found
