"""Drafts of the catalogue of the second city, for tests."""

from __future__ import annotations

import uuid
from typing import Any

from mianzheng.catalogue.rules.editing import Edit, RowEdit
from mianzheng.reform.actions import drafting, enforcing
from mianzheng.reform.models import Draft
from tests.reformed import REFORMER
from tests.second_city.life import NOW

ACTING: dict[str, Any] = {"actor": REFORMER, "now": NOW}


def begun(*wanted: Edit, title: str = "改公交卡", **said: Any) -> Draft:
    """Begin a draft that says `wanted`."""
    draft = drafting.begin(title=title, why="", **{**ACTING, **said})
    return edited(draft, *wanted) if wanted else draft


def edited(draft: Draft, *wanted: Edit, **said: Any) -> Draft:
    return drafting.edit(draft=draft.id, wanted=wanted, **{**ACTING, **said})


def tried(*wanted: Edit, **said: Any) -> Draft:
    """Begin a draft that says `wanted`, and test it."""
    draft = begun(*wanted, **said)
    enforcing.test(draft=draft.id, **ACTING)
    return again(draft.id)


def again(draft: uuid.UUID) -> Draft:
    return Draft.objects.get(id=draft)


def row(file: str, key: str, **columns: str) -> RowEdit:
    return RowEdit(file, key, columns)
