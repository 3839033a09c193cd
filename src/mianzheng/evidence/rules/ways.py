"""The plan: for each fact the ways in order of burden, each open or passed over, with the reason in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from mianzheng.catalogue.rules.city import City, Fact, Item, Need
from mianzheng.centre.rules.readiness import Readiness, State, why_not
from mianzheng.common.reasons import N_, Param, Reason
from mianzheng.common.texts import Text
from mianzheng.evidence.rules.verdicts import Way


@dataclass(frozen=True, slots=True)
class Step:
    """One way for one fact: open, or passed over, and why."""

    way: Way
    open: bool
    reason: Reason


@dataclass(frozen=True, slots=True)
class Plan:
    """The ways of one need, in order. The first open one is tried first."""

    need: Need
    steps: tuple[Step, ...]

    @property
    def first(self) -> Step:
        """Return the way of least burden that is open; there always is one."""
        for step in self.steps:
            if step.open:
                return step
        raise AssertionError("a plan ends with a person who looks")

    @property
    def passed(self) -> tuple[Step, ...]:
        """Return the ways passed over before the first open one."""
        return self.steps[: self.steps.index(self.first)]

    def is_open(self, way: Way) -> bool:
        """Return whether `way` is open for this need."""
        for step in self.steps:
            if step.way is way:
                return step.open
        return False


def plan(
    needs: Sequence[Need],
    *,
    facts: Mapping[str, Fact],
    items: Mapping[str, Item],
    offices: Mapping[str, Text],
    readiness: Mapping[str, Readiness],
    barred: bool,
) -> tuple[Plan, ...]:
    """Plan the ways of `needs`.

    `offices` names departments by code; `readiness` says which items can be asked; `barred` people may not commit
    (较严重不良信用记录, or an earlier false commitment, until repaired).
    """
    made = []
    for need in needs:
        fact = facts[need.fact]
        office = offices.get(fact.answered_by, _NOBODY)
        made.append(plan_need(need, items[fact.item], office=office, readiness=readiness.get(fact.item), barred=barred))
    return tuple(made)


def plan_need(need: Need, item: Item, *, office: Text, readiness: Readiness | None, barred: bool) -> Plan:
    """Plan the ways of one need."""
    return Plan(
        need,
        (
            _by_record(item, readiness),
            _by_department(need, office),
            _by_commitment(need, barred=barred),
            *_by_person(need),
        ),
    )


def _by_record(item: Item, readiness: Readiness | None) -> Step:
    state = readiness.state if readiness else State.ABSENT
    return _looked_up(item.name, item.licence, item.sharing == "closed", state)


@lru_cache(maxsize=4096)
def _looked_up(item: Text, licence: bool, closed: bool, state: State) -> Step:
    way = Way.DOCUMENT if licence else Way.DATA
    if closed:
        return Step(way, False, Reason(N_("“%(item)s”依法不予共享。"), {"item": item}))
    if state is not State.READY:
        return Step(way, False, why_not(item, state))
    words = N_("已有电子证照“%(item)s”，直接核验。") if licence else N_("查“%(item)s”就能知道，不用跑。")
    return Step(way, True, Reason(words, {"item": item}))


def _by_department(need: Need, office: Text) -> Step:
    return _asked(office, need.deadline) if need.department and office else _NO_OFFICE


@lru_cache(maxsize=4096)
def _asked(office: Text, days: int) -> Step:
    params: dict[str, Param] = {"office": office, "days": days}
    return Step(Way.DEPARTMENT, True, Reason(N_("由%(office)s在 %(days)s 个工作日内核查答复。"), params))


def _by_commitment(need: Need, *, barred: bool) -> Step:
    if not need.commitment:
        return _NO_COMMITMENT
    return _BARRED if barred else _FREE_TO_COMMIT


def _by_person(need: Need) -> tuple[Step, Step]:
    """The last way is a person who looks; only where the law still demands the paper does it go before."""
    return _RETAINED if need.retained else _CANCELLED


# Steps that say the same for every need are made once: plans are made for every row of every page.
_NOBODY = Text("")
_NO_OFFICE = Step(Way.DEPARTMENT, False, Reason(N_("没有部门能在期限内答复这件事。")))
_NO_COMMITMENT = Step(Way.COMMITMENT, False, Reason(N_("这件事依法不适用告知承诺。")))
_BARRED = Step(Way.COMMITMENT, False, Reason(N_("有较严重不良信用记录或曾作不实承诺，修复之前不适用告知承诺。")))
_FREE_TO_COMMIT = Step(Way.COMMITMENT, True, Reason(N_("可以自愿书面承诺，也可以不承诺。")))
_RETAINED = (
    Step(Way.REVIEW, False, Reason(N_("法律法规要求提交这份证明。"))),
    Step(Way.CERTIFICATE, True, Reason(N_("法律法规要求提交，且还没有别的办法。"))),
)
_CANCELLED = (
    Step(Way.REVIEW, True, Reason(N_("由审批部门的人员核实，不用跑。"))),
    Step(Way.CERTIFICATE, False, Reason(N_("这份证明已经取消，谁也不能要。"))),
)


def papers_asked(plans: Sequence[Plan]) -> int:
    """Return how many papers the person has to bring: needs for which the first open way is the certificate."""
    return sum(plan.first.way is Way.CERTIFICATE for plan in plans)


def offices_of(city: City) -> dict[str, Text]:
    """Return the names of those who can be asked for a check."""
    return {code: department.name for code, department in city.departments.items()}
