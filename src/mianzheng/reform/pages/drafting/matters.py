"""The row of a matter (政务服务事项): what it is called, who decides, how long that takes, where it can be done."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from mianzheng.catalogue.rules.certificates import OFFICE_LIST
from mianzheng.catalogue.rules.editing import RowEdit, rows_of
from mianzheng.common.reasons import N_, Reason
from mianzheng.common.texts import Text
from mianzheng.people.rules.roles import REFORM
from mianzheng.reform.pages.drafting.editing import Editor, Files, edited, open_draft
from mianzheng.reform.pages.drafting.inputs import Input, Kind, Options, Values
from mianzheng.reform.pages.drafting.labels import CHANNELS, LABELS, LEVELS, options
from mianzheng.reform.pages.drafting.named import bases, facts, owners, text_of
from mianzheng.reform.queries.drafts import Written
from mianzheng.reform.rules.drafting import Place
from mianzheng.reform.rules.lines import row_lines
from mianzheng.reform.rules.works import MATTERS, work_file
from mianzheng.web.access import allow

FILE = MATTERS


def inputs(files: Files, *, new: bool, worked: bool) -> list[Input]:
    """Return what the row of a matter asks for; the facts of a worked one follow from its needs."""
    themes = {row["theme"]: Text(row["theme_en"]) for row in rows_of(files[FILE]).values()}
    in_english: Options = tuple((theme.zh, theme.zh) for theme in themes.values())
    levels = tuple(each for each in options(LEVELS) if each[0] != "outside")
    asked = [
        Input("name", LABELS["name"]),
        Input("name_en", LABELS["name_en"]),
        Input("owner", LABELS["owner"], Kind.CHOICE, options=owners(files)),
        Input("theme", LABELS["theme"], options=tuple((theme, theme) for theme in themes)),
        Input("theme_en", LABELS["theme_en"], options=in_english),
        Input("level", LABELS["level"], Kind.CHOICE, options=levels),
        Input("channels", LABELS["channels"], Kind.TICKS, options=options(CHANNELS)),
        Input("decide_days", LABELS["decide_days"], Kind.WHOLE, least=1),
        _rows("bases", bases(files)),
        Input("keywords", LABELS["keywords"], hint=N_("人们会怎么说这件事，用空格分开。")).may,
    ]
    code = Input("code", LABELS["code"], Kind.CODE, hint=N_("网址里用，定了就不改。"))
    listed = [] if worked else [_rows("facts", facts(files))]
    return [*([code] if new else []), *asked[:8], *listed, *asked[8:]]


def _rows(name: str, named: Options) -> Input:
    column = Input("code", LABELS[name], Kind.CHOICE, options=named)
    return Input(name, LABELS[name], Kind.ROWS, required=False, columns=(column,))


def values_of(row: dict[str, str]) -> Values:
    """Return a row as the form shows it."""
    listed = {name: [{"code": each} for each in row.get(name, "").split()] for name in ("facts", "bases")}
    return {**row, **listed, "channels": [each.strip() for each in row.get("channels", "").split(";")]}


def columns_of(values: Values) -> dict[str, str]:
    """Return what the form says as columns."""
    said = {name: value for name, value in values.items() if isinstance(value, str)}
    for name in ("facts", "bases"):
        if name in values:
            said[name] = " ".join(dict.fromkeys(each["code"] for each in values[name]))
    return {**said, "channels": ";".join(values["channels"])}


def matter_row(seen: Written, code: str) -> dict[str, str]:
    """Return the row of the matter `code`; 404 where there is none."""
    row = rows_of(seen.files.get(FILE, "")).get(code)
    if row is None:
        raise Http404
    return row


@allow(REFORM)
@require_http_methods(["GET", "HEAD", "POST"])
def row(request: HttpRequest, draft: uuid.UUID, code: str) -> HttpResponse:
    """Edit the row of a matter."""
    seen = open_draft(draft)
    known = matter_row(seen, code)
    editor = Editor(
        title=text_of(known),
        file=FILE,
        places=[Place(FILE, code)],
        inputs=inputs(seen.files, new=False, worked=work_file(code) in seen.files),
        values=values_of(known),
        wanted=lambda values: [RowEdit(FILE, code, columns_of(values))],
        lines=lambda files: row_lines(files[FILE], code),
        at=("reform:draft_matter", [draft, code]),
        back=text_of(known),
    )
    return edited(request, seen, editor)


@allow(REFORM)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, draft: uuid.UUID) -> HttpResponse:
    """Add a matter."""
    seen = open_draft(draft)
    code = request.POST.get("code", "").strip()
    editor = Editor(
        title=Reason(N_("新的事项")),
        file=FILE,
        places=[Place(FILE, code)] if request.method == "POST" else [],
        inputs=inputs(seen.files, new=True, worked=False),
        values={"channels": ["online", "window", "agent"], "facts": [], "bases": []},
        wanted=lambda values: [RowEdit(FILE, values["code"], {**columns_of(values), "source": OFFICE_LIST})],
        lines=lambda files: row_lines(files[FILE], code),
        at=("reform:draft_matters", [draft]),
        back=Reason(N_("事项清单")),
        check=lambda values: taken(rows_of(seen.files[FILE]), values),
    )
    return edited(request, seen, editor)


def taken(known: dict[str, Any], values: Values) -> dict[str, Reason]:
    """Return that a code is in use already."""
    return {"code": Reason(N_("已经有了，请换一个代码。"))} if values["code"] in known else {}
