"""The quality desk (数据质量): few numbers with their trend, then department by department, item by item."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from mianzheng.catalogue.queries.editions import city as city_in_force
from mianzheng.catalogue.rules.city import City, Item
from mianzheng.catalogue.rules.metadata import uses
from mianzheng.centre.actions import doors
from mianzheng.centre.pages.acting import desk_actor, items_seen, seen_by
from mianzheng.centre.pages.charts import figures
from mianzheng.centre.queries.doubts import doubts
from mianzheng.centre.queries.quality import WINDOW, Day, days_of, intakes_of, qualities, trend
from mianzheng.centre.rules.charts import bar, spark
from mianzheng.centre.rules.doubts import CAUSE_NAMES, Cause
from mianzheng.centre.rules.handing_in import STAGES
from mianzheng.centre.rules.intakes import Stage
from mianzheng.centre.rules.pulling import can_pull
from mianzheng.centre.rules.quality import FRESHNESS_NAMES, Freshness, Quality, Sum, total
from mianzheng.centre.rules.readiness import CYCLE_DAYS
from mianzheng.common.reasons import N_, Reason
from mianzheng.web import clock
from mianzheng.web.access import allow
from mianzheng.web.acting import told
from mianzheng.web.paging import paged

WORRIES = {
    "stopped": N_("答不了的"),
    "late": N_("迟了的"),
    "thin": N_("覆盖偏少的"),
    "conflicts": N_("有冲突的"),
    "disputes": N_("有异议的"),
}
"""What the list of items can be narrowed to."""


def _scope(request: HttpRequest, city: City) -> tuple[str, list[Item]]:
    """Return whose items the person at the desk sees ("" is everybody's), and those of them that are typed."""
    actor = desk_actor(request)
    return seen_by(actor), [item for item in items_seen(city, actor) if item.fields]


@allow("centre", "officer")
@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """The city's numbers and its departments; an officer's own department, item by item."""
    city = city_in_force()
    office, items = _scope(request, city)
    now = clock.now()
    found = qualities(city, items, now=now)
    days = trend([item.code for item in items], today=now.date())
    wanted = request.GET.get("department", "")
    show = request.GET.get("show", "")
    by_item = bool(office or wanted or show or request.GET.get("by") == "items")
    pages = paged(request, _items(city, found, wanted, show) if by_item else [])
    context = {
        "office": city.office(office) if office else None,
        "window": WINDOW,
        "numbers": _numbers(total(found), days),
        "freshness": _freshness(total(found)),
        "by_item": by_item,
        "wanted": wanted,
        "show": show if show in WORRIES else "",
        "worries": [(code, words, sum(_worries(q, code) for q in found)) for code, words in WORRIES.items()],
        "departments": _departments(city, found),
        **pages,
        "rows": pages["page"],
        "measured": days[-1].day if days else None,
        "here": "quality",
    }
    return render(request, "centre/desk.html", context)


def _numbers(whole: Sum, days: Sequence[Day]) -> list[dict[str, Any]]:
    """Return the few numbers, each with its line over the last days and what it means. Today has only begun, so what is
    counted by day is drawn up to yesterday.
    """
    full = days[:-1]
    said = [
        (
            N_("记录"),
            whole.records,
            False,
            [d.records for d in days],
            N_("数据中心现有的记录条数；到源头查询的不在内。"),
        ),
        (N_("查询"), whole.asked, False, [d.asked for d in full], N_("近三十天向登记提出的问题，一次问一个人的一项。")),
        (
            N_("暂不能确定"),
            whole.unknown_rate,
            True,
            [_rate(d.unknown, d.asked) for d in full],
            N_("近三十天的问题里，登记答不了的占多少。"),
        ),
        (
            N_("拒收的行"),
            whole.refused_rate,
            True,
            [_rate(d.refused, d.rows) for d in full],
            N_("近三十天交来的行里，不合格退回的占多少。"),
        ),
        (
            N_("未了的冲突"),
            whole.conflicts,
            False,
            [d.conflicts for d in days],
            N_("副本和来源说法不一，等登记部门校核的人数。"),
        ),
        (
            N_("未了的异议"),
            whole.disputes,
            False,
            [d.disputes for d in days],
            N_("当事人说登记有误，还没有复核清楚的。"),
        ),
    ]
    return [
        {"name": name, "value": value, "percent": percent, "spark": spark(line), "means": means}
        for name, value, percent, line, means in said
    ]


def _rate(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def _freshness(whole: Sum) -> dict[str, Any]:
    counts = [(each.value, FRESHNESS_NAMES[each], whole.by_freshness[each]) for each in Freshness]
    return {"bar": bar(counts), "counts": counts, "items": whole.items}


def _departments(city: City, found: Sequence[Quality]) -> list[dict[str, Any]]:
    rows = []
    for department in city.departments.values():
        own = [quality for quality in found if quality.item.owner == department.code]
        if own:
            whole = total(own)
            rows.append({"department": department, "sum": whole, **_freshness(whole)})
    return rows


def _items(city: City, found: Sequence[Quality], wanted: str, show: str) -> list[dict[str, Any]]:
    kept = [q for q in found if wanted in ("", q.item.owner) and (show not in WORRIES or _worries(q, show))]
    kept.sort(key=lambda quality: (-quality.concern, quality.item.owner))
    return [
        {"quality": q, "owner": city.departments[q.item.owner].name, "freshness": FRESHNESS_NAMES[q.freshness]}
        for q in kept
    ]


def _worries(quality: Quality, code: str) -> bool:
    return {
        "stopped": quality.freshness in (Freshness.STALE, Freshness.SILENT),
        "late": quality.freshness is Freshness.LATE,
        "thin": quality.thin,
        "conflicts": quality.conflicts > 0,
        "disputes": quality.disputes > 0,
    }[code]


@allow("centre", "officer")
@require_POST
def pull(request: HttpRequest, code: str) -> HttpResponse:
    """Queue a pull of a copy that has a connection, and show the batch."""
    city = city_in_force()
    if code not in {each.code for each in _scope(request, city)[1]}:
        raise Http404
    with told(request):
        return redirect("centre:intake", doors.pull(city=city, item=code, actor=desk_actor(request), now=clock.now()))
    return redirect("centre:quality", code)


@allow("centre", "officer")
@require_safe
def item(request: HttpRequest, code: str) -> HttpResponse:
    """One item over time, its batches, its doubts, and what depends on it."""
    city = city_in_force()
    office, items = _scope(request, city)
    found = next((each for each in items if each.code == code), None)
    if found is None:
        raise Http404
    now = clock.now()
    (quality,) = qualities(city, [found], now=now)
    open_doubts = doubts(office=office, item=code)
    cycle = CYCLE_DAYS[found.cycle]
    context = {
        "item": found,
        "owner": city.departments[found.owner].name,
        "quality": quality,
        "freshness": FRESHNESS_NAMES[quality.freshness],
        "cycle": cycle,
        "limit": cycle * city.policy.stale_cycles,
        "figures": figures(found, quality, days_of(code, today=now.date()), cycle=cycle, now=now),
        "intakes": [{"intake": each, "stage": STAGES[Stage(each.stage)]} for each in intakes_of(code)],
        "doubts": [
            {"doubt": each, "cause": CAUSE_NAMES[Cause(each.cause)], "datum": city.data.get(each.datum)}
            for each in open_doubts[:10]
        ],
        "can_pull": can_pull(city, found),
        "uses": uses(city, found),
        "source": Reason(N_("数据中心每天的质量记录")),
        "here": "quality",
    }
    return render(request, "centre/quality.html", context)
