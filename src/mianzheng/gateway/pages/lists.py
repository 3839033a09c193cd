"""Lists (批量核验): hand in a table of people, watch it get on, take the results along."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from mianzheng.catalogue.queries.editions import city as city_in_force
from mianzheng.catalogue.rules.city import City
from mianzheng.common.errors import Refusal
from mianzheng.common.identifiers import make_ric
from mianzheng.common.reasons import N_, Reason, unpacked
from mianzheng.gateway.actions import lists
from mianzheng.gateway.adapters.list_sheets import WIDTHS, as_row, headings
from mianzheng.gateway.models import AskedList
from mianzheng.gateway.pages.acting import asking_actor
from mianzheng.gateway.queries.window import list_of, lists_of, open_grants, withdrawn_of
from mianzheng.gateway.rules.lists import AT_WORK, MOST, STAGES, Stage
from mianzheng.web import clock, sheets
from mianzheng.web.access import allow
from mianzheng.web.acting import told
from mianzheng.web.jobs import worker_alive
from mianzheng.web.paging import paged

FORMS = ("xlsx", "csv")


@allow("asker", "officer")
@require_http_methods(["GET", "HEAD", "POST"])
def listed(request: HttpRequest) -> HttpResponse:
    """The lists of the own office, and the form to hand in another."""
    city, actor = city_in_force(), asking_actor(request)
    wrong: Refusal | None = None
    if request.method == "POST":
        try:
            return redirect("gateway:list", _handed_in(request, city))
        except Refusal as refusal:
            wrong = refusal
    grants = open_grants(actor.office, today=clock.today())
    typed = request.POST if request.method == "POST" else request.GET
    matter = typed.get("matter", "") or (next(iter(grants)) if len(grants) == 1 else "")
    pages = paged(request, lists_of(actor.office))
    context = {
        **pages,
        "rows": [_shown(city, row) for row in pages["page"]],
        "purposes": [(code, city.purpose(code)) for code in grants],
        "matter": matter if matter in grants else "",
        "facts": [(city.facts[each.grant.fact], each.left) for each in grants.get(matter, ())],
        "ticked": typed.getlist("facts"),
        "most": MOST,
        "days": city.asking.list_days,
        "wrong": wrong,
        "here": "lists",
    }
    return render(request, "gateway/lists.html", context, status=422 if wrong else 200)


def _handed_in(request: HttpRequest, city: City) -> uuid.UUID:
    file = request.FILES.get("file")
    if file is None:
        raise Refusal(Reason(N_("没有选文件。")), Reason(N_("请选一份 XLSX 或 CSV。")), field="file")
    return lists.hand_in(
        city=city,
        matter=request.POST.get("matter", ""),
        facts=request.POST.getlist("facts"),
        name=file.name or "",
        stream=file.file,
        actor=asking_actor(request),
        now=clock.now(),
    )


def _shown(city: City, row: AskedList) -> dict[str, Any]:
    return {
        "list": row,
        "purpose": city.purpose(row.matter) or row.matter,
        "facts": [city.facts[code].name for code in row.facts if code in city.facts],
        "stage": Reason(STAGES[Stage(row.stage)]),
        "at_work": row.stage in AT_WORK,
        "percent": row.done * 100 // row.rows if row.rows else 0,
        "counts": [(kind, row.verdicts.get(kind, 0)) for kind in ("holds", "fails", "unknown", "none")],
        "why": unpacked(row.reason),
        "now": unpacked(row.reason.get("now") or {}),
    }


@allow("asker", "officer")
@require_safe
def one(request: HttpRequest, asked: uuid.UUID) -> HttpResponse:
    """One list as it stands now; the part that moves alone for htmx."""
    actor = asking_actor(request)
    row = list_of(asked, actor.office)
    if row is None:
        raise Http404
    context = {
        **_shown(city_in_force(), row),
        "mine": row.asked_by == actor.id,
        "no_worker": row.stage == Stage.QUEUED and not worker_alive(),
        "here": "lists",
    }
    part = bool(request.headers.get("HX-Request"))
    return render(request, "gateway/list_now.html" if part else "gateway/list.html", context)


@allow("asker", "officer")
@require_safe
def results(request: HttpRequest, asked: uuid.UUID, form: str) -> HttpResponseBase:
    """What came out, row by row, for whoever handed the list in."""
    if form not in FORMS or list_of(asked, asking_actor(request).office) is None:
        raise Http404
    with told(request):
        found = lists.open_results(asked=asked, actor=asking_actor(request), now=clock.now())
        city, gone = city_in_force(), withdrawn_of(asked)
        return _sent(_("批量核验结果"), headings(), (as_row(city, each, gone) for each in found), WIDTHS, form)
    return redirect("gateway:list", asked)


@allow("asker", "officer")
@require_safe
def template(request: HttpRequest, form: str) -> HttpResponseBase:
    """An empty list with its headings and one line to be replaced."""
    if form not in FORMS:
        raise Http404
    example = make_ric("330782", clock.today().replace(year=1990, month=1, day=1), 1)
    return _sent(_("批量核验模板"), (_("身份证号"), _("同意编号")), iter([(example, "")]), (24, 24), form)


def _sent(name: str, headings: Any, rows: Iterator[tuple[int | str, ...]], widths: Any, form: str) -> HttpResponseBase:
    if form == "xlsx":
        return FileResponse(sheets.as_xlsx(name, headings, rows, widths), as_attachment=True, filename=f"{name}.xlsx")
    answer = StreamingHttpResponse(sheets.as_csv(headings, rows), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = content_disposition_header(True, f"{name}.csv")
    return answer
