"""The frame of the data centre's desk, the same for everybody who works at it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import template
from django.urls import Resolver404, resolve

from mianzheng.catalogue.queries.editions import city
from mianzheng.centre.queries.desk import due
from mianzheng.common.reasons import N_
from mianzheng.people.rules.roles import CENTRE
from mianzheng.web import clock
from mianzheng.web.access import roles_of

register = template.Library()

ENTRIES = (
    ("quality", "/centre/", "layout-dashboard", N_("质量")),
    ("items", "/items/", "list-details", N_("信息项目录")),
    ("intakes", "/centre/intakes/", "upload", N_("数据归集")),
    ("approvals", "/centre/approvals/", "license", N_("授权文件")),
    ("doubts", "/centre/doubts/", "list-check", N_("校核")),
    ("sharing", "/centre/sharing/", "link", N_("共享申请")),
    ("changes", "/centre/changes/", "bell", N_("变更通知")),
    ("connections", "/centre/connections/", "plug", N_("数据源")),
    ("keys", "/centre/keys/", "key", N_("接口密钥")),
    ("withdrawals", "/centre/sealed/", "rosette-discount-check", N_("核验凭证")),
)
"""The desk's entries: code (a page's `here`), address, picture, name."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the desk's navigation; `due` counts what is due today or overdue."""

    code: str
    address: str
    icon: str
    name: str
    due: int


@register.simple_tag(takes_context=True)
def desk_entries(context: dict[str, Any]) -> list[Entry]:
    """{% desk_entries as entries %}: what the person may open at the data centre's desk."""
    user = context["request"].user
    held = roles_of(user)
    office = "" if CENTRE in held else user.department
    items = [item.code for item in city().items.values() if item.owner == office]
    counts = due(office=office, items=items, today=clock.today())
    return [Entry(*entry, counts.get(entry[0], 0)) for entry in ENTRIES if _open_to(entry[1], held)]


def _open_to(address: str, held: frozenset[str]) -> bool:
    """Return whether there is a page at `address` that somebody with the roles `held` may open."""
    try:
        rule = getattr(resolve(address).func, "access_rule", None)
    except Resolver404:
        return False
    return rule is not None and rule.admits(held)


@register.filter
def percent(value: float | None) -> str:
    """{{ rate|percent }}: 3.2%; a dash where there is nothing to divide by."""
    if value is None:
        return "—"
    return f"{value * 100:.1f}%" if 0 < value < 0.1 else f"{value * 100:.0f}%"


@register.filter
def percent_width(value: float | None) -> str:
    """{{ share|percent_width }}: the width of a bar, never past its end."""
    return f"{min(max(value or 0, 0), 1) * 100:.1f}%"


@register.filter
def plain(value: float | None) -> str:
    """{{ x|plain }}: a number as SVG and scripts read it, whatever the reader's language."""
    return "" if value is None else f"{value:g}" if abs(value) < 1e5 else f"{value:.0f}"


@register.filter
def amount(value: float) -> str:
    """{{ value|amount }}: 1,234 or 1.5, in a table."""
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.1f}"
