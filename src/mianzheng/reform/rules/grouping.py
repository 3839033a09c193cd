"""Near-identical certificates (证明) under other names: which are one paper, with reasons, for a person to confirm.

A name is read (`meanings`) as what it states, denied or not, and about whom; the words left over are compared by their letters. What
states the opposite, is about somebody else, or states more or less is never one paper, however alike it is written.
Purpose and issuer do not divide papers: one paper serves many offices.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from typing import TypeAlias

from rapidfuzz import fuzz
from rapidfuzz.process import cdist

from mianzheng.common.reasons import N_, Reason
from mianzheng.common.texts import Text
from mianzheng.reform.rules import words as lexicon
from mianzheng.reform.rules.meanings import BY_CODE, Meaning, is_cut, meaning, plain
from mianzheng.reform.rules.words import Holder

SAME = 0.5
"""From this confidence on, two are taken for one paper."""


@dataclass(frozen=True, slots=True, order=True)
class Named:
    """A certificate as a list names it. `fact` is the code of the fact it states, where that is known."""

    name: str
    purpose: str = ""
    issuer: str = ""
    fact: str = ""


@dataclass(frozen=True, slots=True)
class Likeness:
    """Whether two are one paper. `confidence`, 0 to 1, is that of `same` papers; low says they differ."""

    same: bool
    confidence: float
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Member:
    """One row of a group: its place in the list, and why it joined; of the representative, that it stands for the rest."""

    place: int
    likeness: Likeness


@dataclass(frozen=True, slots=True)
class Group:
    """Rows that are one paper, every two of them. `stands` is the place of the row that stands for all."""

    stands: int
    members: tuple[Member, ...]


_NUMBERS = re.compile(r"\d+|[一二三四五六七八九十甲乙丙丁]+(?=[级类等期次])")


def alike(left: Named, right: Named) -> Likeness:
    """Tell whether two certificates are one paper, how sure that is, and why."""
    if plain(left.name) == plain(right.name):
        confidence, reasons = 0.98, [Reason(N_("名称相同。"))]
    else:
        read = [meaning(each.name, each.purpose) for each in (left, right)]
        confidence, reasons = _compared(read[0], read[1])
        if confidence >= SAME and any(said.by_purpose for said in read):
            reasons.append(Reason(N_("用途说明是为了证明死亡。")))
    if left.fact and right.fact:
        confidence, told = _by_fact(confidence, left.fact == right.fact)
        reasons.append(told)
    return Likeness(confidence >= SAME, round(confidence, 3), tuple(reasons))


def _by_fact(confidence: float, one: bool) -> tuple[float, Reason]:
    """Weigh what is known of the facts: the same fact makes likelier what nothing speaks against, another fact less likely."""
    if one:
        raised = confidence if confidence < _UNSURE else confidence + (1 - confidence) / 3
        return raised, Reason(N_("两者已对应到同一事实。"))
    return confidence * 0.6, Reason(N_("两者已对应到不同的事实。"))


_UNSURE = 0.35
"""Below this something speaks against one paper; from here on it is only not told."""


@lru_cache(maxsize=200_000)
def _weighed(left: Meaning, right: Meaning) -> tuple[float, tuple[Reason, ...]]:
    one, other = dict(left.states), dict(right.states)
    if against := _against(left, right):
        return against[0], (against[1],)
    only_left, only_right = sorted(one.keys() - other.keys()), sorted(other.keys() - one.keys())
    shared = tuple(code for code in sorted(one) if code in other)
    if not only_left and not only_right:
        return _by_rest(left, right, shared)
    if len(only_left) == len(only_right) == 1:
        near = _NEAR.get((only_left[0], only_right[0]), 0.0)
        if near and one[only_left[0]] * other[only_right[0]] >= 0:
            factor = 1.0 if left.rest == right.rest else 0.8
            return near * factor, (
                Reason(N_("“%(one)s”与“%(other)s”多半由同一份证明说明。"), {"one": _name(only_left[0]), "other": _name(only_right[0])})
                if near >= SAME
                else Reason(N_("“%(one)s”与“%(other)s”相近，但不是一回事。"), {"one": _name(only_left[0]), "other": _name(only_right[0])}),
            )  # fmt: skip
    if shared:
        more = _name((only_left or only_right)[0])
        return (0.2 if only_left and only_right else 0.3), (Reason(N_("只有一个还说到“%(more)s”。"), {"more": more}),)
    return 0.05, (_apart(only_left, only_right, left, right),)


def _compared(left: Meaning, right: Meaning) -> tuple[float, list[Reason]]:
    """Weigh two meanings; the same either way round."""
    confidence, reasons = _weighed(min(left, right), max(left, right))
    return confidence, list(reasons)


_NEAR = {pair: value for one, other, value in lexicon.NEAR for pair in ((one, other), (other, one))}
_OPPOSITE = {pair for one, other in lexicon.OPPOSITES for pair in ((one, other), (other, one))}


def _against(left: Meaning, right: Meaning) -> tuple[float, Reason] | None:
    """Return what makes two papers never one, whatever their letters."""
    one, other = dict(left.states), dict(right.states)
    for code in sorted(one.keys() & other.keys()):
        if one[code] * other[code] < 0:
            return 0.02, Reason(N_("一个说有“%(what)s”，一个说没有。"), {"what": _name(code)})
    for code in sorted(one):
        for against in sorted(other):
            if (code, against) in _OPPOSITE and one[code] > 0 and other[against] > 0 and against not in one:
                return 0.02, Reason(N_("“%(one)s”与“%(other)s”相反。"), {"one": _name(code), "other": _name(against)})
    if left.denied != right.denied:
        return 0.05, Reason(N_("一个说有，一个说没有。"))
    if left.holder is not right.holder:
        names = {"one": lexicon.HOLDERS[left.holder][0], "other": lexicon.HOLDERS[right.holder][0]}
        return 0.1, Reason(N_("一个说的是%(one)s，一个说的是%(other)s。"), names)
    numbers = [_NUMBERS.findall(each.rest) for each in (left, right)]
    if all(numbers) and numbers[0] != numbers[1]:
        return 0.1, Reason(N_("名称里的数字不同。"))
    return None


def _by_rest(left: Meaning, right: Meaning, shared: Sequence[str]) -> tuple[float, tuple[Reason, ...]]:
    """Weigh two that state the same by the words nobody knows."""
    what = "、".join(BY_CODE[code].name.zh for code in shared), ", ".join(BY_CODE[code].name.en for code in shared)
    stated = Reason(N_("说的是同一件事：%(what)s。"), {"what": Text(*what)}) if shared else None
    if left.rest == right.rest:
        same = stated if stated and not left.rest else Reason(N_("去掉套话后名称相同。"))
        return (0.93 if left.states or left.rest else 0.1), (same,)
    aside = bool(shared) and all(BY_CODE[code].aside for code in shared)
    one, other = ("" if each.purposeless else each.rest for each in (left, right))
    if stated and one == other:
        return 0.65, (stated, Reason(N_("名称里多出的字只说用途。")))
    ratio = fuzz.ratio(left.rest, right.rest) / 100
    if left.rest and right.rest and (ratio >= WRITTEN or _cut_off(left.rest, right.rest)):
        return 0.75, (Reason(N_("名称只差个别字。")),)
    confidence = 0.6 if aside else 0.35 if shared and not (left.rest and right.rest) else 0.15
    extra = Reason(N_("“%(words)s”只在一个名称里。"), {"words": max(left.rest, right.rest, key=lambda r: (len(r), r))})
    return confidence, (stated, extra) if stated else (extra,)


WRITTEN = 0.8
"""How alike unknown words must be written to be the same words."""


def _cut_off(left: str, right: str) -> bool:
    """Tell whether one is the other without its first letter."""
    short, long = sorted((left, right), key=len)
    return len(short) > 1 and long[1:] == short


def _name(code: str) -> Text:
    return BY_CODE[code].name


def _apart(only_left: Sequence[str], only_right: Sequence[str], left: Meaning, right: Meaning) -> Reason:
    said = [_name(codes[0]) if codes else each.rest for codes, each in ((only_left, left), (only_right, right))]
    return Reason(N_("说的不是一件事：“%(one)s”，“%(other)s”。"), {"one": said[0], "other": said[1]})


@dataclass(frozen=True, slots=True, order=True)
class _Unit:
    """Rows that say the same in other letters."""

    meaning: Meaning
    fact: str
    name: str = ""
    """Kept only where nothing of the name is understood, since it must be equal then."""


def groups(listed: Sequence[Named]) -> list[Group]:
    """Return groups of rows that are one paper; every row is in exactly one, in whatever order the list is.

    Rows of one name stay together and are read as most of them are. Groups grow from the surest likeness down, and only
    where each unit of one is like each of the other (complete linkage): weak likenesses never chain.
    """
    places: dict[str, list[int]] = defaultdict(list)
    for place, each in enumerate(listed):
        places[plain(each.name)].append(place)
    units: dict[_Unit, list[int]] = defaultdict(list)
    for name, rows in places.items():
        units[_unit(name, [listed[row] for row in rows])] += rows
    found = [_group(listed, [row for unit in cluster for row in units[unit]]) for cluster in _clusters(sorted(units))]
    return sorted(found, key=lambda group: group.members[0].place)


def _unit(name: str, rows: Sequence[Named]) -> _Unit:
    counted = Counter((meaning(each.name, each.purpose), each.fact) for each in rows)
    (said, fact), _ = min(counted.items(), key=lambda entry: (-entry[1], entry[0]))
    return _Unit(said, fact, "" if said.states or said.rest else name)


def _likely(left: _Unit, right: _Unit) -> float:
    confidence, _ = _compared(left.meaning, right.meaning)
    return _by_fact(confidence, left.fact == right.fact)[0] if left.fact and right.fact else confidence


Block: TypeAlias = "tuple[tuple[str, ...], Holder, bool]"


def block_of(said: Meaning) -> Block:
    """Return under what to look for papers alike; where the facts are not known, those of other blocks are never one paper."""
    return tuple(sorted({_FAMILY.get(code, code) for code, _ in said.states})), said.holder, said.denied


def _candidates(units: Sequence[_Unit]) -> Iterator[tuple[_Unit, _Unit]]:
    """Yield the pairs worth a look: of one fact, or of one block, and where words are unknown, written alike."""
    of_fact: dict[str, list[_Unit]] = defaultdict(list)
    for unit in units:
        if unit.fact:
            of_fact[unit.fact].append(unit)
    for block in of_fact.values():
        yield from combinations(block, 2)
    blocks: dict[Block, list[_Unit]] = defaultdict(list)
    for unit in units:
        blocks[block_of(unit.meaning)].append(unit)
    for key, block in blocks.items():
        families = key[0]
        if all(BY_CODE[code].aside for code in families) and families:
            yield from combinations(block, 2)
            continue
        near = cdist(
            [unit.meaning.rest for unit in block],
            [unit.meaning.rest for unit in block],
            scorer=fuzz.ratio,
            score_cutoff=_LOOK,
        )
        for one, other in zip(*near.nonzero(), strict=True):
            if one < other:
                yield block[one], block[other]
        if families:
            bare = [unit for unit in block if unit.meaning.purposeless or not unit.meaning.rest]
            yield from combinations(bare, 2)


_LOOK = 66
"""Words written less alike (percent) are never the same words, not even with a letter cut off."""


def _families() -> dict[str, str]:
    """Return for each concept with a near one under which of them both are looked for."""
    family: dict[str, str] = {}
    for one, other, value in lexicon.NEAR:
        if value >= SAME:
            old, new = family.get(other, other), family.get(one, one)
            family |= dict.fromkeys((one, other, old, *(c for c, f in family.items() if f == old)), new)
    return family


_FAMILY = _families()


def _clusters(units: Sequence[_Unit]) -> list[list[_Unit]]:
    """Return `units` (sorted) in clusters of which every two are alike."""
    sure = {pair: value for pair in _candidates(units) if (value := _likely(*pair)) >= SAME}
    cluster = {unit: [unit] for unit in units}
    for one, other in sorted(sure, key=lambda pair: (-sure[pair], pair)):
        first, second = cluster[one], cluster[other]
        if first is not second and all((a, b) in sure or (b, a) in sure for a in first for b in second):
            first += second
            cluster |= dict.fromkeys(second, first)
    return list({id(each): each for each in cluster.values()}.values())


def _group(listed: Sequence[Named], rows: Sequence[int]) -> Group:
    """Return the group of `rows`; the commonest of its names stands for it, the shorter of equally common ones."""
    names = Counter(plain(listed[row].name) for row in rows)
    common = min(names, key=lambda name: (-names[name], is_cut(name), len(name), name))
    stands = min((row for row in rows if plain(listed[row].name) == common), key=lambda row: (listed[row], row))
    alone = Reason(N_("代表本组。") if len(rows) > 1 else N_("没有与它相同的证明。"))
    members = [Member(row, _joined(listed[row], listed[stands])) for row in rows if row != stands]
    members.append(Member(stands, Likeness(True, 1.0, (alone,))))
    return Group(stands, tuple(sorted(members, key=lambda member: member.place)))


@lru_cache(maxsize=50_000)
def _joined(each: Named, stands: Named) -> Likeness:
    return alike(each, stands)
