"""Which fact of the catalogue a certificate attests: read from its name, its purpose and what the matter it is for needs.

A wrong fact misleads more than none does. So what a name says has to be found in the fact, what the fact asks in the name, and of two
facts that fit alike neither is taken.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from mianzheng.catalogue.rules.city import Fact
from mianzheng.catalogue.rules.kinds import Form
from mianzheng.common.reasons import N_, Reason
from mianzheng.reform.rules import words as lexicon
from mianzheng.reform.rules.asked import (
    ASIDE,
    COMPOUND,
    DENIES,
    LIKE,
    Asked,
    Needing,
    Questions,
    bare,
    core,
    letters,
    pairs,
)
from mianzheng.reform.rules.meanings import BY_CODE, Meaning, meaning, plain
from mianzheng.reform.rules.words import Holder

ENOUGH = 0.7
"""From here on a fact is taken for what a certificate attests; one its matter needs anyway from `ENOUGH_NEEDED` on."""
ENOUGH_NEEDED = 0.6
MARGIN = 0.08
"""Facts no further apart fit alike."""
SAME_MATTER = 0.8


@dataclass(frozen=True, slots=True)
class Attested:
    """The fact a certificate attests, how sure that is (0 to 1), and whether the matter it is for needs that fact. `alike` are
    others that fit as well: then it is none of them for certain, and `fact` is None.
    """

    fact: Fact | None
    confidence: float
    needed: bool
    alike: tuple[Fact, ...] = ()

    def told(self) -> Reason:
        """Return why it is this fact, or why none."""
        if self.fact is None:
            one, other = self.alike[:2]
            return Reason(_UNDECIDED, {"one": one.name, "other": other.name})
        return Reason(
            _NEEDED if self.needed else _NAMED, {"fact": self.fact.name, "sure": round(100 * self.confidence)}
        )


_NEEDED = N_("它证明的多半是“%(fact)s”（把握 %(sure)s%%）：名称说到这件事，办这个事项也要核实它。")
_NAMED = N_("它证明的多半是“%(fact)s”（把握 %(sure)s%%）：名称说的就是这件事。")
_UNDECIDED = N_("它可能证明“%(one)s”，也可能证明“%(other)s”，从名称和用途分不出来，请您来定。")


@dataclass(frozen=True, slots=True)
class _Name:
    """What a certificate says, cut into what has to be found in a fact: concepts with their sign (0 where the paper answers either
    way), and words nobody knows.
    """

    states: Mapping[str, int]
    rest: str
    bare: str
    letters: frozenset[str]
    around: frozenset[str]
    text: str
    denied: bool
    open: bool
    holder: Holder
    own: bool


@dataclass(frozen=True, slots=True)
class _Fit:
    """How well a fact fits; `order` puts those of one score in line: said the same way round, in the same words, without a number."""

    asked: Asked
    score: float
    needed: bool
    order: tuple[float, bool, bool, int]


@lru_cache(maxsize=20_000)
def attested(said: Meaning, name: str, purpose: str, demanders: frozenset[str], known: Questions) -> Attested | None:
    """Return the fact a certificate attests, or those that fit alike; None where none fits well enough."""
    fits = _fits(_named(said, name, purpose), purpose, demanders, known)
    best = fits[0] if fits else None
    if best is None or best.score < (ENOUGH_NEEDED if best.needed else ENOUGH):
        return None
    rivals = [each for each in fits[1:] if best.score - each.score < MARGIN and not _decided(best, each)]
    if rivals:
        return Attested(None, 0.0, best.needed, tuple(each.asked.fact for each in (best, *rivals)))
    sure = 0.5 + 0.5 * (best.score - NEEDED) if best.needed else best.score
    return Attested(best.asked.fact, round(min(sure, 0.98), 2), best.needed)


def _decided(best: _Fit, other: _Fit) -> bool:
    """Tell whether something speaks for one of two facts of one register; facts of two registers are never decided so."""
    return other.asked.fact.item == best.asked.fact.item and other.order != best.order


def _named(said: Meaning, name: str, purpose: str) -> _Name:
    whole = plain(name)
    if compounds := "".join(COMPOUND.findall(ASIDE.sub("", whole))):
        read = meaning(COMPOUND.sub("", name))
        said = replace(read, rest=compounds + read.rest)
    is_open = bool(_OPEN.search(name))
    states = {code: sign if sign < 0 else 0 if is_open else -1 if said.denied else sign for code, sign in said.states}
    told = {code for code, _ in meaning(purpose).states} if purpose else set()
    states = {code: sign for code, sign in states.items() if code not in told} or states
    rest = "" if said.purposeless else _ELSEWHERE.sub("", bare(said.rest))
    if status := _STATUS.search(name):
        states.pop("identity", None)
        rest += status[1]
    paper = _PAPER.sub("", whole)
    usual = is_open and any(BY_CODE[code].usual < 0 for code in states)
    return _Name(
        states=states,
        rest=rest,
        bare=paper,
        letters=letters(_ELSEWHERE.sub("", paper)),
        around=frozenset().union(*(pairs(each) | letters(each) for each in (whole, plain(purpose)))),
        text=plain(name + purpose),
        denied=said.denied or usual or bool(DENIES.search(name)) or any(sign < 0 for sign in states.values()),
        open=is_open,
        holder=said.holder,
        own=bool(_OWN.search(name)),
    )


_PAPER = re.compile(r"\([^()]*\)|(?:的)?(?:证明|材料|文件|书|信|函|情况|状况|查询|打印|开具|出具|申请)+")
_OPEN = re.compile("情况|状况|有无|是否")
_OWN = re.compile("个人|本人")
_ELSEWHERE = re.compile("外省|异地|外地|市外|本市|市内")
_STATUS = re.compile("(老年人|老人|儿童|未成年人|学生|军人|华侨|教师|农民|农民工|职工|员工)身份")
"""A paper that says one is such a person, not who one is."""
_BUILT = re.compile("房|屋|住|宅|场|建筑|门牌|地址|摊|店|楼")
_OTHERWISE = (("迁入", "迁出"), ("迁出", "迁入"))


def _fits(what: _Name, purpose: str, demanders: frozenset[str], known: Questions) -> list[_Fit]:
    """Return the facts that fit at all, best first. A matter that is certain needs nothing but its own facts."""
    certain, needed = _needed(plain(purpose), demanders, known) if purpose else (False, frozenset())
    found = []
    for asked in _candidates(what, known):
        is_needed = asked.fact.code in needed
        if (certain and not is_needed) or _other_subject(what, asked, is_needed):
            continue
        if (fit := _weighed(what, asked, is_needed)) is not None:
            found.append(fit)
    return sorted(found, key=lambda fit: (*fit.order, fit.asked.fact.code))


@lru_cache(maxsize=20_000)
def _needed(purpose: str, demanders: frozenset[str], known: Questions) -> tuple[bool, frozenset[str]]:
    """Return the facts that what a certificate is for needs, and whether that is one matter for certain: it has its very name."""
    if exact := [one.facts for one in known.matters if one.name == purpose]:
        return True, frozenset().union(*exact)
    alike = [one.facts for one in known.matters if _alike(purpose, one, demanders)]
    return False, frozenset().union(*alike)


def _alike(purpose: str, one: Needing, demanders: frozenset[str]) -> bool:
    """Tell whether a purpose is a matter in other words: most letters of one in the other, the same concepts, or its keywords.
    Where nobody knows whose it is, it takes most letters of both.
    """
    mine = pairs(core(purpose))
    shared = len(mine & one.letters)
    if one.owner not in demanders:
        return not demanders and shared > 1 and 2 * shared >= SAME_MATTER * (len(mine) + len(one.letters))
    if shared > 1 and shared >= SAME_MATTER * min(len(mine), len(one.letters)):
        return True
    concepts = {code for code, _ in meaning(purpose).states} - lexicon.ACTS
    if len(concepts) > 1 and concepts == one.concepts:
        return True
    said = [word for word in one.keywords if word in purpose]
    return len(said) > 1 and 2 * sum(map(len, said)) >= len(purpose)


def _candidates(what: _Name, known: Questions) -> set[Asked]:
    found: set[Asked] = set()
    for code in what.states:
        for near in (code, *LIKE.get(code, ())):
            found.update(known.by_concept.get(near, ()))
    for pair in what.letters:
        found.update(known.by_pair.get(pair, ()))
    return found


def _other_subject(what: _Name, asked: Asked, needed: bool) -> bool:
    """Tell whether a fact is about somebody or something else than the certificate."""
    household = "家庭" in asked.name
    if what.own and (asked.about == "organisation" or household):
        return True
    if any(here in what.text and there in asked.name for here, there in _OTHERWISE):
        return True
    if needed:
        return False
    if what.holder is Holder.EMPLOYER and asked.about == "person":
        return True
    if what.holder is Holder.HOUSEHOLD and "本人" in asked.name:
        return True
    return asked.about == "house" and not _BUILT.search(what.text)


NEEDED = 0.4
"""What it counts for that the matter needs the fact."""


def _weighed(what: _Name, asked: Asked, needed: bool) -> _Fit | None:
    if _contradicts(what, asked, needed):
        return None
    said, meant = _found_in_fact(what, asked), _found_in_name(what, asked)
    if said < 0.25 or (not needed and (meant < 0.45 or (asked.about == "organisation" and said < 0.85))):
        return None
    score = 0.65 * said + 0.35 * meant + (NEEDED if needed else 0.0)
    negative = asked.fact.form is Form.NONE or any(sign < 0 for sign in asked.states.values())
    number = len(asked.fact.params) + (asked.fact.form is Form.AT_LEAST)
    order = (-round(score, 2), negative != what.denied, not what.letters & asked.own, number)
    return _Fit(asked, score, needed, order)


def _contradicts(what: _Name, asked: Asked, needed: bool) -> bool:
    """Tell whether a name says the contrary. What a matter needs counts for more than a name that answers by habit with no."""
    if what.denied == asked.denied:
        return False
    for code, sign in what.states.items():
        if sign * asked.states.get(code, 0) < 0 and not (needed and BY_CODE[code].usual < 1):
            return True
    return not (what.open or needed or (asked.states and _explained(what, asked)))


def _explained(what: _Name, asked: Asked) -> bool:
    return all(_told(what, code) for code in asked.states)


def _told(what: _Name, code: str) -> float:
    """Return how much of a concept the name tells."""
    if code in what.states:
        return 1.0
    return max((LIKE[each][code][1] for each in what.states if code in LIKE.get(each, ())), default=0.0)


def _found_in_fact(what: _Name, asked: Asked) -> float:
    """Return how much of what a name says a fact asks; a little more where it is the fact's other name."""
    if _by_aside(what, asked):
        return 1.05
    if bare(what.bare) == bare(asked.name):
        return 1.0
    parts = [(_value(what, code, sign, asked), 1.0) for code, sign in what.states.items()]
    strange = any(not value for value, _ in parts)
    if what.rest:
        mine = letters(what.rest)
        shared = len(mine & asked.letters) + 0.6 * len(mine & asked.question - asked.letters)
        parts.append((shared / len(mine) if mine else 0.0, min(1.0, 0.5 + len(what.rest) / 4)))
    shared_letters = len(what.letters & asked.letters)
    surface = 0.9 * shared_letters / len(what.letters) if shared_letters > 1 else 0.0
    return max(surface, _mean(parts, 0.0)) * (0.8 if strange else 1.0)


