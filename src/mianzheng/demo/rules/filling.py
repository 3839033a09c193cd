"""Fill the registers: from the world and the specifications of `demo/records.yaml` to the records of each item."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

from mianzheng.catalogue.rules.city import Item
from mianzheng.demo.rules.draws import draw
from mianzheng.demo.rules.expressions import Drawn, Sight, WrongSpecification, only
from mianzheng.demo.rules.tables import Column, Table, World, between, stream

SUBJECTS = {"people": "person", "organisations": "organisation", "houses": "house", "places": "place"}
"""Tables whose rows are subjects, and of which kind."""

POPULATION = ("of", "subject", "if", "disputed", "share", "count", "fields")


@dataclass(frozen=True, slots=True)
class Filling:
    """The records of one item for one population: whose they are (rows of the table `whose`), and a column a field."""

    item: str
    whose: str
    subject: NDArray[np.int64]
    fields: Mapping[str, Drawn]
    contested: NDArray[np.int64]
    """Rows of subjects whose records are under objection."""


AT_ONCE = 250_000
"""Records drawn in one go."""


def fill(world: World, item: Item, spec: Any, *, seed: int) -> list[Filling]:
    """Draw the records of `item`. Raises `WrongSpecification`, naming the item, where `spec` does not fit it."""
    return list(filled(world, item, spec, seed=seed))


def filled(world: World, item: Item, spec: Any, *, seed: int, times: float = 1.0) -> Iterator[Filling]:
    """Do the same piece by piece; with `times`, subjects with several records have so many times more."""
    try:
        for n, one in enumerate(_populations(spec)):
            chance = stream(seed, f"{item.code}/{n}")
            yield from _drawn(world, item, one, chance, _chosen(world, item, one, chance, times))
    except WrongSpecification as error:
        raise WrongSpecification(f"{item.code}: {error}") from error


@dataclass(frozen=True, slots=True)
class Size:
    """How many records a register has: those whose number stays, and those that `times` multiplies."""

    fixed: int
    growing: int


def size(world: World, item: Item, spec: Any, *, seed: int) -> Size:
    """Return how many records `fill` draws, without drawing them."""
    counted = {True: 0, False: 0}
    for n, one in enumerate(_populations(spec)):
        chosen = _chosen(world, item, one, stream(seed, f"{item.code}/{n}"), 1.0)
        counted[grows(item, spec) and one.get("count", 1) != 1] += int(chosen.counts.sum())
    return Size(counted[False], counted[True])


def grows(item: Item, spec: Any) -> bool:
    """Return whether there can be any number of records of a subject: its keys never run out."""
    return any(one.get("count", 1) != 1 for one in _populations(spec)) and all(
        isinstance(how, Mapping) and ("serial" in how or "month" in how)
        for one in _populations(spec)
        for how in [one.get("fields", {}).get(key) for key in item.keys]
    )


def _populations(spec: Any) -> list[Mapping[str, Any]]:
    return spec if isinstance(spec, list) else [spec]


@dataclass(frozen=True, slots=True)
class _Chosen:
    """Which rows of `table` make records and whose they are; how many each, and how many their subject has before."""

    table: Table
    whose: str
    rows: NDArray[np.int64]
    owner: NDArray[np.int64]
    counts: NDArray[np.int64]
    before: NDArray[np.int64]

    def parts(self) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]]:
        """Yield, about `AT_ONCE` records at a time, the row of each record, its owner, which record of its owner it is."""
        ends = np.cumsum(self.counts)
        first = 0
        while not first or first < len(ends):
            so_far = int(ends[first - 1]) if first else 0
            last = max(int(np.searchsorted(ends, so_far + AT_ONCE, side="right")), first + 1)
            counts = self.counts[first:last]
            each = np.repeat(np.arange(first, first + len(counts)), counts)
            within = np.arange(len(each)) - np.repeat(np.cumsum(counts) - counts, counts)
            yield self.rows[each], self.owner[each], self.before[each] + within
            first = last


def _chosen(world: World, item: Item, spec: Mapping[str, Any], chance: np.random.Generator, times: float) -> _Chosen:
    only(spec, POPULATION)
    table = world.tables.get(spec.get("of", ""))
    if table is None:
        raise WrongSpecification(f"'of' is '{spec.get('of')}', expected one of: {', '.join(world.tables)}")
    whose, owner = _owner(spec, table)
    if SUBJECTS[whose] != item.about:
        raise WrongSpecification(f"'of' gives records of {whose}, but the item is about: {item.about}")
    missing = {field.code for field in item.fields} ^ set(spec.get("fields", {}))
    if missing:
        raise WrongSpecification(f"'fields' and fields.csv differ in: {', '.join(sorted(missing))}")
    chosen = Sight(table, {}, world.tables, world.today).truths(spec.get("if", "True")) & (owner >= 0)
    chosen &= chance.random(len(table)) < spec.get("share", 1)
    rows = np.flatnonzero(chosen)
    counts = _counts(spec.get("count", 1), chance, len(rows), times)
    return _Chosen(table, whose, rows, owner[rows], counts, _before(owner[rows], counts))


def _counts(count: Any, chance: np.random.Generator, rows: int, times: float) -> NDArray[np.int64]:
    """Return how many records each of `rows` makes."""
    if count == 1:
        return np.ones(rows, dtype=np.int64)
    low, high = count if isinstance(count, list) else (count, count)
    counts = between(chance, low, high, rows)
    # What is over after the point becomes one more for so many of them: the sum is right however small the counts.
    return counts if times == 1 else np.floor(counts * times + chance.random(rows)).astype(np.int64)


def _before(owner: NDArray[np.int64], counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return how many records the owner of each row has by the rows before it."""
    if len(owner) < 2 or (np.diff(owner) > 0).all():
        return np.zeros(len(owner), dtype=np.int64)
    order = np.argsort(owner, kind="stable")
    so_far = np.cumsum(counts[order]) - counts[order]
    new = np.concatenate([[True], np.diff(owner[order]) > 0])
    before = np.empty(len(owner), dtype=np.int64)
    before[order] = so_far - np.maximum.accumulate(np.where(new, so_far, 0))
    return before


