"""Headings of columns as offices write them: over several lines, merged, starred, with units in brackets."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from itertools import pairwise

JOINT = "/"
"""Stands between the upper and the lower line of a heading."""

SEARCHED = 30
"""Rows among which the headings are looked for."""

LINES = 3
"""Lines headings may have."""

_UNSEEN = re.compile("[\x00-\x08\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufeff]")
_VALUE = re.compile(r"^[-+¥￥]?[\d,.]+%?$|\d{6}|\d{4}[-/.年]\d")
"""A number, a document number or a date: nothing that heads a column."""


def may_head(row: Sequence[str | None]) -> bool:
    """Return whether a row may head columns: two cells or more, none of them a value."""
    cells = [clean(cell) for cell in row if cell and clean(cell)]
    return len(cells) > 1 and not any(_VALUE.search(cell) for cell in cells)


def joined(lines: Sequence[Sequence[str | None]]) -> tuple[str, ...]:
    """Return one heading a column; an upper cell merged over several columns stands before each lower one."""
    width = max(map(len, lines))
    padded = [[clean(line[n]) if n < len(line) else "" for n in range(width)] for line in lines]
    for above, below in pairwise(padded):
        for n in range(1, width):
            if below[n] and not above[n] and below[n - 1]:
                above[n] = above[n - 1]
    headings = [JOINT.join(dict.fromkeys(filter(None, column))) for column in zip(*padded, strict=True)]
    while headings and not headings[-1]:
        headings.pop()
    return distinct([heading or f"#{n + 1}" for n, heading in enumerate(headings)])


def distinct(headings: Sequence[str]) -> tuple[str, ...]:
    """Return headings of which no two are the same: the second gets ``#2``."""
    seen: dict[str, int] = {"row": 1}  # a column of that name is ours
    named = []
    for heading in headings:
        seen[heading] = seen.get(heading, 0) + 1
        named.append(heading if seen[heading] == 1 else f"{heading}#{seen[heading]}")
    return tuple(named)


def clean(cell: str | None) -> str:
    """Return a cell without signs that nobody sees and with single blanks."""
    return " ".join(_UNSEEN.sub("", cell or "").split())


def whole(heading: str) -> str:
    """Return a heading as it is."""
    return heading


def lower(heading: str) -> str:
    """Return the lower line of a heading."""
    return heading.rpartition(JOINT)[2]


def upper(heading: str) -> str:
    """Return the upper line of a heading."""
    return heading.partition(JOINT)[0]


def plain(heading: str) -> str:
    """Return a heading without what differs from office to office."""
    text = unicodedata.normalize("NFKC", heading).casefold()
    text = re.sub(r"\([^)]*\)|\[[^]]*\]|【[^】]*】", "", text) or text
    return re.sub(r"[\s*:_\-—·.、/]+", "", text)
