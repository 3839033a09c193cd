"""The data centre withdraws a sealed answer that must no longer be relied on: a register turned out to be wrong."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from mianzheng.catalogue.queries.editions import city as city_in_force
from mianzheng.common.errors import Refusal
from mianzheng.gateway.actions import sealing
from mianzheng.gateway.queries.window import withdrawn
from mianzheng.gateway.rules.consents import grouped
from mianzheng.web import clock
from mianzheng.web.access import allow
from mianzheng.web.acting import actor_of
from mianzheng.web.paging import paged


@allow("centre")
@require_http_methods(["GET", "HEAD", "POST"])
def withdrawals(request: HttpRequest) -> HttpResponse:
    """What was withdrawn, and the form to withdraw another by its number."""
    wrong: Refusal | None = None
    typed = {name: request.POST.get(name, "") for name in ("number", "why")}
    if request.method == "POST":
        try:
            sealing.withdraw(**typed, actor=actor_of(request, "centre"), now=clock.now())
        except Refusal as refusal:
            wrong = refusal
        else:
            messages.success(request, _("已作废。核对的人会看到已作废和理由。"))
            return redirect("gateway:withdrawals")
    city = city_in_force()
    pages = paged(request, withdrawn())
    rows = [
        {
            "row": row,
            "number": grouped(row.number),
            "asker": city.office(row.asker),
            "purpose": city.purpose(row.matter),
        }
        for row in pages["page"]
    ]
    context = {**pages, "rows": rows, "typed": typed, "wrong": wrong, "here": "withdrawals"}
    return render(request, "gateway/withdrawals.html", context, status=422 if wrong else 200)
