"""Keys by which a department's own system hands in records (上交密钥)."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from mianzheng.catalogue.queries.editions import city as city_in_force
from mianzheng.centre.actions.sender_keys import end_key, make_key
from mianzheng.centre.pages.acting import desk_actor, seen_by
from mianzheng.centre.queries.sender_keys import keys_of
from mianzheng.common.errors import Refusal
from mianzheng.web import clock
from mianzheng.web.access import allow
from mianzheng.web.acting import told
from mianzheng.web.ids import uuid7
from mianzheng.web.words import say


@allow("officer", "centre")
@require_http_methods(["GET", "HEAD", "POST"])
def keys(request: HttpRequest) -> HttpResponse:
    """The keys, and making one. It is the one page that answers a form without a redirect: the key is kept nowhere, so
    this answer is the only place it can be shown.
    """
    city, actor, secret = city_in_force(), desk_actor(request), ""
    if request.method == "POST":
        try:
            id, name = _asked(request), request.POST.get("name", "")
            secret = make_key(id=id, name=name, actor=actor, now=clock.now())
        except Refusal as refusal:
            messages.error(request, " ".join(filter(None, (say(refusal.what), say(refusal.now)))))
            return redirect("centre:keys")
    context = {
        "rows": [(row, city.office(row.office)) for row in keys_of(seen_by(actor))],
        "all": not seen_by(actor),
        "own": city.office(actor.office),
        "secret": secret,
        "fresh": uuid7(),
        "address": request.build_absolute_uri("/api/v1/centre/items/"),
        "example": next((item.code for item in city.items.values() if item.owner == actor.office), "ITEM"),
        "here": "keys",
    }
    answer = render(request, "centre/keys.html", context)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _asked(request: HttpRequest) -> uuid.UUID:
    try:
        return uuid.UUID(request.POST.get("id", ""))
    except ValueError:
        return uuid7()


@allow("officer", "centre")
@require_POST
def end(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """End a key."""
    with told(request):
        end_key(key=key, actor=desk_actor(request), now=clock.now())
        messages.success(request, _("密钥已作废，用它不能再上交。"))
    return redirect("centre:keys")
