"""One item as everybody may know it: its catalogue card, fields, invented samples, what hangs on it, its quality today."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from mianzheng.catalogue.queries.editions import city as city_in_force
from mianzheng.catalogue.queries.editions import in_force_since
from mianzheng.catalogue.rules.city import City, Field, Item
from mianzheng.catalogue.rules.metadata import ABOUT, SENSITIVITY, TYPES, metadata, related, resource_code, uses
from mianzheng.catalogue.rules.samples import samples
from mianzheng.centre.queries.quality import approval_in_force, qualities
from mianzheng.centre.queries.sharing import granted, open_request
from mianzheng.centre.rules.quality import FRESHNESS_NAMES
from mianzheng.centre.rules.sharing import can_request, why_no_request
from mianzheng.common.reasons import N_, Reason
from mianzheng.common.texts import Text
from mianzheng.web import clock
from mianzheng.web.access import public, roles_of

SMALL = 10
"""Fewer records than this are not told to the public: few may be one."""


@public
@require_safe
def item(request: HttpRequest, code: str) -> HttpResponse:
    """The page of one item."""
    city = city_in_force()
    found = city.items.get(code)
    if found is None:
        raise Http404
    now = clock.now()
    (quality,) = qualities(city, [found], now=now)
    context = {
        "item": found,
        "owner": city.departments[found.owner],
        "connection": city.connections.get(found.connection),
        "metadata": metadata(city, found, published=in_force_since()),
        "related": [(resource_code(city, other), other) for other in related(city, found)],
        "fields": _fields(city, found),
        "samples": _samples(found),
        "uses": uses(city, found),
        "quality": quality,
        "freshness": FRESHNESS_NAMES[quality.freshness],
        "small": quality.records < SMALL,
        "SMALL": SMALL,
        "approval": approval_in_force(code, today=now.date()) if not found.at_source else None,
        "sharing": _sharing(request, found),
        "here": "holdings",
    }
    return render(request, "centre/item.html", context)


def _fields(city: City, item: Item) -> list[dict[str, Any]]:
    return [
        {
            "field": field,
            "type": Reason(TYPES[field.type]),
            "refers": Reason(ABOUT[field.refers]) if field.type == "subject" else None,
            "codes": list(field.codes.items()),
            "range": _range(field),
            "sensitivity": Reason(SENSITIVITY[field.sensitivity]),
            "datum": city.data.get(field.datum),
            "registers": field.datum in city.data and city.data[field.datum].item == item.code,
            "source": city.items[city.data[field.datum].item] if field.datum in city.data else None,
        }
        for field in item.fields
    ]


def _range(field: Field) -> Reason | None:
    """Say from where to where the values of `field` go."""
    bounds = [Reason(N_("今天")) if bound == "today" else bound for bound in (field.low, field.high)]
    if field.low and field.high:
        return Reason(N_("%(low)s 到 %(high)s"), {"low": bounds[0], "high": bounds[1]})
    if field.low:
        return Reason(N_("%(low)s 起"), {"low": bounds[0]})
    return Reason(N_("到 %(high)s"), {"high": bounds[1]}) if field.high else None


def _samples(item: Item) -> list[list[Any]]:
    """Return the rows of invented records in the order of the fields, codes in words."""
    kinds = {field.code: field for field in item.fields}
    rows = []
    for sample in samples(item, today=clock.today()):
        cells: list[Any] = [sample["subject"]]
        for code, field in kinds.items():
            value = sample[code]
            if field.type == "code":
                value = field.codes.get(value, value)
            elif field.type == "boolean":
                value = Reason(N_("是")) if value else Reason(N_("否"))
            cells.append(value if isinstance(value, (Text, Reason)) else str(value))
        rows.append(cells)
    return rows


def _sharing(request: HttpRequest, item: Item) -> dict[str, Any] | None:
    """Return what an officer may do to use the item; None for everybody else."""
    if "officer" not in roles_of(request.user):
        return None
    office = request.user.department  # type: ignore[union-attr]
    return {
        "can": can_request(item, office),
        "why_not": why_no_request(item, office),
        "granted": granted(item.code, office, today=clock.today()),
        "waiting": open_request(item.code, office),
    }
