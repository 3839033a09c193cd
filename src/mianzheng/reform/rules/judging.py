"""What the office may decide about a certificate, and what it has to say for it. The rules propose; a person decides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mianzheng.catalogue.rules.kinds import Disposal
from mianzheng.common.errors import Refusal
from mianzheng.common.reasons import N_, Reason, packed, unpacked
from mianzheng.reform.rules.classes import Class, Proposal
from mianzheng.reform.rules.stages import sources_of
from mianzheng.reform.rules.states import Stage
from mianzheng.reform.rules.whys import check_words

OPEN = sources_of("decide")
"""Where a decision may be made or changed; later it is a matter of consultation or an amendment."""
NEED_NO_FACT = (Disposal.CANCEL, Disposal.RETAINED)


@dataclass(frozen=True, slots=True)
class Choice:
    """What the officer chooses: the disposal, the fact that is settled instead, who answers for it, why it is not as proposed."""

    disposal: Disposal
    fact: str = ""
    owner: str = ""
    deviation: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """What a decision rests on: how far the certificate is, what the rules propose, whether its demander is `outside` the city's
    orders, whether a law that counts here demands it (else `silent` may say why the article named does not), and whether it is for use
    `elsewhere`, whoever of the city asks.
    """

    stage: Stage
    proposed: str
    outside: bool
    by_law: bool
    elsewhere: bool = False
    silent: Reason | None = None


def check_choice(choice: Choice, standing: Standing) -> None:
    """Refuse what may not be decided, or not without a word."""
    if standing.stage not in OPEN:
        raise Refusal(
            Reason(N_("这项已经进入征求意见或者批次，不能直接改。")), Reason(N_("请先从征求意见或者批次里退回来。"))
        )
    if choice.disposal is Disposal.ASKED:
        raise Refusal(Reason(N_("“还没有处理”不是处理方式。")), Reason(N_("请选择一种处理方式。")), field="disposal")
    if choice.disposal is Disposal.RETAINED and (why_not := why_not_retained(standing)):
        raise Refusal(why_not, now_instead(standing), field="disposal")
    if choice.disposal is not Disposal.RETAINED and (why_not := why_not_cancelled(standing)):
        raise Refusal(why_not, Reason(N_("请另选一种处理方式。")), field="disposal")
    if choice.disposal not in NEED_NO_FACT and not choice.fact:
        raise Refusal(
            Reason(N_("不要这份证明以后，还是要弄清它证明的事，这里没有写是哪一件。")),
            Reason(N_("请选择它证明的事实；目录里没有的，先到“目录维护”里加上。")),
            field="fact",
        )
    if choice.disposal is not Disposal.RETAINED and not choice.owner:
        raise Refusal(
            Reason(N_("没有写明以后由哪个单位负责。")),
            Reason(N_("请选择负责的单位，一般是要证明的那个部门。")),
            field="owner",
        )
    if choice.disposal != standing.proposed and not choice.deviation.strip():
        raise Refusal(
            Reason(N_("您选的与系统建议的不同，须写明理由。")),
            Reason(N_("写一句就行，以后谁看都明白。")),
            field="deviation",
        )
    check_words(choice.deviation, field="deviation")


def why_not_retained(standing: Standing) -> Reason | None:
    """Return why it cannot be kept: inside the city only what a law demands can be (优化营商环境条例 第四十四条)."""
    if standing.outside or standing.elsewhere or standing.by_law:
        return None
    if standing.silent is not None:
        return Reason(N_("%(silent)s又是本市的单位要的，不能保留。"), {"silent": standing.silent})
    return Reason(N_("没有法律、法规或者国务院决定作依据，又是本市的单位要的，不能保留。"))


def now_instead(standing: Standing) -> Reason:
    """Return what to do now where it cannot be kept."""
    return ADD_IT if standing.silent is not None else Reason(N_("请另选一种处理方式。"))


ADD_IT = Reason(N_("条文里确实写着这份证明的，先到“目录维护”里加上这一条的原文，再来一次；没有的，请另选。"))


def why_not_cancelled(standing: Standing) -> Reason | None:
    """Return why it cannot be cancelled: the city cannot order whoever demands it."""
    return Reason(N_("市外单位要的，本市取消不了，只能保留并说明怎样核验。")) if standing.outside else None


def packed_proposal(proposal: Proposal) -> dict[str, Any]:
    """Return a proposal as JSON keeps it."""
    return {
        "disposal": proposal.disposal.value,
        "why": packed(proposal.why),
        "classes": [[each.value, packed(reason)] for each, reason in proposal.classes],
        "missing": [packed(reason) for reason in proposal.missing],
    }


def unpacked_proposal(kept: Mapping[str, Any]) -> Proposal | None:
    """Return a proposal that was kept; None where none was made yet."""
    if not kept:
        return None
    return Proposal(
        tuple((Class(code), unpacked(reason)) for code, reason in kept["classes"]),
        Disposal(kept["disposal"]),
        unpacked(kept["why"]),
        tuple(map(unpacked, kept["missing"])),
    )
