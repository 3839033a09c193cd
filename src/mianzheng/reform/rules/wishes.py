"""New demands (新设证明): necessity, legality and alternatives have to be shown; the answer is no unless a law says otherwise.

优化营商环境条例 第四十四条: only a law, an administrative or local regulation or a decision of the State Council can demand a
certificate. What is allowed is on the list of what is kept, and ends by itself.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, fields

from mianzheng.catalogue.rules.certificates import LEVEL_ISSUERS
from mianzheng.catalogue.rules.city import City
from mianzheng.common.errors import Refusal
from mianzheng.common.identifiers import has_number
from mianzheng.common.reasons import N_, Reason
from mianzheng.reform.rules.classes import Class, Proposal
from mianzheng.reform.rules.judging import ADD_IT
from mianzheng.reform.rules.returning import Return
from mianzheng.reform.rules.slips import is_finance
from mianzheng.reform.rules.states import WishStage

NAMES = {
    WishStage.MADE: Reason(N_("等减证办答复")),
    WishStage.REFUSED: Reason(N_("不同意")),
    WishStage.ALLOWED: Reason(N_("同意，到期为止")),
}
LATE = Reason(N_("到期没有答复，按不同意处理。"))
LONGEST = {"name": 60, "purpose": 100, "issuer": 40, "necessity": 1000, "basis": 300, "alternatives": 1000}
_EMPTY = {
    "name": N_("还没有写要哪份证明。"),
    "purpose": N_("还没有写办什么事时要。"),
    "issuer": N_("还没有选由谁开。"),
    "necessity": N_("还没有写为什么非要不可。"),
    "basis": N_("还没有写依据哪部法律、法规或者国务院决定的哪一条。"),
    "alternatives": N_("还没有写现有证照、数据核验、部门核查、书面承诺为什么都不行。"),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What an office wants to demand: which paper for what, made out by whom (a code), and its three reasons."""

    name: str
    purpose: str
    issuer: str
    necessity: str
    basis: str
    alternatives: str


@dataclass(frozen=True, slots=True)
class Found:
    """What the rules find of a new demand: the cancelled certificate it brings back, what they propose, whether a law demands it,
    or why the article it names is not seen to.
    """

    returned: Return | None
    proposal: Proposal
    by_law: bool
    silent: Reason | None = None

    @property
    def comes_back(self) -> bool:
        """Whether it is a cancelled certificate under another name that no law demands: it is refused at once."""
        return self.returned is not None and not self.by_law


def check_wish(city: City, typed: Asked) -> Asked:
    """Return the demand with single blanks. Refuse what is missing, too long, or names somebody."""
    said = Asked(**{each.name: " ".join(getattr(typed, each.name).split()) for each in fields(Asked)})
    for field, longest in LONGEST.items():
        text = getattr(said, field)
        if not text or (field == "issuer" and city.office(text) is None and text not in LEVEL_ISSUERS):
            raise Refusal(Reason(_EMPTY[field]), Reason(N_("三个理由写清楚了才会受理。")), field=field)
        if len(text) > longest:
            words = {"longest": longest}
            raise Refusal(
                Reason(N_("写得太长了，最多 %(longest)s 个字。"), words), Reason(N_("请写短一些。")), field=field
            )
        if has_number(text):
            raise Refusal(
                Reason(N_("这里面像是有某个人的证件号码或者电话。")), Reason(N_("请删去，只写是什么事。")), field=field
            )
    return said


def reasons_against(found: Found) -> Iterator[Reason]:
    """Yield why the answer is no, as far as the rules know; nothing where nothing speaks against it."""
    if found.returned is not None:
        yield from found.returned.reasons
    if found.silent is not None:
        yield found.silent
    elif not found.by_law:
        yield Reason(N_("没有法律、法规或者国务院决定要这份证明（优化营商环境条例第四十四条）。"))
    for each, why in found.proposal.classes:
        if (
            each is not Class.NO_BASIS or why.params
        ):  # what was claimed stands beside it; that it is none was said above
            yield why


def check_allow(
    *, by_law: bool, until: datetime.date | None, today: datetime.date, most_days: int, silent: Reason | None = None
) -> datetime.date:
    """Return until when a new demand is allowed. Refuse one no law demands, one without an end, and one for too long."""
    if silent is not None:
        raise Refusal(silent, ADD_IT, field="allow")
    if not by_law:
        raise Refusal(
            Reason(N_("没有法律、法规或者国务院决定要这份证明，不能同意。")),
            Reason(N_("请选不同意；法律库里缺这一条的，先到“目录维护”里补上。")),
            field="allow",
        )
    if until is None or not today < until <= today + datetime.timedelta(days=most_days):
        raise Refusal(
            Reason(N_("同意的要写明到哪一天为止，最长 %(days)s 天。"), {"days": most_days}),
            Reason(N_("到期自己结束；还要的，那个单位再申请。")),
            field="until",
        )
    return until


def kind_of(city: City, office: str) -> str:
    """Return what kind of demander an office is."""
    if office in city.departments:
        return "organ"
    if is_finance(city, office):
        return "finance"
    return "outside" if city.bodies[office].kind == "outside" else "public_body"


def level_of(city: City, issuer: str) -> str:
    """Return at which level a certificate is made out."""
    if issuer in ("town", "community"):
        return issuer
    body = city.bodies.get(issuer)
    return "outside" if issuer == "employer" or (body is not None and body.kind == "outside") else "city"
