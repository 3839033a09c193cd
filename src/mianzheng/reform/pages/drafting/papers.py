"""The papers (以前要交的证明) a worked matter asked for in the baseline year, with the offices and trips they cost."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from mianzheng.common.reasons import N_, Reason
from mianzheng.people.rules.roles import REFORM
from mianzheng.reform.pages.drafting import named
from mianzheng.reform.pages.drafting.editing import Editor, edited, open_draft
from mianzheng.reform.pages.drafting.inputs import Input, Kind, Values
from mianzheng.reform.pages.drafting.labels import LABELS
from mianzheng.reform.pages.drafting.matters import matter_row
from mianzheng.reform.rules.drafting import Place
from mianzheng.reform.rules.lines import node_lines
from mianzheng.reform.rules.works import Tree, entries, with_entries, word, work_file, work_of, written
from mianzheng.web.access import allow


@allow(REFORM)
@require_http_methods(["GET", "HEAD", "POST"])
def papers(request: HttpRequest, draft: uuid.UUID, code: str) -> HttpResponse:
    """Edit the papers of before."""
    seen = open_draft(draft)
    row, tree = matter_row(seen, code), work_of(seen.files, code)
    columns = (
        Input("certificate", LABELS["certificate"], Kind.CHOICE, options=named.certificates(seen.files, asked=False)),
        Input("offices", LABELS["offices"], Kind.WHOLE, least=1),
        Input("trips", LABELS["trips"], Kind.WHOLE, least=1),
    )
    known = [
        {key: word(each.get(key)) for key in ("certificate", "offices", "trips")} for each in entries(tree, "papers")
    ]
    editor = Editor(
        title=Reason(N_("“%(name)s”以前要交的证明"), {"name": named.text_of(row)}),
        file=work_file(code),
        places=[Place(work_file(code))],
        inputs=[Input("papers", LABELS["papers"], Kind.ROWS, required=False, columns=columns)],
        values={"papers": known},
        wanted=lambda values: written(seen.files, code, with_entries(tree, "papers", _entries(values))),
        lines=lambda files: node_lines(files.get(work_file(code), ""), ["papers"]),
        at=("reform:draft_matter", [draft, code]),
        back=named.text_of(row),
        intro=N_("已经取消的，在网页上划掉给人看；还没有处理的，办事时还会要。保留的证明写在需要它的那项事实里。"),
        check=_once,
    )  # fmt: skip
    return edited(request, seen, editor)


def _entries(values: Values) -> list[Tree]:
    return [
        {"certificate": row["certificate"], "offices": int(row["offices"]), "trips": int(row["trips"])}
        for row in values["papers"]
    ]


def _once(values: Values) -> dict[str, Reason]:
    seen_: set[str] = set()
    found = {}
    for at, row in enumerate(values["papers"]):
        if row["certificate"] in seen_:
            found[f"papers.{at}.certificate"] = Reason(N_("这份证明上面已经有了。"))
        seen_.add(row["certificate"])
    return found
