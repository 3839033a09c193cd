"""我的数据: who looked at me - every look-up about a person, for the person."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from mianzheng.audit.queries import Entry, about
from mianzheng.catalogue.queries.editions import city as city_in_force
from mianzheng.catalogue.rules.city import Basis, City
from mianzheng.common.reasons import N_, Reason
from mianzheng.web import clock
from mianzheng.web.access import allow
from mianzheng.web.acting import actor_of

ACTIONS = {
    "lookup": N_("查询登记"),
    "prefill": N_("为您预填表格"),
    "reveal": N_("查看姓名和证件号码"),
    "check": N_("部门核查"),
    "review": N_("人工核查"),
    "erase": N_("删除了记录"),
    "inspect": N_("校核登记内容"),
    "doubt": N_("答复校核"),
}
SHOWN = 400


@allow("resident")
@require_safe
def my_data(request: HttpRequest) -> HttpResponse:
    """Everything looked up about the person, grouped by occasion, the newest first; fills while a case runs."""
    actor = actor_of(request, "resident")
    city = city_in_force()
    entries = [entry for entry in about(actor.subject, limit=SHOWN) if entry.action in ACTIONS] if actor.subject else []
    matters = {entry.case: entry.matter for entry in entries if entry.case and entry.matter}
    occasions = []
    for (case, matter, day, mine), group in itertools.groupby(
        entries,
        key=lambda e: (
            e.case,
            e.matter or matters.get(e.case, ""),
            timezone.localtime(e.at).date(),
            e.applicant in (None, actor.subject),
        ),
    ):
        looks = list(group)
        occasions.append(
            {
                "matter": city.matters[matter].name if matter in city.matters else None,
                "day": day,
                "case": case,
                "mine": mine,
                "rows": _rows(city, looks, actor.id, matter),
                "as_logged": list(dict.fromkeys(look.purpose for look in looks)),
            }
        )
    context = {"occasions": occasions, "count": len(entries), "now": clock.now(), "here": "my-data"}
    template = "evidence/my_data_list.html" if request.headers.get("HX-Request") else "evidence/my_data.html"
    return render(request, template, context)


def _rows(city: City, looks: Sequence[Entry], account: str, matter: str) -> list[dict[str, Any]]:
    """Return one line a kind of look, with how often it happened: opening a page five times is one line, said honestly."""
    rows: dict[tuple[str, ...], dict[str, Any]] = {}
    for look in looks:
        relation = str(look.detail.get("relation", ""))
        key = (look.action, look.fact, look.item, look.verdict, look.actor, relation, look.purpose)
        row = rows.setdefault(key, {**_row(city, look, account, matter), "times": 0})
        row["times"] += 1
    return list(rows.values())


def _row(city: City, entry: Entry, account: str, matter: str) -> dict[str, Any]:
    """Return one line in plain words: what was asked, of which register, by whom, what came out."""
    fact, item = city.facts.get(entry.fact), city.items.get(entry.item)
    relation = city.relations.get(str(entry.detail.get("relation", "")))
    asked: Any = fact.question if fact else None
    if relation:
        asked = Reason(N_("查谁是%(who)s"), {"who": relation.name})
    office = city.office(entry.actor_office)
    who: Any = office or Reason(N_("经办人"))
    if entry.actor == account:
        who = Reason(N_("您本人发起，由系统查询"))
    elif entry.actor_role == "resident":
        who = Reason(N_("申请人发起，由系统查询"))
    elif entry.actor == "program":
        who = Reason(N_("系统"))
    purpose = _purpose(city, entry, matter)
    if purpose and office:
        who, purpose = purpose, None
    return {
        "entry": entry.id,
        "at": entry.at,
        "action": Reason(ACTIONS[entry.action]),
        "asked": asked,
        "item": item.name if item else None,
        "owner": city.departments[item.owner].name if item else None,
        "who": who,
        "purpose": purpose,
        "basis": _basis(city, entry),
        "verdict": entry.verdict,
    }


def _purpose(city: City, entry: Entry, matter: str) -> Reason | None:
    """Return in the reader's language what the look was for, told from its codes; None where nothing tells it.

    `matter` is that of the occasion. A name is revealed either for one matter, to fill its form or to decide it, or
    for a check, which may serve several and so names none.
    """
    if matter not in city.matters:
        return None
    office = city.office(entry.actor_office) or Reason(N_("经办部门"))
    told = {"matter": city.matters[matter].name, "office": office}
    if entry.action == "reveal" and entry.actor_role == "resident" and entry.applicant not in (None, entry.subject):
        return Reason(N_("填“%(matter)s”的表时从亲属中选人"), told)
    if entry.action == "prefill" or (entry.action == "reveal" and entry.actor_role == "resident"):
        return Reason(N_("为您预填“%(matter)s”的表"), told)
    if entry.action == "check" or (entry.action == "reveal" and not entry.matter):
        return Reason(N_("%(office)s的经办人答复“%(matter)s”的核查"), told)
    if entry.action in ("reveal", "review"):
        return Reason(N_("%(office)s的经办人审批“%(matter)s”"), told)
    return None


def _basis(city: City, entry: Entry) -> Basis | None:
    """Return the article the look-up stands on, where the matter's need names one."""
    matter = city.matters.get(entry.matter)
    needs = matter.work.needs if matter and matter.work else ()
    asked = next((need for need in needs if need.code == entry.detail.get("need")), None)
    return city.bases.get(asked.basis) if asked else None
