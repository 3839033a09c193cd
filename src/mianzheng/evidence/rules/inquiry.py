"""What is asked for one case, and what comes back."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from mianzheng.catalogue.rules.city import City, Fact, Item, Matter, Need
from mianzheng.common.reasons import N_, Param, Reason
from mianzheng.common.texts import Text
from mianzheng.evidence.rules.forms import Trace
from mianzheng.evidence.rules.verdicts import Verdict

BAR = "commitment_bar"
"""The need under which a case keeps whether the person is barred from committing."""


@dataclass(frozen=True, slots=True)
class Inquiry:
    """The case for which facts are asked: its matter, its applicant, and the relatives chosen in its form by relation.

    `case` is None where one fact is looked up by itself; such an inquiry is logged and keeps nothing else.
    """

    case: uuid.UUID | None
    matter: str
    applicant: uuid.UUID
    selected: Mapping[str, uuid.UUID] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Look:
    """One look into one item about one subject: what the log must hold before an answer leaves.

    `relation` names the relation it resolved, or is empty where it answered `fact`.
    """

    need: str
    item: str
    subject: uuid.UUID
    verdict: Verdict | None
    trace: Trace
    fact: str = ""
    relation: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the records say about a need."""

    need: Need
    verdict: Verdict
    reason: Reason
    source: str
    as_of: datetime.date | None
    subjects: tuple[uuid.UUID, ...] = ()
    trace: Mapping[str, Any] = field(default_factory=dict)


def purpose(city: City, matter: Matter, need: Need) -> str:
    """Return the purpose (目的) of a look-up as the log keeps it: the matter and the article."""
    basis = city.bases.get(need.basis)
    article = f"，依据《{basis.law.zh}》{basis.article}" if basis else ""
    return f"办理“{matter.name.zh}”{article}"


def in_secret(city: City, reference: str, basis: str) -> str:
    """Return the purpose of a look-up under a secrecy order (保密令): its file and the article."""
    found = city.bases.get(basis)
    article = f"，依据《{found.law.zh}》{found.article}" if found else ""
    return f"依法保密的查询，文号 {reference}{article}"


def bar_need(city: City) -> Need | None:
    """Return the look-up that tells whether the person may commit, or None where the city has no bar."""
    code = city.policy.commitment_bar
    if not code:
        return None
    return Need(BAR, code, "applicant", {}, Text(""), "", city.policy.check_days)


def explain(fact: Fact, item: Item, verdict: Verdict, traces: tuple[Trace, ...], *, disputed: bool) -> Reason:
    """Say why the records of `item` give `verdict`, without any value of a record."""
    count = sum(trace.records for trace in traces)
    params: dict[str, Param] = {"item": item.name, "count": count}
    if disputed:
        return Reason(N_("“%(item)s”中的记录正在复核，复核清楚之前不拿它下结论。"), params)
    if verdict is Verdict.HOLDS:
        return Reason(N_("已查“%(item)s”：符合。"), params)
    if verdict is Verdict.FAILS and not count:
        return Reason(N_("“%(item)s”登记完整，其中没有相应记录。"), params)
    if verdict is Verdict.FAILS:
        return Reason(N_("“%(item)s”的记录与要求不符。"), params)
    if not count:
        return Reason(N_("“%(item)s”中没有查到记录，但它并不完整，查不到不等于没有。"), params)
    return Reason(N_("“%(item)s”的记录缺少判断所需的内容。"), params)
