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

from mianzheng.catalogue.rules.trees import entries_of, text_of, tree_of, with_entry
from mianzheng.common.errors import Refusal
from mianzheng.common.reasons import N_, Reason

__all__ = ["Edit", "EntryEdit", "RowEdit", "TextEdit", "applied", "packed", "rows_of", "text_of", "tree_of", "unpacked"]


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


@dataclass(frozen=True, slots=True)
class EntryEdit:
    """One entry of a YAML list, named by its ``code``. `found` is what it said, None for no such entry; `entry` what it is to
    say, None to take it out.
    """

    file: str
    code: str
    entry: Mapping[str, Any] | None
    found: Mapping[str, Any] | None = None


Edit = RowEdit | EntryEdit | TextEdit


def packed(edit: Edit) -> dict[str, Any]:
    """Return `edit` as JSON keeps it."""
    return asdict(edit)


def unpacked(kept: Mapping[str, Any]) -> Edit:
    """Return what `packed` kept."""
    return RowEdit(**kept) if "key" in kept else EntryEdit(**kept) if "entry" in kept else TextEdit(**kept)


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
        elif isinstance(edit, EntryEdit):
            text = made.get(edit.file, "")
            if entries_of(text).get(edit.code) not in (edit.found, edit.entry):
                raise _moved(edit.file, edit.code)
            made[edit.file] = with_entry(text, edit.code, edit.entry)
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
    table.rows[edit.key] = {table.header[0]: edit.key, **(there or {}), **edit.columns}


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
