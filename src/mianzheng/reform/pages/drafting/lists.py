"""What the catalogue has, kind by kind, as a draft has it: to find what is to be edited."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from mianzheng.catalogue.rules.editing import rows_of
from mianzheng.catalogue.rules.trees import entries_of
from mianzheng.common.reasons import N_, Reason
from mianzheng.common.texts import Text
from mianzheng.people.rules.roles import REFORM
from mianzheng.reform.pages.drafting.editing import Files, open_draft
from mianzheng.reform.pages.drafting.labels import FORCES, TEXTS
from mianzheng.reform.pages.drafting.named import owners, text_of
from mianzheng.reform.rules.drafting import place_of
from mianzheng.reform.rules.texts import front_of
from mianzheng.web.access import allow
from mianzheng.web.paging import paged

LONGEST = 60


@dataclass(frozen=True, slots=True)
class Listed:
    """One thing that can be edited: its code, name, more about it."""

    code: str
    name: Text
    more: tuple[Text | Reason | str, ...] = ()


@dataclass(frozen=True, slots=True)
class Shelf:
    """A kind of thing: its name, what of the package it is, the addresses of one and of a new one."""

    title: str
    one: str
    new: str
    new_label: str
    listed: Callable[[Files], list[Listed]]
    touches: Callable[[str], tuple[tuple[str, str], ...]]


def _matters(files: Files) -> list[Listed]:
    offices = dict(owners(files))
    worked = Reason(N_("能在这里办"))
    return [
        Listed(
            code,
            text_of(row),
            (
                Text(row["theme"], row["theme_en"]),
                offices.get(row["owner"], row["owner"]),
                *([worked] if f"matters/{code}.yaml" in files else []),
            ),
        )
        for code, row in rows_of(files.get("matters.csv", "")).items()
    ]


def _facts(files: Files) -> list[Listed]:
    entries = entries_of(files.get("facts.yaml", ""))
    return [Listed(code, text_of(entry), (text_of(entry, "question"),)) for code, entry in entries.items()]


def _certificates(files: Files) -> list[Listed]:
    rows = rows_of(files.get("certificates.csv", ""))
    return [Listed(code, text_of(row), (text_of(row, "purpose"),)) for code, row in rows.items()]


def _bases(files: Files) -> list[Listed]:
    return [
        Listed(code, Text(f"{row['law']} {row['article']}", f"{row['law_en']} {row['article']}"), (Reason(FORCES.get(row["force"], row["force"])), row["in_force_from"]))
        for code, row in rows_of(files.get("bases.csv", "")).items()
    ]  # fmt: skip


def _texts(files: Files) -> list[Listed]:
    found = []
    for name in sorted(files):
        if not name.startswith("texts/") or name.endswith(".en.md"):
            continue
        code = name.removeprefix("texts/").removesuffix(".md")
        head, english = front_of(files[name]), front_of(files.get(f"texts/{code}.en.md", ""))
        kind = str(head.get("kind", ""))
        version = Reason(N_("第 %(n)s 版"), {"n": str(head.get("version", ""))})
        title = Text(str(head.get("title", code)), str(english.get("title", "")))
        found.append(Listed(code, title, (Reason(TEXTS.get(kind, kind)), version)))
    return found


SHELVES: Mapping[str, Shelf] = {
    "matters": Shelf(N_("事项清单"), "reform:draft_matter", "reform:draft_matter_new", N_("新的事项"), _matters, lambda code: (("matters.csv", code), (f"matters/{code}.yaml", ""))),
    "facts": Shelf(N_("事实清单"), "reform:draft_fact", "reform:draft_fact_new", N_("新的事实"), _facts, lambda code: (("facts.yaml", code),)),
    "certificates": Shelf(N_("证明清单"), "reform:draft_certificate", "", "", _certificates, lambda code: (("certificates.csv", code),)),
    "bases": Shelf(N_("依据清单"), "reform:draft_basis", "reform:draft_basis_new", N_("新的法律依据"), _bases, lambda code: (("bases.csv", code),)),
    "texts": Shelf(N_("告知书、承诺书"), "reform:draft_text", "reform:draft_text_new", N_("新的文本"), _texts, lambda code: ((f"texts/{code}.md", ""), (f"texts/{code}.en.md", ""))),
}  # fmt: skip


@allow(REFORM)
@require_safe
def shelf(request: HttpRequest, draft: uuid.UUID, kind: str) -> HttpResponse:
    """Everything of one kind, found by a word."""
    seen, known = open_draft(draft), SHELVES[kind]
    asked = " ".join(request.GET.get("q", "").split())[:LONGEST]
    touched = {(place.file, place.key) for place in map(place_of, seen.edits)}
    rows = [each for each in known.listed(seen.files) if _answers(each, asked)]
    pages = paged(request, rows)
    shown = [(each, bool(touched & set(known.touches(each.code)))) for each in pages["page"]]
    context: dict[str, Any] = {
        **pages,
        "draft": seen.draft,
        "shelf": known,
        "kind": kind,
        "rows": shown,
        "total": len(rows),
        "asked": asked,
        "here": "drafts",
    }
    return render(request, "reform/drafting/shelf.html", context)


def _answers(each: Listed, asked: str) -> bool:
    said = f"{each.code} {each.name.zh} {each.name.en} " + " ".join(
        f"{more.zh} {more.en}" if isinstance(more, Text) else str(more) for more in each.more
    )
    return all(word in said.lower() for word in asked.lower().split())
