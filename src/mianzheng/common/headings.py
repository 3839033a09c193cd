"""Headings of columns as offices write them: over several lines, merged, starred, with units in brackets."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Found:
    """Where the headings stand: `first` is the place of the first row of data, `fits` how many columns are understood."""

    first: int
    headings: tuple[str, ...]
    fits: int


def find(rows: Sequence[Sequence[str | None]], fits: Callable[[Sequence[str]], int]) -> Found | None:
    """Find the headings, of one to three lines, among the first rows: where most columns are understood. `fits` tells how many
    are, 0 where it may be by chance.

    Where nothing is understood, the first row with two cells or more that are no values is taken, so that a person can say
    what they are; None where there is no such row.
    """
    single = [fits(joined([row])) for row in rows[:SEARCHED]]
    best: tuple[tuple[int, int, int], Found] | None = None
    for place in range(len(single)):
        for lines in range(1, min(LINES, len(rows) - place) + 1):
            headings = joined(rows[place : place + lines])
            understood = single[place] if lines == 1 else fits(headings)
            # the same headings once more, in another language, belong to them; a title above and values below do not
            again = sum(2 * fit >= max(understood, 4) for fit in single[place : place + lines])
            rank = (understood, again, -lines)
            if understood and (best is None or rank > best[0]):
                best = rank, Found(place + lines, headings, understood)
    if best is not None:
        return best[1]
    first = next((n for n, row in enumerate(rows[:SEARCHED]) if may_head(row)), None)
    return None if first is None else Found(first + 1, joined(rows[first : first + 1]), 0)


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


def matched(
    levels: Sequence[Mapping[str, str]], headings: Sequence[str], corrections: Mapping[str, str]
) -> dict[str, str]:
    """Return the heading of each column that is understood, by what the column means.

    `levels` say what words mean, the surest first; the whole heading counts more than its lower line, that more than its
    upper. `corrections` (heading -> meaning, "" for none) were made by a person and go first.
    """
    columns = {meaning: heading for heading, meaning in corrections.items() if meaning and heading in headings}
    free = [heading for heading in headings if heading not in corrections]
    for part in (lambda heading: heading, _lower, _upper):
        said = {heading: plain(part(heading)) for heading in free}
        for words in levels:
            for heading in list(free):
                meaning = words.get(said[heading])
                if meaning is not None and meaning not in columns:
                    columns[meaning] = heading
                    free.remove(heading)
    return columns


def _lower(heading: str) -> str:
    return heading.rpartition(JOINT)[2]


def _upper(heading: str) -> str:
    return heading.partition(JOINT)[0]


def plain(heading: str) -> str:
    """Return a heading without what differs from office to office."""
    text = unicodedata.normalize("NFKC", heading).casefold()
    text = re.sub(r"\([^)]*\)|\[[^]]*\]|【[^】]*】", "", text) or text
    return re.sub(r"[\s*:_\-—·.、/]+", "", text)
