"""Erasing what is held about somebody (删除): by number, in chosen items, with a reason, for good."""

from __future__ import annotations

from itertools import groupby

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from mianzheng.catalogue.queries.editions import city as city_in_force
from mianzheng.catalogue.rules.city import City
from mianzheng.centre.actions.erasing import erase
from mianzheng.common.errors import Refusal
from mianzheng.people.queries import subject_of
from mianzheng.web import clock
from mianzheng.web.access import allow
from mianzheng.web.acting import actor_of
from mianzheng.web.words import say

ALL = "all"


@allow("centre")
@require_http_methods(["GET", "HEAD", "POST"])
def erasure(request: HttpRequest) -> HttpResponse:
    """The form, and what it does. The number typed is never shown again."""
    city = city_in_force()
    if request.method == "POST" and _done(request, city):
        return redirect("centre:erasure")
    context = {
        "owners": _by_owner(city),
        "chosen": request.POST.getlist("items"),
        "reason": request.POST.get("reason", ""),
        "here": "changes",
    }
    return render(request, "centre/erasure.html", context)


def _done(request: HttpRequest, city: City) -> bool:
    """Erase what was asked for; say why not, and return False, where it was not done."""
    if request.POST.get("sure") != "yes":
        messages.error(request, _("请先勾选确认：删除以后任何一天都查不到，也不能恢复。"))
        return False
    now, chosen = clock.now(), request.POST.getlist("items")
    try:
        done = erase(
            city=city,
            subject=subject_of(request.POST.get("number", ""), today=now.date()),
            items=None if ALL in chosen else chosen,
            reason=request.POST.get("reason", ""),
            actor=actor_of(request, "centre"),
            now=now,
        )
    except Refusal as refusal:  # an unknown number too is something to correct on the form, not a page that is missing
        messages.error(request, " ".join(filter(None, (say(refusal.what), say(refusal.now)))))
        return False
    count = len(done.items)
    said = ngettext("已删除，涉及 %(n)s 个信息项。", "已删除，涉及 %(n)s 个信息项。", count) % {"n": count}
    messages.success(request, said)
    return True


def _by_owner(city: City) -> list[tuple[object, list[object]]]:
    """Return the items under their departments, both in the order of the catalogue."""
    order = {code: place for place, code in enumerate(city.departments)}
    items = sorted(city.items.values(), key=lambda item: order[item.owner])
    return [(city.departments[owner].name, list(group)) for owner, group in groupby(items, key=lambda item: item.owner)]
