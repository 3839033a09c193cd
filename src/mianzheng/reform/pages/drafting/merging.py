"""Fewer matters (减事项) on pages: several made into one, or one made into two, written into a draft like anything else."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from mianzheng.catalogue.rules.editing import rows_of
from mianzheng.common.reasons import N_, Reason
from mianzheng.common.texts import Text
from mianzheng.people.rules.roles import REFORM
from mianzheng.reform.pages.drafting import named
from mianzheng.reform.pages.drafting.editing import Editor, Files, edited, open_draft
from mianzheng.reform.pages.drafting.inputs import Input, Kind, Options, Values
from mianzheng.reform.pages.drafting.labels import LABELS
from mianzheng.reform.pages.drafting.matters import taken
from mianzheng.reform.queries.drafts import Written
from mianzheng.reform.rules.drafting import Place
from mianzheng.reform.rules.lines import row_lines
from mianzheng.reform.rules.merging import Share, merged, split
from mianzheng.reform.rules.works import MATTERS, Tree, entries, word, work_file, work_of
from mianzheng.web.access import allow


@allow(REFORM)
@require_http_methods(["GET", "HEAD", "POST"])
def merge(request: HttpRequest, draft: uuid.UUID) -> HttpResponse:
    """Make two or more matters one."""
    seen = open_draft(draft)
    rows, listed = rows_of(seen.files.get(MATTERS, "")), named.matters(seen.files)
    row = rows.get(request.GET.get("matter", ""), {})
    other = Input("code", N_("并进来的事项"), Kind.CHOICE, options=listed)
    editor = Editor(
        title=Reason(N_("合并事项")),
        file=MATTERS,
        places=[],
        inputs=[
            Input("main", N_("并到哪个事项"), Kind.CHOICE, options=listed, hint=N_("它的代码、主管部门、说明和文书留着。")),
            Input("others", N_("并进来的事项"), Kind.ROWS, columns=(other,), hint=N_("要查的事实和表单并到一起，一样的只留一项。旧网址转到合并后的事项，按旧名称也搜得到。")),
            Input("name", N_("合并后的名称")),
            Input("name_en", N_("合并后的英文名称")),
            Input("decide_days", LABELS["decide_days"], Kind.WHOLE, least=1),
        ],
        values={
            "main": row.get("code", ""),
            "others": [{"code": ""}],
            **{name: row.get(name, "") for name in ("name", "name_en", "decide_days")},
        },
        wanted=lambda values: merged(seen.files, values["main"], _others(values), name=_name(values), decide_days=int(values["decide_days"])),
        lines=lambda files: row_lines(files[MATTERS], request.POST.get("main", "")),
        at=("reform:draft", [draft]),
        back=seen.draft.title,
        check=_several,
    )  # fmt: skip
    return edited(request, seen, editor)


def _others(values: Values) -> list[str]:
    return [each["code"] for each in values["others"]]


def _name(values: Values) -> Text:
    return Text(values["name"], values["name_en"])


def _several(values: Values) -> dict[str, Reason]:
    found, before = {}, {values["main"]}
    for at, code in enumerate(_others(values)):
        if code in before:
            found[f"others.{at}.code"] = Reason(N_("上面已经选了。"))
        before.add(code)
    return found


@allow(REFORM)
@require_http_methods(["GET", "HEAD", "POST"])
def split_up(request: HttpRequest, draft: uuid.UUID) -> HttpResponse:
    """Make one matter two: first which one, then what goes to the new one."""
    seen, code = open_draft(draft), request.GET.get("matter", "")
    rows = rows_of(seen.files.get(MATTERS, ""))
    can = [(each, name) for each, name in named.matters(seen.files) if len(_parts(seen.files, each)) > 1]
    if code not in dict(can):
        context = {"draft": seen.draft, "matters": can, "here": "drafts"}
        return render(request, "reform/drafting/which_matter.html", context)
    return edited(request, seen, _split_editor(seen, code, rows[code], request.POST.get("code", "").strip()))


def _parts(files: Files, code: str) -> list[str]:
    """Return what a matter can be divided by: its needs, or its facts where it is not worked out."""
    if work_file(code) in files:
        return [str(at) for at, _ in enumerate(entries(work_of(files, code), "facts"))]
    return rows_of(files[MATTERS])[code].get("facts", "").split()


def _split_editor(seen: Written, code: str, row: dict[str, str], new: str) -> Editor:
    tree, parts = work_of(seen.files, code), _parts(seen.files, code)
    facts = dict(named.facts(seen.files))
    needs: Options = (
        tuple((str(at), _called(need, facts)) for at, need in enumerate(entries(tree, "facts")))
        if tree
        else tuple((fact, facts.get(fact, fact)) for fact in parts)
    )
    form: Options = tuple((str(at), named.text_of(each)) for at, each in enumerate(entries(tree, "form")))
    certificates = dict(named.certificates(seen.files))
    papers: Options = tuple(
        (str(at), certificates.get(word(each.get("certificate")), word(each.get("certificate"))))
        for at, each in enumerate(entries(tree, "papers"))
    )

    def check(values: Values) -> dict[str, Reason]:
        if set(values["needs"]) == set(parts):
            return {"needs": Reason(N_("至少要留一项在原来的事项里。"))}
        return taken(rows_of(seen.files[MATTERS]), values)

    return Editor(
        title=Reason(N_("拆分“%(name)s”"), {"name": named.text_of(row)}),
        file=MATTERS,
        places=[Place(MATTERS, code), Place(work_file(code))],
        inputs=[
            Input("code", N_("新事项的代码"), Kind.CODE, hint=N_("网址里用，定了就不改。")),
            Input("name", N_("新事项的名称")),
            Input("name_en", N_("新事项的英文名称")),
            Input("needs", N_("要查的事实：哪些归新事项"), Kind.TICKS, options=needs),
            *([Input("form", N_("表单：哪些归新事项"), Kind.TICKS, options=form, hint=N_("两边的事实都要看的，两边都问。")).may] if form else []),
            *([Input("papers", N_("以前要交的证明：哪些归新事项"), Kind.TICKS, options=papers).may] if papers else []),
        ],
        values={"needs": [], "form": [], "papers": []},
        wanted=lambda values: split(seen.files, code, new=values["code"], name=_name(values), share=_share(values, tree)),
        lines=lambda files: row_lines(files[MATTERS], new),
        at=("reform:draft", [seen.draft.id]),
        back=seen.draft.title,
        intro=N_("新事项先照原来的说明和文书，拆好以后再逐项改。"),
        check=check,
    )  # fmt: skip


def _called(need: Tree, facts: dict[str, Text]) -> Text:
    fact = word(need.get("fact"))
    name, why = facts.get(fact, Text(fact)), Text(word(need.get("why")), word(need.get("why_en")))
    return Text(f"{name.zh}：{why.zh}", f"{name.en or name.zh}: {why.en or why.zh}")


def _share(values: Values, tree: Tree) -> Share:
    if not tree:
        return Share(facts=frozenset(values["needs"]))
    places = [frozenset(map(int, values.get(part, ()))) for part in ("needs", "form", "papers")]
    return Share(*places)
