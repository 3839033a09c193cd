"""Service guides (办事指南), made from the catalogue and from nothing else: what it no longer asks for no guide can ask for."""

from __future__ import annotations

from dataclasses import dataclass

from mianzheng.catalogue.rules.city import Basis, Batch, Certificate, City, Fact, Matter, Need
from mianzheng.catalogue.rules.papers import kept_for, papers_of
from mianzheng.common.reasons import N_, Reason
from mianzheng.common.texts import Text

_ANSWERS = {"yes": Reason(N_("是")), "no": Reason(N_("否"))}


@dataclass(frozen=True, slots=True)
class Way:
    """One way a fact is settled, by its name, and the office that acts by it; none where the person does."""

    name: str
    office: Text | None


@dataclass(frozen=True, slots=True)
class Condition:
    """A fact a matter needs, as a guide tells it: `ways` in order, each taken where the one before could not tell."""

    need: Need
    fact: Fact
    about: Text | None
    ways: tuple[Way, ...]
    basis: Basis | None
    only_when: Reason | None


@dataclass(frozen=True, slots=True)
class Struck:
    """A certificate that may no longer be asked for, and the batch that cancelled it."""

    certificate: Certificate
    batch: Batch


@dataclass(frozen=True, slots=True)
class Guide:
    """The guide of one matter. `bring` are the only certificates it may name as material."""

    matter: Matter
    owner: Text
    phone: str
    channels: tuple[str, ...]
    bring: tuple[Certificate, ...]
    struck: tuple[Struck, ...]
    conditions: tuple[Condition, ...]
    bases: tuple[Basis, ...]


def guide_of(city: City, matter: Matter) -> Guide:
    """Make the guide of `matter`; of one that is not worked out yet it tells what is known."""
    department = city.departments.get(matter.owner)
    return Guide(
        matter=matter,
        owner=city.office(matter.owner) or Text(matter.owner),
        phone=department.phone if department else "",
        channels=open_channels(matter),
        bring=kept_for(city, matter),
        struck=_struck(city, matter),
        conditions=tuple(_condition(city, matter, need) for need in needs_of(city, matter)),
        bases=_bases(city, matter),
    )


def open_channels(matter: Matter) -> tuple[str, ...]:
    """Return where one can apply today: online only for what is worked out."""
    return tuple(channel for channel in matter.channels if channel != "online" or matter.work)


def needs_of(city: City, matter: Matter) -> tuple[Need, ...]:
    """Return the needs of a worked matter; for the others one for each fact, about the applicant."""
    if matter.work:
        return matter.work.needs
    basis = next(iter(matter.bases), "")
    days = city.policy.check_days
    return tuple(Need(fact, fact, "applicant", {}, Text(""), basis, days) for fact in matter.facts)


def only_when(matter: Matter, need: Need) -> Reason | None:
    """Return in words when a need counts, or None when it always does."""
    if need.when is None or matter.work is None:
        return None
    asked, value = need.when
    question = next(q for q in matter.work.form if q.code == asked)
    answer = question.choices.get(value) or _ANSWERS.get(value) or Text(value)
    return Reason(N_("只在“%(question)s”填“%(answer)s”时才查"), {"question": question.name, "answer": answer})


def _struck(city: City, matter: Matter) -> tuple[Struck, ...]:
    """Return the cancelled papers: those the matter is known to have asked for, else what its owner asked about its facts."""
    if matter.work:
        papers = [city.certificates[paper.certificate] for paper in papers_of(city, matter.work)]
    else:
        owned = (c for c in city.certificates.values() if c.demander == matter.owner)
        papers = [c for c in owned if not c.asked_for and c.fact and c.fact in matter.facts]
    return tuple(Struck(c, city.batches[c.batch]) for c in papers if c.batch)


def _condition(city: City, matter: Matter, need: Need) -> Condition:
    return Condition(
        need,
        city.facts[need.fact],
        None if need.about == "applicant" else city.relations[need.about].name,
        _ways(city, matter, need),
        city.bases.get(need.basis),
        only_when(matter, need),
    )


def _ways(city: City, matter: Matter, need: Need) -> tuple[Way, ...]:
    """Return the ways on a day when every register answers: those of `evidence.rules.ways`, as a test holds."""
    fact = city.facts[need.fact]
    item = city.items[fact.item]
    asked = city.departments.get(fact.answered_by)
    found = []
    if item.sharing != "closed":
        found.append(Way("document" if item.licence else "data", city.office(item.owner)))
    if need.department and asked:
        found.append(Way("department", asked.name))
    if need.commitment:
        found.append(Way("commitment", None))
    found.append(Way("certificate", None) if need.retained else Way("review", city.office(matter.owner)))
    return tuple(found)


def _bases(city: City, matter: Matter) -> tuple[Basis, ...]:
    """Return the articles of the matter and of its needs, each once."""
    cited = (*matter.bases, *(need.basis for need in needs_of(city, matter)))
    return tuple(city.bases[code] for code in dict.fromkeys(cited) if code in city.bases)
