"""YAML of a package changed by value: what says the same afterwards keeps its very characters, comments included."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

import yaml
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import DoubleQuotedScalarString, LiteralScalarString, PlainScalarString

from mianzheng.catalogue.rules.source import Reader

_TEXT = "tag:yaml.org,2002:str"
_NAMES = ("code", "fact", "certificate")
"""What tells the entries of a list apart."""
_read_as = yaml.SafeLoader("").resolve
"""How the package is read: YAML 1.1, where an unquoted No is no name but a no."""


def plain(text: str) -> Any:
    """Return what the package reads in a YAML text, to be changed at will; None where it is none."""
    return _loose(Reader({}).parsed("", text)) if text.strip() else None


def _loose(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _loose(each) for key, each in value.items()}
    return [_loose(each) for each in value] if isinstance(value, list) else value


def tree_of(text: str) -> Any:
    """Return a YAML file of the package to be changed in place; comments and order are kept by `text_of`."""
    return _yaml().load(text)


def text_of(tree: Any) -> str:
    """Return what `tree_of` gave as text."""
    out = io.StringIO()
    _yaml().dump(tree, out)
    return out.getvalue()


def _yaml() -> YAML:
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 1_000_000  # a sentence stays on its line, so that a difference shows the sentence
    yaml.indent(mapping=2, sequence=2, offset=0)
    return yaml


def rewritten(text: str, wanted: Mapping[str, Any]) -> str:
    """Return `text` so that it says `wanted`, plain values as `plain` reads them."""
    was = plain(text) or {}
    if was == wanted:
        return text
    tree = tree_of(text) if was else CommentedMap()
    _change(tree, was, wanted)
    return text_of(tree)


def _change(tree: Any, was: Mapping[str, Any], wanted: Mapping[str, Any]) -> None:
    for key in [key for key in tree if key not in wanted]:
        del tree[key]
    for key, value in wanted.items():
        if key not in tree or key not in was:
            tree[key] = _made(value)
        elif was[key] != value:
            tree[key] = _changed(tree[key], was[key], value)


def _changed(tree: Any, was: Any, wanted: Any) -> Any:
    if isinstance(was, dict) and isinstance(wanted, Mapping):
        _change(tree, was, wanted)
        return tree
    if isinstance(was, list) and isinstance(wanted, list | tuple):
        return _list(tree, was, wanted)
    return _made(wanted)


def _list(tree: Any, was: Sequence[Any], wanted: Sequence[Any]) -> Any:
    """Return the list with the entries that stay, found by what they are called, changed in place."""
    kept: dict[Any, tuple[Any, Any]] = {}
    for node, old in zip(tree, was, strict=True):
        kept.setdefault(called(old), (node, old))
    made = CommentedSeq()
    if tree.fa.flow_style():
        made.fa.set_flow_style()
    for value in wanted:
        node, old = kept.pop(called(value), (None, None))
        made.append(_made(value) if node is None else node if old == value else _changed(node, old, value))
    return made


def called(entry: Any) -> str:
    """Return what tells `entry` from the others of its list."""
    if not isinstance(entry, Mapping):
        return str(entry)
    return next((str(entry[name]) for name in _NAMES if entry.get(name)), "")


def _made(value: Any) -> Any:
    if isinstance(value, Mapping):
        return CommentedMap((key, _made(each)) for key, each in value.items())
    if isinstance(value, list | tuple):
        return CommentedSeq(_made(each) for each in value)
    if isinstance(value, bool):
        return PlainScalarString("yes" if value else "no")
    if not isinstance(value, str):
        return value
    if "\n" in value:
        return LiteralScalarString(value)
    return value if _read_bare(value) else DoubleQuotedScalarString(value)


def _read_bare(value: str) -> bool:
    """Return whether `value` is read as this very text without quotes, wherever it stands: the two libraries differ on signs."""
    if _read_as(yaml.ScalarNode, value, (True, False)) != _TEXT:
        return False
    try:
        return bool(yaml.load(f"{{a: {value}, b: 0}}", yaml.CSafeLoader) == {"a": value, "b": 0})
    except yaml.YAMLError:
        return False


def entries_of(text: str) -> dict[str, dict[str, Any]]:
    """Return the entries of a YAML file that is a list of mappings with a ``code``."""
    found = plain(text)
    entries = found if isinstance(found, list) else []
    return {str(entry["code"]): entry for entry in entries if isinstance(entry, dict) and "code" in entry}


def with_entry(text: str, code: str, entry: Mapping[str, Any] | None) -> str:
    """Return the list with the entry `code` saying `entry`, or without it; the lines of all others stay as they are."""
    lines = text.splitlines(keepends=True)
    for first, end in _spans(text):
        said = _alone(lines[first:end])
        (was,) = plain(said) or [{}]
        if str(was.get("code")) == code:
            new = "" if entry is None else _listed(rewritten(_inner(said), entry))
            return "".join(lines[:first]) + new + "".join(lines[end:])
    if entry is None:
        return text
    gap = "" if not text or text.endswith("\n\n") else "\n" if text.endswith("\n") else "\n\n"
    return text + gap + _listed(rewritten("", entry))


def _spans(text: str) -> list[tuple[int, int]]:
    """Return the lines of each entry of a list, first and past the last; comments after it are the next one's."""
    root = yaml.compose(text, yaml.CSafeLoader) if text.strip() else None
    if not isinstance(root, yaml.SequenceNode):
        return []
    lines = text.splitlines()
    starts = [node.start_mark.line for node in root.value]
    spans = []
    for first, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        while end > first + 1 and (not lines[end - 1].strip() or lines[end - 1].startswith("#")):
            end -= 1
        spans.append((first, end))
    return spans


def _alone(lines: Sequence[str]) -> str:
    text = "".join(lines)
    return text if text.endswith("\n") else text + "\n"


def _inner(said: str) -> str:
    """Return a list of one entry as the mapping itself."""
    return "".join(line[2:] if line.strip() else line for line in said.splitlines(keepends=True))


def _listed(mapping: str) -> str:
    lines = mapping.splitlines(keepends=True)
    return "".join(("- " if not at else "  " if line.strip() else "") + line for at, line in enumerate(lines))
