"""Batches of records (数据归集): what was handed in, and handing in a file."""

from __future__ import annotations

import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from mianzheng.catalogue.queries.editions import city as city_in_force
from mianzheng.catalogue.rules.city import City
from mianzheng.centre.actions.intake import hand_in
from mianzheng.centre.models import Intake
from mianzheng.centre.pages.acting import desk_actor, items_seen, seen_by
from mianzheng.centre.queries.approvals import approved_items
from mianzheng.centre.queries.intakes import batches
from mianzheng.centre.rules.handing_in import KINDS, STAGES, WAYS, can_copy, end_of
from mianzheng.centre.rules.intakes import Kind, Stage, Way
from mianzheng.common.actors import Actor
from mianzheng.common.errors import Refusal
from mianzheng.common.reasons import N_, Reason
from mianzheng.web import clock
from mianzheng.web.access import allow
from mianzheng.web.paging import paged
from mianzheng.web.words import say

NOT_CHOSEN = Reason(N_("请先选择信息项和文件。"))


@allow("officer", "centre")
@require_safe
def intakes(request: HttpRequest) -> HttpResponse:
    """The batches, the newest first; filters are in the address."""
    city, actor = city_in_force(), desk_actor(request)
    asked = {name: request.GET.get(name, "") for name in ("item", "stage", "way", "office")}
    office = seen_by(actor)
    rows = batches(office=office or asked["office"], item=asked["item"], stage=asked["stage"], way=asked["way"])
    pages = paged(request, rows)
    context = {
        **pages,
        "rows": [row_of(city, batch) for batch in pages["page"]],
        "asked": asked,
        "filtered": any(asked.values()),
        "items": items_seen(city, actor),
        "offices": [] if office else list(city.departments.values()),
        "stages": _named(STAGES),
        "ways": _named(WAYS),
        "here": "intakes",
    }
    return render(request, "centre/intakes.html", context)


@allow("officer", "centre")
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Hand in a file: which item, full or increment, true of which day. What is in it is shown next."""
    city, actor = city_in_force(), desk_actor(request)
    wrong: Refusal | None = None
    if request.method == "POST":
        try:
            return redirect("centre:intake", _handed_in(request, city, actor))
        except Refusal as refusal:
            wrong = refusal
            messages.error(request, " ".join(filter(None, (say(refusal.what), say(refusal.now)))))
    own = [item for item in city.items.values() if item.owner == actor.office and not item.at_source]
    approved = approved_items([item.code for item in own], today=clock.today())
    typed = request.POST if request.method == "POST" else request.GET
    context = {
        "choices": [(item, can_copy(item, approved=item.code in approved)) for item in own],
        "any": any(can_copy(item, approved=item.code in approved) for item in own),
        "item": typed.get("item", ""),
        "kind": typed.get("kind", Kind.SNAPSHOT),
        "as_of": typed.get("as_of", clock.today().isoformat()),
        "today": clock.today().isoformat(),
        "wrong": wrong.field if wrong else "",
        "here": "intakes",
    }
    return render(request, "centre/intake_new.html", context)


def _handed_in(request: HttpRequest, city: City, actor: Actor) -> Any:
    file, now = request.FILES.get("file"), clock.now()
    if file is None or not request.POST.get("item"):
        raise Refusal(NOT_CHOSEN, field="file" if request.POST.get("item") else "item")
    try:
        kind, day = Kind(request.POST.get("kind", "")), datetime.date.fromisoformat(request.POST.get("as_of", ""))
    except ValueError as wrong:
        raise Refusal(Reason(N_("请选择全量或增量，并填写数据截止日。")), field="as_of") from wrong
    return hand_in(
        city=city,
        item=request.POST["item"],
        kind=kind,
        way=Way.PAGE,
        name=file.name or "",
        stream=file.file,
        as_of=end_of(day, now=now),
        actor=actor,
        office=actor.office,
        now=now,
    )


def row_of(city: City, batch: Intake) -> dict[str, Any]:
    """Return a batch as a line of a list."""
    item = city.items.get(batch.item)
    return {
        "batch": batch,
        "item": item.name if item else batch.item,
        "office": city.office(batch.office),
        "kind": Reason(KINDS[Kind(batch.kind)]),
        "way": Reason(WAYS[Way(batch.way)]),
        "stage": Reason(STAGES[Stage(batch.stage)]),
    }


def _named(names: dict[Any, str]) -> list[tuple[str, str]]:
    return [(str(code.value), _(name)) for code, name in names.items()]
