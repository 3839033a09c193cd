"""One editor of the catalogue: a form about one place of a draft, checked at once, saved into the draft, with nothing typed lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from mianzheng.catalogue.rules.editing import Edit
from mianzheng.catalogue.rules.source import Problem
from mianzheng.common.errors import NotFound, Refusal
from mianzheng.common.reasons import N_, Reason
from mianzheng.people.rules.roles import REFORM
from mianzheng.reform.actions import drafting
from mianzheng.reform.pages.drafting.inputs import Input, Name, Values, acted, boxes, typed, wrong
from mianzheng.reform.queries import drafts
from mianzheng.reform.queries.drafts import Written
from mianzheng.reform.rules.drafting import OPEN, Place, fingerprint, fitting, put
from mianzheng.reform.rules.problems import field_of, what
from mianzheng.web import clock
from mianzheng.web.acting import actor_of

Files = Mapping[str, str]


@dataclass(frozen=True)
class Editor:
    """What one editor shows and writes. `places` is what it is about, `lines` where that stands in its file; `at` is the address
    to go on to.
    """

    title: Name
    file: str
    places: Sequence[Place]
    inputs: Sequence[Input]
    values: Values
    wanted: Callable[[Values], Sequence[Edit]]
    lines: Callable[[Files], range]
    at: tuple[str, Sequence[Any]]
    back: Name
    intro: str = ""
    aside: str = ""
    more: Mapping[str, Any] = field(default_factory=dict)
    check: Callable[[Values], dict[str, Reason]] = lambda values: {}


def open_draft(draft: UUID) -> Written:
    """Return the draft to be edited; 404 where there is none or it is over."""
    try:
        seen = drafts.written(draft)
    except NotFound:
        raise Http404 from None
    if seen.draft.stage not in OPEN:
        raise Http404
    return seen


def edited(request: HttpRequest, seen: Written, editor: Editor) -> HttpResponse:
    """Show the form; or do what a button of its rows says; or save it into the draft."""
    if request.method != "POST":
        return _page(request, seen, editor, editor.values, {}, fingerprint(seen.files, editor.places))
    values = typed(request.POST, editor.inputs)
    shown = request.POST.get("seen", "")
    if "act" in request.POST:
        return _page(request, seen, editor, acted(request.POST["act"], values, editor.inputs), {}, shown)
    found = wrong(editor.inputs, values) or editor.check(values)
    if found:
        return _page(request, seen, editor, values, found, shown, status=422)
    wanted = editor.wanted(values)
    spoiled = _spoiled(seen, editor, wanted)
    if spoiled:
        by_field, rest = _told(editor, spoiled)
        return _page(request, seen, editor, values, by_field, shown, status=422, rest=rest)
    try:
        drafting.edit(
            draft=seen.draft.id,
            wanted=wanted,
            places=editor.places,
            seen=shown,
            actor=actor_of(request, REFORM),
            now=clock.now(),
        )
    except Refusal as refusal:
        newly = fingerprint(drafts.written(seen.draft.id).files, editor.places)
        return _page(request, seen, editor, values, {}, newly, status=422, refusal=refusal)
    messages.success(request, _("写进草稿了，还没有生效。"))
    name, arguments = editor.at
    return redirect(name, *arguments)


def _page(
    request: HttpRequest,
    seen: Written,
    editor: Editor,
    values: Values,
    found: Mapping[str, Reason],
    shown: str,
    *,
    status: int = 200,
    rest: Sequence[Reason] = (),
    refusal: Refusal | None = None,
) -> HttpResponse:
    if refusal is None and status != 200:
        refusal = Refusal(
            Reason(N_("没有保存：有的地方要改一改。")), Reason(N_("标红的地方写明了怎么改；您填的都还在。"))
        )
    name, arguments = editor.at
    context = {
        "draft": seen.draft,
        "editor": editor,
        "boxes": boxes(editor.inputs, values, found),
        "values": values,
        "wrong": refusal,
        "rest": rest,
        "seen": shown,
        "back_name": name,
        "back_arguments": arguments,
        "here": "drafts",
        **editor.more,
    }
    return render(request, "reform/drafting/edit.html", context, status=status)


def _spoiled(seen: Written, editor: Editor, wanted: Sequence[Edit]) -> list[Problem]:
    """Return what would be wrong anew at the place the editor is about; what is wrong elsewhere then, the draft's page says."""
    edits = list(seen.edits)
    for each in wanted:
        edits = put(edits, seen.before, each)
    files, _left = fitting(seen.before, edits)
    before = Counter((problem.file, problem.message) for problem in seen.problems)
    lines, names = editor.lines(files), {each.name for each in editor.inputs}
    return [
        problem
        for problem in drafts.checked(files)[1]
        if problem.file == editor.file
        and not before[problem.file, problem.message]
        and (problem.line in lines or field_of(problem) in names)
    ]


def _told(editor: Editor, problems: Sequence[Problem]) -> tuple[dict[str, Reason], list[Reason]]:
    """Return what is wrong by input, and what belongs to none."""
    names = {each.name for each in editor.inputs}
    by_field: dict[str, Reason] = {}
    rest = []
    for problem in problems:
        name = field_of(problem)
        if name in names and name not in by_field:
            by_field[name] = what(problem)
        else:
            rest.append(what(problem))
    return by_field, rest