def _drawn(
    world: World, item: Item, spec: Mapping[str, Any], chance: np.random.Generator, chosen: _Chosen
) -> Iterator[Filling]:
    start = 0
    for rows, owner, nth in chosen.parts():
        part = chosen.table.rows(rows)
        drawn: dict[str, Drawn] = {}
        for code, how in spec.get("fields", {}).items():
            drawn[code] = draw(chance, how, Sight(part, drawn, world.tables, world.today, nth, start))
        contested = owner[chance.random(len(owner)) < spec.get("disputed", 0)]
        yield Filling(item.code, chosen.whose, owner, drawn, np.unique(contested))
        start += len(owner)


def _owner(spec: Mapping[str, Any], table: Table) -> tuple[str, NDArray[np.int64]]:
    """Return the table of the subjects and, for each row, which subject it is about."""
    name = spec.get("subject", "")
    if not name:
        if spec["of"] not in SUBJECTS:
            raise WrongSpecification(f"'of' is '{spec['of']}', whose rows are no subjects: say 'subject'")
        return spec["of"], np.arange(len(table))
    whose = table.refs.get(name, "")
    if whose not in SUBJECTS:
        raise WrongSpecification(f"'subject' is '{name}', which refers to no person, house or organisation")
    return whose, table.columns[name]


def frame(item: Item, filling: Filling, known: Mapping[str, pl.Series]) -> pl.DataFrame:
    """Return the records as the centre takes them: the subject, then the fields of the item.

    `known` gives the identifiers of the rows of each table.
    """
    columns = {"subject": known[filling.whose].gather(filling.subject)}
    for field in item.fields:
        columns[field.code] = _column(filling.fields[field.code], field.type, known)
    return pl.DataFrame(columns)


def disputed(fillings: Iterable[Filling], known: Mapping[str, Sequence[Any]]) -> list[Any]:
    """Return whose records are under objection, in order and once each."""
    return list(dict.fromkeys(known[filling.whose][row] for filling in fillings for row in filling.contested.tolist()))


def _column(drawn: Drawn, kind: str, known: Mapping[str, pl.Series]) -> pl.Series:
    if kind == "subject":
        if not drawn.refers and not drawn.missing.all():
            raise WrongSpecification("a field of type subject must be drawn 'from' a reference")
        if not drawn.refers:
            return pl.Series([None], dtype=pl.String).new_from_index(0, len(drawn.values))
        if drawn.missing.all():  # there may be nobody to refer to
            return known[drawn.refers].clear().extend_constant(None, len(drawn.values))
        column = known[drawn.refers].gather(np.where(drawn.missing, 0, drawn.values))
    else:
        column = COLUMNS[kind](drawn.values)
    return column.set(pl.Series(drawn.missing), None) if drawn.missing.any() else column


def _texts(values: Column) -> pl.Series:
    texts = pl.from_arrow(pa.array(values if values.dtype.kind == "U" else values.astype(np.str_)))
    assert isinstance(texts, pl.Series)
    return texts


COLUMNS: Mapping[str, Callable[[Column], pl.Series]] = {
    "text": _texts,
    "code": _texts,
    "month": _texts,
    "date": lambda values: pl.Series(values.astype("datetime64[D]")),
    "integer": lambda values: pl.Series(values.astype(np.int64)),
    "decimal": lambda values: pl.Series(values.astype(np.float64)),
    "boolean": lambda values: pl.Series(values.astype(np.bool_)),
}


def day(today: datetime.date, value: Any) -> Any:
    """Put a value of a story into a record: ``-30d``, ``+2y`` and ``today`` are dates counted from `today`."""
    if isinstance(value, str) and value == "today":
        return today
    if isinstance(value, str) and len(value) > 2 and value[0] in "+-" and value[-1] in "dy" and value[1:-1].isdigit():
        return today + datetime.timedelta(days=round(int(value[:-1]) * (1 if value[-1] == "d" else 365.25)))
    return value
