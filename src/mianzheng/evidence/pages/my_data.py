"""我的数据: who looked at me - every look-up about a person, for the person."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from mianzheng.audit.queries import Entry, told_to
from mianzheng.catalogue.queries.editions import city as city_in_force
from mianzheng.catalogue.rules.city import City
from mianzheng.evidence.pages.looks import ACTIONS, is_sensitive, order_of, told
from mianzheng.evidence.queries.secrecy import told_of
from mianzheng.web import clock
from mianzheng.web.access import allow, freshly_signed_in
from mianzheng.web.acting import actor_of

SHOWN = 400


@allow("resident")
@require_safe
def my_data(request: HttpRequest) -> HttpResponse:
    """Everything looked up about the person, grouped by occasion, the newest first; fills while a case runs.

    What is sensitive is folded into one line that says how many, and nothing else, unless the person has just signed in.
    """
    actor = actor_of(request, "resident")
    city, now = city_in_force(), clock.now()
    lines = told_to(actor.subject, now=now, limit=SHOWN) if actor.subject else ()
    entries = [entry for entry in lines if entry.action in ACTIONS]
    fresh = freshly_signed_in(request, minutes=city.policy.fresh_minutes)
    shown = [entry for entry in entries if fresh or not is_sensitive(city, entry)]
    context = {
        "occasions": _occasions(city, shown, actor.id, actor.subject),
        "count": len(entries),
        "folded": len(entries) - len(shown),
        "minutes": city.policy.fresh_minutes,
        "now": now,
        "here": "my-data",
    }
    template = "evidence/my_data_list.html" if request.headers.get("HX-Request") else "evidence/my_data.html"
    return render(request, template, context)


def _occasions(city: City, entries: Sequence[Entry], account: str, subject: uuid.UUID | None) -> list[dict[str, Any]]:
    """Return what was done on each occasion: a matter, on a day, for oneself or for a relative, or an order of secrecy."""
    matters = {entry.case: entry.matter for entry in entries if entry.case and entry.matter}
    orders = told_of({key for entry in entries if (key := order_of(entry))})
    occasions = []
    for (case, matter, day, mine, order), group in itertools.groupby(
        entries,
        key=lambda e: (
            e.case,
            e.matter or matters.get(e.case, ""),
            timezone.localtime(e.at).date(),
            e.applicant in (None, subject),
            order_of(e),
        ),
    ):
        looks = list(group)
        occasions.append(
            {
                "matter": city.purpose(matter) if not order else None,
                "filling": not case and all(look.actor_role == "resident" for look in looks),
                "day": day,
                "case": case,
                "mine": mine or order is not None,
                "secret": order is not None,
                "rows": _rows(city, looks, account, matter, orders),
                "as_logged": list(dict.fromkeys(look.purpose for look in looks)),
            }
        )
    return occasions


def _rows(
    city: City, looks: Sequence[Entry], account: str, matter: str, orders: Mapping[uuid.UUID, Any]
) -> list[dict[str, Any]]:
    """Return one line a kind of look, with how often it happened: opening a page five times is one line, said honestly, and
    unfolds into each time with its own receipt and its own question.
    """
    rows: dict[tuple[str, ...], dict[str, Any]] = {}
    for look in looks:
        relation = str(look.detail.get("relation", ""))
        key = (look.action, look.fact, look.item, look.verdict, look.actor, relation, look.purpose)
        row = rows.setdefault(key, {**told(city, look, account, matter, orders), "each": []})
        row["each"].append({"entry": look.id, "at": look.at})
    return list(rows.values())
