"""The six classes (六个一律取消): why a certificate need not be asked for, and the way of least burden that is ready today.

Sources: the criteria of Jinhua (2019) as retold in the reports on Yiwu; 优化营商环境条例 第四十四条 (basis, and what a certificate may not
be asked for); 国办发〔2018〕47号 (the duty to check may not be shifted to the applicant).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from mianzheng.catalogue.rules.certificates import ClaimedBasis
from mianzheng.catalogue.rules.kinds import Disposal
from mianzheng.centre.rules.readiness import State
from mianzheng.common.reasons import N_, Reason
from mianzheng.common.texts import Text


class Class(StrEnum):
    """One of the six."""

    NO_BASIS = "no_basis"  # 没有法律法规或国务院决定依据
    CANNOT_VERIFY = "cannot_verify"  # 开具单位无权查证、无法开具
    EXISTING_DOCUMENT = "existing_document"  # 现有证照、凭证能证明，或者其他材料已经涵盖
    COMMITMENT = "commitment"  # 个人书面承诺或者其他信用手段能解决
    DEPARTMENT = "department"  # 部门间会商、实地核查能解决
    DATA = "data"  # 数据平台核验能解决


@dataclass(frozen=True, slots=True)
class Register:
    """The item that could settle the fact, and how it stands today."""

    item: Text
    state: State


@dataclass(frozen=True, slots=True)
class Situation:
    """What is known about a certificate that somebody demands.

    `basis` is the article claimed, `in_force` whether that text still is, `here` whether it counts in this city's territory, `silent`
    why it is not seen to demand this paper, where it counts but our text of it does not name it.
    `verifiable` is None where nobody has said whether the issuer can know what it would certify: a bar on issuing says nothing
    about demanding. `licence` is the document people hold that shows the fact, `covered_by` another material of the same matter that
    does. `own` is the register that whoever demands it keeps itself. `barred` says why the law allows no commitment, where it does
    not. `answers` is the office that can answer in time. `asks`: whoever demands it can ask the platform today, which a body that is
    none of the city's organs cannot without a grant. `elsewhere` says for whom it is made out that the city cannot order
    (外地、市外单位). `no_certificate` says what it is instead, such as a licence (证照). `settled`: the fact it attests is one that
    matters at all.
    """

    basis: ClaimedBasis | None = None
    in_force: bool = True
    here: bool = True
    silent: Reason | None = None
    verifiable: bool | None = None
    licence: Text | None = None
    covered_by: Text | None = None
    barred: Reason | None = None
    answers: Text | None = None
    register: Register | None = None
    own: Text | None = None
    asks: bool = True
    elsewhere: Reason | None = None
    no_certificate: Reason | None = None
    settled: bool = True


@dataclass(frozen=True, slots=True)
class Proposal:
    """Which classes apply with why, the disposal of least burden that works today, and what is missing for a lighter one."""

    classes: tuple[tuple[Class, Reason], ...]
    disposal: Disposal
    why: Reason
    missing: tuple[Reason, ...] = ()


def propose(known: Situation) -> Proposal:
    """Propose what becomes of a certificate. The officer decides.

    Least burden first: not needed at all; an existing document; data; a check between departments; the person's own commitment.
    A way that is not ready today is named as missing, not proposed.
    """
    if known.no_certificate is not None:
        return Proposal((), Disposal.RETAINED, known.no_certificate)
    classes = tuple(_classes(known))
    if known.elsewhere is not None:
        return Proposal(classes, Disposal.RETAINED, known.elsewhere)
    missing = tuple(_missing(known))
    for disposal, ready, why in _ways(known):
        if ready:
            return Proposal(classes, disposal, why, missing)
    if known.basis is None or not holds(known):
        why = Reason(N_("没有依据可以要它，也没有别的办法要替它：直接取消。"))
        return Proposal(classes, Disposal.CANCEL, why, missing)
    why = Reason(N_("依法需要，目前还没有别的办法能办：保留，每年复核。"))
    if known.silent is not None:  # cautious: it is not struck before somebody has read the article
        why = Reason(N_("%(silent)s核对原文以前先不取消，目前还没有别的办法能办。"), {"silent": known.silent})
    return Proposal(classes, Disposal.RETAINED, why, missing)


def holds(known: Situation) -> bool:
    """Return whether a law that counts here and today demands it (优化营商环境条例 第四十四条)."""
    return known.basis is not None and known.basis.accepted and known.in_force and known.here


def demands(known: Situation) -> bool:
    """Return whether a law that counts is seen to demand this very paper: only then may it be kept, or be demanded anew."""
    return holds(known) and known.silent is None


def _classes(known: Situation) -> Iterator[tuple[Class, Reason]]:
    basis = known.basis
    if basis is None:
        yield Class.NO_BASIS, Reason(N_("没有人说出依据。"))
    elif not basis.accepted:
        words = N_("%(law)s不是法律、法规或者国务院决定，不能作为依据（优化营商环境条例第四十四条）。")
        yield Class.NO_BASIS, Reason(words, {"law": basis.law})
    elif not known.in_force:
        yield Class.NO_BASIS, Reason(N_("%(law)s已经废止。"), {"law": basis.law})
    elif not known.here:
        yield Class.NO_BASIS, Reason(N_("%(law)s是别处的法规，在本市不适用。"), {"law": basis.law})
    if known.verifiable is False:
        yield Class.CANNOT_VERIFY, Reason(N_("开具单位无从知道要证明的事。"))
    if known.licence is not None:
        yield Class.EXISTING_DOCUMENT, Reason(N_("%(document)s已经能证明。"), {"document": known.licence})
    if known.covered_by is not None:
        yield Class.EXISTING_DOCUMENT, Reason(N_("已交的%(document)s里就有。"), {"document": known.covered_by})
    if known.barred is None and known.settled:
        yield Class.COMMITMENT, Reason(N_("法律不禁止由本人书面承诺。"))
    if known.own is not None:
        yield Class.DEPARTMENT, Reason(N_("要它的单位自己的%(item)s里就有。"), {"item": known.own})
    if known.answers is not None:
        yield Class.DEPARTMENT, Reason(N_("%(office)s能在期限内答复。"), {"office": known.answers})
    if (register := _by_data(known)) is not None:
        yield Class.DATA, Reason(N_("数据平台上的%(item)s能核验。"), {"item": register.item})


def _ways(known: Situation) -> Iterator[tuple[Disposal, bool, Reason]]:
    """Yield the ways from the lightest on, each with whether it is ready, and why it is taken."""
    if not known.settled:
        yield Disposal.CANCEL, not holds(known), Reason(N_("没有法律要求它，目录里也没有哪件事要弄清它证明的事。"))
    document = known.licence or known.covered_by
    yield (
        Disposal.EXISTING_DOCUMENT,
        document is not None,
        Reason(N_("看%(document)s就行。"), {"document": document or ""}),
    )
    own = Reason(N_("要它的单位查自己的%(item)s，谁也不用跑。"), {"item": known.own or ""})
    yield Disposal.DEPARTMENT_CHECK, known.own is not None, own
    yield Disposal.DATA_SHARING, _by_data(known) is not None, Reason(N_("由数据平台核验，谁也不用跑。"))
    # the duty to check may not be shifted to the applicant while an office can answer
    yield Disposal.DEPARTMENT_CHECK, known.answers is not None, Reason(N_("由部门之间核查，本人不用跑。"))
    yield Disposal.COMMITMENT, known.barred is None and known.settled, Reason(N_("由本人书面承诺，事后核查。"))


def _by_data(known: Situation) -> Register | None:
    """Return the register that settles it today, if one does."""
    ready = known.asks and known.register is not None and known.register.state is State.READY
    return known.register if ready else None


def _missing(known: Situation) -> Iterator[Reason]:
    """Yield what would have to change for a lighter way."""
    lighter = known.licence or known.covered_by or known.own
    if known.register is not None and not lighter and _by_data(known) is None:
        yield Reason(_STATES[known.register.state], {"item": known.register.item})
    if known.barred is not None and not (lighter or known.answers):
        yield known.barred


_STATES = {
    State.READY: N_("要它的单位还不能在数据平台上查%(item)s，有了授权可以改由数据核验。"),
    State.SILENT: N_("%(item)s目前没有应答，恢复后可以改由数据核验。"),
    State.STALE: N_("%(item)s的数据过期了，更新后可以改由数据核验。"),
    State.ABSENT: N_("%(item)s还没有接入，接入后可以改由数据核验。"),
}
