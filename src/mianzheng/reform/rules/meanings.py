"""What the name of a certificate (证明) states: concepts of the field, denied or not, about whom, and the words left over."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache

from mianzheng.reform.rules import words as lexicon
from mianzheng.reform.rules.words import Holder


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


BY_CODE = {concept.code: concept for concept in lexicon.CONCEPTS}
_CLOSED = str.maketrans({"[": "(", "]": ")", "【": "(", "】": ")", "〔": "(", "〕": ")", "―": "—", "–": "—"})


def plain(text: str) -> str:
    """Return `text` in the one way to write it: narrow letters, round brackets, no blanks."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).translate(_CLOSED).replace("帐户", "账户")


def _known() -> dict[str, tuple[str, str]]:
    """Return every known word with its sort and what it stands for; concepts win over what surrounds them."""
    known: dict[str, tuple[str, str]] = {}
    around: list[tuple[str, Iterable[str]]] = [("filler", lexicon.FILLER), ("role", lexicon.ROLES)]
    around += [("not", lexicon.NOT), ("open", lexicon.OPEN)]
    for sort, spoken in around:
        known |= {plain(word): (sort, "") for word in spoken}
    for holder, (_, spoken) in lexicon.HOLDERS.items():
        known |= {plain(word): ("holder", holder) for word in spoken}
    for concept in lexicon.CONCEPTS:
        known |= {plain(word): ("concept", concept.code) for word in concept.words}
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
_MADE_OUT_BY = re.compile(
    r"^(?:(?!非|本)\w{2}(?:省|市|县)(?=\w{3}))+|^[^无未不]{2,20}?(?:出具|开具|核发|签发|盖章)的(?=.{3})"
)
_LAST_BRACKET = re.compile(r"(?<=.)\([^()]*\)$")
_ROLE = re.compile(r"(?:被)?[^的]{0,4}(?:人|者|员|方|人士)$")
_SIGNS = re.compile(r"[^\w]+")


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
    text = _SENSELESS.sub("", plain(name))
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
        concept, sign = BY_CODE[code], self.sign
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
        if codes and all(BY_CODE[code].any_holder for code in codes):
            holder = Holder.PERSON
        if holder is Holder.EMPLOYER and codes & lexicon.OF_PERSONS:
            holder = Holder.PERSON
        return Meaning(tuple(sorted(self.states)), holder, rest, self.denied)


def is_cut(name: str) -> bool:
    """Tell whether a name seems cut out of a clause, so that it should not stand for others."""
    return bool(_SENSELESS.match(name) or _AT_START.match(name))
