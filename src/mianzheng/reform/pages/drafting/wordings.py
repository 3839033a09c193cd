"""Notices, commitments and other texts people agree to. A changed text is the next version; the old one stays readable for
those who agreed to it.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from mianzheng.catalogue.rules.editing import Edit, TextEdit
from mianzheng.common.reasons import N_, Reason
from mianzheng.common.texts import Text
from mianzheng.people.rules.roles import REFORM
from mianzheng.reform.pages.drafting.editing import Editor, Files, edited, open_draft
from mianzheng.reform.pages.drafting.inputs import Input, Kind, Values
from mianzheng.reform.pages.drafting.labels import LABELS, TEXTS, options
from mianzheng.reform.queries.drafts import Written
from mianzheng.reform.rules.drafting import Place
from mianzheng.reform.rules.texts import body_of, front_of, version_after, worded
from mianzheng.web.access import allow


def _files(code: str) -> tuple[str, str]:
    return f"texts/{code}.md", f"texts/{code}.en.md"


def _inputs(*, new: bool) -> list[Input]:
    first = [
        Input("code", LABELS["code"], Kind.CODE, hint=N_("定了就不改。")),
        Input("kind", LABELS["kind"], Kind.CHOICE, options=options(TEXTS)),
    ]
    return [
        *(first if new else []),
        Input("title", LABELS["title"]),
        Input("title_en", N_("英文标题")),
        Input("body", LABELS["body"], Kind.LONG, longest=20_000, hint=N_("空一行是另起一段；行首写“1. ”是编号。")),
        Input("body_en", LABELS["text_en"], Kind.LONG, longest=40_000),
    ]


def wanted(seen: Written, code: str, kind: str, values: Values) -> Sequence[Edit]:
    """Return both files with what was typed, in the next version where anything changed against what is in force."""
    said = [(values["title"], values["body"]), (values["title_en"], values["body_en"])]
    old = [seen.before.get(file, "") for file in _files(code)]
    there = [(str(front_of(text).get("title", "")), body_of(text)) for text in old]
    version = version_after(seen.before, code, changed=said != there)
    return [
        TextEdit(file, worded(seen.before.get(file, ""), kind=kind, title=title, body=body, version=version))
        for file, (title, body) in zip(_files(code), said, strict=True)
    ]


def _whole(file: str, files: Files) -> range:
    return range(len(files.get(file, "").splitlines()) + 2)


@allow(REFORM)
@require_http_methods(["GET", "HEAD", "POST"])
def text(request: HttpRequest, draft: uuid.UUID, code: str) -> HttpResponse:
    """Write a text anew."""
    seen = open_draft(draft)
    names = _files(code)
    if names[0] not in seen.files:
        raise Http404
    zh, en = (seen.files.get(name, "") for name in names)
    head, english = front_of(zh), front_of(en)
    kind = str(head.get("kind", ""))
    in_force = front_of(seen.before.get(names[0], "")).get("version")
    editor = Editor(
        title=Text(str(head.get("title", code)), str(english.get("title", ""))),
        file=names[0],
        places=[Place(name) for name in names],
        inputs=_inputs(new=False),
        values={
            "title": str(head.get("title", "")),
            "title_en": str(english.get("title", "")),
            "body": body_of(zh),
            "body_en": body_of(en),
        },
        wanted=lambda values: wanted(seen, code, kind, values),
        lines=lambda files: _whole(names[0], files),
        at=("reform:draft_texts", [draft]),
        back=Reason(N_("告知书、承诺书")),
        intro=N_("改了就是新的一版，版本号自动加一；已经签过旧版的人，看到的还是旧版。"),
        aside="reform/drafting/version.html",
        more={"kind_name": Reason(TEXTS.get(kind, kind)), "in_force": in_force},
    )
    return edited(request, seen, editor)


@allow(REFORM)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, draft: uuid.UUID) -> HttpResponse:
    """Add a text."""
    seen = open_draft(draft)
    code = request.POST.get("code", "").strip()
    editor = Editor(
        title=Reason(N_("新的文本")),
        file=_files(code)[0],
        places=[Place(name) for name in _files(code)] if request.method == "POST" else [],
        inputs=_inputs(new=True),
        values={},
        wanted=lambda values: wanted(seen, values["code"], values["kind"], values),
        lines=lambda files: _whole(_files(code)[0], files),
        at=("reform:draft_texts", [draft]),
        back=Reason(N_("告知书、承诺书")),
        check=lambda values: (
            {"code": Reason(N_("已经有了，请换一个代码。"))} if _files(values["code"])[0] in seen.files else {}
        ),
    )
    return edited(request, seen, editor)
