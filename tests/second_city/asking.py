"""Who asks in the second city: words for wishes, and grants made the way offices make them."""

import datetime
import uuid
from dataclasses import replace
from typing import Any

from mianzheng.common.actors import Actor
from mianzheng.gateway.actions import grants
from mianzheng.gateway.models import Grant, GrantStep
from mianzheng.gateway.rules.grants import Ground, Stage, Wish
from tests.second_city.life import NOW, officer
from tests.second_city.reading import CITY

TODAY = NOW.date()
LENDER = Actor("clerk of lender", "asker", office="lender")
WATER = Actor("clerk of water", "asker", office="water")
HOMES, CIVIL, DUTY = officer("homes"), officer("civil"), Actor("duty", "centre", office="civil")

LOAN = Wish(
    asker="lender",
    fact="no-debt",
    matter="loan",
    params={"limit": 100},
    ground=Ground.CONSENT,
    basis="",
    purpose="贷款审批时核对是否欠缴",
    daily=10,
    from_day=TODAY,
    until_day=TODAY + datetime.timedelta(days=300),
    liability=True,
)
"""A bank asks with the person's consent; homes, whose register it is, has to agree in writing, then the centre."""
DUTY_CALL = replace(LOAN, asker="civil", matter="bus", ground=Ground.DUTY, basis="homes-3")
"""A department asks another's register on a duty."""


WATER_CALL = replace(
    LOAN, asker="water", matter="pipe", fact="has-card", params={}, ground=Ground.DUTY, basis="homes-3"
)
"""A service body asks a register that is shared without conditions: only the centre reviews."""


def ask(wish: Wish = LOAN, *, actor: Actor | None = None, now: datetime.datetime = NOW, **more: Any) -> uuid.UUID:
    """Request `wish`, changed by `more` where it names parts of a wish."""
    links = {name: more.pop(name) for name in ("renews", "copied_from") if name in more}
    wish = replace(wish, **more)
    return grants.request(
        city=CITY,
        wish=wish,
        actor=actor or Actor(f"clerk of {wish.asker}", "asker", office=wish.asker),
        now=now,
        **links,
    )


def open_step(grant: uuid.UUID) -> GrantStep:
    """Return the step whose turn it is."""
    return GrantStep.objects.get(grant=grant, done_at=None, due__isnull=False)


def decide(grant: uuid.UUID, *, approved: bool = True, now: datetime.datetime = NOW, **more: Any) -> Stage:
    """Have whoever's turn it is answer."""
    step = open_step(grant)
    actor = DUTY if step.kind == "centre" else officer(step.office)
    given = {"note": "只用于本事项", "document": "桥数〔2026〕7号", "actor": actor, **more}
    return grants.decide(city=CITY, step=step.id, approved=approved, now=now, **given)


def granted(wish: Wish = LOAN, *, now: datetime.datetime = NOW, **more: Any) -> Grant:
    """Return a grant in force, requested and approved by everybody who has to."""
    made = ask(wish, now=now, **more)
    while Grant.objects.get(id=made).stage == Stage.ASKED:
        decide(made, now=now)
    return Grant.objects.get(id=made)
