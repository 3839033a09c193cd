"""What there is to choose from in a package that need not be sound: read from its files, so that what a draft adds can be chosen."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from mianzheng.catalogue.rules.certificates import LEVEL_ISSUERS
from mianzheng.catalogue.rules.editing import rows_of
from mianzheng.catalogue.rules.trees import entries_of
from mianzheng.common.reasons import N_, Reason
from mianzheng.common.texts import Text
from mianzheng.reform.pages.drafting.inputs import Options
from mianzheng.reform.rules.texts import front_of

Files = Mapping[str, str]
APPLICANT = ("applicant", Reason(N_("申请人本人")))
_LEVELS = {"town": N_("镇街"), "community": N_("村社"), "employer": N_("用人单位")}


def text_of(said: Mapping[str, Any], name: str = "name") -> Text:
    """Return `name` of a row or entry in both languages, its code where it has none."""
    return Text(str(said.get(name) or said.get("code") or ""), str(said.get(f"{name}_en") or ""))


def _rows(files: Files, file: str, name: str = "name") -> Options:
    return tuple((code, text_of(row, name)) for code, row in rows_of(files.get(file, "")).items())


def departments(files: Files) -> Options:
    return _rows(files, "departments.csv")


def owners(files: Files) -> Options:
    """Return who can be responsible for a matter."""
    bodies = rows_of(files.get("bodies.csv", ""))
    inside = tuple((code, text_of(row)) for code, row in bodies.items() if row.get("kind") != "outside")
    return departments(files) + inside


def sides(files: Files) -> Options:
    """Return who demands or makes out certificates."""
    levels = tuple((code, Reason(_LEVELS[code])) for code in LEVEL_ISSUERS)
    return levels + departments(files) + _rows(files, "bodies.csv")


def matters(files: Files) -> Options:
    return _rows(files, "matters.csv")


def bases(files: Files) -> Options:
    """Return the articles, each by law and article."""
    rows = rows_of(files.get("bases.csv", ""))
    return tuple(
        (code, Text(f"{row['law']} {row['article']}", f"{row['law_en']} {row['article']}"))
        for code, row in rows.items()
    )


def certificates(files: Files, *, asked: bool | None = None) -> Options:
    """Return the certificates; only those still `asked` for, or only cancelled ones and those to be cancelled."""
    rows = rows_of(files.get("certificates.csv", ""))
    return tuple(
        (code, text_of(row))
        for code, row in rows.items()
        if asked is None
        or (row.get("disposal") in ("retained", "asked") if asked else row.get("disposal") != "retained")
    )


def items(files: Files) -> Options:
    """Return the items of which something can be asked."""
    typed = set(re.findall(r"^([\w-]+),", files.get("fields.csv", ""), re.MULTILINE))
    return tuple((code, text_of(row)) for code, row in rows_of(files.get("items.csv", "")).items() if code in typed)


def facts(files: Files) -> Options:
    return tuple((code, text_of(entry)) for code, entry in entries_of(files.get("facts.yaml", "")).items())


def relations(files: Files) -> Options:
    return tuple((code, text_of(entry)) for code, entry in entries_of(files.get("relations.yaml", "")).items())


def texts(files: Files, kind: str) -> Options:
    """Return the texts of one kind."""
    found = {}
    for name, text in files.items():
        head = front_of(text) if name.startswith("texts/") and not name.endswith(".en.md") else {}
        if head.get("kind") == kind:
            code = name.removeprefix("texts/").removesuffix(".md")
            english = front_of(files.get(f"texts/{code}.en.md", ""))
            found[code] = Text(str(head.get("title", code)), str(english.get("title", "")))
    return tuple(found.items())
