"""Which certificates (证明事项) the rows of one group are: one for each office that demands it and each purpose."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import count

from pypinyin import lazy_pinyin

from mianzheng.catalogue.rules.certificates import Certificate
from mianzheng.reform.rules.meanings import plain
from mianzheng.reform.rules.states import Side

LONGEST = 60
"""Signs of a code made of a name; a number may follow."""


@dataclass(frozen=True, slots=True)
class Demand:
    """A row that says who demands a certificate. `volume` is papers a year, None where the list does not say."""

    side: str
    name: str
    name_en: str
    demander: str
    demander_said: str
    demander_kind: str
    demander_level: str
    issuer: str
    issuer_said: str
    issuer_level: str
    purpose: str
    purpose_en: str
    basis: str
    volume: int | None

    @property
    def whose(self) -> str:
        """The demander, by its code or else as written."""
        return self.demander or plain(self.demander_said)

    @property
    def key(self) -> tuple[str, str]:
        """What tells the certificates of one group apart."""
        return self.whose, plain(self.purpose)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A certificate as the rows say it. `volume_from` is the side that counted the papers, empty where none did."""

    name: str
    name_en: str
    demander: str
    demander_said: str
    demander_kind: str
    demander_level: str
    issuer: str
    issuer_said: str
    issuer_level: str
    purpose: str
    purpose_en: str
    basis: str
    volume: int
    volume_from: str

    @property
    def key(self) -> tuple[str, str]:
        """What tells the certificates of one group apart."""
        return key_of(self.demander, self.demander_said, self.purpose)


def key_of(demander: str, demander_said: str, purpose: str) -> tuple[str, str]:
    """Return what tells the certificates of one group apart: who demands it, and what for."""
    return demander or plain(demander_said), plain(purpose)


def wanted(rows: Sequence[Demand], *, side: Side = Side.DEMAND) -> list[Wanted]:
    """Return the certificates that the rows of `side` say are demanded, in the order of who demands what for.

    Papers are counted where they are demanded; where nobody counted there, what the issuing side counted for this
    demander is shared evenly among its purposes.
    """
    by_key: dict[tuple[str, str], list[Demand]] = defaultdict(list)
    for row in rows:
        if row.side == side and row.whose:
            by_key[row.key].append(row)
    issued = [row for row in rows if row.side == Side.ISSUE]
    found = [_one(by_key[key], issued) for key in sorted(by_key)]
    return found if side is Side.ISSUE else _shared(found, issued)


def _one(rows: Sequence[Demand], issued: Sequence[Demand]) -> Wanted:
    name = _commonest(row.name for row in rows)
    issuing = _issuing(rows) or _issuing(issued)
    counted = [row.volume for row in rows if row.volume is not None]
    return Wanted(
        name=name,
        name_en=_commonest(row.name_en for row in rows if row.name == name),
        demander=rows[0].demander,
        demander_said=_commonest(row.demander_said for row in rows),
        demander_kind=_commonest(row.demander_kind for row in rows),
        demander_level=_commonest(row.demander_level for row in rows),
        issuer=_commonest(row.issuer for row in issuing),
        issuer_said=_commonest(row.issuer_said for row in issuing),
        issuer_level=_commonest(row.issuer_level for row in issuing),
        purpose=_commonest(row.purpose for row in rows),
        purpose_en=_commonest(row.purpose_en for row in rows),
        basis=_commonest(row.basis for row in rows),
        volume=sum(counted),
        volume_from=rows[0].side if counted else "",
    )


def _commonest(said: Iterable[str]) -> str:
    """Return what is said most often, the shorter of equally common; nothing said counts for nothing."""
    counted = Counter(each for each in said if each)
    return min(counted, key=lambda each: (-counted[each], len(each), each), default="")


def _issuing(rows: Sequence[Demand]) -> list[Demand]:
    """Return the rows that name the issuer most of them name."""
    issuer = _commonest(row.issuer or row.issuer_said for row in rows)
    return [row for row in rows if issuer and issuer in (row.issuer, row.issuer_said)]


def _shared(found: Sequence[Wanted], issued: Sequence[Demand]) -> list[Wanted]:
    """Give those nobody counted where they are demanded their share of what the issuing side counted."""
    uncounted = [each for each in found if not each.volume_from]
    shares: dict[tuple[str, str], int] = defaultdict(int)
    counted: set[tuple[str, str]] = set()
    for row in issued:
        theirs = [each for each in uncounted if row.whose in ("", each.key[0])]
        exact = [each for each in theirs if each.key == row.key]
        for place, each in enumerate(exact or theirs):
            if row.volume is not None:
                whole, rest = divmod(row.volume, len(exact or theirs))
                shares[each.key] += whole + (place < rest)
                counted.add(each.key)
    return [
        replace(each, volume=shares[each.key], volume_from=str(Side.ISSUE)) if each.key in counted else each
        for each in found
    ]


def listed_as(known: Iterable[Certificate], each: Wanted) -> Certificate | None:
    """Return what the public list has for it: of this name, asked for by this office, for this purpose or, where only
    one side says what for, for any.
    """
    same = [paper for paper in known if each.demander == paper.demander and plain(each.name) == plain(paper.name.zh)]
    for_it = [paper for paper in same if plain(paper.purpose.zh) == plain(each.purpose)]
    open_ = same if not each.purpose else [paper for paper in same if not paper.purpose]
    return next(iter(for_it or (open_ if len(open_) == 1 else [])), None)


def code_of(name: str, taken: Collection[str]) -> str:
    """Return a readable code of `name` that is not `taken`: its pinyin, numbered where that is."""
    said = "-".join(lazy_pinyin(plain(name), errors=str.lower))
    code = re.sub(r"[^a-z0-9]+", "-", said).strip("-")[:LONGEST].strip("-") or "paper"
    return next(each for n in count(1) if (each := code if n == 1 else f"{code}-{n}") not in taken)
