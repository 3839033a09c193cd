"""One list (报送清单): what was understood of it, correcting that, counting it in; and its cells as they stand in the file."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mianzheng.catalogue.queries.editions import city as city_in_force
from mianzheng.common.errors import Refusal
from mianzheng.common.reasons import N_, Reason
from mianzheng.people.rules.roles import REFORM
from mianzheng.reform.actions import correcting, importing
from mianzheng.reform.models import Report
from mianzheng.reform.pages.naming import PAPER_NAMES
from mianzheng.reform.pages.reports import SIDES, office_names, row_of, whose
from mianzheng.reform.queries.previews import Preview, preview
from mianzheng.reform.queries.reports import Sheet
from mianzheng.reform.rules.columns import Says
from mianzheng.reform.rules.inventory import Left, Why
from mianzheng.reform.rules.papers import Paper
from mianzheng.reform.rules.states import ReportStage
from mianzheng.web import clock
from mianzheng.web.access import allow
from mianzheng.web.acting import actor_of, told
from mianzheng.web.paging import paged

SAMPLES = 3
LINES_A_PAGE = 100
SHOWN = 30
"""Lines of each kind that a preview shows; the rest is on the source pages."""

SAYS = {
    Says.NAME: Reason(N_("证明名称")),
    Says.NAME_EN: Reason(N_("证明的英文名称")),
    Says.DEMANDER: Reason(N_("索要单位")),
    Says.ISSUER: Reason(N_("开具单位")),
    Says.PURPOSE: Reason(N_("用途")),
    Says.PURPOSE_EN: Reason(N_("用途的英文")),
    Says.BASIS: Reason(N_("设定依据")),
    Says.WAY: Reason(N_("取消后的办理方式")),
    Says.VOLUME: Reason(N_("一年开几份")),
    Says.REMARK: Reason(N_("备注")),
    Says.NUMBER: Reason(N_("序号")),
}
WHYS = {
    Why.NAMELESS: Reason(N_("有内容，但没有证明名称")),
    Why.NO_HEADINGS: Reason(N_("没有认出表头")),
    Why.ABOVE: Reason(N_("表头以上的文字")),
    Why.HEADINGS: Reason(N_("表头")),
    Why.AGAIN: Reason(N_("重复的表头")),
    Why.SECTION: Reason(N_("分段标题")),
    Why.TOTAL: Reason(N_("合计")),
    Why.EXAMPLE: Reason(N_("填写示例")),
}


@allow(REFORM)
@require_safe
def report(request: HttpRequest, report: uuid.UUID) -> HttpResponse:
    """What was understood of a list and what not, and what it would change."""
    city, kept = city_in_force(), _report(report)
    found = preview(city, kept)
    pages = paged(request, found.said)
    context = {
        **pages,
        **row_of(city, kept),
        "waiting": kept.stage == ReportStage.READ,
        "can_leave": kept.stage in (ReportStage.READ, ReportStage.TAKEN),
        "offices": office_names(city),
        "sides": SIDES.items(),
        "sheets": [_sheet(sheet) for sheet in found.sheets],
        "found": found,
        "left": _left(found),
        "lines": [_line(sheet, each) for sheet, each in pages["page"]],
        "papers": _papers(found),
        "shown": SHOWN,
        "here": "reports",
    }
    return render(request, "reform/report.html", context)


def _sheet(sheet: Sheet) -> dict[str, Any]:
    """Return a sheet with its columns: heading, what it was taken for, its first values."""
    inventory = sheet.inventory
    listed = {each.row for each in inventory.listed}
    lines = [line for line in sheet.lines if line.number in listed] or sheet.lines[1:]
    columns = []
    for n, heading in enumerate(inventory.headings):
        cells = (line.cells[n] for line in lines[:SHOWN] if n < len(line.cells))
        contact = heading in sheet.contacts
        columns.append(
            {
                "number": n,
                "heading": heading,
                "says": str(inventory.columns.says.get(heading, "")),
                "contact": contact,
                "samples": list(dict.fromkeys(filter(None, cells)))[:SAMPLES],
            }
        )
    return {"sheet": sheet, "columns": columns, "says": SAYS.items(), "count": len(inventory.listed)}


def _left(found: Preview) -> dict[str, Any]:
    """Return the rows that name no certificate: those a person has to look at, and how many others there are of each kind."""
    rows = [(sheet, left) for sheet in found.sheets for left in sheet.inventory.left]
    look = [(sheet, left) for sheet, left in rows if _wants_a_look(sheet, left)]
    others = Counter(left.why for sheet, left in rows if not _wants_a_look(sheet, left))
    return {
        "look": [(sheet, left, WHYS[left.why]) for sheet, left in look[:SHOWN]],
        "look_count": len(look),
        "others": [(WHYS[why], count) for why, count in others.items()],
    }


def _wants_a_look(sheet: Sheet, left: Left) -> bool:
    return left.why is Why.NAMELESS or (left.why is Why.NO_HEADINGS and len(sheet.inventory.headings) > 1)


def _line(sheet: Sheet, each: Any) -> dict[str, Any]:
    return {"sheet": sheet, "said": each, "listed": each.listed, "paper": PAPER_NAMES[each.paper.kind]}


def _papers(found: Preview) -> list[tuple[Reason, int]]:
    counts = Counter(each.paper.kind for _, each in found.said)
    return [(PAPER_NAMES[kind], counts[kind]) for kind in Paper if counts[kind]]


@allow(REFORM)
@require_safe
def source(request: HttpRequest, report: uuid.UUID) -> HttpResponse:
    """Every cell of a sheet as the file has it; `row` is marked and its page opened."""
    city, kept = city_in_force(), _report(report)
    sheets = [(number, sheet) for number, sheet in enumerate(kept.sheets) if sheet["lines"]]
    if not sheets:
        raise Http404
    asked, marked = _number(request, "sheet"), _number(request, "row")
    number, sheet = next(((n, each) for n, each in sheets if n == asked), sheets[0])
    lines = sheet["lines"]
    place = next((n for n, (row, *_) in enumerate(lines) if row == marked), -1)
    page = Paginator(lines, LINES_A_PAGE).get_page(request.GET.get("page") or place // LINES_A_PAGE + 1)
    width = max(len(cells) for _, cells, _ in lines)
    context = {
        "page": page,
        "query": urlencode({"sheet": number, "row": marked} if marked > 0 else {"sheet": number}),
        **row_of(city, kept),
        "sheets": [(n, each["name"], each["hidden"]) for n, each in sheets],
        "sheet": number,
        "marked": marked,
        "columns": [_letters(n) for n in range(width)],
        "lines": [(row, _cells(cells, merged, width)) for row, cells, merged in page],
        "here": "reports",
    }
    return render(request, "reform/report_source.html", context)


def _cells(cells: Sequence[str | None], merged: Sequence[int], width: int) -> list[tuple[str | None, bool]]:
    """Return the cells of a line, each with whether it only repeats a merged one."""
    return [(cells[n] if n < len(cells) else "", n in merged) for n in range(width)]


def _number(request: HttpRequest, name: str) -> int:
    said = request.GET.get(name, "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 9 else -1


def _letters(number: int) -> str:
    """Return what a spreadsheet calls the column `number`, from 0."""
    return (_letters(number // 26 - 1) if number >= 26 else "") + chr(ord("A") + number % 26)


@allow(REFORM)
@require_POST
def assign(request: HttpRequest, report: uuid.UUID) -> HttpResponse:
    """Say whose list it is."""
    city, kept = city_in_force(), _report(report)
    with told(request):
        office, side = whose(city, request.POST)
        if not office or side is None:
            raise Refusal(Reason(N_("请说明是哪个单位的、哪一种清单。")), field="office")
        correcting.assign(
            city=city, report=kept, office=office, side=side, actor=actor_of(request, REFORM), now=clock.now()
        )
    return redirect("reform:report", report)


@allow(REFORM)
@require_POST
def correct(request: HttpRequest, report: uuid.UUID) -> HttpResponse:
    """Say what the columns of a sheet mean."""
    headings = {}
    for name, heading in request.POST.items():
        if name.startswith("heading"):
            headings[str(heading)] = str(request.POST.get(f"says{name.removeprefix('heading')}", ""))
    with told(request):
        correcting.correct(report=_report(report), headings=headings, actor=actor_of(request, REFORM), now=clock.now())
        messages.success(request, _("已记下，这个单位以后的清单也这样认。"))
    return redirect("reform:report", report)


@allow(REFORM)
@require_POST
def accept(request: HttpRequest, report: uuid.UUID) -> HttpResponse:
    """Count it in."""
    replaces = {"yes": True, "no": False}.get(request.POST.get("replaces", ""))
    city, kept = city_in_force(), _report(report)
    with told(request):
        importing.accept(city=city, report=kept, replaces=replaces, actor=actor_of(request, REFORM), now=clock.now())
    return redirect("reform:report", report)


@allow(REFORM)
@require_POST
def leave(request: HttpRequest, report: uuid.UUID) -> HttpResponse:
    """Put it aside."""
    with told(request):
        importing.leave(report=_report(report), actor=actor_of(request, REFORM), now=clock.now())
    return redirect("reform:report", report)


def _report(id: uuid.UUID) -> Report:
    found = Report.objects.filter(id=id).first()
    if found is None:
        raise Http404
    return found
