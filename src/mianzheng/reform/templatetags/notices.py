"""What the navigation of staff says about cancelled certificates."""

from __future__ import annotations

from typing import Any

from django import template

from mianzheng.reform.queries.notices import unread

register = template.Library()


@register.simple_tag(takes_context=True)
def notices_unread(context: dict[str, Any]) -> int:
    """{% notices_unread as n %}: notices of batches nobody of the own office has read (one query)."""
    user = context["request"].user
    return unread(user.department or user.place) if user.is_authenticated else 0
