"""Handing in and deciding: `check_x` raises with a sentence, `can_x` is its boolean.

The program may grant, only a person refuses, and nobody is refused for what is merely unknown or what they never saw.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Sequence

from mianzheng.cases.rules.states import Status
from mianzheng.catalogue.rules.city import Need, Work
from mianzheng.common.errors import Refusal
from mianzheng.common.reasons import N_, Reason
from mianzheng.evidence.rules.progress import Progress, Stage
from mianzheng.evidence.rules.verdicts import Verdict, Way


def resting(progress: Sequence[Progress]) -> Status:
    """Return where a case rests while the person has it: a choice goes before a wait, since only it needs the person."""
    stages = {each.stage for each in progress}
    if Stage.CHOICE in stages:
        return Status.WAITING_COMMITMENT
    return Status.WAITING_DEPARTMENT if Stage.WAITING in stages else Status.DRAFT


def check_hand_in(progress: Sequence[Progress], *, agreed: bool, knowing: bool) -> None:
    """Refuse to take a case that is not ready; `knowing` says the person has seen what fails and goes on."""
    if not agreed or any(each.stage in (Stage.PENDING, Stage.ASKING) for each in progress):
        raise Refusal(Reason(N_("还没有核验。")), Reason(N_("请先看告知，再点“同意并核验”。")))
    if any(each.stage is Stage.CHOICE for each in progress):
        raise Refusal(Reason(N_("还有一项等您选择。")), Reason(N_("请选择自己承诺，或者请审批人员核实。")))
    if any(each.failed for each in progress) and not knowing:
        raise Refusal(
            Reason(N_("有一项核验结果是“不符”。")),
            Reason(N_("您可以提出异议、更正申请、请人核实；也可以勾选“我已知道”后照样提交。")),
            field="knowing",
        )


def may_program_grant(work: Work, progress: Sequence[Progress]) -> bool:
    """Return whether the program may grant: the matter allows it, and every fact holds."""
    return work.grant == "program" and all(each.verdict is Verdict.HOLDS for each in progress)


def check_findings(progress: Sequence[Progress]) -> None:
    """Refuse a decision while a fact left to the officer has no finding."""
    if any(unreviewed(each) for each in progress):
        raise Refusal(
            Reason(N_("还有事实等您人工核查。")), Reason(N_("请先逐项写下核查所见，再作决定。")), field="findings"
        )


def for_officer(each: Progress) -> bool:
    """Return whether this fact is the officer's to look into; until the decision a finding may be corrected by another."""
    return each.way in (Way.REVIEW, Way.CERTIFICATE)


def unreviewed(each: Progress) -> bool:
    """Return whether an officer still has to look into this fact; what was found has the day it is true of."""
    return for_officer(each) and each.as_of is None


def check_grant(progress: Sequence[Progress], *, findings: str) -> None:
    """Refuse to grant on a fact that fails or stays unknown without findings that say why."""
    check_findings(progress)
    if any(each.verdict is not Verdict.HOLDS for each in progress) and not findings.strip():
        raise Refusal(
            Reason(N_("有一项没有查明“符合”，准予要写明理由。")),
            Reason(N_("请写下您的认定和依据。")),
            field="findings",
        )


def check_refuse(
    progress: Sequence[Progress],
    *,
    findings: str,
    basis: str,
    grounds: Collection[str],
    submitted_at: datetime.datetime | None,
) -> None:
    """Refuse to refuse without a fact that fails, that the person has seen, findings and an article (行政许可法 38).

    The article is one of `grounds`: those under which the matter needs its facts.
    """
    check_findings(progress)
    against = [each for each in progress if each.failed]
    if not against:
        raise Refusal(
            Reason(N_("没有一项事实是“不符”，不能作出不予准予的决定。")),
            Reason(N_("“暂不能确定”不是拒绝的理由；请继续核实，或者准予。")),
        )
    if not any(seen(each, submitted_at) for each in against):
        raise Refusal(
            Reason(N_("申请人还没有看到这项“不符”，没有机会说明。")),
            Reason(N_("请先“退回申请人”，让他看到并可以提出异议；他再次提交后才能决定。")),
        )
    if not findings.strip():
        raise Refusal(Reason(N_("请写明认定的事实。")), Reason(N_("写清楚查到什么、凭什么。")), field="findings")
    if basis not in grounds:
        raise Refusal(Reason(N_("请选择依据的条款。")), Reason(N_("没有依据就不能不予准予。")), field="basis")


def seen(each: Progress, submitted_at: datetime.datetime | None) -> bool:
    """Return whether the person had seen what fails before handing in; finding the same once more is nothing new."""
    since: datetime.datetime | None = None
    for event in each.tried:
        if event.verdict is Verdict.HOLDS:
            since = None
        elif event.verdict is Verdict.FAILS:
            since = since or event.at
    return submitted_at is not None and since is not None and since <= submitted_at


def grounds(needs: Sequence[tuple[Need, Progress]]) -> tuple[str, ...]:
    """Return the articles a refusal may rest on: those of the facts that fail first, then those of the other facts."""
    ordered = sorted(needs, key=lambda pair: not pair[1].failed)
    return tuple(dict.fromkeys(need.basis for need, _ in ordered if need.basis))


def check_send_back(progress: Sequence[Progress], *, note: str, submitted_at: datetime.datetime | None) -> None:
    """Refuse to send back for nothing new: what is missing is told once, all at once (行政许可法 32)."""
    if not note.strip():
        raise Refusal(Reason(N_("请写明要申请人看什么。")), Reason(N_("一次说清楚，不要分几次。")), field="note")
    if not any(each.failed and not seen(each, submitted_at) for each in progress):
        raise Refusal(Reason(N_("没有申请人还不知道的“不符”，不能退回。")), Reason(N_("请继续核实，或者作出决定。")))
