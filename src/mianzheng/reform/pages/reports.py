"""The lists offices sent (报送清单): which there are, and sending more of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from mianzheng.catalogue.queries.editions import city as city_in_force
from mianzheng.catalogue.rules.city import City
from mianzheng.common.errors import Refusal
from mianzheng.common.reasons import N_, Reason
from mianzheng.common.texts import Text
from mianzheng.people.rules.roles import REFORM
from mianzheng.reform.actions.importing import MOST_BYTES, take_in
from mianzheng.reform.models import Report
from mianzheng.reform.queries.reports import name_of, reports
from mianzheng.reform.rules.directory import Directory
from mianzheng.reform.rules.senders import senders, typed
from mianzheng.reform.rules.states import ReportStage, Side
from mianzheng.web import clock
from mianzheng.web.access import allow
from mianzheng.web.acting import actor_of
from mianzheng.web.paging import paged
from mianzheng.web.words import say

MOST_FILES = 300
"""Files of one form; more are brought in by the command."""
_SENT = "reform_sent"
"""Where a session keeps what became of the files that were sent last."""

SIDES = {
    Side.DEMAND: Reason(N_("索要证明的清单")),
    Side.ISSUE: Reason(N_("开具证明的清单")),
    Side.ELSEWHERE: Reason(N_("外地公布的清单")),
}
STAGES = {
    ReportStage.READ: Reason(N_("等人看过")),
    ReportStage.TAKEN: Reason(N_("已计入")),
    ReportStage.REPLACED: Reason(N_("已被取代")),
    ReportStage.LEFT: Reason(N_("不采用")),
}


@allow(REFORM)
@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """The lists, the newest first; filters are in the address."""
    city = city_in_force()
    asked = {name: request.GET.get(name, "") for name in ("office", "side", "stage")}
    pages = paged(request, reports(**asked))
    names = sorted({each for each in Report.objects.values_list("office", flat=True).distinct() if each})
    context = {
        **pages,
        "rows": [row_of(city, report) for report in pages["page"]],
        "asked": asked,
        "filtered": any(asked.values()),
        "offices": [(code, name_of(city, code)) for code in names],
        "sides": SIDES.items(),
        "stages": STAGES.items(),
        "here": "reports",
    }
    return render(request, "reform/reports.html", context)


def row_of(city: City, report: Report) -> dict[str, Any]:
    """Return a list as a line."""
    return {
        "report": report,
        "office": name_of(city, report.office) if report.office else Reason(N_("不知道是哪个单位的")),
        "side": SIDES[Side(report.side)],
        "stage": STAGES[ReportStage(report.stage)],
    }


@allow(REFORM)
@require_http_methods(["GET", "HEAD", "POST"])
def send(request: HttpRequest) -> HttpResponse:
    """Send one file or hundreds; what each says is shown next."""
    city = city_in_force()
    wrong: Refusal | None = None
    if request.method == "POST":
        try:
            return _sent(request, city)
        except Refusal as refusal:
            wrong = refusal
            messages.error(request, " ".join(filter(None, (say(refusal.what), say(refusal.now)))))
    context = {
        "offices": office_names(city),
        "sides": SIDES.items(),
        "office": request.POST.get("office", ""),
        "side": request.POST.get("side", ""),
        "most": MOST_FILES,
        "wrong": wrong.field if wrong else "",
        "here": "reports",
    }
    return render(request, "reform/reports_send.html", context)


def office_names(city: City) -> list[Text]:
    """Return the names one can choose from; villages are typed."""
    return [name for code, name in senders(city).items() if code not in city.communities]


def whose(city: City, posted: Mapping[str, str]) -> tuple[str, Side | None]:
    """Return the office and side somebody chose; "" and None where the file is to say it. Refuses an office nobody knows."""
    words, chosen = posted.get("office", "").strip(), posted.get("side", "")
    side = Side(chosen) if chosen in set(Side) else None
    if not words or side is Side.ELSEWHERE:
        return words, side
    if not (office := typed(Directory(city), city, words)):
        what = Reason(N_("本市名录里没有“%(office)s”。"), {"office": words})
        raise Refusal(what, Reason(N_("请从名录里选择；别的城市的清单，请选“外地公布的清单”。")), field="office")
    return office, side


def _sent(request: HttpRequest, city: City) -> HttpResponse:
    """Take each file in by itself; one leads to its preview, several to what became of each."""
    files = request.FILES.getlist("files")
    if not files:
        raise Refusal(Reason(N_("还没有选择文件。")), Reason(N_("请选择一份或者几份表格。")), field="files")
    if len(files) > MOST_FILES:
        what = Reason(N_("一次最多发 %(most)s 份，这里有 %(n)s 份。"), {"most": MOST_FILES, "n": len(files)})
        raise Refusal(what, Reason(N_("请分几次发。")), field="files")
    office, side = whose(city, request.POST)
    actor, now = actor_of(request, REFORM), clock.now()
    told: list[dict[str, Any]] = []
    for file in files:
        name = file.name or ""
        try:
            report = take_in(
                city=city, office=office, side=side, name=name, content=file.read(MOST_BYTES + 1), actor=actor, now=now
            )
        except Refusal as refusal:
            if len(files) == 1:
                raise
            told.append({"name": name, "what": say(refusal.what), "now": say(refusal.now)})
        else:
            told.append({"name": name, "report": str(report.id), "again": report.made_at != now})
    if len(files) == 1:
        if told[0]["again"]:
            messages.info(request, say(N_("同一份文件以前发过，这里就是那一份。")))
        return redirect("reform:report", told[0]["report"])
    request.session[_SENT] = told
    return redirect("reform:reports_sent")


@allow(REFORM)
@require_safe
def sent(request: HttpRequest) -> HttpResponse:
    """What became of each of the files sent last."""
    city, told = city_in_force(), request.session.get(_SENT, [])
    found = reports().in_bulk([each["report"] for each in told if "report" in each])
    by_id = {str(id): row_of(city, report) for id, report in found.items()}
    rows = [{**each, **by_id.get(each.get("report", ""), {})} for each in told]
    context = {
        "taken": [row for row in rows if "office" in row],
        "refused": [row for row in rows if "what" in row],
        "here": "reports",
    }
    return render(request, "reform/reports_sent.html", context)
