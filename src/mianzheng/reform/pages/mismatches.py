"""The inventory of both sides (3+3), and where they do not meet: on a page and as a table for office programs."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mianzheng.catalogue.queries.editions import city as city_in_force
from mianzheng.catalogue.rules.city import City
from mianzheng.common.reasons import N_, Reason
from mianzheng.people.rules.roles import REFORM
from mianzheng.reform.pages.naming import joined, office_name
from mianzheng.reform.queries.mismatches import Held, held_together
from mianzheng.reform.rules.mismatches import ACROSS, DOWN, Finding, Mismatch, Table
from mianzheng.reform.rules.offices import Level
from mianzheng.web.access import allow
from mianzheng.web.paging import paged
from mianzheng.web.sheets import as_csv
from mianzheng.web.words import say

KIND_NAMES = {
    "organ": Reason(N_("政府部门")),
    "public_body": Reason(N_("公共服务机构")),
    "finance": Reason(N_("银行、保险")),
}
LEVEL_NAMES = {
    Level.CITY: Reason(N_("市")),
    Level.TOWN: Reason(N_("镇街")),
    Level.COMMUNITY: Reason(N_("村社")),
}
MISMATCH_NAMES = {
    Mismatch.NOBODY_ISSUES: Reason(N_("有人要，没有人开")),
    Mismatch.NOBODY_DEMANDS: Reason(N_("有人开，没有人要")),
    Mismatch.NOT_ORDERED: Reason(N_("本市管不着的单位要")),
    Mismatch.FROM_ELSEWHERE: Reason(N_("外地开，本市要")),
}
"""How the sides do not meet, in words."""


@allow(REFORM)
@require_safe
def mismatches(request: HttpRequest) -> HttpResponse:
    """Both tables of the inventory and the mismatches of one kind."""
    city = city_in_force()
    held = held_together(city)
    kind = _kind(request, held)
    found = [each for each in held.compared.findings if each.mismatch is kind]
    pages = paged(request, found)
    context = {
        **pages,
        "kinds": [(each, name, _count(held, each)) for each, name in MISMATCH_NAMES.items()],
        "kind": kind,
        "rows": [_row(city, held, each) for each in pages["page"]],
        "levels": list(LEVEL_NAMES.values()),
        "tables": [
            (Reason(N_("谁在要")), held.compared.demanding, _lines(held.compared.demanding)),
            (Reason(N_("谁在开")), held.compared.issuing, _lines(held.compared.issuing)),
        ],
        "any": bool(held.rows),
        "here": "mismatches",
    }
    return render(request, "reform/mismatches.html", context)


def _count(held: Held, kind: Mismatch) -> int:
    return sum(each.mismatch is kind for each in held.compared.findings)


def _kind(request: HttpRequest, held: Held) -> Mismatch:
    """Return the kind that is shown: the one asked for, else the first of which there are some."""
    asked = request.GET.get("kind", "")
    if asked in set(Mismatch):
        return Mismatch(asked)
    return next((each for each in Mismatch if _count(held, each)), Mismatch.NOBODY_ISSUES)


def _lines(table: Table) -> list[tuple[Reason, list[int]]]:
    return [(KIND_NAMES[kind], [table.counts[kind, level] for level in DOWN]) for kind in ACROSS]


def _row(city: City, held: Held, found: Finding) -> dict[str, Any]:
    return {
        "found": found,
        "lists": joined(_lists(city, held, found)),
        "first": held.rows[found.rows[0]],
        "may_take_up": found.mismatch is Mismatch.NOBODY_DEMANDS and found.group not in held.taken_up,
        "confirmed": found.group in held.confirmed,
        "taken_up": found.mismatch is Mismatch.NOBODY_DEMANDS and found.group in held.taken_up,
    }


def _lists(city: City, held: Held, found: Finding) -> list[Any]:
    """Return whose lists say so, each once."""
    offices = dict.fromkeys(held.rows[place].report.office for place in found.rows)
    return [office_name(city, office, "") for office in offices]


@allow(REFORM)
@require_safe
def as_table(request: HttpRequest) -> HttpResponse:
    """All mismatches as CSV."""
    city = city_in_force()
    held = held_together(city)
    headings = [say(each) for each in (N_("证明名称"), N_("哪里对不上"), N_("原因"), N_("谁的清单"))]
    rows = [
        [
            each.name,
            say(MISMATCH_NAMES[each.mismatch]),
            say(each.reason),
            joined(_lists(city, held, each), most=len(each.rows)),
        ]
        for each in held.compared.findings
    ]
    answer = HttpResponse(b"".join(as_csv(headings, rows)), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = content_disposition_header(True, f"{_('对不上的证明')}.csv")
    return answer
