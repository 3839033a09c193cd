"""A matter as a draft has it: its row, and its worked part with needs, questions and papers in order."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mianzheng.catalogue.rules.editing import Edit, RowEdit, TextEdit
from mianzheng.common.reasons import N_, Reason
from mianzheng.common.texts import Text
from mianzheng.people.rules.roles import REFORM
from mianzheng.reform.actions import drafting
from mianzheng.reform.pages.drafting import named
from mianzheng.reform.pages.drafting.editing import Editor, edited, open_draft
from mianzheng.reform.pages.drafting.inputs import Input, Kind, Name, Values, moved
from mianzheng.reform.pages.drafting.labels import GRANTS, LABELS, LEVELS, QUESTIONS, options
from mianzheng.reform.pages.drafting.matters import matter_row
from mianzheng.reform.rules.drafting import Place
from mianzheng.reform.rules.works import (
    APPLICANT,
    MATTERS,
    Tree,
    entries,
    with_entries,
    word,
    work_file,
    work_of,
    written,
)
from mianzheng.reform.rules.works import named as need_named
from mianzheng.web import clock
from mianzheng.web.access import allow
from mianzheng.web.acting import actor_of, told

PARTS = ("facts", "form", "papers")


@allow(REFORM)
@require_safe
def matter(request: HttpRequest, draft: uuid.UUID, code: str) -> HttpResponse:
    """One matter: what can be edited about it."""
    seen = open_draft(draft)
    row, tree = matter_row(seen, code), work_of(seen.files, code)
    names = _names(seen.files)
    context = {
        "draft": seen.draft,
        "code": code,
        "row": row,
        "name": named.text_of(row),
        "owner": names.get(row.get("owner", ""), row.get("owner", "")),
        "level": Reason(LEVELS.get(row.get("level", ""), "")),
        "facts": [names.get(fact, fact) for fact in row.get("facts", "").split()],
        "worked": bool(tree),
        "summary": Text(word(tree.get("summary")), word(tree.get("summary_en"))),
        "grant": Reason(GRANTS.get(word(tree.get("grant")), "")),
        "notice": names.get(word(tree.get("notice")), word(tree.get("notice"))),
        "needs": [_need(each, tree, names) for each in entries(tree, "facts")],
        "questions": [_question(each) for each in entries(tree, "form")],
        "papers": [(names.get(word(p.get("certificate")), word(p.get("certificate"))), p) for p in entries(tree, "papers")],
        "here": "drafts",
    }  # fmt: skip
    return render(request, "reform/drafting/matter.html", context)


def _names(files: Mapping[str, str]) -> dict[str, Name]:
    known = (
        *named.facts(files),
        *named.certificates(files),
        *named.relations(files),
        *named.owners(files),
        *named.texts(files, "notice"),
        *named.texts(files, "commitment"),
        named.APPLICANT,
    )
    return dict(known)


def _need(need: Tree, tree: Tree, names: Mapping[str, Name]) -> dict[str, Any]:
    fact, about = word(need.get("fact")), word(need.get("about")) or APPLICANT
    params = need.get("params") if isinstance(need.get("params"), dict) else {}
    return {
        "code": need_named(need),
        "fact": names.get(fact, fact),
        "about": names.get(about, about) if about != APPLICANT else "",
        "params": " ".join(f"{key} = {word(value)}" for key, value in (params or {}).items()),
        "why": Text(word(need.get("why")), word(need.get("why_en"))),
        "when": dict(answers(tree)).get(_when(need), _when(need)),
        "commitment": names.get(word(need.get("commitment")), word(need.get("commitment"))),
        "retained": names.get(word(need.get("retained")), word(need.get("retained"))),
        "department": word(need.get("department")) != "no",
    }


def _when(need: Tree) -> str:
    when = need.get("when")
    return f"{word(when.get('field'))}={word(when.get('is'))}" if isinstance(when, dict) else ""


def answers(tree: Tree) -> list[tuple[str, Reason]]:
    """Return each answer of the form with a closed list of answers: what a need can hang on."""
    found = []
    for question in entries(tree, "form"):
        choices = [(word(each.get("code")), named.text_of(each)) for each in entries(question, "choices")]
        if question.get("type") == "boolean":
            choices = [("yes", Text("勾选了", "ticked")), ("no", Text("没有勾选", "not ticked"))]
        for code, name in choices:
            words = Reason(N_("“%(question)s”填“%(answer)s”时"), {"question": named.text_of(question), "answer": name})
            found.append((f"{word(question.get('code'))}={code}", words))
    return found


def _question(question: Tree) -> dict[str, Any]:
    kind = word(question.get("type"))
    return {
        "code": word(question.get("code")),
        "name": named.text_of(question),
        "kind": Reason(QUESTIONS.get(kind, kind)),
        "required": word(question.get("required")) == "yes",
        "choices": [named.text_of(each) for each in entries(question, "choices")],
    }


@allow(REFORM)
@require_POST
def move(request: HttpRequest, draft: uuid.UUID, code: str) -> HttpResponse:
    """Move a need, a question or a paper a place up or down, or take it out."""
    seen = open_draft(draft)
    matter_row(seen, code)
    part, place = request.POST.get("part", ""), request.POST.get("place", "")
    if part in PARTS and place.isdecimal():
        tree = work_of(seen.files, code)
        said = moved(entries(tree, part), request.POST.get("act", ""), int(place))
        _write(request, seen.draft.id, written(seen.files, code, with_entries(tree, part, said)))
    return redirect("reform:draft_matter", draft, code)


@allow(REFORM)
@require_POST
def take_out(request: HttpRequest, draft: uuid.UUID, code: str) -> HttpResponse:
    """Take a matter out of the catalogue, or only what makes it possible to apply for it here."""
    seen = open_draft(draft)
    matter_row(seen, code)
    only_work = request.POST.get("only") == "work"
    wanted: list[Edit] = [TextEdit(work_file(code), None), *([] if only_work else [RowEdit(MATTERS, code, None)])]
    _write(request, seen.draft.id, wanted)
    return redirect("reform:draft_matter", draft, code) if only_work else redirect("reform:draft", draft)


def _write(request: HttpRequest, draft: uuid.UUID, wanted: list[Edit]) -> None:
    with told(request):
        drafting.edit(draft=draft, wanted=wanted, actor=actor_of(request, REFORM), now=clock.now())
        messages.success(request, _("写进草稿了，还没有生效。"))


@allow(REFORM)
@require_http_methods(["GET", "HEAD", "POST"])
def texts(request: HttpRequest, draft: uuid.UUID, code: str) -> HttpResponse:
    """Edit what a worked matter says: summary, who grants, result, remedies, notice. The first time makes it a worked one."""
    seen = open_draft(draft)
    row, tree = matter_row(seen, code), work_of(seen.files, code)
    result = tree.get("result") if isinstance(tree.get("result"), dict) else {}
    known = {
        name: word(tree.get(name)) for name in ("summary", "summary_en", "grant", "remedies", "remedies_en", "notice")
    }
    known |= {f"result_{name}": word((result or {}).get(name)) for name in ("name", "name_en", "text", "text_en")}
    editor = Editor(
        title=Reason(N_("“%(name)s”的说明和文书"), {"name": named.text_of(row)}),
        file=work_file(code),
        places=[Place(work_file(code))],
        inputs=_text_inputs(seen.files),
        values=known,
        wanted=lambda values: written(seen.files, code, tree | _said(values)),
        lines=lambda files: range(0),
        at=("reform:draft_matter", [draft, code]),
        back=named.text_of(row),
    )  # fmt: skip
    return edited(request, seen, editor)


def _text_inputs(files: Mapping[str, str]) -> list[Input]:
    return [
        Input("summary", LABELS["summary"], Kind.LONG, longest=500, hint=N_("办什么、要不要带证明，两句话说清。")),
        Input("summary_en", LABELS["summary_en"], Kind.LONG, longest=1000),
        Input("grant", LABELS["grant"], Kind.CHOICE, options=options(GRANTS)),
        Input("result_name", N_("结果叫什么")),
        Input("result_name_en", N_("结果的英文名称")),
        Input("result_text", N_("准予时对申请人说的话"), Kind.LONG, longest=1000),
        Input("result_text_en", N_("准予时对申请人说的话（英文）"), Kind.LONG, longest=2000),
        Input("remedies", LABELS["remedies"], Kind.LONG, longest=1000),
        Input("remedies_en", LABELS["remedies_en"], Kind.LONG, longest=2000),
        Input("notice", LABELS["notice"], Kind.CHOICE, options=named.texts(files, "notice")),
    ]


def _said(values: Values) -> Tree:
    result = {name.removeprefix("result_"): value for name, value in values.items() if name.startswith("result_")}
    return {name: value for name, value in values.items() if not name.startswith("result_")} | {"result": result}
