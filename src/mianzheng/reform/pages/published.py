"""What everybody may know: the batches, the list to take along, the feed, what was changed later."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.contrib.syndication.views import Feed
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mianzheng.catalogue.queries.editions import city as city_in_force
from mianzheng.catalogue.rules.city import City
from mianzheng.catalogue.rules.kinds import DISPOSAL_NAMES, INSTEAD
from mianzheng.common.texts import Text
from mianzheng.reform.models import Batch
from mianzheng.reform.pages.batch_words import STAGES, Line, by_disposal, trail
from mianzheng.reform.pages.proposed import side
from mianzheng.reform.queries import batches as found
from mianzheng.reform.rules.acts import CANCELLING
from mianzheng.reform.rules.states import BatchStage
from mianzheng.web import sheets
from mianzheng.web.access import public
from mianzheng.web.words import full_day, say

NEWEST = 100
"""So many acts the feed has."""


@public
@require_safe
def batches(request: HttpRequest) -> HttpResponse:
    """Every batch: when, how many, in which ways they are replaced."""
    city = city_in_force()
    stages = {batch.number: STAGES[BatchStage(batch.stage)] for batch in found.batches()}
    counts = Counter(c.batch for c in city.certificates.values() if not c.asked_for)
    rows = [(each, counts[number], stages.get(number)) for number, each in sorted(city.batches.items(), reverse=True)]
    cancelled = [c for c in city.certificates.values() if not c.asked_for]
    context = {
        "rows": rows,
        "total": len(cancelled),
        "volume": sum(c.yearly_volume for c in cancelled),
        "by_disposal": by_disposal(Counter(c.disposal for c in cancelled)),
        "here": "certificates",
    }
    return render(request, "reform/cancelled.html", context)


@public
@require_safe
def batch(request: HttpRequest, number: int) -> HttpResponse:
    """One batch, at an address that stays: what it cancelled, and what became of it since."""
    city = city_in_force()
    each = city.batches.get(number)
    if each is None:
        raise Http404
    members = [c for c in city.certificates.values() if c.batch == number]
    kept = Batch.objects.filter(number=number).first()
    still = {c.code for c in members}
    gone = [row for row in found.published_ever(kept) if row.code not in still] if kept else []
    context = {
        "batch": each,
        "stage": STAGES[BatchStage(kept.stage)] if kept else None,
        "until": kept.trial_until if kept and kept.stage == BatchStage.TRIAL else None,
        "rows": [(c, side(city, c.demander), side(city, c.issuer), DISPOSAL_NAMES[c.disposal]) for c in members],
        "gone": [(row.code, Text(row.name, row.name_en)) for row in gone],
        "by_disposal": by_disposal(Counter(c.disposal for c in members)),
        "trail": trail(found.acts_of(kept), public=True) if kept else [],
        "here": "certificates",
    }
    return render(request, "reform/cancelled_batch.html", context)


@public
@require_safe
def changes(request: HttpRequest, code: str) -> HttpResponse:
    """What was done to one certificate since it was cancelled."""
    city = city_in_force()
    known = city.certificates.get(code)
    if known is None:
        raise Http404
    lines = trail(found.acts_about(code), public=True)
    context = {
        "certificate": known,
        "trail": lines,
        "batch": city.batches.get(known.batch or 0) if not lines else None,
        "here": "certificates",
    }
    return render(request, "reform/changes.html", context)


@public
@require_safe
def as_csv(request: HttpRequest) -> HttpResponseBase:
    """The whole list as CSV."""
    city = city_in_force()
    answer = StreamingHttpResponse(
        sheets.as_csv(_headings(), _rows(request, city)), content_type="text/csv; charset=utf-8"
    )
    answer["Content-Disposition"] = 'attachment; filename="certificates.csv"'
    return answer


@public
@require_safe
def as_xlsx(request: HttpRequest) -> HttpResponseBase:
    """The whole list as a spreadsheet."""
    city = city_in_force()
    widths = (16, 34, 22, 22, 30, 14, 8, 14, 40, 40, 44)
    written = sheets.as_xlsx(_("证明清单"), _headings(), _rows(request, city), widths)
    return FileResponse(written, as_attachment=True, filename="certificates.xlsx")


def _headings() -> list[str]:
    return [
        _("编码"),
        _("证明"),
        _("谁来要"),
        _("找谁开"),
        _("用来"),
        _("处理方式"),
        _("批次"),
        _("公布日期"),
        _("现在怎么办"),
        _("设定依据"),
        _("网页"),
    ]


def _rows(request: HttpRequest, city: City) -> Iterator[list[int | str]]:
    ordered = sorted(city.certificates.values(), key=lambda c: (c.batch or 99_999, c.code))
    for each in ordered:
        batch = city.batches.get(each.batch or 0)
        basis = f"{say(each.basis.law)} {each.basis.article}" if each.basis else ""
        page = request.build_absolute_uri(reverse("catalogue:certificate", args=[each.code]))
        yield [
            each.code,
            say(each.name),
            say(side(city, each.demander)),
            say(side(city, each.issuer)),
            say(each.purpose),
            say(DISPOSAL_NAMES[each.disposal]),
            each.batch or "",
            batch.published.isoformat() if batch else "",
            say(INSTEAD[each.disposal]),
            basis,
            page,
        ]


class CertificatesFeed(Feed):  # type: ignore[type-arg] # it takes its types only where types are checked
    """What was cancelled, amended or withdrawn, newest first (Atom, RFC 4287)."""

    feed_type = Atom1Feed

    def title(self) -> str:
        return _("取消的证明")

    def subtitle(self) -> str:
        return _("公布、更改、撤回，一件一条。")

    def link(self) -> str:
        return reverse("reform:cancelled")

    def items(self) -> list[Line]:
        return trail(found.acts_lately(NEWEST, kinds=CANCELLING))

    def item_title(self, item: Line) -> str:
        about = item.certificate or (Text(item.act.batch.name, item.act.batch.name_en) if item.act.batch else None)
        return f"{say(item.name)}: {say(about)}"

    def item_description(self, item: Line) -> str:
        moved = f"{say(item.before)} → {say(item.after)}" if item.before and item.after else ""
        # Atom's summary is HTML: what somebody wrote is text in it
        return escape(" ".join(filter(None, (full_day(item.act.done_at), moved, item.act.why))))

    def item_link(self, item: Line) -> str:
        if item.act.candidate:
            return reverse("reform:changes", args=[item.act.candidate.code])
        return reverse("reform:cancelled_batch", args=[item.act.batch.number]) if item.act.batch else self.link()

    def item_guid(self, item: Line) -> str:
        return f"urn:uuid:{item.act.id}"

    item_guid_is_permalink = False

    def item_pubdate(self, item: Line) -> Any:
        return item.act.done_at

    def item_updateddate(self, item: Line) -> Any:
        return item.act.done_at


feed = public(require_safe(CertificatesFeed()))
