"""Keys (接口密钥) and clients of an asker's own systems: made, followed by another, ended."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from mianzheng.catalogue.queries.editions import city as city_in_force
from mianzheng.common.errors import NotFound, Refusal
from mianzheng.common.reasons import N_, Reason
from mianzheng.gateway.actions import clients
from mianzheng.gateway.actions import keys as actions
from mianzheng.gateway.pages.acting import asking_actor, frame_of
from mianzheng.gateway.queries.keys import clients_of, keys_of
from mianzheng.gateway.rules.keys import SCOPES, last_day
from mianzheng.web import clock
from mianzheng.web.access import allow
from mianzheng.web.acting import told
from mianzheng.web.ids import uuid7
from mianzheng.web.words import say

A_KEY, A_CLIENT = "key", "client"


@allow("asker", "officer")
@require_http_methods(["GET", "HEAD", "POST"])
def keys(request: HttpRequest) -> HttpResponse:
    """The keys and clients, and making one. What was made is in this answer and nowhere else: it is kept by nobody."""
    city, actor = city_in_force(), asking_actor(request)
    made: dict[str, str] = {}
    if request.method == "POST":
        what = A_CLIENT if request.POST.get("what") == A_CLIENT else A_KEY
        try:
            wanted: dict[str, Any] = {
                "city": city,
                "id": _id(request),
                "name": request.POST.get("name", ""),
                "scopes": request.POST.getlist("scopes"),
                "until": _until(request),
                "actor": actor,
                "now": clock.now(),
            }
            if what == A_CLIENT:
                made["client"], made["secret"] = clients.make_client(**wanted)
            else:
                made["secret"] = actions.make_key(**wanted)
        except Refusal as refusal:
            return _refused(request, refusal)
    return _shown(request, made)


@allow("asker", "officer")
@require_POST
def rotate(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Make the key that takes the place of `key`, and show it this once."""
    try:
        secret = actions.rotate(
            city=city_in_force(), key=key, id=_id(request), actor=asking_actor(request), now=clock.now()
        )
    except NotFound as missing:
        raise Http404 from missing
    except Refusal as refusal:
        return _refused(request, refusal)
    return _shown(request, {"secret": secret, "follows": "yes"})


@allow("asker", "officer")
@require_POST
def end_key(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """End a key."""
    return _ended(request, lambda **more: actions.end_key(key=key, **more), _("密钥已作废，用它不能再查。"))


@allow("asker", "officer")
@require_POST
def end_client(request: HttpRequest, client: uuid.UUID) -> HttpResponse:
    """End a client, and every token it has fetched."""
    said = _("客户端已作废，它取得的令牌同时失效。")
    return _ended(request, lambda **more: clients.end_client(client=client, **more), said)


def _ended(request: HttpRequest, end: Callable[..., None], said: str) -> HttpResponse:
    with told(request):
        end(actor=asking_actor(request), now=clock.now())
        messages.success(request, said)
    return redirect("gateway:keys")


def _shown(request: HttpRequest, made: dict[str, str]) -> HttpResponse:
    city, actor, now = city_in_force(), asking_actor(request), clock.now()
    context = {
        "keys": [
            (row, _state(row.ended_at, row.until, now), last_day(row.until)) for row in keys_of(actor.office, now=now)
        ],
        "clients": [
            (each, _state(each.row.ended_at, each.row.until, now), last_day(each.row.until))
            for each in clients_of(actor.office)
        ],
        "made": made,
        "fresh": uuid7(),
        "scopes": [(code, name) for code, name in SCOPES.items()],
        "names": SCOPES,
        "days": city.asking,
        "tomorrow": clock.today() + datetime.timedelta(days=1),
        "latest": clock.today() + datetime.timedelta(days=city.asking.key_days),
        "office": city.office(actor.office),
        "token_url": request.build_absolute_uri(reverse("identity_token")),
        "revoke_url": request.build_absolute_uri(reverse("identity_revoke")),
        "frame": frame_of(actor),
        "here": "gateway_keys",
    }
    answer = render(request, "gateway/keys.html", context)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _state(ended: datetime.datetime | None, until: datetime.datetime | None, now: datetime.datetime) -> str:
    if ended is not None:
        return "ended"
    return "over" if until is not None and until <= now else "works"


def _refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    messages.error(request, " ".join(filter(None, (say(refusal.what), say(refusal.now)))))
    return redirect("gateway:keys")


def _id(request: HttpRequest) -> uuid.UUID:
    try:
        return uuid.UUID(request.POST.get("id", ""))
    except ValueError:
        return uuid7()


def _until(request: HttpRequest) -> datetime.date:
    try:
        return datetime.date.fromisoformat(request.POST.get("until", ""))
    except ValueError:
        raise Refusal(Reason(N_("日期没有写对。")), Reason(N_("请写成 2027-03-31 这样。")), field="until") from None
