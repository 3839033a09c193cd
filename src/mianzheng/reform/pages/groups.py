"""Groups of near-identical certificates (同一证明): the list to confirm, and one group to split, join, name."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from mianzheng.catalogue.queries.editions import city as city_in_force
from mianzheng.catalogue.rules.city import City
from mianzheng.common.errors import NotFound, Refusal
from mianzheng.common.reasons import unpacked
from mianzheng.people.rules.roles import REFORM
from mianzheng.reform.actions import candidates, grouping
from mianzheng.reform.models import Row
from mianzheng.reform.pages.naming import PAPER_NAMES, how_sure, joined, office_name, paper_name
from mianzheng.reform.pages.office import STAGE_NAMES
from mianzheng.reform.queries import groups as asked_for
from mianzheng.reform.queries.groups import CONFIRMED, NONE, RETURNED, WAITING, Card
from mianzheng.reform.queries.returns import returns
from mianzheng.reform.rules.papers import Paper
from mianzheng.reform.rules.placing import KINDS, SURE
from mianzheng.reform.rules.states import Stage
from mianzheng.web import clock
from mianzheng.web.access import allow
from mianzheng.web.acting import actor_of, ids_in, told
from mianzheng.web.paging import paged


@allow(REFORM)
@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """The groups that wait, the least sure first; those of no certificates; the confirmed; what was cancelled and came back."""
    city = city_in_force()
    show = request.GET.get("show", "")
    show = show if show in (NONE, CONFIRMED, RETURNED) else WAITING
    asked = " ".join(request.GET.get("q", "").split())[:60]
    if show == RETURNED:
        return _returned(request, city)
    pages = paged(request, asked_for.shown(show, asked=asked))
    counts = asked_for.counts()
    context = {
        **pages,
        "rows": [_row(city, card) for card in asked_for.cards(pages["page"])],
        "counts": counts,
        "unsure": counts["waiting"] - counts["sure"],
        "show": show,
        "asked": asked,
        "least": SURE,
        "here": "groups",
    }
    return render(request, "reform/groups.html", context)


def _returned(request: HttpRequest, city: City) -> HttpResponse:
    pages = paged(request, returns(city))
    rows = [
        {
            "certificate": each.certificate,
            "demander": office_name(city, each.certificate.demander, ""),
            "rows": [
                {
                    "row": row,
                    "office": office_name(city, row.demander_code or row.report.office, row.demander),
                    "why": back.reasons,
                    "sure": how_sure(back.confidence),
                }
                for row, back in each.rows
            ],
        }
        for each in pages["page"]
    ]
    context = {**pages, "rows": rows, "counts": asked_for.counts(), "show": RETURNED, "here": "groups"}
    return render(request, "reform/groups_returned.html", context)


def _row(city: City, card: Card) -> dict[str, Any]:
    return {
        "group": card.group,
        "paper": paper_name(card.group.paper),
        "names": [(row.name, how_sure(row.likeness), _why(row)) for row in card.names()],
        "demanders": joined([office_name(city, code, said) for code, said in card.demanders()]),
        "issuers": joined([office_name(city, code, said) for code, said in card.issuers()]),
        "count": len(card.rows),
        "new": card.new,
        "sure": how_sure(card.group.confidence),
        "unclear": card.group.paper == Paper.UNCLEAR,
        "why_paper": next((unpacked(row.why) for row in card.rows if row.why), None),
        "may_confirm": (card.new or not card.group.confirmed_at) and card.group.paper != Paper.UNCLEAR,
    }


def _why(row: Row) -> list[Any]:
    return [unpacked(reason) for reason in row.alike]


@allow(REFORM)
@require_safe
def group(request: HttpRequest, group: uuid.UUID) -> HttpResponse:
    """One group: every row with its source, what was understood and why; to confirm, split, join, name, say what it is."""
    city = city_in_force()
    card = asked_for.card(group)
    if card is None:
        raise Http404
    asked = " ".join(request.GET.get("with", "").split())[:60]
    context = {
        **_row(city, card),
        "rows": [_line(city, row) for row in card.rows],
        "elsewhere": [_line(city, row) for row in card.elsewhere],
        "may_split": len(card.rows) > 1,
        "kinds": [(kind, PAPER_NAMES[Paper(kind)]) for kind in KINDS],
        "candidates": [
            {"candidate": each, "office": office_name(city, each.demander, each.demander_said),
             "stage": STAGE_NAMES[Stage(each.stage)]}
            for each in card.group.candidates.order_by("demander", "purpose", "code")
        ],
        "asked": asked,
        "others": asked_for.to_join(card.group, asked),
        "here": "groups",
    }  # fmt: skip
    return render(request, "reform/group.html", context)


def _line(city: City, row: Row) -> dict[str, Any]:
    return {
        "row": row,
        "list": office_name(city, row.report.office, ""),
        "demander": office_name(city, row.demander_code, row.demander),
        "issuer": office_name(city, row.issuer_code, row.issuer),
        "sure": how_sure(row.likeness),
        "why": _why(row),
    }


@allow(REFORM)
@require_POST
def confirm_many(request: HttpRequest) -> HttpResponse:
    """Confirm the ticked groups, or all that are sure."""
    city, actor, now = city_in_force(), actor_of(request, REFORM), clock.now()
    ticked = ids_in(request.POST, "group")

    def act() -> int:
        if request.POST.get("which") == "sure":
            return grouping.confirm_sure(city=city, least=SURE, actor=actor, now=now)
        grouping.confirm(city=city, groups=ticked, actor=actor, now=now)
        return len(ticked)

    with _said(request):
        done = act()
        messages.success(request, ngettext("确认了 %(n)s 组。", "确认了 %(n)s 组。", done) % {"n": done})
    back = request.POST.get("back", "")
    return redirect(back if url_has_allowed_host_and_scheme(back, None) else reverse("reform:groups"))


@contextmanager
def _said(request: HttpRequest) -> Iterator[None]:
    """Turn a refusal into a message. A group that is gone is one too: a new list may have come while somebody looked."""
    with told(request):
        try:
            yield
        except NotFound as gone:
            raise Refusal(gone.what, gone.now) from gone


def _done(request: HttpRequest, group: uuid.UUID, act: Callable[[], uuid.UUID | object], said: str) -> HttpResponse:
    """Do `act` and go to the group, to the one `act` returns if it returns one; where it is refused, say why."""
    with _said(request):
        made = act()
        messages.success(request, said)
        return redirect("reform:group", made if isinstance(made, uuid.UUID) else group)
    return redirect("reform:group", group) if asked_for.card(group) else redirect("reform:groups")


@allow(REFORM)
@require_POST
def confirm(request: HttpRequest, group: uuid.UUID) -> HttpResponse:
    """Confirm one group."""
    city, actor, now = city_in_force(), actor_of(request, REFORM), clock.now()
    return _done(
        request, group, lambda: grouping.confirm(city=city, groups=[group], actor=actor, now=now), _("已确认。")
    )


@allow(REFORM)
@require_POST
def split(request: HttpRequest, group: uuid.UUID) -> HttpResponse:
    """Take the ticked rows out into a group of their own."""
    city, actor, now = city_in_force(), actor_of(request, REFORM), clock.now()
    rows = ids_in(request.POST, "row")
    return _done(
        request,
        group,
        lambda: grouping.split(city=city, group=group, rows=rows, actor=actor, now=now),
        _("已分开。这是分出来的一组，以后的清单也照此分开。"),
    )


@allow(REFORM)
@require_POST
def join(request: HttpRequest, group: uuid.UUID) -> HttpResponse:
    """Take another group into this one."""
    city, actor, now = city_in_force(), actor_of(request, REFORM), clock.now()
    both = [group, *ids_in(request.POST, "other")]
    return _done(
        request,
        group,
        lambda: grouping.join(city=city, groups=both, actor=actor, now=now),
        _("已合并，以后的清单也照此合并。"),
    )


@allow(REFORM)
@require_POST
def rename(request: HttpRequest, group: uuid.UUID) -> HttpResponse:
    """Choose the name that stands for the group."""
    name, actor, now = request.POST.get("name", ""), actor_of(request, REFORM), clock.now()
    return _done(request, group, lambda: grouping.rename(group=group, name=name, actor=actor, now=now), _("名称已改。"))


@allow(REFORM)
@require_POST
def say_what(request: HttpRequest, group: uuid.UUID) -> HttpResponse:
    """Say what the papers of the group are."""
    city, actor, now = city_in_force(), actor_of(request, REFORM), clock.now()
    paper = request.POST.get("paper", "")
    return _done(
        request,
        group,
        lambda: grouping.say_what(city=city, group=group, paper=paper, actor=actor, now=now),
        _("已记下它是什么。"),
    )


@allow(REFORM)
@require_POST
def take_up(request: HttpRequest, group: uuid.UUID) -> HttpResponse:
    """Make candidates of what is issued though nobody says to demand it."""
    city, actor, now = city_in_force(), actor_of(request, REFORM), clock.now()
    return _done(
        request,
        group,
        lambda: candidates.make_of_issued(city=city, group=group, actor=actor, now=now),
        _("已列为待处理。"),
    )
