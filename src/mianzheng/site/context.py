"""What every page may show: the city's name and, in a demo city, the bar on top. Asked only when a template uses it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from mianzheng.catalogue.queries.editions import city
from mianzheng.common.errors import NotFound
from mianzheng.common.texts import Text
from mianzheng.demo.pages import bar
from mianzheng.evidence.rules.secrecy import grounds


def page(request: HttpRequest) -> dict[str, Any]:
    """Return the context of the frame (see templates/base.html)."""
    return {
        "city_name": SimpleLazyObject(_city_name),
        "demo_bar": SimpleLazyObject(lambda: _demo_bar(request)),
        "who": SimpleLazyObject(lambda: _who(request)),
        "keeps_secrets": SimpleLazyObject(lambda: _keeps_secrets(request)),
    }


def _keeps_secrets(request: HttpRequest) -> bool:
    """Return whether the office of whoever is signed in may look people up and tell them later."""
    try:
        return bool(grounds(city(), getattr(request.user, "department", "")))
    except NotFound:
        return False


def _who(request: HttpRequest) -> Text | str:
    """Return the post of whoever is signed in; one that is an office's own name in the reader's language."""
    post: str = getattr(request.user, "display_name", "")
    played = (shown := _demo_bar(request)) and shown.current
    if played:
        return played.label if isinstance(played.label, Text) else post
    try:
        office = city().office(getattr(request.user, "department", ""))
    except NotFound:
        return post
    return office if office and office.zh == post else post


def _city_name() -> Text:
    try:
        return city().name
    except NotFound:  # nothing loaded yet: the frame must stand all the same
        return Text("")


def _demo_bar(request: HttpRequest) -> Any:
    """Return what the demo's bar offers this person, or None outside a demo city."""
    if not settings.DEMO:
        return None
    return bar(request.user)