def _by_aside(what: _Name, asked: Asked) -> bool:
    return any(aside in what.bare or (what.bare and what.bare in aside) for aside in asked.asides)


def _value(what: _Name, code: str, sign: int, asked: Asked) -> float:
    """Return how much of one concept a fact asks: itself, one it tells as well, or one its register is kept for."""
    if code in asked.states or code in asked.acts:
        return 1.0
    values = [0.0]
    if code in asked.kept:
        values.append(0.9 if _explained(what, asked) else 0.7)
    for near, (turned, much) in LIKE.get(code, {}).items():
        if near in asked.states and sign * turned * asked.states[near] >= 0:
            values.append(much)
        if near in asked.kept:
            values.append(0.7 * much)
    return max(values)


def _found_in_name(what: _Name, asked: Asked) -> float:
    """Return how much of what a fact asks the name says, or the purpose."""
    if not asked.roles and _by_aside(what, asked):
        return 1.0
    parts = [(_told(what, code), 1.0) for code in asked.states]
    parts += [(float(code in what.states), 0.5) for code in asked.acts - {"file"}]
    parts += [(_told(what, code), 0.25) for code in asked.kept - asked.states.keys()]
    parts += [(float(role in what.text), 1.0) for role in asked.roles]
    if "家庭" in asked.name:
        parts.append((float("家庭" in what.text), 0.25))
    if asked.rest:
        mine = pairs(asked.rest)
        parts.append((len(mine & what.around) / len(mine) if mine else 0.0, min(0.6, 0.2 * len(asked.rest))))
    surface = 0.9 * len(asked.own & what.around) / len(asked.own) if len(asked.own) > 1 else 0.0
    return max(surface, _mean(parts, 0.5))


def _mean(parts: Iterable[tuple[float, float]], otherwise: float) -> float:
    """Return the weighted mean of pairs of value and weight."""
    weighed = list(parts)
    weight = sum(each for _, each in weighed)
    return sum(value * each for value, each in weighed) / weight if weight else otherwise
