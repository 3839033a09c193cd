"""Who holds what (信息项目录): departments with the items they are the source of, to search, browse and take along."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from mianzheng.catalogue.queries.editions import city, in_force_since
from mianzheng.catalogue.queries.searching import items as search
from mianzheng.catalogue.rules.city import City, Item
from mianzheng.catalogue.rules.metadata import ABOUT, CYCLE, SHARING, metadata, span
from mianzheng.common.reasons import N_, Reason
from mianzheng.common.texts import Text
from mianzheng.web.access import public
from mianzheng.web.words import say

HELD = {"copy": N_("经授权的副本"), "source": N_("到源头查询")}
FILTERS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "about": (N_("关于谁"), ABOUT),
    "sharing": (N_("共享"), SHARING),
    "cycle": (N_("更新"), CYCLE),
    "held": (N_("在哪里"), HELD),
}
"""What the list can be narrowed by, beside words and department: an attribute of the item, its name, its values."""


@public
@require_safe
def holdings(request: HttpRequest) -> HttpResponse:
    """List the items: by department, or by how well they answer `q`; every filter stands in the address."""
    here = city()
    asked = " ".join(request.GET.get("q", "").split())[:60]
    wanted = request.GET.get("department", "")
    chosen = {name: request.GET.get(name, "") for name in FILTERS}
    found = search(here, asked) if asked else list(here.items.values())
    items = [
        item
        for item in found
        if wanted in ("", item.owner) and all(value in ("", getattr(item, name)) for name, value in chosen.items())
    ]
    groups: list[tuple[Any, list[Item]]] = [(None, items)] if asked and items else []
    if not asked:
        groups = [(d, own) for d in here.departments.values() if (own := [i for i in items if i.owner == d.code])]
    context = {
        "asked": asked,
        "wanted": wanted,
        "departments": list(here.departments.values()),
        "filters": [
            (name, title, [(code, words, code == chosen[name]) for code, words in values.items()])
            for name, (title, values) in FILTERS.items()
        ],
        "narrowed": any(chosen.values()),
        "groups": [(department, [_row(here, item) for item in own]) for department, own in groups],
        "shown": len(items),
        "owners": len({item.owner for item in items}),
        "open": len(groups) <= 2 or any(chosen.values()),
        "here": "holdings",
    }
    return render(request, "catalogue/holdings.html", context)


def _row(here: City, item: Item) -> dict[str, Any]:
    return {
        "item": item,
        "owner": here.departments[item.owner].name,
        "about": Reason(ABOUT[item.about]),
        "cycle": Reason(CYCLE[item.cycle]),
        "sharing": Reason(SHARING[item.sharing]),
        "held": Reason(HELD[item.held]),
    }


@public
@require_safe
def as_json(request: HttpRequest) -> HttpResponseBase:
    """The whole catalogue for machines: metadata and fields of every item, in the reader's language."""
    here, since = city(), in_force_since()
    body = {
        "city": here.code,
        "published": since,
        "items": [_described(here, item, since) for item in here.items.values()],
    }
    text = json.dumps(body, ensure_ascii=False, indent=1, default=str)
    return _file(text, "application/json; charset=utf-8", "items.json")


@public
@require_safe
def as_csv(request: HttpRequest) -> HttpResponseBase:
    """The catalogue as a table: one row a field, the item's metadata repeated; opens in a spreadsheet."""
    here, since = city(), in_force_since()
    answer = _file("\ufeff", "text/csv; charset=utf-8", "items.csv")
    writer = csv.writer(answer)
    names = ("code", *(line.code for line in metadata(here, next(iter(here.items.values())), published=since)))
    writer.writerow([*names, "field", "field_name", "type", "codes", "key", "required", "range", "sensitivity"])
    for item in here.items.values():
        said = _described(here, item, since)
        own = [said[name] for name in names]
        for field in said["field_list"] or [{}]:
            codes = "; ".join(f"{code}={word}" for code, word in field.get("codes", {}).items())
            rest = [field.get(name, "") for name in ("code", "name", "type")]
            more = [field.get(name, "") for name in ("key", "required", "range", "sensitivity")]
            writer.writerow([_inert(str(cell)) for cell in (*own, *rest, codes, *more)])
    return answer


def _described(here: City, item: Item, since: Any) -> dict[str, Any]:
    card = {line.code: _plain(line.value) for line in metadata(here, item, published=since)}
    return {
        "code": item.code,
        **card,
        "held": item.held,
        "complete": item.complete,
        "field_list": [_field(field) for field in item.fields],
    }


def _field(field: Any) -> dict[str, Any]:
    return {
        "code": field.code,
        "name": say(field.name),
        "type": field.type,
        "codes": {code: say(words) for code, words in field.codes.items()},
        "key": field.key,
        "required": field.required or field.key,
        "range": span(field),
        "sensitivity": field.sensitivity,
        "datum": field.datum,
    }


def _plain(value: Any) -> str:
    """Return a value of the catalogue card in the reader's language; a date as ISO has it."""
    return say(value) if isinstance(value, (Text, Reason)) else str(value)


def _file(text: str, kind: str, name: str) -> HttpResponse:
    return HttpResponse(text, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _inert(cell: str) -> str:
    """Return `cell` so that no spreadsheet takes it for a formula."""
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell
