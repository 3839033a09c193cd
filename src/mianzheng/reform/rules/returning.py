"""A cancelled certificate that comes back: under another name, as a statement or letter, or from another office.

国办发〔2018〕47号 forbids to shift the duty to check back to the applicant; 优化营商环境条例 第四十四条 forbids to demand a
certificate outside the list under whatever name. What is found is a lead: a person looks at it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from rapidfuzz import fuzz

from mianzheng.common.reasons import N_, Reason
from mianzheng.reform.rules.grouping import SAME, Block, Likeness, Named, alike, block_of
from mianzheng.reform.rules.meanings import meaning, plain
from mianzheng.reform.rules.papers import Paper, by_applicant, what_it_is


class How(StrEnum):
    """In which way a cancelled certificate is back."""

    AS_IT_WAS = "as_it_was"
    OTHER_NAME = "other_name"
    OTHER_DRESS = "other_dress"  # as a statement, letter, opinion or form
    OTHER_ISSUER = "other_issuer"
    ONTO_APPLICANT = "onto_applicant"  # the person has to write it, though something else settles the matter


@dataclass(frozen=True, slots=True)
class Cancelled:
    """A cancelled certificate. `committed`: a commitment of the person takes its place (告知承诺), so demanding that is right."""

    code: str
    named: Named
    committed: bool = False


@dataclass(frozen=True, slots=True)
class Return:
    """The cancelled certificate that a demand brings back, in which ways, why, and how sure that is."""

    cancelled: Cancelled
    how: tuple[How, ...]
    reasons: tuple[Reason, ...]
    confidence: float


class Struck:
    """The cancelled certificates, to find the one a demand brings back; `kept` ones (保留证明) may be demanded as they are."""

    def __init__(self, cancelled: Iterable[Cancelled], kept: Iterable[Named] = ()) -> None:
        self._blocks: dict[Block, list[Cancelled]] = defaultdict(list)
        self._names: set[str] = set()
        for each in cancelled:
            self._blocks[block_of(meaning(each.named.name, each.named.purpose))].append(each)
            self._names.add(plain(each.named.name))
        self._kept: dict[str, list[Named]] = defaultdict(list)
        for named in kept:
            self._kept[_bare(named.name)].append(named)

    def returns(self, name: str, purpose: str = "", issuer: str = "") -> Return | None:
        """Return the cancelled certificate that demanding `name` brings back, or None."""
        paper = what_it_is(name, purpose, issuer)
        dress = _DRESS.search(_bare(name))
        own = by_applicant(issuer) or (not issuer and paper.kind is Paper.FORM)
        another = paper.kind in _OTHERS or (paper.kind is Paper.FORM and not _can_stand_in(dress, own))
        if (another and plain(name) not in self._names) or self._is_kept(name, purpose):
            return None
        undressed = _bare(name)[: dress.start()] + "证明" if dress else name
        found = self._likest(Named(undressed, purpose, issuer))
        if found is None:
            return None
        cancelled, likeness = found
        return (
            None
            if own and cancelled.committed
            else _told(cancelled, likeness, Named(name, purpose, issuer), dress, own)
        )

    def _is_kept(self, name: str, purpose: str) -> bool:
        kept = self._kept.get(_bare(name), ())
        if not purpose:
            return any(plain(each.name) == plain(name) for each in kept)
        return any(fuzz.ratio(plain(purpose), plain(each.purpose)) >= _SAME_PURPOSE for each in kept)

    def _likest(self, demand: Named) -> tuple[Cancelled, Likeness] | None:
        """Return the cancelled certificate most like `demand`; of equally like ones that of its purpose and issuer."""
        near = self._blocks.get(block_of(meaning(demand.name, demand.purpose)), ())
        likely = [(each, alike(demand, each.named)) for each in near]
        return max(
            (pair for pair in likely if pair[1].same),
            key=lambda pair: (pair[1].confidence, fuzz.ratio(demand.purpose, pair[0].named.purpose), pair[0].named.issuer == demand.issuer, pair[0].code),
            default=None,
        )  # fmt: skip


def returns(name: str, purpose: str, issuer: str, cancelled: Sequence[Cancelled]) -> Return | None:
    """Return which of `cancelled` demanding `name` brings back; for many demands make `Struck` once."""
    return Struck(cancelled).returns(name, purpose, issuer)


def same_purpose(one: str, other: str) -> bool:
    """Tell whether two purposes are one put differently; what says no purpose may be for any."""
    said, theirs = plain(one), plain(other)
    if not said or not theirs or said in theirs or theirs in said or fuzz.ratio(said, theirs) >= _SAME_PURPOSE:
        return True
    return bool(_matters(one) & _matters(other))


def _matters(purpose: str) -> set[str]:
    return {_REGISTERING if code in _REGISTERED else code for code, _ in meaning(purpose).states}


_REGISTERING = "household-registration"
_REGISTERED = ("household-registration", "household-split", "household-move", "joining")
"""All are entries in the household register (户口登记): 立户, 分户, 落户, 投靠."""
CERTAIN = 0.8
"""How sure it has to be that a demand is a cancelled certificate, before nobody is asked once more what becomes of it."""
_OTHERS = (Paper.LICENCE, Paper.COURT, Paper.CONTRACT)
_SAME_PURPOSE = 70
_DRESS = re.compile(
    r"(?:情况|状况)?的?(?:书面)?(?P<dress>说明函|说明书|说明|证明函|介绍信|推荐信|同意函|联系函|函|意见书|意见|承诺书|承诺|声明书|声明|具结书|保证书"
    r"|确认书|确认单|核实单|登记表|核实表|核查表|调查表|确认表|鉴定表|情况表|表)$"
)
_BRACKET = re.compile(r"(?<=.)\([^()]*\)$")


def _bare(name: str) -> str:
    return _BRACKET.sub("", plain(name))


def _can_stand_in(dress: re.Match[str] | None, own: bool) -> bool:
    """Tell whether a form can stand for a certificate: a promise always, another form only where an office has to stamp it."""
    if dress is None:
        return False
    return dress["dress"].startswith(("承诺", "声明", "说明", "具结", "保证")) or not own


_WHY = {
    How.AS_IT_WAS: N_("“%(cancelled)s”已经取消，现在还在要。"),
    How.OTHER_NAME: N_("与已经取消的“%(cancelled)s”是同一份材料，换了名称。"),
    How.OTHER_DRESS: N_("已经取消的“%(cancelled)s”，现在改要“%(dress)s”。"),
    How.OTHER_ISSUER: N_("原来由%(was)s开具，现在改要%(now)s的。"),
    How.ONTO_APPLICANT: N_("这件事取消后不用本人承诺，却要本人自己写。"),
}


def _told(cancelled: Cancelled, likeness: Likeness, demand: Named, dress: re.Match[str] | None, own: bool) -> Return:
    was = cancelled.named
    how = [How.OTHER_DRESS] if dress and not plain(was.name).endswith(dress["dress"]) else []
    if not dress and _bare(was.name) != _bare(demand.name):
        how.append(How.OTHER_NAME)
    if own:
        how.append(How.ONTO_APPLICANT)
    elif was.issuer and demand.issuer and plain(was.issuer) != plain(demand.issuer):
        how.append(How.OTHER_ISSUER)
    words = {"cancelled": was.name, "dress": dress["dress"] if dress else "", "was": was.issuer, "now": demand.issuer}
    ways = tuple(how) or (How.AS_IT_WAS,)
    sure = likeness.confidence * (0.9 if dress else 1) * (0.9 if own or not demand.issuer else 1)
    return Return(
        cancelled, ways, (*(Reason(_WHY[way], words) for way in ways), *likeness.reasons), round(max(sure, SAME), 3)
    )
