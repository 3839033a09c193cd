"""A fact (证明事实): the question, the item that answers it, and the condition, checked as soon as it is written."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from mianzheng.catalogue.rules.editing import EntryEdit
from mianzheng.catalogue.rules.trees import entries_of
from mianzheng.common.reasons import N_, Reason
from mianzheng.people.rules.roles import REFORM
from mianzheng.reform.pages.drafting.editing import Editor, edited, open_draft
from mianzheng.reform.pages.drafting.fields import fields_of
from mianzheng.reform.pages.drafting.inputs import Input, Kind, Values
from mianzheng.reform.pages.drafting.labels import CONTENTS, FORMS, LABELS, TYPES, VERDICTS, options
from mianzheng.reform.pages.drafting.matters import taken
from mianzheng.reform.pages.drafting.named import departments, items, text_of
from mianzheng.reform.queries.drafts import Written
from mianzheng.reform.rules.drafting import Place
from mianzheng.reform.rules.lines import entry_lines
from mianzheng.web.access import allow

FILE = "facts.yaml"


def _inputs(seen: Written, *, new: bool) -> list[Input]:
    params = (
        Input("code", LABELS["code"], Kind.CODE, hint=N_("判定条件里写作 p.代码")),
        Input("type", LABELS["type"], Kind.CHOICE, options=options(TYPES)),
        Input("name", LABELS["name"]),
        Input("name_en", LABELS["name_en"]),
    )
    return [
        *([Input("code", LABELS["code"], Kind.CODE, hint=N_("定了就不改。"))] if new else []),
        Input("name", LABELS["name"]),
        Input("name_en", LABELS["name_en"]),
        Input("question", LABELS["question"], hint=N_("问成一句是非题，居民看得到。")),
        Input("question_en", LABELS["question_en"]),
        Input("kind", LABELS["kind"], Kind.CHOICE, options=options(CONTENTS)),
        Input("item", LABELS["item"], Kind.CHOICE, options=items(seen.files)),
        Input("form", N_("怎样判定"), Kind.CHOICE, options=options(FORMS)),
        Input("n", LABELS["n"], Kind.WHOLE, least=1, hint=N_("只在“至少几条符合”时填。")).may,
        Input("where", LABELS["where"], Kind.CEL, longest=1000, hint=N_("记录的字段写作 r.字段，参数写作 p.参数，今天写作 today。")),
        Input("params", LABELS["params"], Kind.ROWS, required=False, columns=params, hint=N_("由每个事项自己定的数，比如几个月。")),
        Input("answered_by", LABELS["answered_by"], Kind.CHOICE, options=departments(seen.files), hint=N_("不选就是信息项的主管部门。")).may,
        Input("empty", LABELS["empty"], Kind.CHOICE, options=options(VERDICTS), hint=N_("查关系人的事实必须写明。")).may,
    ]  # fmt: skip


def _values(entry: dict[str, Any]) -> Values:
    params = [{"code": code, **said} for code, said in (entry.get("params") or {}).items()]
    return {name: str(value) for name, value in entry.items()} | {"params": params}


def _entry(code: str, values: Values) -> dict[str, Any]:
    """Return the entry a form says, with what is left empty left out, in the order of the file."""
    params = {row["code"]: {key: row[key] for key in ("type", "name", "name_en")} for row in values["params"]}
    order = "name name_en question question_en kind item form n where".split()
    said: dict[str, Any] = {"code": code} | {name: values[name] for name in order if values[name]}
    if "n" in said:
        said["n"] = int(said["n"])
    return (
        said
        | ({"params": params} if params else {})
        | {name: values[name] for name in ("answered_by", "empty") if values[name]}
    )


def _editor(seen: Written, code: str, entry: dict[str, Any]) -> Editor:
    draft = seen.draft.id
    return Editor(
        title=text_of(entry),
        file=FILE,
        places=[Place(FILE, code)],
        inputs=_inputs(seen, new=False),
        values=_values(entry),
        wanted=lambda values: [EntryEdit(FILE, code, _entry(code, values))],
        lines=lambda files: entry_lines(files[FILE], code),
        at=("reform:draft_facts", [draft]),
        back=Reason(N_("事实清单")),
        aside="reform/drafting/fields.html",
        more={"fields": fields_of(seen.files, str(entry.get("item", "")))},
    )


@allow(REFORM)
@require_http_methods(["GET", "HEAD", "POST"])
def fact(request: HttpRequest, draft: uuid.UUID, code: str) -> HttpResponse:
    """Edit a fact."""
    seen = open_draft(draft)
    entry = entries_of(seen.files.get(FILE, "")).get(code)
    if entry is None:
        raise Http404
    if request.POST.get("item"):
        entry = entry | {"item": request.POST["item"]}
    return edited(request, seen, _editor(seen, code, entry))


@allow(REFORM)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, draft: uuid.UUID) -> HttpResponse:
    """Add a fact."""
    seen = open_draft(draft)
    code, item = (request.POST.get(name, "").strip() for name in ("code", "item"))
    editor = Editor(
        title=Reason(N_("新的事实")),
        file=FILE,
        places=[Place(FILE, code)] if request.method == "POST" else [],
        inputs=_inputs(seen, new=True),
        values={"params": []},
        wanted=lambda values: [EntryEdit(FILE, values["code"], _entry(values["code"], values))],
        lines=lambda files: entry_lines(files[FILE], code),
        at=("reform:draft_facts", [draft]),
        back=Reason(N_("事实清单")),
        aside="reform/drafting/fields.html",
        more={"fields": fields_of(seen.files, item)},
        check=lambda values: taken(entries_of(seen.files.get(FILE, "")), values),
    )
    return edited(request, seen, editor)
