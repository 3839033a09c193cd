"""Reading the files of a city package so that every complaint can name its file and line."""

from __future__ import annotations

import csv
import datetime
import io
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import yaml

from mianzheng.common.texts import Text


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """Something wrong in a package: where it is and, in words an editor can act on, what it is."""

    file: str
    line: int
    message: str


HOMES = {
    "town": ("towns.csv",),
    "work area": ("areas.csv",),
    "community": ("communities.csv",),
    "department": ("departments.csv",),
    "department or body": ("departments.csv", "bodies.csv"),
    "department, body or level": ("departments.csv", "bodies.csv"),
    "basis": ("bases.csv",),
    "batch": ("batches.csv",),
    "certificate": ("certificates.csv",),
    "item": ("items.csv",),
    "field": ("items.csv", "fields.csv"),
    "relation": ("relations.yaml",),
    "fact": ("facts.yaml",),
    "matter": ("matters.csv",),
    "need": ("facts.yaml", "matters/"),
    "question": ("matters/",),
    "text": ("texts/",),
    "connection": ("connections.yaml",),
    "datum": ("fields.csv", "data.csv"),
}
"""In which files the things stand that others refer to; a name ending in a slash stands for every file below."""


class Record(dict[str, Any]):
    """A CSV row or YAML mapping that remembers where it stands, and in YAML where each of its keys does."""

    file: str = ""
    line: int = 0
    lines: Mapping[str, int] = MappingProxyType({})


class _Loader(yaml.CSafeLoader):
    """YAML into `Record`s. Dates stay dates, as in YAML 1.1."""

    file = ""


def _mapping(loader: _Loader, node: yaml.MappingNode) -> Record:
    record = Record({str(key): value for key, value in loader.construct_mapping(node, deep=True).items()})
    record.file = loader.file
    record.line = node.start_mark.line + 1
    record.lines = {key.value: key.start_mark.line + 1 for key, _ in node.value if isinstance(key.value, str)}
    return record


_Loader.add_constructor("tag:yaml.org,2002:map", _mapping)


