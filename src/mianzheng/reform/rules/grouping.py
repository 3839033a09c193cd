"""Near-identical certificates (证明) under other names: which are one paper, with reasons, for a person to confirm.

A name is read as what it states, denied or not, and about whom; the words left over are compared by their letters. What
states the opposite, is about somebody else, or states more or less is never one paper, however alike it is written.
Purpose and issuer do not divide papers: one paper serves many offices.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import combinations

from rapidfuzz import fuzz
from rapidfuzz.process import cdist

from mianzheng.common.reasons import N_, Reason
from mianzheng.common.texts import Text
from mianzheng.reform.rules import words as lexicon
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


@dataclass(frozen=True, slots=True, order=True)
class Meaning:
    """What a name states: concepts, each with +1, -1 (denied) or 0 (either), about whom, and the words nobody knows."""

    states: tuple[tuple[str, int], ...]
    holder: Holder
    rest: str
    denied: bool = False
    """The words nobody knows are denied."""
    purposeless: bool = False
    """The words nobody knows only say again what the paper is for."""
    by_purpose: bool = False
    """The purpose tells what the paper stands for."""


_BY_CODE = {concept.code: concept for concept in lexicon.CONCEPTS}
_CLOSED = str.maketrans({"[": "(", "]": ")", "【": "(", "】": ")", "〔": "(", "〕": ")", "―": "—", "–": "—"})


def _plain(text: str) -> str:
    """Return `text` in the one way to write it: narrow letters, round brackets, no blanks."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).translate(_CLOSED).replace("帐户", "账户")


def _known() -> dict[str, tuple[str, str]]:
    """Return every known word with its sort and what it stands for; concepts win over what surrounds them."""
    known: dict[str, tuple[str, str]] = {}
    around: list[tuple[str, Iterable[str]]] = [("filler", lexicon.FILLER), ("role", lexicon.ROLES)]
    around += [("not", lexicon.NOT), ("open", lexicon.OPEN)]
    for sort, spoken in around:
        known |= {_plain(word): (sort, "") for word in spoken}
    for holder, (_, spoken) in lexicon.HOLDERS.items():
        known |= {_plain(word): ("holder", holder) for word in spoken}
    for concept in lexicon.CONCEPTS:
        known |= {_plain(word): ("concept", concept.code) for word in concept.words}
    return known


_KNOWN = _known()
_CUT = {
    word[1:]: word
    for word, (sort, _) in sorted(_KNOWN.items())
    if sort == "concept" and len(word) > 3 and word[1:] not in _KNOWN and not word.startswith(lexicon.NOT)
}
"""Words whose first letter was cut off, as happens where names are cut out of clauses."""


def _any(spoken: Iterable[str]) -> str:
    """Return a pattern of `spoken`, longest first; the 证 of 证明 does not make a 居住证 of 居住证明."""
    ordered = sorted(spoken, key=lambda word: (-len(word), word))
    return "|".join(re.escape(word) + ("(?!明)" if word.endswith("证") else "") for word in ordered)


_WORD = re.compile(_any(_KNOWN))
_AT_START = re.compile(_any(_CUT))
_SENSELESS = re.compile(
    rf"^(?:[\d一二三四五六七八九十]{{1,2}}[)、.]|(?:{_any(lexicon.SENSELESS_FIRST)})的?(?=.{{3}}))+"
)
_FOR_USE = re.compile(r"^.*?(?:公证|贷款|签证|入学|投标|报销|出国|出境|办证|落户)用(?=.{2})")
_MADE_OUT_BY = re.compile(r"^(?:\w{2}(?:省|市|县)(?=\w{3}))+|^[^无未不]{2,20}?(?:出具|开具|核发|签发|盖章)的(?=.{3})")
_LAST_BRACKET = re.compile(r"(?<=.)\([^()]*\)$")
_ROLE = re.compile(r"(?:被)?[^的]{0,4}(?:人|者|员|方|人士)$")
_SIGNS = re.compile(r"[^\w]+")
_NUMBERS = re.compile(r"\d+|[一二三四五六七八九十甲乙丙丁]+(?=[级类等期次])")


def meaning(name: str, purpose: str = "") -> Meaning:
    """Read what a certificate states from its name; the purpose counts only where a paper stands for another fact, or where
    the name repeats it.
    """
    read = _read(name)
    codes = {code for code, _ in read.states}
    if purpose and codes & lexicon.OF_DEATH and "death" in {code for code, _ in _read(purpose).states}:
        states = tuple(sorted({("death", 1), *((c, s) for c, s in read.states if c not in lexicon.OF_DEATH)}))
        return replace(read, states=states, by_purpose=True)
    if purpose and read.rest and codes - lexicon.ACTS and not read.denied:
        said = sum(letter in purpose for letter in read.rest) / len(read.rest)
        return replace(read, purposeless=said >= REPEATED)
    return read


REPEATED = 0.8
"""The share of its letters from which on a word repeats the purpose."""


