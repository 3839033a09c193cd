"""The lists of grants, one for each desk: what an office asks, what a department answers, all of them at the data centre."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from mianzheng.catalogue.queries.editions import city as city_in_force
from mianzheng.catalogue.rules.city import City
from mianzheng.common.periods import here
from mianzheng.common.reasons import N_, Reason
from mianzheng.gateway.models import Grant
from mianzheng.gateway.pages.acting import asking_actor, frame_of
from mianzheng.gateway.pages.rows import CENTRE_NAME, Row, row_of, rows_of
from mianzheng.gateway.queries.grants import RECENT, answered_by, cards, counts, of_asker, shown, to_answer, to_note
from mianzheng.gateway.rules.grants import Stage
from mianzheng.web import clock
from mianzheng.web.access import allow
from mianzheng.web.acting import actor_of
from mianzheng.web.paging import paged

ASKER_TABS = (
    ("", N_("全部 %(n)s")),
    ("asked", N_("等答复 %(n)s")),
    ("in_force", N_("有效 %(n)s")),
    ("ending", N_("快到期 %(n)s")),
    ("over", N_("已结束 %(n)s")),
)
CENTRE_TABS = (
    ("review", N_("要审核 %(n)s")),
    ("more", N_("要调高 %(n)s")),
    ("overdue", N_("逾期 %(n)s")),
    ("asked", N_("等答复 %(n)s")),
    ("in_force", N_("有效 %(n)s")),
    ("ending", N_("快到期 %(n)s")),
    ("over", N_("已结束 %(n)s")),
)


TONES = ("stop", "wait", "info")
"""What is worse stands first."""


@dataclass(frozen=True, slots=True)
class Tab:
    """One filter of a list."""

    show: str
    name: Reason


@dataclass(frozen=True, slots=True)
class Notice:
    """Something an asker should know before it bites."""

    tone: str
    row: Row
    said: Reason


@allow("asker", "officer")
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """What the own office asks or may ask, with what it should know today."""
    city, actor, today = city_in_force(), asking_actor(request), clock.today()
    rows = of_asker(actor.office)
    own = [row_of(city, card) for card in cards(to_note(actor.office, now=clock.now()), today=today)]
    context = {
        **_listed(request, city, rows, ASKER_TABS, today),
        "notices": sorted(
            (notice for row in own for notice in notices_of(city, row)), key=lambda notice: TONES.index(notice.tone)
        ),
        "office": city.office(actor.office),
        "desk": "asker",
        "frame": frame_of(actor),
        "here": "my_grants",
    }
    return render(request, "gateway/grants.html", context)


@allow("officer")
@require_safe
def to_department(request: HttpRequest) -> HttpResponse:
    """The requests the own department has to answer, the most urgent first; or those it answered."""
    city, actor, today = city_in_force(), actor_of(request, "officer"), clock.today()
    done = request.GET.get("show") == "done"
    waiting = to_answer(actor.office)
    pages = paged(request, answered_by(actor.office) if done else waiting)
    context = {
        **pages,
        "rows": rows_of(city, pages["page"], today=today),
        "tabs": [
            Tab("", Reason(N_("要答复的 %(n)s"), {"n": waiting.count()})),
            Tab("done", Reason(N_("已答复"))),
        ],
        "show": "done" if done else "",
        "office": city.office(actor.office),
        "desk": "department",
        "frame": frame_of(actor),
        "here": "grants",
    }
    return render(request, "gateway/grants.html", context)


@allow("centre")
@require_safe
def everybody(request: HttpRequest) -> HttpResponse:
    """All of them: to review, overdue, in force, ending, over; by asker."""
    city, actor, today = city_in_force(), actor_of(request, "centre"), clock.today()
    asker = request.GET.get("asker", "")
    rows = of_asker(asker) if asker else Grant.objects.all()
    askers = Grant.objects.order_by("asker").values_list("asker", flat=True).distinct()
    context = {
        **_listed(request, city, rows, CENTRE_TABS, today),
        "askers": [(code, city.office(code) or code) for code in askers],
        "asker": asker,
        "days": city.asking,
        "desk": "centre",
        "frame": frame_of(actor),
        "here": "grants",
    }
    return render(request, "gateway/grants.html", context)


def _listed(
    request: HttpRequest, city: City, rows: QuerySet[Grant], tabs: tuple[tuple[str, str], ...], today: datetime.date
) -> dict[str, Any]:
    days = city.asking.renew_days
    counted = counts(rows, today=today, renew_days=days)
    show = request.GET.get("show", "")
    show = show if show in dict(tabs) else tabs[0][0]
    pages = paged(request, shown(rows, show, today=today, renew_days=days))
    named = [Tab(code, Reason(said, {"n": counted.get(code, counted["all"])})) for code, said in tabs]
    return {**pages, "rows": rows_of(city, pages["page"], today=today), "tabs": named, "show": show}


def notices_of(city: City, row: Row) -> list[Notice]:
    """Return what the asker should know of one grant: nearly used up, ending, a change to come, nobody answered,
    refused or revoked lately and why.
    """
    card = row.card
    found: list[Notice] = []
    if card.nearly_used(city.asking.warn):
        used = {"used": card.used, "allowed": card.allowed}
        said = (
            Reason(N_("今天的次数用完了：%(allowed)s 次。零点恢复；不够用请申请调高。"), used)
            if not card.left
            else Reason(N_("今天已用 %(used)s 次，共 %(allowed)s 次。不够用请申请调高，上调当天生效。"), used)
        )
        found.append(Notice("wait", row, said))
    for change in card.coming:
        told = {"day": change.day, "daily": change.daily, "why": change.why}
        said = N_("从 %(day)s 起每日 %(daily)s 次：%(why)s") if change.daily else N_("%(day)s 起收回：%(why)s")
        found.append(Notice("wait", row, Reason(said, told)))
    if card.ends_soon(city.asking.renew_days) and card.end is None:
        last = {"day": card.grant.until_day}
        found.append(Notice("info", row, Reason(N_("%(day)s 到期，现在可以续期，不用重填。"), last)))
    if card.wanted and card.wanted.due < card.today:
        late = {"office": CENTRE_NAME, "day": card.wanted.due}
        found.append(Notice("wait", row, Reason(N_("%(office)s应当在 %(day)s 前答复调高申请，还没有答复。"), late)))
    if card.overdue and row.turn:
        late = {"office": row.turn.office, "day": row.turn.step.due or card.today}
        found.append(Notice("wait", row, Reason(N_("%(office)s应当在 %(day)s 前答复，还没有答复。"), late)))
    if card.grant.stage == Stage.LAPSED and row.turn:
        said = Reason(N_("%(office)s一直没有答复，申请已经结束。可以照原样再申请。"), {"office": row.turn.office})
        found.append(Notice("stop", row, said))
    if card.grant.stage in (Stage.REVOKED, Stage.REFUSED) and card.grant.ended_at:
        day = here(card.grant.ended_at).date()
        if (card.today - day).days <= RECENT:
            found.append(Notice("stop", row, Reason(_over(card.grant), {"day": day, "why": card.grant.ended_why})))
    return found


def _over(grant: Grant) -> str:
    if grant.stage == Stage.REVOKED:
        return N_("%(day)s 已收回，不能再用：%(why)s")
    return N_("续期申请 %(day)s 未获同意：%(why)s") if grant.renews else N_("%(day)s 未获同意，申请已经结束：%(why)s")
