"""Quotes that open and never close: the line they stand in is marked, so that it alone is refused and not all below it.

A quoted cell may hold line breaks, so one stray quote would join everything up to the next quote into one cell. A quote
counts as closing only where a separator or the end of the line follows; where no such one comes soon, it was stray.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import numpy as np

MARK = "\ue000"
"""Stands before a line whose quotes do not match; its separators are gone, so it fits no table."""

MOST_LINES = 200
"""Lines a quoted cell may have."""

MOST_BYTES = 1 << 20

_QUOTED = re.compile(rb'"(?:[^"]|"")*+"')
_INSIDE = re.compile(rb'(?:[^"]|"")*+"')
_ODD_SIGNS = re.compile(rb'["\r\n]')


def mended(pieces: Iterable[bytes], separators: bytes) -> Iterator[bytes]:
    """Yield `pieces` (whole lines) with stray quotes marked, each ending where a row ends; cells are split by any of
    `separators`.
    """
    held = b""
    for piece in pieces:
        if not held and b'"' not in piece:
            yield piece
            continue
        whole, held = _mended(held + piece, separators, last=False)
        if whole:
            yield whole
    if held:
        yield _mended(held, separators, last=True)[0]


def _mended(block: bytes, separators: bytes, *, last: bool) -> tuple[bytes, bytes]:
    """Return the mended rows of `block` and what is left of it: a row that may go on in the next."""
    ends, quotes = _counted(block)
    starts = np.concatenate(([0], ends[:-1]))
    parts: list[bytes] = []
    done = 0  # bytes of the block that are in `parts`
    line = 0
    for odd in np.flatnonzero(quotes & 1).tolist():
        if odd < line or not _stays_open(block[starts[odd] : ends[odd]], separators):
            continue
        close = _closing(block, odd, starts, ends, quotes, separators)
        if close is not None:
            line = close + 1
            continue
        begin, end = int(starts[odd]), int(ends[odd])
        if not last and len(ends) - odd <= MOST_LINES and len(block) - begin <= MOST_BYTES:
            return b"".join([*parts, block[done:begin]]), block[begin:]
        text = _ODD_SIGNS.sub(b"", block[begin:end]).translate(bytes.maketrans(separators, b" " * len(separators)))
        parts += [block[done:begin], MARK.encode(), text, b"\n"]
        done, line = end, odd + 1
    return b"".join([*parts, block[done:]]) if done else block, b""


def _counted(block: bytes) -> tuple[np.ndarray, np.ndarray]:
    """Return where each line of `block` ends and how many quotes are in it."""
    signs = np.frombuffer(block, dtype=np.uint8)
    ends = np.flatnonzero(signs == ord("\n")) + 1
    if not len(ends) or ends[-1] != len(block):
        ends = np.append(ends, len(block))
    before = np.searchsorted(np.flatnonzero(signs == ord('"')), ends)
    return ends, np.diff(before, prepend=0)


def _stays_open(line: bytes, separators: bytes) -> bool:
    """Return whether a quoted cell that begins in `line` goes on in the next."""
    place = 0
    while True:
        if line[place : place + 1] == b'"':
            cell = _QUOTED.match(line, place)
            if cell is None:
                return True
            place = cell.end()
        following = [found for sign in separators if (found := line.find(sign, place)) >= 0]
        if not following:
            return False
        place = min(following) + 1


def _closing(
    block: bytes, opened: int, starts: np.ndarray, ends: np.ndarray, quotes: np.ndarray, separators: bytes
) -> int | None:
    """Return the line in which the row ends whose quoted cell opens in line `opened`, None where its quote is stray."""
    for line in range(opened + 1, min(opened + MOST_LINES, len(ends))):
        if not quotes[line]:
            continue
        text = block[starts[line] : ends[line]]
        inside = _INSIDE.match(text)
        if inside is None:  # doubled quotes only
            continue
        rest = text[inside.end() :].rstrip(b"\r\n")
        if rest and rest[0] not in separators:
            return None
        if not rest or not _stays_open(rest[1:], separators):
            return line
    return None
