"""The desk of oversight (监督机构): every lead, those passed on first, and the weekly picture."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mianzheng.catalogue.queries.editions import city as city_in_force
from mianzheng.common.reasons import N_, Reason
from mianzheng.common.small import FEWEST
from mianzheng.oversight.actions import deciding
from mianzheng.oversight.pages.leads import done, list_of, opened, page_of
from mianzheng.oversight.queries.leads import by_week, last_screened, overdue
from mianzheng.oversight.rules.leads import Source
from mianzheng.oversight.rules.picture import picture
from mianzheng.people.rules.roles import SUPERVISOR
from mianzheng.web import clock
from mianzheng.web.access import allow
from mianzheng.web.acting import actor_of

WEEKS = 8
"""So many weeks are offered."""


@allow(SUPERVISOR)
@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """The weekly picture: leads by rule and department, a chart and the table behind it."""
    city = city_in_force()
    today = clock.today()
    monday = today - datetime.timedelta(days=today.weekday())
    weeks = [monday - datetime.timedelta(weeks=n) for n in range(WEEKS)]
    found = by_week(weeks[-1], monday + datetime.timedelta(weeks=1))
    week = _week(request.GET.get("week", ""), weeks, found)
    names: dict[str, Any] = {rule.code: rule.name for rule in city.curiosity.rules}
    names |= {Source.PERSON.value: Reason(N_("本人不认得的查询"))}
    offices, rows = picture(found.get(week, {}), list(names))
    actor = actor_of(request, SUPERVISOR)
    context = {
        "weeks": [(each, each + datetime.timedelta(days=6), each == week) for each in weeks],
        "week": week,
        "until": week + datetime.timedelta(days=6),
        "by_office": [
            (city.office(office) or Reason(N_("没有部门")), [each.cells[n] for each in rows])
            for n, office in enumerate(offices)
        ],
        "rows": [{"name": names[each.rule], "row": each} for each in rows],
        "any": bool(found.get(week)),
        "fewest": FEWEST,
        "screened": last_screened(),
        "overdue": overdue(actor, today=today),
        "here": "oversight",
    }
    return render(request, "oversight/desk.html", context)


def _week(asked: str, weeks: list[datetime.date], found: dict[datetime.date, Any]) -> datetime.date:
    """Return the week that is shown: the one asked for, else the newest in which there is something."""
    named = {each.isoformat(): each for each in weeks}
    return named.get(asked) or max(found, default=weeks[0])


@allow(SUPERVISOR)
@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """Every lead of the city."""
    context = {**list_of(request, actor_of(request, SUPERVISOR)), "all": True, "space": "all_lead"}
    return render(request, "oversight/leads.html", context)


@allow(SUPERVISOR)
@require_safe
def lead(request: HttpRequest, lead: uuid.UUID) -> HttpResponse:
    """One lead, as oversight sees it."""
    context = {**page_of(lead, actor_of(request, SUPERVISOR)), "space": "all_lead"}
    return render(request, "oversight/lead.html", context)


@allow(SUPERVISOR)
@require_safe
def looks(request: HttpRequest, lead: uuid.UUID) -> HttpResponse:
    """What was looked up, without a name; opening it is logged."""
    actor = actor_of(request, SUPERVISOR)
    context = {**page_of(lead, actor), "lines": opened(lead, actor), "space": "all_lead"}
    return render(request, "oversight/looks.html", context)


@allow(SUPERVISOR)
@require_POST
def ask(request: HttpRequest, lead: uuid.UUID) -> HttpResponse:
    """Oversight asks the officer to explain."""
    actor = actor_of(request, SUPERVISOR)
    return done(
        request,
        lead,
        lambda: deciding.ask(city=city_in_force(), lead=lead, actor=actor, now=clock.now()),
        _("已请经办人说明。"),
        "oversight:all_lead",
    )


@allow(SUPERVISOR)
@require_POST
def close(request: HttpRequest, lead: uuid.UUID) -> HttpResponse:
    """Oversight closes it, with the reason."""
    actor = actor_of(request, SUPERVISOR)
    outcome, closing = request.POST.get("outcome", ""), request.POST.get("closing", "")
    return done(
        request,
        lead,
        lambda: deciding.close(lead=lead, outcome=outcome, closing=closing, actor=actor, now=clock.now()),
        _("已办结。"),
        "oversight:all_lead",
    )
