"""Edits of a city package: rows and files changed by name, so that drafts made side by side fit together.

An edit says what it found where it was written. Where the package says something else by then, it does not fit any more,
and whoever wrote it has to look again.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from ruamel.yaml import YAML

from mianzheng.common.errors import Refusal
from mianzheng.common.reasons import N_, Reason


@dataclass(frozen=True, slots=True)
class RowEdit:
    """Columns of one row of a list. `key` names the row by its first column; `found` is what the columns said, None for no
    such row; `columns` what they are to say, None to take the row out.
    """

    file: str
    key: str
    columns: Mapping[str, str] | None
    found: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class TextEdit:
    """A whole file. `found` is its text before, None where there was none; `text` None takes it away."""

    file: str
    text: str | None
    found: str | None = None


Edit = RowEdit | TextEdit


def packed(edit: Edit) -> dict[str, Any]:
    """Return `edit` as JSON keeps it."""
    return asdict(edit)


def unpacked(kept: Mapping[str, Any]) -> Edit:
    """Return what `packed` kept."""
    return RowEdit(**kept) if "key" in kept else TextEdit(**kept)


@dataclass
class _Table:
    header: list[str]
    rows: dict[str, dict[str, str]] = field(default_factory=dict)


def applied(files: Mapping[str, str], edits: Iterable[Edit]) -> dict[str, str]:
    """Return the package with `edits` made, in order. Raises `Refusal` where one does not fit what stands there now."""
    made, tables = dict(files), dict[str, _Table]()
    for edit in edits:
        if isinstance(edit, RowEdit):
            _row(tables.setdefault(edit.file, _table(made.get(edit.file, ""))), edit)
        else:
            if made.get(edit.file) not in (edit.found, edit.text):
                raise _moved(edit.file)
            made.pop(edit.file, None)
            made |= {} if edit.text is None else {edit.file: edit.text}
    return made | {name: _written(table) for name, table in tables.items()}


def _row(table: _Table, edit: RowEdit) -> None:
    there = table.rows.get(edit.key)
    if edit.columns is None:
        if there is not None and edit.found is not None and not _says(there, edit.found):
            raise _moved(edit.file, edit.key)
        table.rows.pop(edit.key, None)
        return
    fits = there is None if edit.found is None else there is not None and _says(there, edit.found)
    if not fits and not (there is not None and _says(there, edit.columns)):
        raise _moved(edit.file, edit.key)
    table.header += [column for column in edit.columns if column not in table.header]
    table.rows[edit.key] = {**(there or {}), **edit.columns}


def _says(row: Mapping[str, str], columns: Mapping[str, str]) -> bool:
    return all(row.get(column, "") == value for column, value in columns.items())


def _moved(file: str, key: str = "") -> Refusal:
    return Refusal(
        Reason(N_("%(file)s %(key)s 在这之后被别人改过，这处修改对不上了。"), {"file": file, "key": key}),
        Reason(N_("请打开草稿重新看一遍这一处；什么都没有改动。")),
    )


def rows_of(text: str) -> dict[str, dict[str, str]]:
    """Return the rows of a list of the package, by their first column."""
    return _table(text).rows


def _table(text: str) -> _Table:
    lines = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    header = next(lines, [])
    return _Table(header, {cells[0]: dict(zip(header, cells, strict=False)) for cells in lines if any(cells)})


def _written(table: _Table) -> str:
    out = io.StringIO(newline="")
    lines = csv.writer(out, lineterminator="\n")
    lines.writerow(table.header)
    lines.writerows([row.get(column, "") for column in table.header] for row in table.rows.values())
    return out.getvalue()


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
