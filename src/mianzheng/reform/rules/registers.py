"""Which item and document of the catalogue speaks of what a certificate states: by meaning, never by its name."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from mianzheng.catalogue.rules.city import City, Fact, Item
from mianzheng.catalogue.rules.reforming import Document
from mianzheng.reform.rules import words as lexicon
from mianzheng.reform.rules.asked import pairs
from mianzheng.reform.rules.meanings import Meaning, meaning, plain
from mianzheng.reform.rules.words import Holder


@dataclass(frozen=True, slots=True, eq=False)
class Spoken:
    """What an item speaks of: the concepts of its name, those of the facts asked of it, and the letters of its name."""

    item: Item
    states: frozenset[str]
    asked: frozenset[str]
    rest: str
    letters: str
    roles: tuple[str, ...]
    """Whom alone it is about, such as workers (职工)."""
    named: tuple[str, ...]
    """What its facts are called, without the words around a fact."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A document with the concepts it shows."""

    document: Document
    states: frozenset[str]


@dataclass(frozen=True, slots=True)
class Registers:
    """The catalogue made ready for many look-ups: by concept, and by two letters of an item's or a fact's name."""

    by_concept: Mapping[str, tuple[Spoken, ...]]
    by_pair: Mapping[str, tuple[Spoken, ...]]
    documents: tuple[Shown, ...]


@dataclass(frozen=True, slots=True)
class Match:
    """The item that speaks of a certificate best, the fact of it the certificate attests, and how sure that is (0 to 1)."""

    item: Item
    fact: Fact | None
    confidence: float


_ADMIN = re.compile(r"信息|登记|认定|备案|发放|记录|核定|管理|数据|查询|情况|待遇|档案")
RECORDED: dict[str, str] = {
    # What happens, and the register that records it: 户口登记条例, 学籍管理办法, 居住证暂行条例, 婚姻登记条例,
    # 市场主体登记管理条例; 最低生活保障审核确认办法 (2021) for families in hardship.
    "household-split": "household-registration",
    "joining": "household-registration",
    "registration-changed": "household-registration",
    "registration-cancelled": "household-registration",
    "members": "household-registration",
    "kin": "parent-child",
    "residence": "residence-registration",
    "suspended": "enrolled",
    "transfer": "enrolled",
    "widowed": "marriage",
    "single": "marriage",
    "premises": "registered-company",
    "labour-relation": "job",
    "job-ended": "job",
    "hardship": "low-income",
}
"""Registers by what they record, where their names say it in other words."""


def _near() -> dict[str, dict[str, float]]:
    """Return for each concept those that are told by the same paper or kept in the same register, with how likely that is."""
    near: dict[str, dict[str, float]] = {concept.code: {} for concept in lexicon.CONCEPTS}
    for one, other, value in lexicon.NEAR:
        near[one][other] = near[other][one] = value
    for one, other in RECORDED.items():
        near[one][other] = 0.85
    return near


_NEAR = _near()


def registers(city: City) -> Registers:
    """Return the items, facts and documents of `city` by what their names say."""
    facts: dict[str, list[tuple[Fact, Meaning]]] = defaultdict(list)
    for fact in city.facts.values():
        facts[fact.item].append((fact, meaning(_ASIDE.sub(r"\1", fact.name.zh))))
    by_concept: dict[str, list[Spoken]] = defaultdict(list)
    by_pair: dict[str, list[Spoken]] = defaultdict(list)
    for item in city.items.values():
        spoken = _spoken(item, facts[item.code])
        for code in spoken.states | spoken.asked:
            by_concept[code].append(spoken)
        for pair in frozenset().union(*map(pairs, (spoken.letters, *spoken.named))):
            by_pair[pair].append(spoken)
    return Registers(
        {code: tuple(each) for code, each in by_concept.items()},
        {pair: tuple(each) for pair, each in by_pair.items()},
        tuple(Shown(one, frozenset().union(*map(_codes, one.shows))) for one in city.reforming.documents),
    )


_ASIDE = re.compile(r"(.+?)[（(][^（）()]*[）)]")


def _codes(text: str) -> frozenset[str]:
    return frozenset(code for code, _ in meaning(text).states)


