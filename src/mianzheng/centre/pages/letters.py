"""What could not be sent (死信): a person sees why, sends again or settles it by hand."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from mianzheng.catalogue.queries.editions import city as city_in_force
from mianzheng.catalogue.rules.city import City
from mianzheng.centre.actions.settling import send_again, send_all_again, settle_by_hand
from mianzheng.centre.queries import changes
from mianzheng.centre.queries.changes import ChangeRow
from mianzheng.centre.rules.feeding import CHANGES, problem_in_words, receiver_name
from mianzheng.common.reasons import Reason
from mianzheng.web import clock
from mianzheng.web.access import allow
from mianzheng.web.acting import actor_of, told

SHOWN = 50


@allow("centre")
@require_safe
def letters(request: HttpRequest) -> HttpResponse:
    """The dead letters, the oldest first, each with what waits behind it."""
    city = city_in_force()
    rows, counts = changes.dead_letters(limit=SHOWN), changes.dead_by_receiver()
    context = {
        "rows": [_shown(city, row) for row in rows[:SHOWN]],
        "count": sum(counts.values()),
        "retrying": changes.retrying(),
        "receivers": [(code, receiver_name(city, code), count) for code, count in counts.items() if count > 1],
        "here": "changes",
    }
    return render(request, "centre/letters.html", context)


def _shown(city: City, row: ChangeRow) -> dict[str, Any]:
    feed, item = city.feeds.get(row.feed), city.items.get(row.item)
    return {
        "row": row,
        "receiver": receiver_name(city, row.receiver),
        "name": feed.name if feed else row.feed,
        "item": item.name if item else row.item,
        "change": Reason(CHANGES[row.change]),
        "problem": problem_in_words(row.problem),
    }


@allow("centre")
@require_POST
def again(request: HttpRequest, letter: int) -> HttpResponse:
    """Put a dead letter back in line."""
    with told(request):
        send_again(delivery=letter, actor=actor_of(request, "centre"), now=clock.now())
        messages.success(request, _("已重新排队，一分钟内会再发。"))
    return redirect("centre:letters")


@allow("centre")
@require_POST
def all_again(request: HttpRequest) -> HttpResponse:
    """Put everything for one receiver back in line, once it is mended."""
    receiver = request.POST.get("receiver", "")
    count = send_all_again(receiver=receiver, actor=actor_of(request, "centre"), now=clock.now())
    messages.success(request, ngettext("%(n)s 条已重新排队。", "%(n)s 条已重新排队。", count) % {"n": count})
    return redirect("centre:letters")


@allow("centre")
@require_POST
def by_hand(request: HttpRequest, letter: int) -> HttpResponse:
    """Settle a dead letter that the receiver learned of another way."""
    note = request.POST.get("note", "")
    with told(request):
        settle_by_hand(delivery=letter, note=note, actor=actor_of(request, "centre"), now=clock.now())
        messages.success(request, _("已了结；排在它后面的会接着发。"))
    return redirect("centre:letters")