@lru_cache(maxsize=50_000)
def _read(name: str) -> Meaning:
    text = _SENSELESS.sub("", _plain(name))
    head, dash, tail = text.partition("—")
    if dash and (told := _read(tail)).states:
        return told
    text = _FOR_USE.sub("", _MADE_OUT_BY.sub("", _LAST_BRACKET.sub("", head + tail)))
    reading = _Reading()
    start = 0
    if (cut := _AT_START.match(text)) and not ((word := _WORD.match(text)) and word.end() >= cut.end()):
        reading.take(*_KNOWN[_CUT[cut[0]]])
        start = cut.end()
    while found := _WORD.search(text, start):
        reading.unknown(text[start : found.start()])
        reading.take(*_KNOWN[found[0]])
        start = found.end()
    reading.unknown(text[start:])
    return reading.meaning()


class _Reading:
    """A name while it is read from left to right."""

    def __init__(self) -> None:
        self.states: set[tuple[str, int]] = set()
        self.holder = Holder.PERSON
        self.rest: list[tuple[str, bool]] = []
        self.sign = 1
        self.open = self.denied = False

    def unknown(self, text: str) -> None:
        """Take words nobody knows; a "no" before them is theirs."""
        if not (left := _SIGNS.sub("", text)):
            return
        self.denied |= self.sign < 0
        self.sign = 1
        self.rest.append((left, bool(_ROLE.fullmatch(left))))

    def take(self, sort: str, what: str) -> None:
        if sort == "not":
            self.sign = -1
        elif sort == "open":
            self.open = True
        elif sort == "holder":
            self.holder = Holder(what)
        elif sort == "concept":
            self._state(what)

    def _state(self, code: str) -> None:
        concept, sign = _BY_CODE[code], self.sign
        if self.open or concept.assumed:
            sign = concept.usual
        if code in lexicon.ABSENCE:
            code, sign = lexicon.ABSENCE[code], -sign
        if sign < 0:
            code = lexicon.DENIED.get(code, code)
        self.states.add((code, sign))
        self.sign, self.open = 1, False

    def meaning(self) -> Meaning:
        codes = {code for code, _ in self.states}
        roles_aside = bool(codes - lexicon.ACTS)
        rest = "".join(left for left, role in self.rest if not (role and roles_aside))
        holder = self.holder
        if codes and all(_BY_CODE[code].any_holder for code in codes):
            holder = Holder.PERSON
        if holder is Holder.EMPLOYER and codes & lexicon.OF_PERSONS:
            holder = Holder.PERSON
        return Meaning(tuple(sorted(self.states)), holder, rest, self.denied)


def alike(left: Named, right: Named) -> Likeness:
    """Tell whether two certificates are one paper, how sure that is, and why."""
    if _plain(left.name) == _plain(right.name):
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
    what = "".join(_BY_CODE[code].name.zh for code in shared), ", ".join(_BY_CODE[code].name.en for code in shared)
    stated = Reason(N_("说的是同一件事：%(what)s。"), {"what": Text(*what)}) if shared else None
    if left.rest == right.rest:
        same = stated if stated and not left.rest else Reason(N_("去掉套话后名称相同。"))
        return (0.93 if left.states or left.rest else 0.1), (same,)
    aside = bool(shared) and all(_BY_CODE[code].aside for code in shared)
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
    return _BY_CODE[code].name


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
        places[_plain(each.name)].append(place)
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


def _candidates(units: Sequence[_Unit]) -> Iterator[tuple[_Unit, _Unit]]:
    """Yield the pairs worth a look: of one fact, or of one block, and where words are unknown, written alike."""
    of_fact: dict[str, list[_Unit]] = defaultdict(list)
    for unit in units:
        if unit.fact:
            of_fact[unit.fact].append(unit)
    for block in of_fact.values():
        yield from combinations(block, 2)
    blocks: dict[tuple[tuple[str, ...], Holder, bool], list[_Unit]] = defaultdict(list)
    for unit in units:
        families = tuple(sorted({_FAMILY.get(code, code) for code, _ in unit.meaning.states}))
        blocks[(families, unit.meaning.holder, unit.meaning.denied)].append(unit)
    for key, block in blocks.items():
        families = key[0]
        if all(_BY_CODE[code].aside for code in families) and families:
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
    names = Counter(_plain(listed[row].name) for row in rows)
    common = min(names, key=lambda name: (-names[name], _cut(name), len(name), name))
    stands = min((row for row in rows if _plain(listed[row].name) == common), key=lambda row: (listed[row], row))
    alone = Reason(N_("代表本组。") if len(rows) > 1 else N_("没有与它相同的证明。"))
    members = [Member(row, _joined(listed[row], listed[stands])) for row in rows if row != stands]
    members.append(Member(stands, Likeness(True, 1.0, (alone,))))
    return Group(stands, tuple(sorted(members, key=lambda member: member.place)))


def _cut(name: str) -> bool:
    """Tell whether a name seems cut out of a clause, so that it should not stand for others."""
    return bool(_SENSELESS.match(name) or _AT_START.match(name))


@lru_cache(maxsize=50_000)
def _joined(each: Named, stands: Named) -> Likeness:
    return alike(each, stands)
