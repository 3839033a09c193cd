"""What is due at a desk, for the navigation."""

from __future__ import annotations

from typing import Any

from django import template

from mianzheng.gateway.queries.grants import due_count
from mianzheng.people.rules.roles import CENTRE, OFFICER
from mianzheng.web import clock

register = template.Library()


@register.simple_tag(takes_context=True)
def grants_due(context: dict[str, Any]) -> int:
    """{% grants_due as n %}: steps of requests that whoever looks should answer today or should have (one query)."""
    user = context["request"].user
    roles = getattr(user, "roles", ())
    if CENTRE in roles:
        return due_count(role=CENTRE, office="", today=clock.today())
    return due_count(role=OFFICER, office=user.department, today=clock.today()) if OFFICER in roles else 0
