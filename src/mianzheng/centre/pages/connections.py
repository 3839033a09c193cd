"""The connections to sources (数据源): how they do, and trying one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mianzheng.catalogue.queries.editions import city as city_in_force
from mianzheng.centre.ports import CONNECTORS
from mianzheng.centre.queries.connections import WINDOW, Standing, items_over, standings
from mianzheng.centre.rules.breaker import NAMES, State
from mianzheng.common.reasons import N_, unpacked
from mianzheng.web import clock
from mianzheng.web.access import allow
from mianzheng.web.words import say

KINDS = {"provincial": N_("省级平台"), "plain": N_("部门接口"), "database": N_("部门数据库")}
TONES = {State.CLOSED: "stage-loaded", State.OPEN: "stage-refused", State.HALF_OPEN: "stage-reading"}


@allow("centre")
@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """Every connection: how it stands, today's questions, and when it was down lately."""
    city = city_in_force()
    rows = [_row(each) for each in standings(city, now=clock.now())]
    context = {"rows": rows, "any_down": any(row["downs"] for row in rows), "window": WINDOW, "here": "connections"}
    return render(request, "centre/connections.html", context)


def _row(standing: Standing) -> dict[str, Any]:
    asked = standing.asked + standing.held_back
    return {
        "standing": standing,
        "connection": standing.connection,
        "kind": KINDS[standing.connection.kind],
        "state": NAMES[standing.state],
        "tone": TONES[standing.state],
        "asked": asked,
        "share": round(100 * standing.answered / asked) if asked else None,
        "downs": [(down, unpacked(down.reason)) for down in standing.downs],
    }


@allow("centre")
@require_POST
def check(request: HttpRequest, code: str) -> HttpResponse:
    """Try a connection and tell what is wrong with it, if anything."""
    city = city_in_force()
    connection = city.connections.get(code)
    if connection is None:
        raise Http404
    name = say(connection.name)
    problems = CONNECTORS().to(connection).check_config(items_over(city, code))
    for problem in problems:
        messages.error(request, _("“%(name)s”：%(problem)s") % {"name": name, "problem": say(problem)})
    if not problems:
        messages.success(request, _("“%(name)s”连得上，配置没有问题。") % {"name": name})
    return redirect("centre:connections")
