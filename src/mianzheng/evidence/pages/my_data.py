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
from mianzheng.catalogue.rules.city import City
from mianzheng.evidence.pages.looks import ACTIONS, told
from mianzheng.web import clock
from mianzheng.web.access import allow
from mianzheng.web.acting import actor_of

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
        row = rows.setdefault(key, {**told(city, look, account, matter), "times": 0})
        row["times"] += 1
    return list(rows.values())
