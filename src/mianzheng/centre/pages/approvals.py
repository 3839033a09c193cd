"""Documents by which owners approve that the centre holds a copy of an item (归集授权)."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mianzheng.catalogue.queries.editions import city as city_in_force
from mianzheng.centre.actions.approvals import end_approval, file_approval
from mianzheng.centre.pages.acting import desk_actor, items_seen
from mianzheng.centre.ports import SPOOL
from mianzheng.centre.queries import approvals as filed
from mianzheng.common.errors import Refusal
from mianzheng.web import clock
from mianzheng.web.access import allow
from mianzheng.web.acting import told
from mianzheng.web.paging import paged
from mianzheng.web.words import say


@allow("officer", "centre")
@require_http_methods(["GET", "HEAD", "POST"])
def approvals(request: HttpRequest) -> HttpResponse:
    """Every document on file, and the form to file one."""
    wrong = ""
    if request.method == "POST":
        try:
            _file(request)
        except Refusal as refusal:
            wrong = refusal.field
            messages.error(request, " ".join(filter(None, (say(refusal.what), say(refusal.now)))))
        else:
            early = (_day(request.POST.get("from_day", "")) or clock.today()) > clock.today()
            done = _("授权文件已登记，到生效那天就可以上交数据。") if early else _("授权文件已登记，可以上交数据了。")
            messages.success(request, done)
            return redirect("centre:approvals")
    city, actor, today = city_in_force(), desk_actor(request), clock.today()
    items = [item for item in items_seen(city, actor) if not item.at_source]
    rows = filed.approvals([item.code for item in items])
    approved = {row.item for row in rows if row.in_force(today)}
    pages = paged(request, rows)
    context = {
        **pages,
        "rows": [
            {
                "approval": row,
                "item": city.items[row.item].name,
                "in_force": row.in_force(today),
                "early": row.from_day > today,
            }
            for row in pages["page"]
        ],
        "items": items,
        "without": sum(item.code not in approved for item in items),
        "typed": request.POST if request.method == "POST" else request.GET,
        "wrong": wrong,
        "here": "approvals",
    }
    return render(request, "centre/approvals.html", context)


def _file(request: HttpRequest) -> None:
    scan = request.FILES.get("scan")
    file_approval(
        city=city_in_force(),
        item=request.POST.get("item", ""),
        document=request.POST.get("document", ""),
        scope=request.POST.get("scope", ""),
        from_day=_day(request.POST.get("from_day", "")),
        until_day=_day(request.POST.get("until_day", "")),
        scan=scan.file if scan else None,
        scan_name=(scan.name or "") if scan else "",
        actor=desk_actor(request),
        now=clock.now(),
    )


def _day(typed: str) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(typed)
    except ValueError:
        return None


def _seen(request: HttpRequest, approval: uuid.UUID) -> Any:
    found = filed.approval(approval)
    if found is None or found.item not in {item.code for item in items_seen(city_in_force(), desk_actor(request))}:
        raise Http404
    return found


@allow("officer", "centre")
@require_POST
def end(request: HttpRequest, approval: uuid.UUID) -> HttpResponse:
    """End an approval."""
    found = _seen(request, approval)
    with told(request):
        end_approval(city=city_in_force(), approval=found.id, actor=desk_actor(request), now=clock.now())
        messages.success(request, _("授权已终止，今后不再收这个信息项的副本。"))
    return redirect("centre:approvals")


@allow("officer", "centre")
@require_safe
def scan(request: HttpRequest, approval: uuid.UUID) -> HttpResponseBase:
    """The scanned document."""
    found = _seen(request, approval)
    if not found.file:
        raise Http404
    with told(request):
        return FileResponse(SPOOL().open(found.file), as_attachment=True, filename=found.file_name)
    raise Http404
