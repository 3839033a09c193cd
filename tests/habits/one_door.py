"""Finding who reads records: by what is imported, however it is called there, and by what names their tables.

`House` maps a file within the package to its text, so that a test can plant one more.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import TypeAlias

House: TypeAlias = Mapping[str, str]
Door: TypeAlias = tuple[str, str]
"""A module and what is taken from it."""

ROOT = "mianzheng"
SCHEMAS = ("centre", "centre_history")
_TABLE = re.compile(
    r"\bcentre(?:_history)?\b\"?\s*\.|\bcentre_history\b|\bpg_tables\b.*\bcentre\b|\bsearch_path\b", re.S
)
_STATEMENT = re.compile(r"\b(?:select|from|join|into|update|delete|copy|table|set)\b", re.I)


@dataclass
class Module:
    """One file as the finder sees it: what it imports under which name, and what it says in strings."""

    name: str
    imported: list[tuple[str, str, str]] = field(default_factory=list)
    """Module, what is taken ("" for the module itself, "*" for all of it), and how it is called here."""
    attributes: set[tuple[str, str]] = field(default_factory=set)
    """(x, y) for every x.y in it, x being a plain name or dotted."""
    strings: list[str] = field(default_factory=list)
    tables: bool = False
    """It names a record table, or the schema they are in."""
    unmanaged: bool = False
    """It makes a model of a table that the program's own migrations do not."""


@cache
def module(file: str, text: str) -> Module:
    """Read one file."""
    dotted = f"{ROOT}." + file.removesuffix(".py").replace("/", ".").removesuffix(".__init__")
    found = Module(dotted.removesuffix("."))
    package = dotted.split(".") if file.endswith("__init__.py") else dotted.split(".")[:-1]
    tree = ast.parse(text)
    said_to_readers = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}  # docstrings
    for node in ast.walk(tree):
        if id(node) in said_to_readers and isinstance(node, ast.Constant):
            continue
        if isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            source = ".".join([*base, *([node.module] if node.module else [])])
            found.imported += [(source, alias.name, alias.asname or alias.name) for alias in node.names]
        elif isinstance(node, ast.Import):
            found.imported += [(alias.name, "", alias.asname or alias.name) for alias in node.names]
        elif isinstance(node, ast.Attribute):
            found.attributes.add((_dotted(node.value), node.attr))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            found.strings.append(node.value)
        elif isinstance(node, ast.JoinedStr):
            found.strings.append("".join(v.value if isinstance(v, ast.Constant) else "?" for v in node.values))
        found.tables |= _names_tables(node)
        found.unmanaged |= _unmanaged(node)
    return found


def importers(house: House, door: Door) -> set[str]:
    """Return the files that get at `door`: by its own name, by one it was handed on under, by its module, or by a string."""
    modules = {file: module(file, text) for file, text in house.items()}
    doors = {door}
    while True:
        handed_on = {(m.name, here) for m in modules.values() for here in _taken(m, doors)} - doors
        if not handed_on:
            break
        doors |= handed_on
    own = {file for file, m in modules.items() if m.name == door[0]}
    return {file for file, m in modules.items() if _taken(m, doors) or _reaches(m, doors)} - own


def _taken(found: Module, doors: set[Door]) -> set[str]:
    """Return the names under which `found` has one of `doors`, or the whole module of one."""
    return {
        here
        for source, what, here in found.imported
        for where, name in doors
        if source == where and what in (name, "*")
    }


def _reaches(found: Module, doors: set[Door]) -> bool:
    """Return whether `found` gets at one of `doors` through its module: x.records, or the module named in a string."""
    for where, name in doors:
        for source, what, here in found.imported:
            whole = source == where if not what else f"{source}.{what}" == where
            if whole and ((here, name) in found.attributes or here == where):
                return True
        if where in found.strings or f"{where}.{name}" in found.strings or f"{where}:{name}" in found.strings:
            return True
    return False


def touching(house: House) -> set[str]:
    """Return the files that name record tables: their schema, in a statement or as an identifier, or its constants."""
    return {file for file, text in house.items() if module(file, text).tables}


def unmanaged(house: House) -> set[str]:
    """Return the files with a model of a table that is not the program's own, or one in another schema."""
    return {file for file, text in house.items() if module(file, text).unmanaged}


def _names_tables(node: ast.AST) -> bool:
    if isinstance(node, ast.Call) and _dotted(node.func).split(".")[-1] == "Identifier":
        return any(isinstance(arg, ast.Constant) and arg.value in SCHEMAS for arg in node.args)
    if isinstance(node, ast.ImportFrom) and node.module in (
        f"{ROOT}.centre.actions.tables",
        f"{ROOT}.centre.queries.records",
    ):
        return any(alias.name in ("CURRENT", "PAST", "*") for alias in node.names)
    if isinstance(node, ast.Attribute):
        return node.attr in ("CURRENT", "PAST") and _dotted(node.value).split(".")[-1] in ("tables", "records")
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value == "centre_history" or bool(_STATEMENT.search(node.value) and _TABLE.search(node.value))
    if isinstance(node, ast.JoinedStr):
        said = "".join(v.value if isinstance(v, ast.Constant) else "?" for v in node.values)
        return bool(_STATEMENT.search(said) and _TABLE.search(said))
    return False


def _unmanaged(node: ast.AST) -> bool:
    if not isinstance(node, ast.Assign | ast.AnnAssign | ast.keyword):
        return False
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    names = [target.id for target in targets if isinstance(target, ast.Name)]
    names += [node.arg] if isinstance(node, ast.keyword) and node.arg else []
    value = node.value.value if isinstance(node.value, ast.Constant) else None
    return ("managed" in names and value is False) or ("db_table" in names and isinstance(value, str) and '"' in value)


def _dotted(node: ast.AST) -> str:
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([*([node.id] if isinstance(node, ast.Name) else []), *reversed(parts)])
