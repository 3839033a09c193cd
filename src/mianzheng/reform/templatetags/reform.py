"""What the navigation of staff says about consultations, kept certificates and new demands."""

from __future__ import annotations

from typing import Any

from django import template

from mianzheng.catalogue.queries.editions import city
from mianzheng.reform.queries import retaining, wishes
from mianzheng.reform.queries.opinions import SPEAKERS, due_count, to_settle
from mianzheng.web import clock
from mianzheng.web.access import roles_of
from mianzheng.web.acting import actor_of

register = template.Library()


@register.simple_tag(takes_context=True)
def opinions_due(context: dict[str, Any]) -> int:
    """{% opinions_due as n %}: questions to the own office that are due today or overdue (one query)."""
    request = context["request"]
    held = roles_of(request.user)
    role = next((role for role in SPEAKERS if role in held), None)
    return due_count(actor_of(request, role), today=clock.today()) if role else 0


@register.simple_tag
def consultations_due() -> int:
    """{% consultations_due as n %}: consultations that wait for the reform office (one query)."""
    return to_settle(clock.today())


@register.simple_tag
def retained_due() -> int:
    """{% retained_due as n %}: kept certificates to be looked at again (three queries)."""
    return retaining.due_count(city(), clock.today())


@register.simple_tag
def wishes_due() -> int:
    """{% wishes_due as n %}: new demands to be answered today or before (one query)."""
    return wishes.due_count(clock.today())
