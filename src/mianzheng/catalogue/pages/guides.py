"""Service guides (办事指南): the list, the page of one, on paper one by one or as a binder for a desk."""

from __future__ import annotations

import segno
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_safe

from mianzheng.catalogue.adapters.guide_sheet import as_pdf
from mianzheng.catalogue.pages.guide_words import LEVELS, fixed, told
from mianzheng.catalogue.pages.rows import party, themes
from mianzheng.catalogue.queries import searching
from mianzheng.catalogue.queries.editions import city as city_in_force
from mianzheng.catalogue.queries.editions import in_force_since
from mianzheng.catalogue.rules.city import City, Matter
from mianzheng.catalogue.rules.guides import guide_of
from mianzheng.web.access import public
from mianzheng.web.paging import paged
from mianzheng.web.words import full_day, in_both, language, say

A_PAGE = 30
LONGEST = 60
FILTERS = ("theme", "level", "owner")


@public
@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """All guides, narrowed by words, theme, level and owner; the filters are in the address."""
    city = city_in_force()
    asked, chosen, found = _narrowed(request, city)
    pages = paged(request, found, a_page=A_PAGE)
    owners = dict.fromkeys(matter.owner for matter in city.matters.values())
    context = {
        "asked": asked,
        "chosen": chosen,
        **pages,
        "rows": [(matter, party(city, matter.owner), LEVELS[matter.level]) for matter in pages["page"]],
        "themes": [theme.name for theme in themes(city.matters.values())],
        "levels": list(LEVELS.items()),
        "owners": [(code, party(city, code)) for code in owners],
        "here": "matters",
    }
    return render(request, "catalogue/guides.html", context)


def _narrowed(request: HttpRequest, city: City) -> tuple[str, dict[str, str], list[Matter]]:
    """Return what is asked for, the filters chosen, and the matters that answer both."""
    asked = " ".join(request.GET.get("q", "").split())[:LONGEST]
    chosen = {name: request.GET.get(name, "") for name in FILTERS}
    found = searching.matters(city, asked) if asked else list(city.matters.values())
    fits = [
        matter
        for matter in found
        if chosen["theme"] in ("", matter.theme.zh)
        and chosen["level"] in ("", matter.level)
        and chosen["owner"] in ("", matter.owner)
    ]
    return asked, chosen, fits


@public
@require_safe
def guide(request: HttpRequest, code: str) -> HttpResponse:
    """The guide of one matter; whoever comes from a printed one (`mark`) learns whether it still says the same."""
    city = city_in_force()
    made = guide_of(city, _matter(city, code))
    said, held = told(city, made), request.GET.get("mark", "")
    address = request.build_absolute_uri(request.path)
    context = {
        "guide": said,
        "fixed": fixed(),
        "edition": _edition(),
        "held": held,
        "same": held in {each["mark"] for each in in_both(lambda: told(city, made))},
        "languages": settings.LANGUAGES,
        "qr": segno.make(f"{address}?mark={said['mark']}", error="m").svg_inline(omitsize=True, border=1),
        "here": "matters",
    }
    return render(request, "catalogue/guide.html", context)


@public
@require_safe
def paper(request: HttpRequest, code: str) -> HttpResponse:
    """The guide of one matter as PDF, in the reader's language or in `lang`."""
    city = city_in_force()
    return _as_pdf(request, city, [_matter(city, code)])


@public
@require_safe
def binder(request: HttpRequest) -> HttpResponse:
    """The guides the list shows in one PDF, for a desk: with the list's own filters."""
    city = city_in_force()
    found = _narrowed(request, city)[2]
    if not found:
        raise Http404
    return _as_pdf(request, city, found)


def _matter(city: City, code: str) -> Matter:
    found = city.matter(code)
    if found is None:
        raise Http404
    return found


def _as_pdf(request: HttpRequest, city: City, matters: list[Matter]) -> HttpResponse:
    wanted = request.GET.get("lang", "")
    with override(wanted if wanted in dict(settings.LANGUAGES) else language()):
        said = [told(city, guide_of(city, matter)) for matter in matters]
        name = said[0]["title"] if len(said) == 1 else say(city.name)
        title = f"{_('办事指南')} · {name}"
        frame = {
            "lang": language(),
            "title": title,
            "city": say(city.name),
            "edition": _edition(),
            "fixed": fixed(),
        }
        page = {m.code: request.build_absolute_uri(reverse("catalogue:guide", args=[m.code])) for m in matters}
        addresses = {each["code"]: f"{page[each['code']]}?mark={each['mark']}" for each in said}
        made = as_pdf(said, frame, addresses)
    answer = HttpResponse(made, content_type="application/pdf")
    answer.headers["Content-Disposition"] = content_disposition_header(False, f"{title}.pdf")
    return answer


def _edition() -> str:
    """Return which edition of the catalogue a guide is made from, as it is printed."""
    return _("清单版本 %(day)s") % {"day": full_day(in_force_since())}
