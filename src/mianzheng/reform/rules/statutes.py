"""What a claimed basis (设定依据) is: a law or not, in force or not, of this place or not, and what its article says.

Only a law, an administrative regulation, a State Council decision, and a local regulation in its own territory can be the basis of a
certificate; a departmental rule or a document cannot (优化营商环境条例 第四十四条).
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from mianzheng.catalogue.rules.certificates import ACCEPTED, ClaimedBasis
from mianzheng.catalogue.rules.city import City
from mianzheng.catalogue.rules.statutes import Repeal, Statute
from mianzheng.common.reasons import N_, Reason
from mianzheng.common.texts import Text
from mianzheng.reform.rules.articles import CONDITIONS, WORDED, bare, demanded_by, letters
from mianzheng.reform.rules.citing import Cited, cited
from mianzheng.reform.rules.grouping import Named, alike
from mianzheng.reform.rules.meanings import meaning, plain


@dataclass(frozen=True, slots=True)
class Lawbook:
    """The texts a city has, ready to be looked up. `known` has the force and territory of each title, `here` the places whose
    regulations hold in the city, `stating` which certificates state a concept, `pairs` in which clauses two letters stand together.
    """

    known: Mapping[str, tuple[str, str]]
    articles: Mapping[tuple[str, str], tuple[Statute, ...]]
    stating: Mapping[str, tuple[Statute, ...]]
    pairs: Mapping[str, tuple[Statute, ...]]
    conditions: tuple[tuple[str, Statute], ...]
    repealed: Mapping[str, Repeal]
    here: frozenset[str]
    texts: Mapping[tuple[str, str], tuple[str, str]]
    """What the articles say that the catalogue has for anything else, each with its source."""


@dataclass(frozen=True, slots=True)
class Basis:
    """One text a cell names, and what it is. `sure` says that we have the text; else force and territory go by its title.

    `named` are the certificates our texts find in that article, with the clause; `text` and `source` are what the catalogue has
    of the article, empty where it has it not; `demands`: it names the very certificate it was looked up for.
    """

    cited: Cited
    law: str
    force: str
    territory: str
    sure: bool
    here: bool
    repeal: Repeal | None
    named: tuple[Statute, ...]
    text: str = ""
    source: str = ""
    demands: bool = False

    @property
    def holds(self) -> bool:
        """Whether a certificate demanded in the city may rest on it."""
        return self.force in ACCEPTED and self.here and self.repeal is None

    @property
    def claimed(self) -> ClaimedBasis:
        """It as the catalogue keeps it, source being the text of the article where we have it."""
        source = self.named[0].source if self.named else self.source
        return ClaimedBasis(Text(self.law), self.cited.article + self.cited.part, self.force, source)

    @property
    def silent(self) -> Reason | None:
        """Why no certificate may be kept or be asked for anew on it, though it holds; None where it demands it."""
        if self.demands or not self.holds:
            return None
        words = {"law": self.law, "article": self.cited.article}
        if self.named or self.text:
            return Reason(N_("收录的条文里，《%(law)s》%(article)s没有点名要这份证明。"), words)
        return Reason(N_("没有收录《%(law)s》%(article)s这一条，看不出它要这份证明。"), words)


def lawbook(city: City) -> Lawbook:
    """Return the texts of `city`: its own bases, the articles that name certificates, and what is repealed."""
    known = {basis.law.zh: (basis.force, "") for basis in city.bases.values() if basis.force != "policy"}
    articles: dict[tuple[str, str], list[Statute]] = defaultdict(list)
    stating: dict[str, list[Statute]] = defaultdict(list)
    pairs: dict[str, dict[Statute, None]] = defaultdict(dict)
    conditions = []
    for statute in city.laws.statutes:
        known[statute.law] = (statute.force, statute.territory)
        articles[statute.law, statute.article].append(statute)
        for code, _ in meaning(statute.name).states:
            stating[code].append(statute)
        for pair in letters(statute.clause):
            pairs[pair][statute] = None
        if subject := CONDITIONS.match(statute.name):
            conditions.append((subject[1], statute))
    return Lawbook(
        known,
        {key: tuple(rows) for key, rows in articles.items()},
        {key: tuple(rows) for key, rows in stating.items()},
        {key: tuple(rows) for key, rows in pairs.items()},
        tuple(conditions),
        city.laws.repealed,
        frozenset(place.zh for place in (city.province, city.prefecture, city.name) if place),
        {(each.law.zh, each.article): (each.text.zh, each.source) for each in city.bases.values()},
    )


def bases(cell: str, book: Lawbook) -> tuple[Basis, ...]:
    """Return what each text is that `cell` names, those that hold first."""
    return tuple(sorted((_basis(one, book) for one in cited(cell)), key=lambda basis: not basis.holds))


def _basis(one: Cited, book: Lawbook) -> Basis:
    title = _full(one.title, book) if one.title else ""
    law = title or one.number or one.order
    known = book.known.get(title)
    text, source = book.texts.get((title, one.article), ("", ""))
    force, territory = known or (_force(one, title, book), _territory(title))
    return Basis(
        cited=one,
        law=law,
        force=force,
        territory=territory,
        sure=known is not None or title in book.repealed,
        here=force != "local_regulation" or territory in book.here or not territory,
        repeal=book.repealed.get(title),
        named=book.articles.get((title, one.article), ()),
        text=text,
        source=source,
    )


def _full(title: str, book: Lawbook) -> str:
    """Return the full title of a law named for short (税收征管法), where only one of the known ones can be meant."""
    if title in book.known or title in book.repealed or len(title) < 3:
        return title
    ending = title[-2:] if not title.endswith("法") else "法"
    likely = [law for law in {*book.known, *book.repealed} if law.endswith(ending) and _within(title, law)]
    return likely[0] if len(likely) == 1 else title


def _within(short: str, long: str) -> bool:
    """Tell whether all letters of `short` stand in `long` in their order, from its first on."""
    letters = iter(long)
    return short[0] == long[0] and len(long) <= 3 * len(short) and all(letter in letters for letter in short)


_PLACE = re.compile(r"^([一-龥]{2,7}?(?:省|自治区|自治州|自治县|(?<!城)市(?!场|政|民|容|区))|[一-龥]{2,3}(?:县))")
_DOCUMENT = re.compile(r"(?:通知|意见|公告|函|批复|复函|纪要|方案|指南|答复|通告|清单|要点|规划|规程|标准)$")


def _territory(title: str) -> str:
    place = _PLACE.match(title)
    return place[1] if place else ""


def _force(one: Cited, title: str, book: Lawbook) -> str:
    """Judge the force of a text we do not have, by its title and by who issued it."""
    if "国务院令" in one.order:
        return "administrative_regulation"
    if "主席令" in one.order:
        return "law"
    if one.order or not title:
        return "departmental_rule" if one.order else "normative_document"
    if re.search(r"国务院.*决定$", title):
        return "state_council_decision"
    if _DOCUMENT.search(title):
        return "normative_document"
    local = _territory(title)
    if re.search(r"(?:(?<!办)法|法典)$|全国人(?:大|民代表大会).*决定$", title):
        return "normative_document" if local else "law"
    if title.endswith("条例") or (local and re.search(r"实施《.+》办法$", title)):
        return "local_regulation" if local else "administrative_regulation"
    if re.search(r"法实施(?:细则|办法)$", title) and f"{title[: title.rindex('实施')]}" in book.known and not local:
        return "administrative_regulation"
    return "departmental_rule" if re.search(r"(?:办法|规定|细则|规则|规范|制度)$", title) else "normative_document"


def told(basis: Basis) -> Iterator[Reason]:
    """Yield what is to be said of a basis: its force, its end, its territory, and what its article says."""
    law = {"law": basis.law}
    if basis.force not in ACCEPTED:
        yield Reason(_CANNOT[basis.force], law)
    if basis.repeal is not None:
        yield Reason(
            N_("《%(law)s》自%(day)s起废止（%(by)s）。"), law | {"day": basis.repeal.day, "by": basis.repeal.by}
        )
    if not basis.here:
        yield Reason(N_("《%(law)s》是%(place)s的地方性法规，在本市不适用。"), law | {"place": basis.territory})
    clauses = dict.fromkeys(statute.clause for statute in basis.named)
    for clause in clauses:
        article = basis.cited.article
        yield Reason(N_("《%(law)s》%(article)s写着：“%(clause)s”"), law | {"article": article, "clause": clause})
    if basis.silent is not None:
        yield basis.silent
    if not basis.sure and basis.cited.title:
        yield Reason(N_("没有收录《%(law)s》，效力是按名称判断的。"), law)


_CANNOT = {
    "departmental_rule": N_("《%(law)s》是规章，不能作为证明的依据（优化营商环境条例第四十四条）。"),
    "normative_document": N_("%(law)s是规范性文件，不能作为证明的依据（优化营商环境条例第四十四条）。"),
}


@dataclass(frozen=True, slots=True)
class Mention:
    """A statute that names a certificate nobody gave a basis for. `fits`: it names it for this very purpose, and holds here."""

    statute: Statute
    fits: bool
    reason: Reason


def mentions(name: str, purpose: str, book: Lawbook) -> tuple[Mention, ...]:
    """Return the statutes that name a certificate, those first that demand it for this purpose.

    One that names the paper for another purpose is shown, but is no basis for this one.
    """
    asked = plain(f"{name} {purpose}")
    licensed = {statute for subject, statute in book.conditions if subject in asked}
    found = [
        _mention(statute, statute in licensed or _for(purpose, statute, name), book)
        for statute in dict.fromkeys((*licensed, *_naming(name, book)))
    ]
    return tuple(sorted(found, key=lambda mention: (not mention.fits, mention.statute.law, mention.statute.article)))


def _naming(name: str, book: Lawbook) -> list[Statute]:
    said = meaning(name)
    candidates = dict.fromkeys(statute for code, _ in said.states for statute in book.stating.get(code, ()))
    found = [each for each in candidates if alike(Named(name), Named(each.name)).same]
    wanted = letters(bare(name))
    if len(wanted) < 4:
        return found
    hits = Counter(statute for pair in wanted for statute in book.pairs.get(pair, ()))
    return found + [statute for statute, many in hits.items() if many / len(wanted) >= WORDED]


def _mention(statute: Statute, asked_for: bool, book: Lawbook) -> Mention:
    holds = (
        statute.force in ACCEPTED
        and statute.law not in book.repealed
        and (not statute.territory or statute.territory in book.here)
    )
    fits = holds and asked_for
    words = (
        N_("《%(law)s》%(article)s要求它：“%(clause)s”") if fits else N_("《%(law)s》%(article)s提到过它：“%(clause)s”")
    )
    told_of = {"law": statute.law, "article": statute.article, "clause": statute.clause}
    return Mention(statute, fits, Reason(words, told_of))


_AROUND = re.compile(r"申请|办理|申领|申报|办|登记|审批|核准|许可|备案|资格|认定|变更|相关|手续|业务|事项|的|、|，|等")


def _for(purpose: str, statute: Statute, name: str) -> bool:
    """Tell whether a clause is about this purpose: most of its words, the name of the paper apart, stand in the clause."""
    text, names = f"{statute.law}{statute.clause}", f"{statute.name}{name}"
    words = [word for word in _AROUND.split(plain(purpose)) if len(word) > 1 and word not in names]
    pairs = {pair for word in words for pair in letters(word)}
    return bool(pairs) and sum(pair in text for pair in pairs) / len(pairs) >= ABOUT


ABOUT = 0.75
"""The share of the purpose's words from which on a clause is taken to be about it."""


def strongest(cell: str, name: str, purpose: str, book: Lawbook) -> tuple[Basis | None, tuple[Reason, ...]]:
    """Return what a certificate rests on, with reasons: the claimed text that holds, else a statute that demands it for this
    purpose, else the first text claimed, which then does not hold. None where there is nothing at all.
    """
    asked = [replace(each, demands=demanded_by(each.named, each.text, name, purpose)) for each in bases(cell, book)]
    claimed = sorted(asked, key=lambda basis: (not basis.holds, not basis.demands))
    reasons: Sequence[Reason] = tuple(reason for basis in claimed for reason in told(basis))
    if claimed and claimed[0].holds:
        return claimed[0], tuple(reasons)
    named = mentions(name, purpose, book)
    reasons = (*reasons, *(mention.reason for mention in named[:SHOWN]))
    if named and named[0].fits:
        statute = named[0].statute
        return replace(_basis(Cited(statute.law, statute.article), book), demands=True), tuple(reasons)
    return (claimed[0] if claimed else None), tuple(reasons)


SHOWN = 3
"""So many statutes that name the certificate are shown."""
