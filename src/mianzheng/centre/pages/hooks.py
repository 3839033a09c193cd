"""Where receivers take changes by machine. A secret is shown once, in the answer to the click that made it."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from mianzheng.catalogue.queries.editions import city as city_in_force
from mianzheng.centre.actions.hooks import close_hook, open_hook
from mianzheng.centre.queries.changes import hook_states
from mianzheng.centre.rules.feeding import problem_in_words, receiver_name, receivers
from mianzheng.web import clock
from mianzheng.web.access import allow
from mianzheng.web.acting import actor_of, told


@allow("centre")
@require_safe
def hooks(request: HttpRequest) -> HttpResponse:
    """Everybody who takes changes by machine, with address and how it goes."""
    return _page(request)


@allow("centre")
@require_POST
@never_cache
def save(request: HttpRequest, receiver: str) -> HttpResponse:
    """Set the address of a receiver and show its new secret, this once."""
    city = city_in_force()
    if receiver not in receivers(city):
        raise Http404
    url = request.POST.get("url", "")
    with told(request):
        actor = actor_of(request, "centre")
        secret = open_hook(city=city, receiver=receiver, url=url, demo=settings.DEMO, actor=actor, now=clock.now())
        return _page(request, secret=secret, receiver=receiver)
    return _page(request, receiver=receiver, typed=url)


@allow("centre")
@require_POST
def close(request: HttpRequest, receiver: str) -> HttpResponse:
    """Send nothing more to a receiver; its changes wait."""
    if receiver not in receivers(city_in_force()):
        raise Http404
    close_hook(receiver=receiver, actor=actor_of(request, "centre"), now=clock.now())
    messages.success(request, _("已停用；它的变动会留着，等有了新地址再发。"))
    return redirect("centre:hooks")


def _page(request: HttpRequest, *, secret: str = "", receiver: str = "", typed: str = "") -> HttpResponse:
    city = city_in_force()
    taking = receivers(city)
    rows = [
        {
            "state": state,
            "name": receiver_name(city, state.receiver),
            "feeds": taking[state.receiver],
            "problem": problem_in_words(state.problem) if state.problem else None,
            "secret": secret if state.receiver == receiver else "",
            "url": (typed if state.receiver == receiver else "") or state.url,
        }
        for state in hook_states(taking)
    ]
    return render(request, "centre/hooks.html", {"rows": rows, "here": "changes"})
