"""What a newer list of an office says differently: new, gone, and changed in other than who, what and what for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from mianzheng.reform.rules.meanings import plain


@dataclass(frozen=True, slots=True)
class Said:
    """What a row says; `rest` is everything that may change without making it another certificate."""

    name: str
    demander: str
    purpose: str
    issuer: str
    rest: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[str, ...]:
        """What makes it the same row in both lists."""
        return tuple(map(plain, (self.name, self.demander, self.purpose, self.issuer)))


@dataclass(frozen=True, slots=True)
class Changes:
    """The difference of two lists; of a changed row, as it was and as it is."""

    new: tuple[Said, ...]
    gone: tuple[Said, ...]
    changed: tuple[tuple[Said, Said], ...]
    same: int


def changes(before: Iterable[Said], after: Iterable[Said]) -> Changes:
    """Compare two lists row by row; what stands in a list twice is two rows."""
    old: dict[tuple[str, ...], list[Said]] = defaultdict(list)
    for each in before:
        old[each.key].append(each)
    new: list[Said] = []
    changed: list[tuple[Said, Said]] = []
    left: list[Said] = []
    same = 0
    for each in after:
        twins = old[each.key]
        if each in twins:
            twins.remove(each)
            same += 1
        else:
            left.append(each)
    for each in left:
        if old[each.key]:
            changed.append((old[each.key].pop(0), each))
        else:
            new.append(each)
    return Changes(tuple(new), tuple(each for rest in old.values() for each in rest), tuple(changed), same)


def newer(before: Iterable[str], after: Collection[str]) -> bool:
    """Return whether a list is a newer one of the same things: half of the earlier names stand in it again, or it has no
    other names. Else it is another part of what the office has.
    """
    names, again = set(map(plain, before)), set(map(plain, after))
    return bool(names & again) and (2 * len(names & again) >= len(names) or again <= names)
