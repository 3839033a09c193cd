"""Drafts of the catalogue (目录维护): the list, one draft with what it changes, and its way into force."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mianzheng.common.errors import NotFound, Refusal
from mianzheng.common.reasons import N_, Reason, unpacked
from mianzheng.people.queries import accounts
from mianzheng.people.rules.roles import REFORM
from mianzheng.reform.actions import drafting, enforcing
from mianzheng.reform.models import Draft
from mianzheng.reform.pages.drafting.lists import SHELVES
from mianzheng.reform.pages.drafting.showing import shown
from mianzheng.reform.queries import drafts
from mianzheng.reform.rules import rehearsal
from mianzheng.reform.rules.drafting import OPEN, Place, check_fits
from mianzheng.reform.rules.problems import in_words
from mianzheng.reform.rules.states import DraftStage
from mianzheng.web import clock
from mianzheng.web.access import allow
from mianzheng.web.acting import actor_of, told
from mianzheng.web.paging import paged

STAGE_NAMES = {
    DraftStage.WRITTEN: Reason(N_("在写")),
    DraftStage.TESTED: Reason(N_("试过了")),
    DraftStage.PLANNED: Reason(N_("等到生效日")),
    DraftStage.IN_FORCE: Reason(N_("已生效")),
    DraftStage.DROPPED: Reason(N_("已放弃")),
}
SHOWN = 30
"""Problems shown on a page; the number says when there are more."""


@allow(REFORM)
@require_http_methods(["GET", "HEAD", "POST"])
def listed(request: HttpRequest) -> HttpResponse:
    """All drafts; or begin a new one."""
    context: dict[str, Any] = {"here": "drafts"}
    if request.method == "POST":
        typed = {name: request.POST.get(name, "") for name in ("title", "why")}
        try:
            draft = drafting.begin(**typed, actor=actor_of(request, REFORM), now=clock.now())
        except Refusal as refusal:
            context |= {"wrong": refusal, "typed": typed}
        else:
            return redirect("reform:draft", draft.id)
    pages = paged(request, drafts.drafts())
    rows = [(each, STAGE_NAMES[DraftStage(each.stage)]) for each in pages["page"]]
    context |= {**pages, "rows": rows, "posts": _posts(*pages["page"])}
    return render(request, "reform/drafting/drafts.html", context, status=422 if "wrong" in context else 200)


def _posts(*found: Draft) -> dict[str, str]:
    """Return the posts of whoever wrote, tested, planned or put drafts in force, by account (one query)."""
    ids = set()
    for each in found:
        for account in (each.made_by, each.changed_by, each.tested_by, each.planned_by, each.in_force_by):
            try:
                ids.add(uuid.UUID(account or ""))
            except ValueError:
                continue
    return {str(key): card.display_name or card.username for key, card in accounts(ids).items()}


@allow(REFORM)
@require_safe
def draft(request: HttpRequest, draft: uuid.UUID) -> HttpResponse:
    """One draft: what it changes, what is wrong with it, what the cases of the last days say, and what can be done now."""
    return _page(request, draft)


def _page(
    request: HttpRequest, key: uuid.UUID, *, wrong: Refusal | None = None, typed: dict[str, str] | None = None
) -> HttpResponse:
    try:
        seen = drafts.written(key)
    except NotFound:
        raise Http404 from None
    found = seen.draft
    is_open = found.stage in OPEN
    problems = seen.problems if is_open and seen.edits else ()
    tests = rehearsal.unpacked(found.tests)
    context = {
        "draft": found,
        "stage": STAGE_NAMES[DraftStage(found.stage)],
        "open": is_open,
        "edits": shown(seen),
        "left": len(seen.left),
        "problems": [in_words(each) for each in problems[:SHOWN]],
        "problem_count": len(problems),
        "tests": [(each, _changes(each)) for each in tests if each.cases],
        "idle": [each for each in tests if not each.cases],
        "worse": found.tests.get("worse", 0),
        "why_not": _why_not(seen, len(problems)),
        "shelves": [(kind, Reason(shelf.title)) for kind, shelf in SHELVES.items()],
        "refused": unpacked(found.refused) if found.refused else None,
        "tomorrow": clock.today() + datetime.timedelta(days=1),
        "posts": _posts(found),
        "wrong": wrong,
        "typed": typed or {},
        "here": "drafts",
    }
    return render(request, "reform/drafting/draft.html", context, status=422 if wrong else 200)


def _changes(each: rehearsal.Rehearsed) -> list[tuple[Reason, int, tuple[str, ...], bool]]:
    """Return what would have been otherwise: in words, how many, examples, and whether that is worse."""
    return [
        (rehearsal.NAMES[change], each.counts[change], each.examples.get(change, ()), change in rehearsal.WORSE)
        for change in rehearsal.Change
        if each.counts.get(change)
    ]


def _why_not(seen: drafts.Written, problems: int) -> Reason | None:
    """Return why the draft cannot be tested; None where it can."""
    if not seen.edits:
        return Reason(N_("这份草稿还没有改动。"))
    try:
        check_fits(seen.left)
    except Refusal as refusal:
        return refusal.what
    return Reason(N_("先把“要改正的”改好。")) if problems else None


@allow(REFORM)
@require_POST
def describe(request: HttpRequest, draft: uuid.UUID) -> HttpResponse:
    """Say anew what the draft is for."""
    typed = {name: request.POST.get(name, "") for name in ("title", "why")}
    return _done(request, draft, lambda **by: drafting.describe(draft=draft, **typed, **by), _("改好了。"), typed)


@allow(REFORM)
@require_POST
def undo(request: HttpRequest, draft: uuid.UUID) -> HttpResponse:
    """Take one edit back."""
    place = Place(request.POST.get("file", ""), request.POST.get("key", ""))
    return _done(request, draft, lambda **by: drafting.undo(draft=draft, place=place, **by), _("这一处已撤销。"))


@allow(REFORM)
@require_POST
def keep(request: HttpRequest, draft: uuid.UUID) -> HttpResponse:
    """Keep one edit on top of what others wrote in between."""
    place = Place(request.POST.get("file", ""), request.POST.get("key", ""))
    return _done(request, draft, lambda **by: drafting.keep(draft=draft, place=place, **by), _("这一处按您的写。"))


@allow(REFORM)
@require_POST
def test(request: HttpRequest, draft: uuid.UUID) -> HttpResponse:
    """Try the draft on the cases of the last days."""
    return _done(request, draft, lambda **by: enforcing.test(draft=draft, **by), _("用近来的办件试过了，结果在下面。"))


@allow(REFORM)
@require_POST
def plan(request: HttpRequest, draft: uuid.UUID) -> HttpResponse:
    """Have it come into force on a day."""
    typed = {name: request.POST.get(name, "") for name in ("from_day", "worse_why")}
    try:
        day = datetime.date.fromisoformat(typed["from_day"])
    except ValueError:
        what, now = Reason(N_("没有写哪一天生效。")), Reason(N_("请按 2026-01-31 的样子填写日期。"))
        return _page(request, draft, wrong=Refusal(what, now, field="from_day"), typed=typed)
    why = typed["worse_why"]
    said = _("到那一天自动生效；在那以前改动了，要重新试。")
    return _done(
        request, draft, lambda **by: enforcing.plan(draft=draft, from_day=day, worse_why=why, **by), said, typed
    )


@allow(REFORM)
@require_POST
def force(request: HttpRequest, draft: uuid.UUID) -> HttpResponse:
    """Put it in force now."""
    typed = {"worse_why": request.POST.get("worse_why", "")}
    said = _("已经生效。网页、表单和办事指南这一刻起都按新的。")
    return _done(request, draft, lambda **by: enforcing.put_in_force(draft=draft, **typed, **by), said, typed)


@allow(REFORM)
@require_POST
def drop(request: HttpRequest, draft: uuid.UUID) -> HttpResponse:
    """Put the draft aside."""
    with told(request):
        drafting.drop(draft=draft, actor=actor_of(request, REFORM), now=clock.now())
        messages.success(request, _("草稿已放弃，写过的还看得到。"))
    return redirect("reform:draft", draft)


def _done(
    request: HttpRequest, draft: uuid.UUID, act: Any, said: str, typed: dict[str, str] | None = None
) -> HttpResponse:
    """Do it and say so; where it is refused the page says why, with what was typed."""
    try:
        act(actor=actor_of(request, REFORM), now=clock.now())
    except NotFound:
        raise Http404 from None
    except Refusal as refusal:
        return _page(request, draft, wrong=refusal, typed=typed)
    messages.success(request, said)
    return redirect("reform:draft", draft)
