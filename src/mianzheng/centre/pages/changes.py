"""The work list of changes (数据回流): for officers that of their office, for agents that of their community."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mianzheng.catalogue.queries.editions import city as city_in_force
from mianzheng.catalogue.rules.city import City
from mianzheng.catalogue.rules.exchange import Feed
from mianzheng.centre.actions.settling import note_seen, tick_off
from mianzheng.centre.queries import changes
from mianzheng.centre.queries.changes import ChangeRow
from mianzheng.centre.rules.feeding import CHANGES, Change, Status, payload_in_words, receiver_name
from mianzheng.common.actors import Actor
from mianzheng.common.reasons import N_, Reason
from mianzheng.people.actions.disclosure import reveal
from mianzheng.people.rules.roles import AGENT, CENTRE, OFFICER
from mianzheng.people.rules.subjects import Person
from mianzheng.web import clock
from mianzheng.web.access import allow, roles_of
from mianzheng.web.acting import actor_of, told

SHOWN = 50
OF_CASES = Reason(N_("您准予的办件，依据有变动"))
OF_CASES_WHY = Reason(N_("办件准予时查过的登记现在变了。只告诉您是哪一项，不等于办件有错；要不要再看，由您判断。"))
NO_LONGER = Reason(N_("城市包里已经没有这一种回流。"))


def _actor(request: HttpRequest) -> Actor:
    held = roles_of(request.user)
    return actor_of(request, next((role for role in (OFFICER, AGENT) if role in held), CENTRE))


@allow("officer", "agent", "centre")
@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """The changes the office or community has not dealt with, the oldest first, or those it has. Nobody is named."""
    city, actor = city_in_force(), _actor(request)
    done = request.GET.get("show") == "done"
    counts = changes.by_feed(actor.office)
    feed = request.GET.get("feed")
    feed = None if feed is None else "" if feed == "cases" else feed
    start = request.GET.get("from", "")
    offset = min(int(start), 1_000_000) if start.isascii() and start.isdigit() else 0
    rows = changes.work_list(actor.office, done=done, feed=feed, offset=offset, limit=SHOWN)
    kept = {**({"show": "done"} if done else {}), **({} if feed is None else {"feed": feed or "cases"})}
    context = {
        "office": receiver_name(city, actor.office),
        "agent": actor.role == AGENT,
        "rows": [_shown(city, row) for row in rows[:SHOWN]],
        "waiting": sum(counts.values()),
        "feeds": [(code or "cases", _name(city, code), count) for code, count in counts.items()],
        "feed": None if feed is None else feed or "cases",
        "done": done,
        "more": urlencode({**kept, "from": offset + SHOWN}) if len(rows) > SHOWN else "",
        "before": urlencode({**kept, "from": max(offset - SHOWN, 0)}) if offset else "",
        "dead": changes.dead_count() if CENTRE in roles_of(request.user) else 0,
        "here": "changes",
    }
    return render(request, "centre/changes.html", context)


def _name(city: City, feed: str) -> Any:
    if not feed:
        return OF_CASES
    found = city.feeds.get(feed)
    return found.name if found else NO_LONGER


def _shown(city: City, row: ChangeRow) -> dict[str, Any]:
    """Return a row in the words of the catalogue, without whom it is about."""
    item, feed = city.items.get(row.item), city.feeds.get(row.feed)
    return {
        "row": row,
        "name": _name(city, row.feed),
        "feed": feed,
        "item": item.name if item else row.item,
        "change": Reason(CHANGES[Change(row.change)]),
        "told": payload_in_words(item, dict(row.payload)),
        "open": row.status is Status.LISTED,
    }


@allow("officer", "agent", "centre")
@require_safe
def change(request: HttpRequest, delivery: int) -> HttpResponse:
    """One change: what, and of whom or where; the name comes from the vault and leaves a log entry."""
    city, actor = city_in_force(), _actor(request)
    row = changes.one(delivery, actor.office)
    if row is None:
        raise Http404
    feed = city.feeds.get(row.feed)
    certificate = city.certificates.get(feed.instead_of) if feed else None
    item = city.items.get(row.item)
    about = item.about if item else ""
    context = {
        **_shown(city, row),
        "why": feed.why if feed else NO_LONGER if row.feed else OF_CASES_WHY,
        "about": about,
        "whom": _whom(feed, about, row, actor),
        "certificate": certificate,
        "batch": city.batches.get(certificate.batch or 0) if certificate else None,
        "agent": actor.role == AGENT,
        "here": "changes",
    }
    return render(request, "centre/change.html", context)


def _whom(feed: Feed | None, about: str, row: ChangeRow, actor: Actor) -> Person | None:
    """Return whom an open change is about; a house only by its address, and only where the feed says so."""
    if feed is None or row.status is not Status.LISTED or (about == "house" and not feed.place):
        return None
    purpose = f"数据回流“{feed.name.zh}”"
    note_seen(delivery=row.id, now=clock.now())
    found = reveal(subjects=[row.subject], purpose=purpose, now=clock.now(), **actor.log())
    return found.get(row.subject)


@allow("officer", "agent", "centre")
@require_POST
def done(request: HttpRequest, delivery: int) -> HttpResponse:
    """Tick a change off."""
    actor = _actor(request)
    with told(request):
        tick_off(delivery=delivery, note=request.POST.get("note", ""), actor=actor, now=clock.now())
        messages.success(request, _("已办结，列表里少了一条。"))
    return redirect("centre:changes")
