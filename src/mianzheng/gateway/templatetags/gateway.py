"""What is due at a desk, for the navigation."""

from __future__ import annotations

from typing import Any

from django import template

from mianzheng.gateway.queries.grants import due_count, holds_one
from mianzheng.people.rules.roles import ASKER, CENTRE, OFFICER
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


@register.simple_tag(takes_context=True)
def may_ask(context: dict[str, Any]) -> bool:
    """{% may_ask as asks %}: whether whoever looks verifies people at a window: somebody of a body that asks, or an officer
    whose department holds a grant in force (one query, none for others).
    """
    user = context["request"].user
    roles = getattr(user, "roles", ())
    return ASKER in roles or (OFFICER in roles and holds_one(user.department, today=clock.today()))
