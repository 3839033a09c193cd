"""Addresses of the catalogue desk."""

from __future__ import annotations

from django.urls import URLPattern, path

from mianzheng.reform.pages.drafting import (
    bases,
    certificates,
    deadlines,
    drafts,
    facts,
    lists,
    matters,
    merging,
    needs,
    package,
    papers,
    questions,
    wordings,
    works,
)

_AT = "reform/catalogue/<uuid:draft>/"

DRAFTING: list[URLPattern] = [
    path("reform/catalogue/", drafts.listed, name="drafts"),
    path("reform/catalogue/package.zip", package.package, name="package"),
    path(_AT, drafts.draft, name="draft"),
    path(f"{_AT}package.zip", package.drafted, name="draft_package"),
    path(f"{_AT}merge/", merging.merge, name="draft_merge"),
    path(f"{_AT}split/", merging.split_up, name="draft_split"),
    path(f"{_AT}describe/", drafts.describe, name="draft_describe"),
    path(f"{_AT}undo/", drafts.undo, name="draft_undo"),
    path(f"{_AT}keep/", drafts.keep, name="draft_keep"),
    path(f"{_AT}test/", drafts.test, name="draft_test"),
    path(f"{_AT}plan/", drafts.plan, name="draft_plan"),
    path(f"{_AT}force/", drafts.force, name="draft_force"),
    *(path(f"{_AT}{kind}/", lists.shelf, {"kind": kind}, name=f"draft_{kind}") for kind in lists.SHELVES),
    path(f"{_AT}new/matter/", matters.new, name="draft_matter_new"),
    path(f"{_AT}new/fact/", facts.new, name="draft_fact_new"),
    path(f"{_AT}new/basis/", bases.new, name="draft_basis_new"),
    path(f"{_AT}new/text/", wordings.new, name="draft_text_new"),
    path(f"{_AT}matters/<slug:code>/row/", matters.row, name="draft_matter_row"),
    path(f"{_AT}matters/<slug:code>/", works.matter, name="draft_matter"),
    path(f"{_AT}matters/<slug:code>/move/", works.move, name="draft_matter_move"),
    path(f"{_AT}matters/<slug:code>/texts/", works.texts, name="draft_matter_texts"),
    path(f"{_AT}matters/<slug:code>/papers/", papers.papers, name="draft_papers"),
    path(f"{_AT}matters/<slug:code>/facts/new/", needs.new, name="draft_need_new"),
    path(f"{_AT}matters/<slug:code>/facts/<int:place>/", needs.need, name="draft_need"),
    path(f"{_AT}matters/<slug:code>/form/new/", questions.new, name="draft_question_new"),
    path(f"{_AT}matters/<slug:code>/form/<int:place>/", questions.question, name="draft_question"),
    path(f"{_AT}facts/<slug:code>/", facts.fact, name="draft_fact"),
    path(f"{_AT}certificates/<slug:code>/", certificates.certificate, name="draft_certificate"),
    path(f"{_AT}bases/<slug:code>/", bases.basis, name="draft_basis"),
    path(f"{_AT}deadlines/", deadlines.deadlines, name="draft_deadlines"),
    path(f"{_AT}texts/<slug:code>/", wordings.text, name="draft_text"),
    path(f"{_AT}matters/<slug:code>/out/", works.take_out, name="draft_matter_out"),
    path(f"{_AT}drop/", drafts.drop, name="draft_drop"),
]
