"""A certificate on its way, and what is said about it, in words: for the reform office and for those it asks."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from mianzheng.catalogue.rules.city import City
from mianzheng.catalogue.rules.kinds import DISPOSAL_NAMES, LEVEL_NAMES, Disposal
from mianzheng.common.periods import WorkingDays
from mianzheng.common.reasons import N_, Reason
from mianzheng.common.texts import Text
from mianzheng.reform.models import Candidate, Opinion
from mianzheng.reform.rules.consulting import OBJECTING, WANTED
from mianzheng.reform.rules.judging import unpacked_proposal
from mianzheng.reform.rules.stages import NAMES
from mianzheng.reform.rules.states import Part, Says, Stage

PART_NAMES = {
    Part.DEMANDER: Reason(N_("索要的一方")),
    Part.ISSUER: Reason(N_("开具的一方")),
    Part.JUSTICE: Reason(N_("合法性审查")),
    Part.UNDERTAKING: Reason(N_("索要的一方，签承诺书")),
}
SAYS_NAMES = {
    Says.AGREE: Reason(N_("同意这样办")),
    Says.OBJECT: Reason(N_("不同意这样办")),
    Says.COUNTER: Reason(N_("另提办法")),
}
REPLACED = {
    Disposal.CANCEL: Reason(N_("不用别的办法代替。")),
    Disposal.EXISTING_DOCUMENT: Reason(N_("窗口看已有的证照、凭证。")),
    Disposal.COMMITMENT: Reason(N_("先由部门核查；本人不想等的，可以书面承诺，事后核查。")),
    Disposal.DATA_SHARING: Reason(N_("办事的部门查数据核验。")),
    Disposal.DEPARTMENT_CHECK: Reason(N_("办事的部门去问知情的部门。")),
    Disposal.RETAINED: Reason(N_("继续要，每年复核。")),
}
"""What is done instead, as offices read it."""


@dataclass(frozen=True, slots=True)
class Proposed:
    """A certificate with both sides named, what is to become of it, and why."""

    candidate: Candidate
    name: Text
    purpose: Text
    demander: Text | Reason
    issuer: Text | Reason
    disposal: Reason
    instead: Reason
    fact: Text | None
    owner: Text | None
    why: Reason | None
    classes: tuple[Reason, ...]
    stage: Reason


@dataclass(frozen=True, slots=True)
class Said:
    """What one office says, or until when it may. `left` is the working days to its day, negative past it."""

    opinion: Opinion
    office: Text
    part: Reason
    says: Reason | None
    wants: Reason | None
    left: int

    @property
    def objects(self) -> bool:
        """Whether it says no, or wants another way."""
        return self.opinion.says in OBJECTING

    @property
    def late(self) -> bool:
        """Whether it is past its day, or was past it once."""
        return not self.opinion.says and (self.left < 0 or self.opinion.escalated_at is not None)


def proposed(city: City, candidate: Candidate) -> Proposed:
    """Return a candidate in words."""
    disposal = Disposal(candidate.disposal)
    fact = city.facts.get(candidate.fact)
    proposal = unpacked_proposal(candidate.proposal)
    return Proposed(
        candidate,
        Text(candidate.name, candidate.name_en),
        Text(candidate.purpose, candidate.purpose_en),
        side(city, candidate.demander, candidate.demander_said),
        side(city, candidate.issuer, candidate.issuer_said),
        DISPOSAL_NAMES[disposal],
        REPLACED.get(disposal, Reason("")),
        fact.question if fact else None,
        city.office(candidate.owner),
        proposal.why if proposal else None,
        tuple(why for _class, why in proposal.classes) if proposal else (),
        Reason(NAMES[Stage(candidate.stage)]),
    )


def side(city: City, code: str, written: str = "") -> Text | Reason:
    """Return the name of a side: an office, a place, a level, else as the lists write it."""
    place = city.towns.get(code) or city.communities.get(code)
    known = city.office(code) or (place.name if place else None)
    return known or (Text(written) if written else LEVEL_NAMES.get(code or "outside", Text(code)))


def said(city: City, opinion: Opinion, today: datetime.date) -> Said:
    """Return an opinion in words."""
    return Said(
        opinion,
        city.office(opinion.office) or Text(opinion.office),
        PART_NAMES[Part(opinion.part)],
        SAYS_NAMES[Says(opinion.says)] if opinion.says else None,
        DISPOSAL_NAMES[Disposal(opinion.disposal)] if opinion.disposal else None,
        WorkingDays(city.holidays).between(today, opinion.due),
    )


def choices(but: str) -> list[tuple[str, Reason, Reason]]:
    """Return the disposals one may want other than `but`: code, name, what is done instead."""
    return [(d.value, DISPOSAL_NAMES[d], REPLACED[d]) for d in WANTED if d != but]
