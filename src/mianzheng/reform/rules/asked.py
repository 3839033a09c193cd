"""What the facts of a catalogue ask, made ready to be held against what certificates say, and which matters need them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from mianzheng.catalogue.rules.city import City, Fact, Matter
from mianzheng.catalogue.rules.kinds import Form
from mianzheng.reform.rules import words as lexicon
from mianzheng.reform.rules.meanings import BY_CODE, meaning, plain


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """What a fact asks.

    `states` are its concepts with +1, -1 (denied) or 0 (measured, so neither), `kept` those of its item, `acts` what is done to a
    thing; `rest` and `roles` are the words left over. `letters` stand in the names of fact and item, `own` in that of the fact,
    `question` in its question. `asides` are its other names, in brackets.
    """

    fact: Fact
    about: str
    name: str
    states: Mapping[str, int]
    kept: frozenset[str]
    acts: frozenset[str]
    rest: str
    roles: tuple[str, ...]
    asides: tuple[str, ...]
    denied: bool
    letters: frozenset[str]
    own: frozenset[str]
    question: frozenset[str]


@dataclass(frozen=True, slots=True, eq=False)
class Needing:
    """A matter by what is applied for, with whose it is and the facts it needs."""

    name: str
    letters: frozenset[str]
    concepts: frozenset[str]
    keywords: tuple[str, ...]
    owner: str
    facts: frozenset[str]


@dataclass(frozen=True, slots=True, eq=False)
class Questions:
    """All that facts ask, by concept and by two letters of their names, and the matters that need them."""

    by_concept: Mapping[str, tuple[Asked, ...]]
    by_pair: Mapping[str, tuple[Asked, ...]]
    matters: tuple[Needing, ...]


IMPLIED: tuple[tuple[str, str, int, float], ...] = (
    # Whoever shows the one has shown the other: that it is so (1) or that it is not (-1), and how much of it.
    # 民法典 46, 1049, 1080, 1111; 婚姻登记条例; 殡葬管理条例: what ends or makes a family, a life.
    ("unnatural-death", "death", 1, 0.8),
    ("declared-dead", "death", 1, 0.6),
    ("cremation", "death", 1, 0.7),
    ("never-married", "single", 1, 0.85),
    ("marital-status", "marriage", 1, 0.8),
    ("marriage-births", "marriage", 1, 0.8),
    ("marriage-record", "marriage", 1, 0.8),
    ("marriage-record", "single", -1, 0.85),
    ("adoption", "parent-child", 1, 0.7),
    # 劳动合同法 7, 50; 社会保险法 16; 社会救助暂行办法: work, insurance, means.
    ("labour-relation", "job", 1, 0.8),
    ("job-ended", "job", -1, 0.7),
    ("flexible", "job", 1, 0.7),
    ("retired", "pension-insurance", 1, 0.6),
    ("insured", "pension-insurance", 1, 0.6),
    ("insured", "medical-insurance", 1, 0.6),
    ("livelihood", "income", 1, 0.6),
    ("deposit", "assets", 1, 0.6),
    ("hardship", "low-income", 1, 0.6),
    ("poor-student", "low-income", 1, 0.6),
    # 学籍管理办法, 学位法: a pupil on leave or changing schools is one; no degree without the schooling.
    ("transfer", "enrolled", 1, 0.7),
    ("suspended", "enrolled", 1, 0.7),
    ("degree", "education", 1, 0.8),
    # 居住证暂行条例 2: living somewhere is shown by a lawful home, a registration, a permit alike.
    ("residence", "residence-registration", 1, 1.0),
    ("residence", "residence-permit", 1, 1.0),
    # 市场主体登记管理条例 21, 税务登记管理办法, 刑法 133: companies, taxes, crimes of traffic.
    ("standing", "registered-company", 1, 0.9),
    ("premises", "lease", 1, 0.7),
    ("premises", "to-business", 1, 0.6),
    ("first-home", "home", -1, 0.7),
    ("tax-cleared", "tax-owed", -1, 0.8),
    ("traffic-crime", "crime", 1, 0.7),
)


def _like() -> dict[str, dict[str, tuple[int, float]]]:
    """Return for each concept those it tells as well: the sign that turns it, and how much of it it tells."""
    found: dict[str, dict[str, tuple[int, float]]] = defaultdict(dict)
    for one, other, value in lexicon.NEAR:
        for this, that in ((one, other), (other, one)):
            absent = lexicon.ABSENCE.get(that)
            found[this][absent or that] = (-1 if absent else 1, value)
    for one, other, sign, value in IMPLIED:
        found[one][other] = (sign, value)
    return found


LIKE = _like()

ASIDE = re.compile(r"[（(]([^（）()]*)[）)]")
COMPOUND = re.compile("失业保险|生育保险|纳税信用|职业技能|从业资格|从业禁止|任职资格|安排工作|机动车")
"""Words in which a known word means something else: 失业保险 is no unemployment."""
DENIES = re.compile("没有|(?:未|无)(?!成年)|不是|不在|非(?!常)|不(?!动产|低于|高于|超过|少于)")
_MEASURED = re.compile("(?:不|未)(?:高于|超过|少于|低于|足)")
_AROUND = re.compile(
    "名下|已经|近期|目前|当前|正在|本年度|连续|累计|基本|规定|数量|时间|月数|年限|标准|信息|登记|认定|核定|核实|确定|备案|办理|"
    "发放|记录|记载|管理|数据|查询|情况|待遇|作出|申报|符合|达到|超过|高于|完成|适龄|使用|年|月|"
    "[是被满级数在已为有过的]"
)
_APPLYING = re.compile(
    r"\([^()]*\)|申请|申领|办理|审核|审批|签发|发放|认定|新办|首次|许可|领取|享受|待遇|核对|核查|开具|手续|资格|登记|备案|报销|的|前"
)


def questions(city: City) -> Questions:
    """Return what the facts of `city` ask, and its matters by what is applied for."""
    by_concept: dict[str, list[Asked]] = defaultdict(list)
    by_pair: dict[str, list[Asked]] = defaultdict(list)
    for fact in city.facts.values():
        asked = _asked(city, fact)
        for code in {*asked.states, *asked.kept}:
            by_concept[code].append(asked)
        for pair in asked.letters | asked.question:
            by_pair[pair].append(asked)
    return Questions(
        {code: tuple(each) for code, each in by_concept.items()},
        {pair: tuple(each) for pair, each in by_pair.items()},
        tuple(map(_needing, city.matters.values())),
    )


def _needing(matter: Matter) -> Needing:
    name = plain(matter.name.zh)
    return Needing(
        name=name,
        letters=pairs(core(name)),
        concepts=frozenset(code for code, _ in meaning(name).states) - lexicon.ACTS,
        keywords=tuple(word for word in matter.keywords.split() if not word.isascii()),
        owner=matter.owner,
        facts=frozenset(matter.facts),
    )


def _asked(city: City, fact: Fact) -> Asked:
    item, told = city.items[fact.item], plain(fact.name.zh)
    name = ASIDE.sub("", told)
    read = meaning(COMPOUND.sub("", _MEASURED.sub("", name)))
    measured = fact.form is not Form.NONE and (bool(_MEASURED.search(name)) or bool(fact.params))
    denied = read.denied or "不在" in name
    spoken = [word for code, _ in read.states for word in BY_CODE[code].words if word in name]
    rest = "".join(COMPOUND.findall(name)) + bare(read.rest)
    return Asked(
        fact=fact,
        about=item.about,
        name=name,
        states={
            code: 0 if measured else -1 if denied else sign
            for code, sign in read.states
            if code not in lexicon.ACTS and code != "bill"
        },
        kept=frozenset(code for code, _ in meaning(COMPOUND.sub("", item.name.zh)).states) - lexicon.ACTS,
        acts=frozenset(code for code, _ in read.states) & lexicon.ACTS,
        rest=rest,
        roles=tuple(
            role for role in lexicon.ROLES if role in name and not any(role in word for word in (*spoken, rest))
        ),
        asides=tuple(each for each in ASIDE.findall(told) if len(each) > 1),
        denied=bool(DENIES.search(name)),
        letters=letters(name) | letters(plain(item.name.zh)) | pairs(rest),
        own=letters(name),
        question=pairs(plain(fact.question.zh)),
    )


def core(purpose: str) -> str:
    """Return what is applied for, without the words of applying."""
    text = plain(purpose)
    return _APPLYING.sub("", text) or text


def bare(text: str) -> str:
    """Return `text` without the words around a fact."""
    return _AROUND.sub("", text)


def letters(text: str) -> frozenset[str]:
    """Return every two letters of what `text` says, denied or not; 资格 and 许可 are one."""
    return pairs(bare(DENIES.sub("", text).replace("资格", "许可")))


def pairs(text: str) -> frozenset[str]:
    """Return every two letters of `text` that stand together."""
    return frozenset(text[n : n + 2] for n in range(len(text) - 1))
