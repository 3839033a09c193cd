"""What is known of a certificate that somebody demands, found from its names, its two sides, its basis and the catalogue.

Nothing here knows a certificate by name: what it states is read (`meanings`) and held against items, facts and documents.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from mianzheng.catalogue.rules.city import City
from mianzheng.catalogue.rules.reforming import Document
from mianzheng.centre.rules.readiness import State
from mianzheng.common.reasons import N_, Reason
from mianzheng.common.texts import Text
from mianzheng.reform.rules.asked import Questions, questions
from mianzheng.reform.rules.attesting import attested
from mianzheng.reform.rules.classes import Register, Situation
from mianzheng.reform.rules.directory import Directory
from mianzheng.reform.rules.meanings import Meaning, meaning, plain
from mianzheng.reform.rules.offices import Kind, Level
from mianzheng.reform.rules.papers import Paper, what_it_is
from mianzheng.reform.rules.registers import Match, Registers, document_of, matched, registers
from mianzheng.reform.rules.statutes import Lawbook, lawbook, strongest


@dataclass(frozen=True, slots=True)
class Demand:
    """A certificate as both sides write of it. `demander_kind` is organ, public_body, finance or outside, `issuer_level` city, town,
    community or outside; each is empty where nobody says. `basis` is the cell as it was written.
    """

    name: str
    purpose: str = ""
    demander: str = ""
    demander_kind: str = ""
    issuer: str = ""
    issuer_level: str = ""
    basis: str = ""


@dataclass(frozen=True, slots=True)
class Grounds:
    """The catalogue and the laws made ready for judging many certificates."""

    city: City
    registers: Registers
    questions: Questions
    laws: Lawbook
    directory: Directory
    declared: frozenset[str]
    village: frozenset[str]


@dataclass(frozen=True, slots=True)
class Judged:
    """A situation, the register it was matched with, and the reasons for what is not a way: basis, match, power to verify."""

    situation: Situation
    match: Match | None
    reasons: tuple[Reason, ...]

    @property
    def fact(self) -> str:
        """The code of the fact it attests, empty where the catalogue has none."""
        return self.match.fact.code if self.match and self.match.fact else ""


def grounds(city: City) -> Grounds:
    """Return what judging needs of `city`, made once for many certificates."""
    told = city.reforming
    return Grounds(
        city,
        registers(city),
        questions(city),
        lawbook(city),
        Directory(city),
        _concepts(told.declared),
        _concepts(told.village_knows),
    )


def _concepts(words: Collection[str]) -> frozenset[str]:
    return frozenset(code for word in words for code, _ in meaning(word).states)


def situation_of(
    demand: Demand, known: Grounds, states: Mapping[str, State], granted: Mapping[str, Collection[str]] | None = None
) -> Judged:
    """Return what is known of `demand`, for `classes.propose`.

    `states` tells how each item stands today; one that is not there is absent. The city's own organs can ask the platform; a vertical
    organ, a body or a bank needs a grant, and `granted` tells the facts each has one for. What the office wrote about how it would
    replace the paper is not looked at.
    """
    look = _Look(demand, known, granted or {})
    basis, reasons = strongest(demand.basis, demand.name, demand.purpose, known.laws)
    holds = basis is not None and basis.holds
    document = look.document()
    match = look.match
    declared = look.codes() <= known.declared and bool(look.codes())
    item = match.item if match and not declared else None
    own = item is not None and look.demanders == {item.owner}
    situation = Situation(
        basis=basis.claimed if basis else None,
        in_force=basis is None or basis.repeal is None,
        here=basis is None or basis.here,
        silent=basis.silent if basis else None,
        verifiable=look.verifiable(),
        licence=document.name if document and not document.agreed else look.licence(),
        covered_by=document.name if document and document.agreed else None,
        barred=look.barred(),
        answers=look.answers(item is not None),
        register=Register(item.name, states.get(item.code, State.ABSENT)) if item else None,
        own=item.name if own and item else None,
        asks=look.asks(),
        elsewhere=look.elsewhere(),
        no_certificate=look.no_certificate(),
        settled=match is not None or declared or holds or document is not None or bool(look.issuers or look.away),
    )
    return Judged(situation, match, (*look.told(), *reasons))


class _Look:
    """One demand while it is looked at: `demanders` are the codes of all who ask, `issuers` of the departments that make it out."""

    def __init__(self, demand: Demand, known: Grounds, granted: Mapping[str, Collection[str]]) -> None:
        self.demand, self.known = demand, known
        self.said: Meaning = meaning(demand.name, demand.purpose)
        self.asking, self.making = (known.directory.offices(side) for side in (demand.demander, demand.issuer))
        departments = known.city.departments
        self.demanders = {office.code for office in self.asking}
        self.attests = attested(self.said, demand.name, demand.purpose, frozenset(self.demanders), known.questions)
        self.match = self._match()
        self.issuers = {office.code for office in self.making if office.code in departments}
        self.away = next((office for office in self.making if office.kind is Kind.OUTSIDE), None)
        self.organs = {code for code, office in departments.items() if office.kind == "organ"}
        self.granted = granted
        self.text = plain(f"{demand.name}{demand.purpose}")
        paper = what_it_is(demand.name, demand.purpose, demand.issuer)
        self.held = paper.kind is Paper.LICENCE
        self.village = demand.issuer_level == "community" or any(o.level is Level.COMMUNITY for o in self.making)

    def _match(self) -> Match | None:
        """Return the register of the fact it attests; where that is not known, the one that speaks of it."""
        if self.attests is not None and self.attests.fact is not None:
            fact = self.attests.fact
            return Match(self.known.city.items[fact.item], fact, self.attests.confidence)
        return matched(self.said, self.demand.name, self.demand.purpose, self.known.registers)

    def codes(self) -> set[str]:
        return {code for code, _ in self.said.states}

    def document(self) -> Document | None:
        """Return the document everybody concerned holds that shows it; one that is demanded itself replaces nothing."""
        found = document_of(self.said, self.known.registers)
        if found is None or self.held or not found.everybody:
            return None
        itself = re.search(re.escape(plain(found.name.zh)) + "(?!明)", self.text)  # no 结婚证 stands in 结婚证明
        return None if itself else found

    def licence(self) -> Text | None:
        """Return the electronic licence that shows it, where everybody concerned has one."""
        match = self.match
        if match is None or match.fact is None or self.said.rest or self.held:
            return None
        shown = match.item.licence and match.item.complete and all(sign > 0 for _, sign in self.said.states)
        return match.item.name if shown else None

    def verifiable(self) -> bool | None:
        """Tell whether the issuer can know it: a village what happens in it, an office what its own register says."""
        if self.village:
            return self.codes() <= self.known.village if self.codes() else None
        if not self.issuers:
            return None
        if _AWAY.search(self.text):
            return False
        document = document_of(self.said, self.known.registers)
        if document is not None and document.issuer:
            return document.issuer in self.issuers
        if self.match is not None and self.match.item.owner in self.issuers:
            return True
        return None if self.match is None or self.said.rest else False

    def asks(self) -> bool:
        """Tell whether all who demand it can ask the platform; that nobody is named means that nobody can be given a grant."""
        if self.asking:
            fact = self.match.fact.code if self.match and self.match.fact else ""
            return all(
                office.code in self.organs or fact in self.granted.get(office.code, ()) for office in self.asking
            )
        return bool(self.demand.purpose) and self.demand.demander_kind in ("", Kind.ORGAN)

    def answers(self, registered: bool) -> Text | None:
        """Return the office that can answer: whose register it is, or which made the paper out. One that is no organ of the
        city settles with the person, unless it has a grant.
        """
        if any(office.kind is not Kind.ORGAN and office.code not in self.granted for office in self.asking):
            return None
        if self.demand.demander_kind not in ("", Kind.ORGAN):
            return None
        departments = self.known.city.departments
        if registered and self.match is not None and self.away is None:
            return departments[self.match.item.owner].name
        if self.away is not None:
            return Text(self.away.written)
        return departments[min(self.issuers)].name if self.issuers and self.match is None else None

    def barred(self) -> Reason | None:
        for bar in self.known.city.reforming.barred:
            if any(word in self.text for word in bar.words):
                return Reason(N_("%(why)s，不适用告知承诺（%(source)s）。"), {"why": bar.says, "source": bar.source})
        return None

    def elsewhere(self) -> Reason | None:
        """Tell for whom it stays that the city cannot order: demanders outside, abroad, or nobody here at all."""
        if self.demand.demander_kind == "outside":
            return Reason(_NOT_OURS)
        # a central enterprise with an office in the city cannot be ordered, but it can undertake to stop (不再索要承诺书)
        if self.asking and all(
            office.kind is Kind.OUTSIDE or (office.central and not office.code) for office in self.asking
        ):
            return Reason(_NOT_OURS)
        if any(office.kind is not Kind.NOTARY for office in self.asking):
            return None
        if _ABROAD.search(self.text):
            return Reason(N_("在境外、市外使用，本市不能叫对方不要：保留开具。"))
        for body in self.known.city.reforming.outside:
            if any(word in self.text for word in body.words):
                return Reason(N_("要它的是%(body)s，不归本市管：保留开具。"), {"body": body.says})
        if self._nobody_here() and self._made_out():
            return Reason(N_("本市没有单位要它，开具的单位也有据可查：只为市外用途保留开具。"))
        return None

    def _nobody_here(self) -> bool:
        return not self.demand.purpose and not self.demand.demander

    def _made_out(self) -> bool:
        """Tell whether its issuer can know it; an office that nothing contradicts is taken to know its files."""
        able = self.verifiable()
        return bool(able) if self.village else bool(self.issuers) and able is not False

    def no_certificate(self) -> Reason | None:
        if self.held and self.issuers and self._nobody_here():
            return Reason(N_("它本身是证照，不是证明：由发证单位照常发放，别处不得要求再证明一遍。"))
        return None

    def told(self) -> tuple[Reason, ...]:
        reasons = []
        if self.match is not None:
            about = {"item": self.match.item.name, "owner": self.known.city.departments[self.match.item.owner].name}
            reasons.append(Reason(N_("它说的事登记在%(owner)s的%(item)s里。"), about))
        if self.attests is not None:
            reasons.append(self.attests.told())
        if self.village and self.verifiable() is False:
            reasons.append(Reason(N_("村社只知道谁住在这里、本集体的土地和成员，这件事它无从查证。")))
        return tuple(reasons)


_NOT_OURS = N_("市外单位要的，本市不能叫它不要：保留，并说明可以怎样核验。")
_AWAY = re.compile(r"异地|外地|外省")
_ABROAD = re.compile(r"出国|出境|\(境\)|签证|赴[^,，]{0,4}(?:台湾|国|境)|(?:境外|国外|市外|外省)(?:使用|单位)|定居")
