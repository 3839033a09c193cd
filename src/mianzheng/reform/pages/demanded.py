"""What is still demanded though it was cancelled, as the slips tell."""

from __future__ import annotations

import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from mianzheng.catalogue.queries.editions import city as city_in_force
from mianzheng.people.rules.roles import REFORM
from mianzheng.reform.queries.slips import by_week, demands, slips_of
from mianzheng.reform.rules.slips import CHANNELS, Channel
from mianzheng.web import clock
from mianzheng.web.access import allow
from mianzheng.web.paging import paged

WEEKS = 12
"""So many weeks are counted."""
A_PAGE = 30


@allow(REFORM)
@require_safe
def demanded(request: HttpRequest) -> HttpResponse:
    """Which cancelled certificate which office still asks for, how often, week by week, and what they answered."""
    city, now = city_in_force(), clock.now()
    first = _monday(now) - datetime.timedelta(weeks=WEEKS - 1)
    weekly, found = by_week(first), demands(first)
    weeks = [(first + datetime.timedelta(weeks=n)).date() for n in range(WEEKS)]
    most = max(weekly.values(), default=0) or 1
    chosen = {name: request.GET.get(name, "")[:80] for name in ("certificate", "demander", "show")}
    pages = paged(
        request,
        slips_of(certificate=chosen["certificate"], demander=chosen["demander"], answered=chosen["show"] == "answered"),
        a_page=A_PAGE,
    )
    context = {
        "weeks": [(week, weekly.get(week, 0), weekly.get(week, 0) / most) for week in weeks],
        "demands": [
            {
                "row": each,
                "certificate": city.certificates.get(each.certificate),
                "office": city.office(each.demander) or each.said,
                "who": each.demander or each.said,
            }
            for each in found
        ],
        **pages,
        "slips": [
            {
                "slip": each,
                "certificate": city.certificates.get(each.certificate),
                "office": city.office(each.demander) or each.demander_said,
                "channel": CHANNELS[Channel(each.channel)],
            }
            for each in pages["page"]
        ],
        "chosen": chosen,
        "n_weeks": WEEKS,
        "here": "slips",
    }
    return render(request, "reform/slips.html", context)


def _monday(now: datetime.datetime) -> datetime.datetime:
    """Return the beginning of this week in the city."""
    day = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    return day - datetime.timedelta(days=day.weekday())