class Reader:
    """The files of one package, the problems met while reading them, and typed access to their values."""

    def __init__(self, files: Mapping[str, str | None]) -> None:
        self.files = {name: text for name, text in files.items() if text is not None}
        self.problems: list[Problem] = []
        self.lost: set[str] = set()
        for name in sorted(files.keys() - self.files.keys()):
            self.lose(name, 1, "not UTF-8: save it as UTF-8")

    def lose(self, file: str, line: int, message: str) -> None:
        """Note that `file` cannot be read, so that nobody complains about what would have stood in it."""
        self.lost.add(file)
        self.problems.append(Problem(file, line, message))

    def told(self) -> tuple[Problem, ...]:
        """Return every problem once, those of files that cannot be read first: others may follow from them."""
        return tuple(sorted(set(self.problems), key=lambda problem: (problem.file not in self.lost, problem)))

    def absent(self, record: Record, what: str, message: str, key: str = "") -> None:
        """Note that `record` refers to a `what` that is not there, unless it may stand in a file that cannot be read."""
        if not any(name.startswith(HOMES[what]) for name in self.lost):
            self.problem(record, message, key)

    def only(self, record: Record, known: str | Collection[str]) -> None:
        """Note each key of `record` nobody reads: mistyped, an optional key would silently do nothing."""
        keys = known.split() if isinstance(known, str) else known
        for key in record:
            if key not in keys:
                self.problem(record, f"'{key}' is not known here, expected some of: {', '.join(keys)}", key)

    def problem(self, record: Record, message: str, key: str = "") -> None:
        """Note that `message` is wrong at the place of `record`, or of its `key`."""
        self.problems.append(Problem(record.file, record.lines.get(key, record.line), message))

    def rows(self, name: str, columns: Sequence[str], optional: Sequence[str] = ()) -> Iterator[Record]:
        """Yield the rows of a CSV file; a missing file or column is one problem, not many.

        Any file may have the column `source`, those in `optional` besides.
        """
        if not self._there(name):
            return
        table = csv.reader(io.StringIO(self.files[name].removeprefix("\ufeff")))
        header = next(table, [])
        known = (*columns, *optional, "source")
        for column in header:
            if column not in known:
                message = f"the header has '{column}', which is not known here, expected some of: {', '.join(known)}"
                self.problems.append(Problem(name, 1, message))
        missing = [column for column in columns if column not in header]
        if missing:
            self.lose(name, 1, f"the header lacks: {', '.join(missing)}")
            return
        for cells in table:
            if not any(cells):
                continue
            record = Record(zip(header, (cell.strip() for cell in cells), strict=False))
            record.file, record.line = name, table.line_num
            if len(cells) != len(header):
                self.problem(record, f"{len(cells)} cells where the header has {len(header)}")
                continue
            yield record

    def _there(self, name: str) -> bool:
        """Return whether `name` can be read; that it is missing is said once."""
        if name not in self.files and name not in self.lost:
            self.lose(name, 0, "the file is missing")
        return name in self.files

    def tree(self, name: str) -> Any:
        """Return the content of a YAML file, or None with a problem noted."""
        return self.parsed(name, self.files[name]) if self._there(name) else None

    def parsed(self, name: str, text: str) -> Any:
        """Return what the YAML in `text` says, whose lines are those of the file `name`; None with a problem noted."""
        loader = _Loader(text)
        loader.file = name
        try:
            return loader.get_single_data()
        except (yaml.YAMLError, ValueError) as error:
            mark = getattr(error, "problem_mark", None)
            why = getattr(error, "problem", None) or error
            self.lose(name, mark.line + 1 if mark else 0, f"not valid YAML: {why}")
            return None
        finally:
            loader.dispose()

    def mapping(self, name: str) -> Record:
        """Return the mapping a YAML file holds, empty with a problem noted where it holds none."""
        tree = self.tree(name)
        if isinstance(tree, Record):
            return tree
        if name not in self.lost:
            self.lose(name, 1, "a mapping is expected")
        return Record()

    def records(self, name: str) -> Iterator[Record]:
        """Yield the mappings of a YAML file that is a list."""
        tree = self.tree(name)
        if tree is None:
            return
        for entry in tree if isinstance(tree, list) else [tree]:
            if isinstance(entry, Record):
                yield entry
            else:
                self.lose(name, 1, "a list of mappings is expected")

    def entries(self, record: Record, key: str) -> Iterator[Record]:
        """Yield the mappings of the list under `key`, which may be absent."""
        found = record.get(key) or ()
        for entry in found if isinstance(found, list | tuple) else [found]:
            if isinstance(entry, Record):
                yield entry
            else:
                self.problem(record, f"'{key}' has '{entry}', a mapping is expected", key)

    def text(self, record: Record, key: str, *, required: bool = True, english: bool = True) -> Text:
        """Return `key` in both languages; each must be there, since nobody should meet half a translation.

        Without `english` a name may wait for its translation: what offices report daily is not held up by it.
        """
        zh, en = str(record.get(key) or "").strip(), str(record.get(f"{key}_en") or "").strip()
        if required and not zh:
            self.problem(record, f"'{key}' is empty", key)
        if zh and not en and english:
            self.problem(record, f"'{key}_en' is empty: English must be complete", key)
        return Text(zh, en)

    def word(self, record: Record, key: str, *, required: bool = True) -> str:
        """Return `key` as a stripped string."""
        value = record.get(key)
        if isinstance(value, bool):
            return "yes" if value else "no"
        word = "" if value is None else str(value).strip()
        if required and not word:
            self.problem(record, f"'{key}' is empty", key)
        return word

    def one_of(self, record: Record, key: str, allowed: Collection[str], default: str = "") -> str:
        """Return `key` if it is one of `allowed`."""
        word = self.word(record, key, required=not default) or default
        if word and word not in allowed:
            self.problem(record, f"'{key}' is '{word}', expected one of: {', '.join(sorted(allowed))}", key)
        return word

    def whole(self, record: Record, key: str, *, default: int | None = None, minimum: int = 0) -> int:
        """Return `key` as a whole number of at least `minimum`."""
        word = self.word(record, key, required=default is None)
        if not word:
            return default or 0
        try:
            number = int(word)
        except ValueError:
            self.problem(record, f"'{key}' is '{word}', a whole number is expected", key)
            return 0
        if number < minimum:
            self.problem(record, f"'{key}' is {number}, at least {minimum} is expected", key)
        return number

    def number(self, record: Record, key: str, *, default: float, above: float | None = None) -> float:
        """Return `key` as a number greater than `above`, `default` where it is empty."""
        word = self.word(record, key, required=False)
        try:
            number = float(word) if word else default
        except ValueError:
            self.problem(record, f"'{key}' is '{word}', a number is expected", key)
            return default
        if above is not None and number <= above:
            self.problem(record, f"'{key}' is {number:g}, more than {above:g} is expected", key)
        return number

    def day(self, record: Record, key: str) -> datetime.date:
        """Return `key` as a date (ISO 8601)."""
        value = record.get(key)
        if isinstance(value, datetime.date):
            return value
        try:
            return datetime.date.fromisoformat(self.word(record, key))
        except ValueError:
            self.problem(record, f"'{key}' is '{value}', a date such as 2018-07-31 is expected", key)
            return datetime.date.min

    def yes(self, record: Record, key: str, *, default: str = "no") -> bool:
        """Return whether `key` says yes."""
        return self.one_of(record, key, ("yes", "no"), default) == "yes"

    def known(self, record: Record, key: str, codes: Collection[str], what: str, *, required: bool = True) -> str:
        """Return `key` if it is among `codes`, else note that there is no such `what`."""
        word = self.word(record, key, required=required)
        if word and word not in codes:
            self.absent(record, what, f"'{key}' is '{word}': there is no such {what}", key)
        return word

    def unique(self, record: Record, seen: Mapping[Any, Any], key: str = "code") -> str:
        """Return the code of `record`, which nobody before it may have."""
        code = self.word(record, key)
        if code in seen:
            self.problem(record, f"'{key}' is '{code}' a second time", key)
        return code
