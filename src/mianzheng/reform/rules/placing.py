"""Which rows of the lists belong to which group: what people said stays, what nobody said is grouped anew."""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from mianzheng.common.reasons import N_, Reason
from mianzheng.reform.rules.grouping import Likeness, Named, alike, groups
from mianzheng.reform.rules.meanings import plain
from mianzheng.reform.rules.papers import Paper

CERTIFICATE, UNCLEAR = Paper.CERTIFICATE.value, Paper.UNCLEAR.value
KINDS = tuple(each.value for each in Paper if each is not Paper.UNCLEAR)
"""What a person may say a paper is."""
SURE, UNSURE = 0.9, 0.5
"""From where on groups are confirmed many at once; and the most of one of which nobody can say whether it is a certificate."""


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a list: what it says, who sent the list (`source`: office and side), what it was recognised as. A row of another
    city's list is `elsewhere`: it shows what others did, and how sure it is does not matter.
    """

    id: uuid.UUID
    name: str
    purpose: str = ""
    issuer: str = ""
    demander: str = ""
    source: str = ""
    paper: str = CERTIFICATE
    elsewhere: bool = False

    @property
    def said(self) -> tuple[str, ...]:
        """What it says and who sent it; the same in the next list of that office is the same line."""
        return tuple(plain(each) for each in (self.name, self.purpose, self.issuer, self.demander, self.source))


@dataclass(frozen=True, slots=True)
class Kept:
    """A group of which a person has said something, with the rows it has; it keeps them and its name."""

    id: uuid.UUID
    name: str
    paper: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Joined:
    """A new row in a kept group. `known`: the same office has listed the very same before, and a person put that here."""

    group: uuid.UUID
    likeness: Likeness
    known: bool


@dataclass(frozen=True, slots=True)
class Made:
    """A new group: the name that stands for it, what it is, each row with how alike it is. `confidence` is how sure the least
    sure of its rows here is; a paper nobody can tell from its name is never sure.
    """

    name: str
    paper: str
    members: tuple[tuple[uuid.UUID, Likeness], ...]
    confidence: float


@dataclass(frozen=True, slots=True)
class Placement:
    """What becomes of the rows that belonged to no kept group; each is in exactly one of the two."""

    joined: Mapping[uuid.UUID, Joined] = field(default_factory=dict)
    made: tuple[Made, ...] = ()


_SAME_NAME = Likeness(True, 0.98, (Reason(N_("名称相同。")),))
_LISTED_BEFORE = Likeness(True, 1.0, (Reason(N_("同一单位上次报的就是这一项，有人确认过。")),))


def place(kept: Sequence[Kept], new: Sequence[Line]) -> Placement:
    """Place `new` rows: under a name that a kept group has, with it; alike to one of its names, too; else in new groups.

    Papers that are no certificates are grouped by themselves, kind by kind. The order of `new` does not matter.
    """
    known: dict[str, list[tuple[Kept, Line]]] = defaultdict(list)
    for group in kept:
        for line in group.lines:
            known[plain(line.name)].append((group, line))
    joined: dict[uuid.UUID, Joined] = {}
    kinds: dict[str, list[Line]] = defaultdict(list)
    for line in new:
        if before := known.get(plain(line.name)):
            joined[line.id] = _by_name(line, before)
        else:
            kinds[_kind(line.paper)].append(line)
    made: list[Made] = []
    for kind, lines in sorted(kinds.items()):
        found = _by_likeness([group for group in kept if _kind(group.paper) == kind], lines, kind)
        joined |= found.joined
        made += found.made
    return Placement(joined, tuple(made))


def _kind(paper: str) -> str:
    """Return what a paper is grouped as: what may be a certificate together, whatever else by its kind."""
    return CERTIFICATE if paper in ("", CERTIFICATE, UNCLEAR) else paper


def _by_name(line: Line, before: Sequence[tuple[Kept, Line]]) -> Joined:
    """Return the group in which rows of this name are. Where a person put some here and some there, the most alike decide."""
    votes: Counter[uuid.UUID] = Counter(group.id for group, _ in before)
    like: dict[uuid.UUID, int] = defaultdict(int)
    for group, other in before:
        same = sum(mine == theirs for mine, theirs in zip(line.said, other.said, strict=True))
        like[group.id] = max(like[group.id], same)
    best = min(votes, key=lambda group: (-like[group], -votes[group], group))
    known = like[best] == len(line.said)
    return Joined(best, _LISTED_BEFORE if known else _SAME_NAME, known)


def _by_likeness(kept: Sequence[Kept], lines: Sequence[Line], kind: str) -> Placement:
    """Group `lines` together with the names of the kept groups; a cluster with such names is theirs."""
    seeds = [(group, named) for group in kept for named in _names(group)]
    ordered = sorted(lines, key=lambda line: (line.said, line.id))
    listed = [named for _, named in seeds] + [Named(line.name, line.purpose, line.issuer) for line in ordered]
    joined: dict[uuid.UUID, Joined] = {}
    made: list[Made] = []
    for cluster in groups(listed):
        theirs = [seeds[each.place] for each in cluster.members if each.place < len(seeds)]
        own = [each for each in cluster.members if each.place >= len(seeds)]
        if not theirs:
            members = [(ordered[each.place - len(seeds)], each.likeness) for each in own]
            made.append(_made(listed[cluster.stands].name, kind, members))
        for each in own if theirs else ():
            found = [(alike(listed[each.place], named), group.id) for group, named in theirs]
            likeness, best = max(found, key=lambda pair: (pair[0].confidence, pair[1].int))
            joined[ordered[each.place - len(seeds)].id] = Joined(best, likeness, known=False)
    return Placement(joined, tuple(made))


def _names(group: Kept) -> Iterable[Named]:
    """Return the names of a kept group, each once: the one that stands for it, and those of its rows."""
    names = {plain(group.name): Named(group.name)}
    for line in group.lines:
        names.setdefault(plain(line.name), Named(line.name, line.purpose, line.issuer))
    return names.values()


def _made(name: str, kind: str, members: Sequence[tuple[Line, Likeness]]) -> Made:
    """Return a new group: a certificate where one of its rows is, unclear where none can be told."""
    least = min((likeness.confidence for line, likeness in members if not line.elsewhere), default=1.0)
    unclear = kind == CERTIFICATE and all(line.paper == UNCLEAR for line, _ in members)
    rows = tuple((line.id, likeness) for line, likeness in members)
    return Made(name, UNCLEAR if unclear else kind, rows, min(least, UNSURE) if unclear else least)
