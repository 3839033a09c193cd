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
    wordings,
)

_AT = "reform/catalogue/<uuid:draft>/"

DRAFTING: list[URLPattern] = [
    path("reform/catalogue/", drafts.listed, name="drafts"),
    path(_AT, drafts.draft, name="draft"),
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
    path(f"{_AT}matters/<slug:code>/", matters.row, name="draft_matter"),
    path(f"{_AT}facts/<slug:code>/", facts.fact, name="draft_fact"),
    path(f"{_AT}certificates/<slug:code>/", certificates.certificate, name="draft_certificate"),
    path(f"{_AT}bases/<slug:code>/", bases.basis, name="draft_basis"),
    path(f"{_AT}deadlines/", deadlines.deadlines, name="draft_deadlines"),
    path(f"{_AT}texts/<slug:code>/", wordings.text, name="draft_text"),
    path(f"{_AT}drop/", drafts.drop, name="draft_drop"),
]
