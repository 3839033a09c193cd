"""A lead in plain words, for whoever it is shown to: the officer, the head of the department, oversight."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest

from mianzheng.catalogue.rules.city import City
from mianzheng.common.actors import PROGRAM, Actor
from mianzheng.common.periods import WorkingDays
from mianzheng.common.reasons import N_, Reason, unpacked
from mianzheng.common.texts import Text
from mianzheng.oversight.actions.deciding import refer_why_not
from mianzheng.oversight.models import Lead
from mianzheng.oversight.rules.curiosity import said
from mianzheng.oversight.rules.leads import ENDED, NAMES, OUTCOMES, WITH_DEPARTMENT, Outcome, Source, Status
from mianzheng.people.queries import AccountCard
from mianzheng.people.rules.roles import AGENT, ASKER, CENTRE, HEAD, OFFICER, SUPERVISOR
from mianzheng.web import clock
from mianzheng.web.access import roles_of
from mianzheng.web.acting import actor_of

DESK_ROLES = (HEAD, OFFICER, CENTRE, AGENT, ASKER)
"""In which role somebody is at the department's list, the first they hold."""


def desk_actor(request: HttpRequest) -> Actor:
    """Return who acts at the department's list."""
    held = roles_of(request.user)
    return actor_of(request, next(role for role in DESK_ROLES if role in held))


def post_of(city: City, card: AccountCard | None) -> Text | Reason | str:
    """Return the post an account holds; one that is an office's own name in the reader's language."""
    if card is None:
        return Reason(N_("没有经办人，系统查的"))
    office = city.office(card.department)
    return office if office is not None and office.zh == card.display_name else card.display_name or card.username


def row(city: City, lead: Lead, cards: Mapping[uuid.UUID, AccountCard], actor: Actor) -> dict[str, Any]:
    """Return one lead of a list."""
    status = Status(lead.status)
    place = city.communities.get(lead.office)
    return {
        "lead": lead,
        "number": lead.id.hex[-6:].upper(),
        "person": lead.source == Source.PERSON,
        "office": city.office(lead.office) or (place.name if place else Reason(N_("没有部门"))),
        "post": post_of(city, cards.get(lead.account) if lead.account else None),
        "username": cards[lead.account].username if lead.account in cards else "",
        "mine": str(lead.account) == actor.id,
        "status": status.value,
        "status_name": NAMES[status],
        "ended": status in ENDED,
        "left": WorkingDays(city.holidays).between(clock.today(), lead.due),
        "reasons": _reasons(city, lead),
    }


def _reasons(city: City, lead: Lead) -> list[dict[str, Any]]:
    names = {rule.code: rule for rule in city.curiosity.rules}
    return [
        {
            "name": names[made["rule"]].name if made["rule"] in names else made["rule"],
            "source": names[made["rule"]].source if made["rule"] in names else "",
            "said": said(made),
            "points": made["points"],
        }
        for made in lead.reasons
    ]


def page(city: City, lead: Lead, cards: Mapping[uuid.UUID, AccountCard], actor: Actor) -> dict[str, Any]:
    """Return the page of one lead, with what the actor may do now."""
    shown = row(city, lead, cards, actor)
    status = Status(lead.status)
    decides = not shown["mine"]
    here = actor.role == HEAD and decides and status in WITH_DEPARTMENT
    passed = actor.role == SUPERVISOR and decides and status is Status.PASSED
    hearable = lead.account is not None and lead.asked_at is None and lead.replied_at is None
    question = getattr(lead, "question", None)
    return {
        **shown,
        "may_reply": shown["mine"] and lead.replied_at is None and status not in ENDED,
        "may_ask": hearable and (passed or (here and status is Status.OPEN)),
        "may_explain": here and (shown["person"] or status is Status.REPLIED),
        "may_pass": here,
        "may_close": passed,
        "why_not_refer": refer_why_not(lead, clock.today()) if passed else None,
        "question": question if actor.role in (HEAD, SUPERVISOR) and decides else None,
        "passed_why": _why(lead),
        "passed_by_program": lead.passed_by == PROGRAM.id,
        "outcome": OUTCOMES[Outcome(lead.outcome)] if lead.outcome else None,
        "outcomes": OUTCOMES.items(),
        "lead_at": city.curiosity.lead_at,
    }


def _why(lead: Lead) -> Reason | str | None:
    if not lead.passed_why:
        return None
    return lead.passed_why["said"] if "said" in lead.passed_why else unpacked(lead.passed_why)
