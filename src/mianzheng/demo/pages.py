"""The bar's buttons: be somebody else, pull a register's plug, let a day pass. They exist in a demo city only."""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from django.conf import settings
from django.contrib.auth import get_user_model, login
from django.http import Http404, HttpRequest, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from mianzheng.catalogue.queries.editions import city
from mianzheng.demo.actions import time
from mianzheng.demo.queries import bar as bars
from mianzheng.people.queries import accounts_for_bar
from mianzheng.web import clock
from mianzheng.web.access import demo_only

MOST_DAYS = 31
HOMES = {
    "officer": "/department/",
    "agent": "/agent/",
    "centre": "/centre/",
    "head": "/department/leads/",
    "supervisor": "/oversight/",
    "reform": "/reform/",
    "asker": "/window/",
}


def bar(user: Any) -> bars.Bar | None:
    """Return the bar for the frame of every page; None outside a demo city."""
    if not settings.DEMO:
        return None
    return bars.bar(user, now=clock.now(), days=clock.shifted_days())


@demo_only
@require_POST
def sign_in(request: HttpRequest) -> HttpResponseRedirect:
    """Sign in as somebody of a story, an officer, somebody who asks or the agent, without a password; only those the bar shows.

    It counts as a fresh sign-in, as a password does where people are real; with ``next`` one goes on there.
    """
    asked = request.POST.get("account", "")
    if asked not in bars.usernames(city()):
        raise Http404
    card = next((c for c in accounts_for_bar() if bars.base(c.username) == asked), None)
    if card is None:
        raise Http404
    account = get_user_model().objects.get(id=card.id)
    login(request, account, backend="django.contrib.auth.backends.ModelBackend")
    record_authentication(request, account, method="demo")
    then = request.POST.get("next", "")
    if then and _inside(request, then):
        return HttpResponseRedirect(then)
    story = bars.story_of(city(), asked)
    home = next((HOMES[role] for role in HOMES if role in card.roles), settings.LOGIN_REDIRECT_URL)
    return HttpResponseRedirect(f"/matters/{story.matter}/" if story and asked.endswith(".resident") else home)


@demo_only
@require_POST
def outage(request: HttpRequest) -> HttpResponseRedirect:
    """Pull the plug of a register, or put it back."""
    time.outage(city=city(), item=request.POST.get("item", ""), silent=request.POST.get("silent") == "on")
    return _back(request)


@demo_only
@require_POST
def advance(request: HttpRequest) -> HttpResponseRedirect:
    """Let days pass; the registers are fed as every day."""
    asked = request.POST.get("days", "1")
    if not asked.isdigit() or not 1 <= int(asked) <= MOST_DAYS:
        raise Http404
    clock.shift(int(asked))
    time.days_passed(city=city(), now=clock.now())
    return _back(request)


def _back(request: HttpRequest) -> HttpResponseRedirect:
    came_from = request.headers.get("referer", "")
    return HttpResponseRedirect(came_from if _inside(request, came_from) else "/")


def _inside(request: HttpRequest, address: str) -> bool:
    return url_has_allowed_host_and_scheme(
        address, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
