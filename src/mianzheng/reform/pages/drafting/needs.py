"""A need (所需事实) of a worked matter: which fact about whom, with which parameters, why, under which article, by which ways."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from mianzheng.catalogue.rules.trees import entries_of
from mianzheng.common.reasons import N_
from mianzheng.people.rules.roles import REFORM
from mianzheng.reform.pages.drafting import named
from mianzheng.reform.pages.drafting.editing import Editor, edited, open_draft
from mianzheng.reform.pages.drafting.inputs import Input, Kind, Values
from mianzheng.reform.pages.drafting.labels import LABELS, YES, options
from mianzheng.reform.pages.drafting.matters import matter_row
from mianzheng.reform.pages.drafting.works import answers
from mianzheng.reform.queries.drafts import Written
from mianzheng.reform.rules.drafting import Place
from mianzheng.reform.rules.lines import node_lines
from mianzheng.reform.rules.works import (
    APPLICANT,
    Tree,
    entries,
    unlike,
    with_entries,
    word,
    work_file,
    work_of,
    written,
)
from mianzheng.web.access import allow

_KINDS = {"integer": Kind.WHOLE, "decimal": Kind.DECIMAL, "date": Kind.DAY, "boolean": Kind.CHOICE}
_LEAST = -999_999_999


def _params(files: Any, fact: str) -> dict[str, Tree]:
    found = entries_of(files.get("facts.yaml", "")).get(fact, {}).get("params")
    return found if isinstance(found, dict) else {}


def _inputs(seen: Written, tree: Tree, fact: str) -> list[Input]:
    params = [
        Input(f"param_{code}", named.text_of({"code": code, **said}), _KINDS.get(str(said.get("type")), Kind.TEXT), options=options(YES) if said.get("type") == "boolean" else (), least=_LEAST)
        for code, said in _params(seen.files, fact).items()
    ]  # fmt: skip
    return [
        Input("about", LABELS["about"], Kind.CHOICE, options=(named.APPLICANT, *named.relations(seen.files))),
        *params,
        Input("why", LABELS["why"], hint=N_("对申请人说，一句话。")),
        Input("why_en", LABELS["why_en"]),
        Input("basis", LABELS["basis"], Kind.CHOICE, options=named.bases(seen.files)),
        Input("when", LABELS["when"], Kind.CHOICE, options=tuple(answers(tree)), hint=N_("不选就是每次都查。")).may,
        Input("ways", N_("数据查不清时怎么办"), Kind.HEAD),
        Input("department", LABELS["department"], Kind.CHOICE, options=options(YES)),
        Input("deadline", LABELS["deadline"], Kind.WHOLE, least=1, hint=N_("不填就照全市的期限。")).may,
        Input("commitment", LABELS["commitment"], Kind.CHOICE, options=named.texts(seen.files, "commitment"), hint=N_("依法不适用告知承诺的不选。")).may,
        Input("retained", LABELS["retained"], Kind.CHOICE, options=named.certificates(seen.files, asked=True), hint=N_("只有法律还要求、又没有别的办法的才选；选了就要申请人交。")).may,
        Input("code", LABELS["code"], Kind.CODE, hint=N_("同一个事实查几次时用来区分，一般不填。")).may,
    ]  # fmt: skip


def _values(need: Tree) -> Values:
    when = need.get("when")
    params = need.get("params") if isinstance(need.get("params"), dict) else {}
    return {
        **{name: word(need.get(name)) for name in ("why", "why_en", "basis", "deadline", "commitment", "retained", "code")},
        **{f"param_{code}": word(value) for code, value in (params or {}).items()},
        "about": word(need.get("about")) or APPLICANT,
        "department": word(need.get("department")) or "yes",
        "when": f"{word(when.get('field'))}={word(when.get('is'))}" if isinstance(when, dict) else "",
    }  # fmt: skip


def _entry(fact: str, values: Values, types: dict[str, Tree]) -> Tree:
    """Return the need a form says, with what is as usual left out."""
    params = {code: _typed(values[f"param_{code}"], str(said.get("type"))) for code, said in types.items()}
    field, _, answer = values["when"].partition("=")
    said: Tree = {"code": values["code"], "fact": fact}
    if values["about"] != APPLICANT:
        said["about"] = values["about"]
    said |= {"params": params} | {name: values[name] for name in ("why", "why_en", "basis")}
    said["deadline"] = int(values["deadline"]) if values["deadline"] else None
    if values["department"] == "no":
        said["department"] = False
    said["commitment"] = values["commitment"]
    if field:
        said["when"] = {"field": field, "is": {"yes": True, "no": False}.get(answer, answer)}
    said["retained"] = values["retained"]
    return {name: value for name, value in said.items() if value or value is False}


def _typed(value: str, kind: str) -> Any:
    if kind == "integer":
        return int(value)
    if kind == "decimal":
        return float(value) if "." in value else int(value)
    if kind == "boolean":
        return value == "yes"
    return datetime.date.fromisoformat(value) if kind == "date" else value


@allow(REFORM)
@require_http_methods(["GET", "HEAD", "POST"])
def need(request: HttpRequest, draft: uuid.UUID, code: str, place: int) -> HttpResponse:
    """Edit a need."""
    seen = open_draft(draft)
    needs = entries(work_of(seen.files, code), "facts")
    if place >= len(needs):
        raise Http404
    return edited(request, seen, _editor(seen, code, place, needs[place]))


@allow(REFORM)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, draft: uuid.UUID, code: str) -> HttpResponse:
    """Add a need: first which fact, then the rest, which depends on it."""
    seen = open_draft(draft)
    row, fact = matter_row(seen, code), request.GET.get("fact", "")
    known = dict(named.facts(seen.files))
    if fact not in known:
        context = {
            "draft": seen.draft,
            "code": code,
            "name": named.text_of(row),
            "facts": known.items(),
            "here": "drafts",
        }
        return render(request, "reform/drafting/which_fact.html", context)
    needs = entries(work_of(seen.files, code), "facts")
    basis = needs[-1].get("basis") if needs else next(iter(row.get("bases", "").split()), "")
    return edited(request, seen, _editor(seen, code, len(needs), {"fact": fact, "basis": basis}))


def _editor(seen: Written, code: str, place: int, known: Tree) -> Editor:
    tree, fact = work_of(seen.files, code), word(known.get("fact"))
    needs, types = entries(tree, "facts"), _params(seen.files, fact)
    others = [*needs[:place], *needs[place + 1 :]]

    def wanted(values: Values) -> Any:
        entry = unlike(_entry(fact, values, types), others)
        return written(seen.files, code, with_entries(tree, "facts", [*needs[:place], entry, *needs[place + 1 :]]))

    return Editor(
        title=dict(named.facts(seen.files)).get(fact, fact),
        file=work_file(code),
        places=[Place(work_file(code))],
        inputs=_inputs(seen, tree, fact),
        values=_values(known),
        wanted=wanted,
        lines=lambda files: node_lines(files.get(work_file(code), ""), ["facts", place]),
        at=("reform:draft_matter", [seen.draft.id, code]),
        back=named.text_of(matter_row(seen, code)),
        intro="",
        aside="reform/drafting/fact_of.html",
        more={"fact": entries_of(seen.files.get("facts.yaml", "")).get(fact, {}), "fact_code": fact},
    )
