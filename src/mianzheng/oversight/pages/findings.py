"""Where cancelled certificates come back, for oversight: by certificate, by office, the newest."""

from __future__ import annotations

import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from mianzheng.catalogue.queries.editions import city as city_in_force
from mianzheng.oversight.queries.findings import by_certificate, by_office, findings
from mianzheng.people.rules.roles import SUPERVISOR
from mianzheng.reform.queries.slips import by_id
from mianzheng.web import clock
from mianzheng.web.access import allow
from mianzheng.web.paging import paged

DAYS = 90
"""So many days are counted."""


@allow(SUPERVISOR)
@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """What is still demanded though it was cancelled. Offices are named whatever the number: it is about them, not people."""
    city = city_in_force()
    since = clock.today() - datetime.timedelta(days=DAYS)
    certificate, office = request.GET.get("certificate", "")[:80], request.GET.get("office", "")[:80]
    pages = paged(request, findings(certificate=certificate, office=office))
    slips = by_id(each.source for each in pages["page"])
    context = {
        "certificates": [(each, city.certificates.get(each.code)) for each in by_certificate(since)],
        "offices": [(each, city.office(each.code) or each.said, each.code or each.said) for each in by_office(since)],
        **pages,
        "rows": [
            {
                "finding": each,
                "certificate": city.certificates.get(each.certificate),
                "office": city.office(each.office) or each.office_said,
                "slip": slips.get(each.source),
            }
            for each in pages["page"]
        ],
        "narrowed": certificate or office,
        "days": DAYS,
        "here": "findings",
    }
    return render(request, "oversight/findings.html", context)
