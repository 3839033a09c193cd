"""The worked part of a matter as values to be changed: its needs, its form, the papers of before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mianzheng.catalogue.rules.editing import Edit, RowEdit, TextEdit, rows_of
from mianzheng.catalogue.rules.trees import plain, rewritten

MATTERS = "matters.csv"
APPLICANT = "applicant"
SOURCE = "catalogue desk"
"""The source of a row written on pages."""

Tree = dict[str, Any]


def work_file(code: str) -> str:
    """Return the file of the worked part of a matter."""
    return f"matters/{code}.yaml"


def work_of(files: Mapping[str, str], code: str) -> Tree:
    """Return the worked part of a matter to be changed at will, empty where there is none."""
    found = plain(files.get(work_file(code), ""))
    return found if isinstance(found, dict) else {}


def entries(tree: Tree, part: str) -> list[Tree]:
    """Return the needs (``facts``), questions (``form``) or papers (``papers``) of a worked part."""
    found = tree.get(part) or []
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def with_entries(tree: Tree, part: str, said: Sequence[Tree]) -> Tree:
    """Return the worked part with other needs, questions or papers; a part that is empty is not written."""
    kept = {key: value for key, value in tree.items() if key != part or said}
    return kept | ({part: list(said)} if said else {})


def written(files: Mapping[str, str], code: str, tree: Tree) -> list[Edit]:
    """Return what has the worked part say `tree`, and the row of the matter name its facts."""
    file, row = work_file(code), rows_of(files.get(MATTERS, "")).get(code, {})
    return [
        TextEdit(file, rewritten(files.get(file, ""), tree)),
        RowEdit(MATTERS, code, {"facts": " ".join(_facts(row, work_of(files, code), tree))}),
    ]


def _facts(row: Mapping[str, str], before: Tree, after: Tree) -> list[str]:
    """Return the facts a row names: those it named that are not gone, then those that came."""
    was = {str(need.get("fact")) for need in entries(before, "facts")}
    now = [str(need.get("fact")) for need in entries(after, "facts")]
    old = row.get("facts", "").split()
    return list(dict.fromkeys([*(fact for fact in old if fact in now or fact not in was), *now]))


def named(need: Tree) -> str:
    """Return the code of a need: its own, or its fact's."""
    return word(need.get("code")) or word(need.get("fact"))


def unlike(need: Tree, others: Sequence[Tree]) -> Tree:
    """Return `need` with a code none of `others` has, where its fact's is taken and it has none of its own."""
    taken = {named(other) for other in others}
    if need.get("code") or named(need) not in taken:
        return need
    about = word(need.get("about")) or APPLICANT
    first = f"{about}-{need['fact']}" if about != APPLICANT else str(need["fact"])
    code, n = first, 2
    while code in taken:
        code, n = f"{first}-{n}", n + 1
    return {"code": code, **{name: value for name, value in need.items() if name != "code"}}


def word(value: Any) -> str:
    """Return a value of YAML as a form shows it."""
    if value is None:
        return ""
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
