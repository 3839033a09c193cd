"""What the navigation of staff says about leads."""

from __future__ import annotations

from typing import Any

from django import template

from mianzheng.oversight.pages.showing import DESK_ROLES
from mianzheng.oversight.queries.leads import due_count
from mianzheng.people.rules.roles import SUPERVISOR
from mianzheng.web import clock
from mianzheng.web.access import roles_of
from mianzheng.web.acting import actor_of

register = template.Library()


@register.simple_tag(takes_context=True)
def leads_due(context: dict[str, Any]) -> int:
    """{% leads_due as due %}: leads that wait for whoever is signed in and are due today, or ask them to explain (one
    query).
    """
    request = context["request"]
    held = roles_of(request.user)
    role = next((role for role in (SUPERVISOR, *DESK_ROLES) if role in held), None)
    return due_count(actor_of(request, role), today=clock.today()) if role else 0
