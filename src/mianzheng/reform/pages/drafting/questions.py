"""A question of the form of a worked matter, with its choices."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from mianzheng.catalogue.rules.editing import Edit
from mianzheng.common.reasons import N_, Reason
from mianzheng.people.rules.roles import REFORM
from mianzheng.reform.pages.drafting import named
from mianzheng.reform.pages.drafting.editing import Editor, edited, open_draft
from mianzheng.reform.pages.drafting.inputs import Input, Kind, Values
from mianzheng.reform.pages.drafting.labels import LABELS, QUESTIONS, YES, options
from mianzheng.reform.pages.drafting.matters import matter_row, taken
from mianzheng.reform.queries.drafts import Written
from mianzheng.reform.rules.drafting import Place
from mianzheng.reform.rules.lines import node_lines
from mianzheng.reform.rules.works import Tree, entries, with_entries, word, work_file, work_of, written
from mianzheng.web.access import allow

_PLAIN = "name name_en type required relation min max help help_en".split()


def _inputs(seen: Written, *, new: bool) -> list[Input]:
    choice = (
        Input("code", LABELS["code"], Kind.CODE),
        Input("name", LABELS["name"]),
        Input("name_en", LABELS["name_en"]),
    )
    return [
        *([Input("code", LABELS["code"], Kind.CODE, hint=N_("定了就不改。"))] if new else []),
        Input("name", N_("问什么")),
        Input("name_en", N_("英文")),
        Input("type", LABELS["type"], Kind.CHOICE, options=options(QUESTIONS)),
        Input("required", LABELS["required"], Kind.CHOICE, options=options(YES)),
        Input("choices", LABELS["choices"], Kind.ROWS, required=False, columns=choice, hint=N_("只在“单选”时填，至少两个。")),
        Input("relation", LABELS["relation"], Kind.CHOICE, options=named.relations(seen.files), hint=N_("只在“选一个关系人”时填。")).may,
        Input("min", LABELS["min"], Kind.DECIMAL, least=-999_999_999).may,
        Input("max", LABELS["max"], Kind.DECIMAL, least=-999_999_999).may,
        Input("help", LABELS["help"], longest=300).may,
        Input("help_en", LABELS["help_en"], longest=600).may,
        Input("prefill", LABELS["prefill"], hint=N_("申请人自己的哪条记录，写成“信息项.字段”，比如 marriage.status。")).may,
    ]  # fmt: skip


def _values(question: Tree) -> Values:
    prefill = question.get("prefill")
    choices = [
        {key: word(each.get(key)) for key in ("code", "name", "name_en")} for each in entries(question, "choices")
    ]
    filled = f"{word(prefill.get('item'))}.{word(prefill.get('field'))}" if isinstance(prefill, dict) else ""
    return {name: word(question.get(name)) for name in _PLAIN} | {"choices": choices, "prefill": filled}


def _entry(code: str, values: Values) -> Tree:
    """Return the question a form says, with what is empty left out."""
    said: Tree = {"code": code} | {name: values[name] for name in ("name", "name_en", "type")}
    said["required"] = values["required"] == "yes"
    if values["choices"]:
        said["choices"] = values["choices"]
    said["relation"] = values["relation"]
    said |= {name: _number(values[name]) for name in ("min", "max")}
    said |= {name: values[name] for name in ("help", "help_en")}
    item, _, field = values["prefill"].partition(".")
    if item:
        said["prefill"] = {"item": item, "field": field}
    return {name: value for name, value in said.items() if value not in ("", None)}


def _number(text: str) -> Any:
    return None if not text else float(text) if "." in text else int(text)


def _check(values: Values) -> dict[str, Reason]:
    """A name without its English is half a translation; what is filled in beforehand names item and field."""
    found = {}
    if bool(values["help"]) != bool(values["help_en"]):
        found["help_en" if values["help"] else "help"] = Reason(N_("中文和英文要么都写，要么都不写。"))
    if values["prefill"] and len([part for part in values["prefill"].split(".") if part]) != 2:
        found["prefill"] = Reason(N_("请写成“信息项.字段”。"))
    return found


@allow(REFORM)
@require_http_methods(["GET", "HEAD", "POST"])
def question(request: HttpRequest, draft: uuid.UUID, code: str, place: int) -> HttpResponse:
    """Edit a question."""
    seen = open_draft(draft)
    form = entries(work_of(seen.files, code), "form")
    if place >= len(form):
        raise Http404
    return edited(request, seen, _editor(seen, code, place, form))


@allow(REFORM)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, draft: uuid.UUID, code: str) -> HttpResponse:
    """Add a question."""
    seen = open_draft(draft)
    form = entries(work_of(seen.files, code), "form")
    return edited(request, seen, _editor(seen, code, len(form), form))


def _editor(seen: Written, code: str, place: int, form: list[Tree]) -> Editor:
    row, is_new = matter_row(seen, code), place == len(form)
    known: Tree = {"required": True} if is_new else form[place]
    codes = {word(each.get("code")): each for each in form}

    def wanted(values: Values) -> list[Edit]:
        entry = _entry(values["code"] if is_new else word(known.get("code")), values)
        tree = with_entries(work_of(seen.files, code), "form", [*form[:place], entry, *form[place + 1 :]])
        return written(seen.files, code, tree)

    def check(values: Values) -> dict[str, Reason]:
        return (taken(codes, values) if is_new else {}) or _check(values)

    return Editor(
        title=Reason(N_("新的表单项")) if is_new else named.text_of(known),
        file=work_file(code),
        places=[Place(work_file(code))],
        inputs=_inputs(seen, new=is_new),
        values=_values(known),
        wanted=wanted,
        lines=lambda files: node_lines(files.get(work_file(code), ""), ["form", place]),
        at=("reform:draft_matter", [seen.draft.id, code]),
        back=named.text_of(row),
        check=check,
    )