def _spoken(item: Item, facts: Iterable[tuple[Fact, Meaning]]) -> Spoken:
    said = meaning(_ADMIN.sub("", item.name.zh)) if not _codes(item.name.zh) else meaning(item.name.zh)
    asked = frozenset(code for _, read in facts for code, _ in read.states)
    letters = _ADMIN.sub("", plain(item.name.zh))
    named = tuple(_ADMIN.sub("", plain(fact.name.zh)) for fact, _ in facts)
    roles = tuple(role for role in lexicon.ROLES if role in item.name.zh)
    states = frozenset(code for code, _ in said.states)
    return Spoken(item, states, asked, _ADMIN.sub("", said.rest), letters, roles, named)


def matched(said: Meaning, name: str, purpose: str, known: Registers) -> Match | None:
    """Return the register that speaks of what a certificate states; None where none does.

    What the purpose says as well is not what the paper is to prove, where it says something else besides. The register of what
    is applied for is none: a licence does not show that its own conditions are met.
    """
    codes = {code for code, _ in said.states} - _SAY_LITTLE
    codes = codes - _codes(purpose) or codes
    wanted = pairs(_PAPER.sub("", plain(name)))
    by_meaning = {s for code in codes for near in (code, *_NEAR[code]) for s in known.by_concept.get(near, ())}
    found = _best([(_score(codes, said, spoken, wanted, name + purpose), spoken) for spoken in by_meaning])
    if found is None:
        applied_for = plain(purpose)
        by_letters = {s for pair in wanted for s in known.by_pair.get(pair, ()) if s.letters not in applied_for}
        found = _best([(_worded(wanted, spoken), spoken) for spoken in by_letters])
    if found is None:
        return None
    score, spoken = found
    return Match(spoken.item, None, round(min(score, 0.95), 2))


def _best(scored: Sequence[tuple[float, Spoken]]) -> tuple[float, Spoken] | None:
    """Return the highest score that will do; between equals, what facts are asked of and what is complete."""
    good = [entry for entry in scored if entry[0] >= SPEAKS]
    return max(good, key=lambda e: (round(e[0], 3), bool(e[1].named), e[1].item.complete, e[1].item.code), default=None)


SPEAKS = 0.45
"""From here on an item is taken to speak of a certificate."""

_SAY_LITTLE = lexicon.ACTS
_PAPER = re.compile(r"\([^()]*\)|(?:的)?(?:证明|材料|文件|书|信|函|情况|状况|查询|打印|开具|出具|申请)+")


def _score(codes: set[str], said: Meaning, spoken: Spoken, wanted: frozenset[str], asked_of: str) -> float:
    """Weigh how much of what a certificate states an item speaks of, less what it says besides."""
    total = 0.0
    for code in codes:
        near = [value for other, value in _NEAR[code].items() if other in spoken.states | spoken.asked]
        own = 1.0 if code in spoken.states else 0.95 if code in spoken.asked else 0.0
        total += max([own, *near]) + (0.03 if code in spoken.asked else 0.0)
    others = any(role not in asked_of for role in spoken.roles)
    besides = frozenset() if codes <= spoken.asked else spoken.states - codes - _SAY_LITTLE
    besides -= {other for code in codes for other in _NEAR[code]}
    other_holder = (said.holder is Holder.EMPLOYER) != (spoken.item.about == "organisation")
    strange = 0.0 if not said.rest or any(letter in spoken.letters for letter in said.rest) else 0.1
    return (
        total / len(codes)
        + 0.05 * _worded(wanted, spoken)
        - 0.15 * len(besides)
        - min(0.02 * len(spoken.rest), 0.2)
        - (0.2 if other_holder and spoken.item.about != "house" else 0.0)
        - strange
        - (0.2 if others else 0.0)
    )


def _worded(wanted: frozenset[str], spoken: Spoken) -> float:
    """Weigh an item by the letters it shares with a name nobody understands."""
    shared = max(len(wanted & pairs(text)) for text in (spoken.letters, *spoken.named))
    return 0.8 * shared / len(wanted) if shared > 1 or len(wanted) == 1 else 0.0


def document_of(said: Meaning, known: Registers) -> Document | None:
    """Return the document that shows all a certificate states; none shows that something is not so."""
    codes = {code for code, _ in said.states}
    if not codes or said.denied or (said.rest and not said.purposeless) or any(sign < 0 for _, sign in said.states):
        return None
    return next((shown.document for shown in known.documents if codes <= shown.states), None)
