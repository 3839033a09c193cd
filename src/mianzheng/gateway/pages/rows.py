"""A grant in words, as lists and its own page show it."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from mianzheng.catalogue.rules.city import City, Fact
from mianzheng.centre.rules.charts import Figure, chart
from mianzheng.common.periods import WorkingDays
from mianzheng.common.reasons import N_, Reason
from mianzheng.common.texts import Text
from mianzheng.gateway.models import Grant, GrantStep
from mianzheng.gateway.queries.grants import Card, cards
from mianzheng.gateway.rules.grants import GROUNDS, STAGES, STEPS, Ground, Stage, Step

CENTRE_NAME = Reason(N_("数据管理中心"))
OVER, EARLY = N_("已到期"), N_("已同意，还没开始")


@dataclass(frozen=True, slots=True)
class Turn:
    """One step in words. `left` is the working days to its due date, negative past it."""

    step: GrantStep
    name: Reason
    office: Text | Reason
    left: int
    state: str


@dataclass(frozen=True, slots=True)
class Row:
    """One grant in words. `stage` is its code for the look, `stage_name` its word."""

    card: Card
    fact: Text | str
    matter: Text | str
    asker: Text | str
    params: tuple[tuple[Text, Any], ...]
    ground: Reason
    stage: str
    stage_name: Reason
    turns: tuple[Turn, ...]

    @property
    def grant(self) -> Grant:
        return self.card.grant

    @property
    def turn(self) -> Turn | None:
        """Whose turn it is, or was when the request lapsed."""
        return next((turn for turn in self.turns if turn.state in ("now", "late", "lapsed")), None)


def rows_of(city: City, grants: Iterable[Grant], *, today: datetime.date) -> list[Row]:
    """Return `grants` in words."""
    return [row_of(city, card) for card in cards(grants, today=today)]


def row_of(city: City, card: Card) -> Row:
    """Return one grant in words; what the package no longer knows keeps its code."""
    grant = card.grant
    fact = city.facts.get(grant.fact)
    stage, name = _stage(card)
    return Row(
        card,
        fact.name if fact else grant.fact,
        city.purpose(grant.matter) or grant.matter,
        city.office(grant.asker) or grant.asker,
        said_params(fact, grant.params),
        Reason(GROUNDS[Ground(grant.ground)]),
        stage,
        Reason(name),
        tuple(_turn(city, card, step) for step in card.steps),
    )


def said_params(fact: Fact | None, params: Mapping[str, Any]) -> tuple[tuple[Text, Any], ...]:
    """Return the fixed parameters by name."""
    return tuple(
        (fact.params[code].name if fact and code in fact.params else Text(code), _said(value))
        for code, value in params.items()
    )


def _said(value: Any) -> Any:
    if isinstance(value, bool):
        return Reason(N_("是")) if value else Reason(N_("否"))
    return str(value)


def _stage(card: Card) -> tuple[str, str]:
    grant = card.grant
    if grant.stage == Stage.IN_FORCE and card.today > grant.until_day:
        return "over", OVER
    if grant.stage == Stage.IN_FORCE and card.today < grant.from_day:
        return "early", EARLY
    return grant.stage, STAGES[Stage(grant.stage)]


def _turn(city: City, card: Card, step: GrantStep) -> Turn:
    office = CENTRE_NAME if step.kind == Step.CENTRE else city.office(step.office) or Text(step.office)
    if step.done_at is not None:
        state = "approved" if step.approved else "refused"
    elif step.due is None:
        state = "later" if card.waiting else "never"
    elif card.waiting:
        state = "late" if card.overdue else "now"
    else:
        state = "lapsed" if card.grant.stage == Stage.LAPSED else "never"
    left = WorkingDays(city.holidays).between(card.today, step.due) if step.due else 0
    return Turn(step, Reason(STEPS[Step(step.kind)]), office, left, state)


def figure_of(days: list[tuple[datetime.date, int, int]], allowed: int) -> Figure:
    """Return the chart of a grant's last days: answers, with today's allowance across."""
    series = [("answered", N_("计入次数的回答"), [float(answered) for _, answered, _ in days])]
    drawn = chart([day for day, _, _ in days], series, limit=float(allowed) if allowed else None)
    return Figure(
        "use",
        N_("最近 30 天的使用"),
        Reason(N_("次，每天")),
        drawn,
        (N_("计入次数的回答"), N_("暂不能确定（不计）")),
        tuple((day, (float(answered), float(unknown))) for day, answered, unknown in reversed(days)),
        limit=float(allowed) if allowed else None,
        limit_name=Reason(N_("今天的每日次数")),
    )
