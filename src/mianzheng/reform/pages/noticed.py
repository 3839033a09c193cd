"""What every desk is told: which certificates it may not ask for, or make out, any more."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mianzheng.catalogue.queries.editions import city as city_in_force
from mianzheng.common.actors import Actor
from mianzheng.people.rules.roles import AGENT, ASKER, CENTRE, HEAD, OFFICER
from mianzheng.reform.actions.noticing import see
from mianzheng.reform.pages.proposed import side
from mianzheng.reform.queries.notices import notices_of
from mianzheng.web import clock
from mianzheng.web.access import allow, roles_of
from mianzheng.web.acting import actor_of, told

DESKS = (OFFICER, HEAD, CENTRE, ASKER, AGENT)
"""Whoever sits at the desk of an office, a body, a town or a community."""


@allow(*DESKS)
@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """The batches one's office is told of, unread first."""
    office = _actor(request).office
    context: dict[str, Any] = {
        "notices": notices_of(office),
        "office": side(city_in_force(), office) if office else None,
        "here": "notices",
    }
    return render(request, "reform/notices.html", context)


@allow(*DESKS)
@require_POST
def seen(request: HttpRequest, notice: int) -> HttpResponse:
    """Somebody of the office has read it."""
    with told(request):
        see(notice=notice, actor=_actor(request), now=clock.now())
        messages.success(request, _("已记下：您单位知悉。"))
    return redirect("reform:notices")


def _actor(request: HttpRequest) -> Actor:
    held = roles_of(request.user)
    return actor_of(request, next(role for role in DESKS if role in held))
