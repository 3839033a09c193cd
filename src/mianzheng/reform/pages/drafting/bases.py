"""Legal bases (设定依据): articles that matters and needs rest on."""

from __future__ import annotations

import uuid

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from mianzheng.catalogue.rules.editing import RowEdit, rows_of
from mianzheng.catalogue.rules.package import FORCES as KNOWN
from mianzheng.common.reasons import N_, Reason
from mianzheng.common.texts import Text
from mianzheng.people.rules.roles import REFORM
from mianzheng.reform.pages.drafting.editing import Editor, edited, open_draft
from mianzheng.reform.pages.drafting.inputs import Input, Kind
from mianzheng.reform.pages.drafting.labels import FORCES, LABELS, options
from mianzheng.reform.pages.drafting.matters import taken
from mianzheng.reform.rules.drafting import Place
from mianzheng.reform.rules.lines import row_lines
from mianzheng.web.access import allow

FILE = "bases.csv"


def _inputs(*, new: bool) -> list[Input]:
    forces = tuple(each for each in options(FORCES) if each[0] in KNOWN)
    return [
        *([Input("code", LABELS["code"], Kind.CODE, hint=N_("定了就不改。"))] if new else []),
        Input("law", LABELS["law"]),
        Input("law_en", LABELS["law_en"]),
        Input("article", LABELS["article"], hint=N_("比如“第四十四条”。")).may,
        Input("force", LABELS["force"], Kind.CHOICE, options=forces),
        Input("in_force_from", LABELS["in_force_from"], Kind.DAY),
        Input("text", LABELS["text"], Kind.LONG, longest=2000, hint=N_("居民点开“依据”看到的就是这段话。")),
        Input("text_en", LABELS["text_en"], Kind.LONG, longest=4000),
        Input("source", LABELS["source"], longest=600, hint=N_("原文的网址或者文号。")),
    ]


@allow(REFORM)
@require_http_methods(["GET", "HEAD", "POST"])
def basis(request: HttpRequest, draft: uuid.UUID, code: str) -> HttpResponse:
    """Edit an article."""
    seen = open_draft(draft)
    row = rows_of(seen.files.get(FILE, "")).get(code)
    if row is None:
        raise Http404
    editor = Editor(
        title=Text(f"{row['law']} {row['article']}", f"{row['law_en']} {row['article']}"),
        file=FILE,
        places=[Place(FILE, code)],
        inputs=_inputs(new=False),
        values=dict(row),
        wanted=lambda values: [RowEdit(FILE, code, dict(values))],
        lines=lambda files: row_lines(files[FILE], code),
        at=("reform:draft_bases", [draft]),
        back=Reason(N_("依据清单")),
    )
    return edited(request, seen, editor)


@allow(REFORM)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, draft: uuid.UUID) -> HttpResponse:
    """Add an article."""
    seen = open_draft(draft)
    code = request.POST.get("code", "").strip()
    editor = Editor(
        title=Reason(N_("新的法律依据")),
        file=FILE,
        places=[Place(FILE, code)] if request.method == "POST" else [],
        inputs=_inputs(new=True),
        values={},
        wanted=lambda values: [RowEdit(FILE, values["code"], dict(values))],
        lines=lambda files: row_lines(files[FILE], code),
        at=("reform:draft_bases", [draft]),
        back=Reason(N_("依据清单")),
        check=lambda values: taken(rows_of(seen.files[FILE]), values),
    )
    return edited(request, seen, editor)
