"""Who holds what: departments with the items they are the source of."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from mianzheng.catalogue.queries.editions import city
from mianzheng.catalogue.rules.city import Item
from mianzheng.common.reasons import N_, Reason
from mianzheng.web.access import public

ABOUT_NAMES = {
    "person": Reason(N_("个人")),
    "organisation": Reason(N_("法人和其他组织")),
    "house": Reason(N_("房屋")),
    "place": Reason(N_("地点")),
}
CYCLE_NAMES = {
    "realtime": Reason(N_("实时")),
    "day": Reason(N_("每天")),
    "week": Reason(N_("每周")),
    "month": Reason(N_("每月")),
    "quarter": Reason(N_("每季度")),
    "year": Reason(N_("每年")),
}
SHARING_NAMES = {
    "unconditional": Reason(N_("无条件共享")),
    "conditional": Reason(N_("有条件共享")),
    "closed": Reason(N_("不共享")),
}


@public
@require_safe
def holdings(request: HttpRequest) -> HttpResponse:
    """List the items, department by department; `department` and `q` in the address narrow the list."""
    here = city()
    asked = " ".join(request.GET.get("q", "").split())[:60].lower()
    wanted = request.GET.get("department", "")
    groups = []
    for department in here.departments.values():
        if wanted not in ("", department.code):
            continue
        items = [_row(item) for item in here.items.values() if item.owner == department.code and _named(item, asked)]
        if items:
            groups.append((department, items))
    context = {
        "asked": asked,
        "wanted": wanted,
        "departments": list(here.departments.values()),
        "groups": groups,
        "shown": sum(len(items) for _, items in groups),
        "open": len(groups) <= 2 or bool(asked),
        "here": "holdings",
    }
    return render(request, "catalogue/holdings.html", context)


def _row(item: Item) -> tuple[Item, Reason, Reason, Reason]:
    return item, ABOUT_NAMES[item.about], CYCLE_NAMES[item.cycle], SHARING_NAMES[item.sharing]


def _named(item: Item, asked: str) -> bool:
    return not asked or asked in item.name.zh.lower() or asked in item.name.en.lower() or asked in item.system.lower()
