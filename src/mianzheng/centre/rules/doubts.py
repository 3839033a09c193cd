"""Doubts about a record and how the registering department settles them (校核)."""

from __future__ import annotations

from enum import StrEnum

from mianzheng.catalogue.rules.city import City, Item
from mianzheng.common.errors import Refusal
from mianzheng.common.reasons import N_, Reason


class Cause(StrEnum):
    """Why a record is doubted."""

    CONFLICT = "conflict"
    OBJECTION = "objection"


class Outcome(StrEnum):
    """What the department found."""

    CORRECTED = "corrected"  # the record was wrong and is corrected at the source
    SOURCE_WRONG = "source_wrong"  # the registering item itself is wrong: passed on to its owner
    STANDS = "stands"  # looked at, the record is right
    AGREES = "agrees"  # meanwhile both say the same; settled by the program


AT_ONE = (Outcome.CORRECTED.value, Outcome.AGREES.value)
"""Outcomes after which copy and source say the same; after the others they still differ, and the source prevails."""

CAUSE_NAMES = {Cause.CONFLICT: N_("数据不一致"), Cause.OBJECTION: N_("有人提出异议")}

OUTCOME_NAMES = {
    Outcome.CORRECTED: N_("已更正"),
    Outcome.SOURCE_WRONG: N_("来源有误，已转来源部门"),
    Outcome.STANDS: N_("核对后维持"),
    Outcome.AGREES: N_("已经一致"),
}


def copies_in(city: City, item: Item) -> dict[str, str]:
    """Return the data of which `item` carries a copy, each with the field that holds it; not those it registers."""
    return {
        field.datum: field.code
        for field in item.fields
        if field.datum in city.data and city.data[field.datum].item != item.code
    }


def pairs(city: City, item: Item) -> list[tuple[str, str, str]]:
    """Return whom to compare when `item` has new records: datum, the item that carries a copy, its field.

    What it copies is compared with the source, and where it is the source, with every copy.
    """
    mine = [(datum, item.code, field) for datum, field in copies_in(city, item).items()]
    copied = [
        (datum, other.code, field)
        for other in city.items.values()
        for datum, field in copies_in(city, other).items()
        if city.data[datum].item == item.code
    ]
    return mine + copied


def outcomes(cause: str, *, registers: bool) -> tuple[Outcome, ...]:
    """Return how a person may answer a doubt: another source can be wrong only about a copied datum.

    `registers` says that the doubted item itself registers the datum.
    """
    if cause == Cause.CONFLICT and not registers:
        return (Outcome.CORRECTED, Outcome.SOURCE_WRONG, Outcome.STANDS)
    return (Outcome.CORRECTED, Outcome.STANDS)


def check_answer(
    *, answered: bool, allowed: tuple[Outcome, ...], outcome: str, why: str, at_source: bool, corrected: bool
) -> None:
    """Refuse an answer to a doubt that cannot be given: already answered, no outcome, no reason, nothing corrected."""
    if answered:
        raise Refusal(Reason(N_("这条存疑已经答复过了。")), Reason(N_("请回到校核列表。")))
    if outcome not in allowed:
        raise Refusal(Reason(N_("请选择核对的结果。")), Reason(N_("选一项再提交。")), field="outcome")
    if not why.strip():
        raise Refusal(
            Reason(N_("请写明核对所见。")),
            Reason(N_("写一句即可：查了哪个系统或台账，哪一天。不要写姓名和证件号码。")),
            field="why",
        )
    if outcome == Outcome.CORRECTED and not at_source and not corrected:
        raise Refusal(
            Reason(N_("记录没有任何改动。")), Reason(N_("请在表中改成正确的内容；记录本来就对，请选“核对后维持”。"))
        )
