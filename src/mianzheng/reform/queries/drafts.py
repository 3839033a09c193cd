"""Drafts of the catalogue, and the package as each would have it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from uuid import UUID

from mianzheng.catalogue.queries import editions
from mianzheng.catalogue.rules.city import City
from mianzheng.catalogue.rules.editing import Edit, unpacked
from mianzheng.catalogue.rules.package import read
from mianzheng.catalogue.rules.source import Problem
from mianzheng.common.errors import NotFound
from mianzheng.common.reasons import N_, Reason
from mianzheng.reform.models import Draft
from mianzheng.reform.rules.drafting import fitting
from mianzheng.reform.rules.states import DraftStage


@dataclass(frozen=True)
class Written:
    """A draft on top of the package in force: `before` are its files, `files` those with the edits that fit, `left` the edits that
    do not fit any more.
    """

    draft: Draft
    edits: tuple[Edit, ...]
    edition: UUID
    before: Mapping[str, str]
    files: Mapping[str, str]
    left: tuple[Edit, ...]

    @property
    def city(self) -> City | None:
        """The city as the draft would have it, None while there are problems."""
        return checked(self.files)[0]

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is wrong in the package with the edits."""
        return checked(self.files)[1]


def no_draft() -> NotFound:
    return NotFound(Reason(N_("没有这份草稿。")), Reason(N_("请回到“目录维护”。")))


def written(draft: UUID) -> Written:
    """Return the draft with the package in force (two queries). Raises `NotFound`."""
    found = Draft.objects.filter(id=draft).first()
    if found is None:
        raise no_draft()
    return on_top(found)


def on_top(draft: Draft) -> Written:
    """Return `draft` with the package in force (one query)."""
    edition, before = editions.files()
    edits = tuple(unpacked(each) for each in draft.edits)
    if draft.stage in (DraftStage.IN_FORCE, DraftStage.DROPPED):
        return Written(draft, edits, edition, before, before, ())
    files, left = fitting(before, edits)
    return Written(draft, edits, edition, before, files, left)


@dataclass(frozen=True)
class _Files:
    digest: str
    files: Mapping[str, str] = field(compare=False)


def checked(files: Mapping[str, str]) -> tuple[City | None, tuple[Problem, ...]]:
    """Return what the package `files` says, or its problems. The same files are read once a process: reading takes a second."""
    said = json.dumps(dict(files), sort_keys=True, ensure_ascii=False)
    return _checked(_Files(hashlib.sha256(said.encode()).hexdigest(), files))


@lru_cache(maxsize=6)
def _checked(files: _Files) -> tuple[City | None, tuple[Problem, ...]]:
    return read(files.files, stories=False)


def drafts() -> list[Draft]:
    """Return all drafts, those that can be changed first, the newest first (one query)."""
    found = list(Draft.objects.order_by("-changed_at"))
    return sorted(found, key=lambda each: each.stage in (DraftStage.IN_FORCE, DraftStage.DROPPED))
