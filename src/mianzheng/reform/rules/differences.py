"""What an edit changes, field by field, before and after, for somebody who reads no CSV and no YAML."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mianzheng.catalogue.rules.editing import Edit, EntryEdit, RowEdit
from mianzheng.catalogue.rules.trees import called, plain
from mianzheng.reform.rules.texts import body_of, front_of

BODY = "body"
ORDER = "order"


@dataclass(frozen=True, slots=True)
class Difference:
    """One field: where it stands, by keys and by what entries of lists are called, and what it said and says; None for nothing."""

    path: tuple[str, ...]
    before: str | None
    after: str | None


def differences(edit: Edit) -> tuple[Difference, ...]:
    """Return the fields `edit` changes, in the order of the file."""
    if isinstance(edit, RowEdit):
        was, says = _flat(edit.found or {}), _flat(edit.columns or {})
    elif isinstance(edit, EntryEdit):
        was, says = _flat(edit.found or {}), _flat(edit.entry or {})
    elif edit.file.endswith(".yaml"):
        was, says = _flat(plain(edit.found or "") or {}), _flat(plain(edit.text or "") or {})
    elif edit.file.endswith(".md"):
        was, says = _text(edit.found), _text(edit.text)
    else:
        was, says = {(BODY,): edit.found or ""}, {(BODY,): edit.text or ""}
    paths = dict.fromkeys([*was, *says])
    return tuple(
        Difference(path, was.get(path) or None, says.get(path) or None)
        for path in paths
        if (was.get(path) or None) != (says.get(path) or None)
    )


def _text(text: str | None) -> dict[tuple[str, ...], str]:
    return {} if text is None else _flat(front_of(text)) | {(BODY,): body_of(text)}


def _flat(said: Mapping[str, Any]) -> dict[tuple[str, ...], str]:
    return dict(_walk((), said))


def _walk(path: tuple[str, ...], said: Any) -> Iterator[tuple[tuple[str, ...], str]]:
    if isinstance(said, Mapping):
        for key, value in said.items():
            yield from _walk((*path, str(key)), value)
    elif isinstance(said, list | tuple) and any(isinstance(each, Mapping) for each in said):
        names = [called(each) for each in said]
        yield (*path, ORDER), " · ".join(names)
        for name, each in zip(names, said, strict=True):
            yield from _walk((*path, name), each)
    elif isinstance(said, list | tuple):
        yield path, " ".join(map(str, said))
    else:
        yield path, "" if said is None else {True: "yes", False: "no"}[said] if isinstance(said, bool) else str(said)
