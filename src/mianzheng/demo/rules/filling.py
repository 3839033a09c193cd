"""Fill the registers: from the world and the specifications of `demo/records.yaml` to the records of each item."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mianzheng.catalogue.rules.city import Item
from mianzheng.demo.rules.draws import draw
from mianzheng.demo.rules.expressions import Drawn, Sight, WrongSpecification, only
from mianzheng.demo.rules.tables import Table, World, between, stream

SUBJECTS = {"people": "person", "organisations": "organisation", "houses": "house"}
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


def fill(world: World, item: Item, spec: Any, *, seed: int) -> list[Filling]:
    """Draw the records of `item`. Raises `WrongSpecification`, naming the item, where `spec` does not fit it."""
    populations = spec if isinstance(spec, list) else [spec]
    try:
        return [_population(world, item, one, stream(seed, f"{item.code}/{n}")) for n, one in enumerate(populations)]
    except WrongSpecification as error:
        raise WrongSpecification(f"{item.code}: {error}") from error


def _population(world: World, item: Item, spec: Mapping[str, Any], chance: np.random.Generator) -> Filling:
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
    count = spec.get("count", 1)
    if count != 1:
        low, high = count if isinstance(count, list) else (count, count)
        rows = np.repeat(rows, between(chance, low, high, len(rows)))
    part = table.rows(rows)
    drawn: dict[str, Drawn] = {}
    for code, how in spec.get("fields", {}).items():
        drawn[code] = draw(chance, how, Sight(part, drawn, world.tables, world.today))
    contested = owner[rows][chance.random(len(rows)) < spec.get("disputed", 0)]
    return Filling(item.code, whose, owner[rows], drawn, np.unique(contested))


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


def records(
    item: Item, fillings: Iterable[Filling], known: Mapping[str, Sequence[Any]], without: Collection[Any] = ()
) -> Iterator[tuple[Any, ...]]:
    """Yield records as the centre takes them: the subject, then the fields in the order of the item.

    `known` gives the identifiers of the rows of each table; records of the subjects `without` are left out.
    """
    for filling in fillings:
        whose = known[filling.whose]
        columns = [_python(filling.fields[field.code], field.type, known) for field in item.fields]
        for record in zip([whose[n] for n in filling.subject.tolist()], *columns, strict=True):
            if record[0] not in without:
                yield record


def disputed(fillings: Iterable[Filling], known: Mapping[str, Sequence[Any]]) -> list[Any]:
    """Return whose records are under objection, in order and once each."""
    return list(dict.fromkeys(known[filling.whose][row] for filling in fillings for row in filling.contested.tolist()))


def _python(drawn: Drawn, kind: str, known: Mapping[str, Sequence[Any]]) -> list[Any]:
    if kind == "subject":
        if not drawn.refers and not drawn.missing.all():
            raise WrongSpecification("a field of type subject must be drawn 'from' a reference")
        targets = known.get(drawn.refers, ())
        return [
            None if gone else targets[n] for n, gone in zip(drawn.values.tolist(), drawn.missing.tolist(), strict=True)
        ]
    values = (drawn.values.astype("datetime64[D]") if kind == "date" else drawn.values).tolist()
    convert = CONVERT.get(kind)
    if convert is not None:
        values = [convert(value) for value in values]
    if drawn.missing.any():
        return [None if gone else value for value, gone in zip(values, drawn.missing.tolist(), strict=True)]
    return values


def _text(value: Any) -> str:
    return str(value)


CONVERT: Mapping[str, Callable[[Any], Any]] = {
    "text": _text,
    "code": _text,
    "integer": int,
    "boolean": bool,
    "decimal": lambda value: Decimal(str(value)),
}


def day(today: datetime.date, value: Any) -> Any:
    """Put a value of a story into a record: ``-30d``, ``+2y`` and ``today`` are dates counted from `today`."""
    if isinstance(value, str) and value == "today":
        return today
    if isinstance(value, str) and len(value) > 2 and value[0] in "+-" and value[-1] in "dy" and value[1:-1].isdigit():
        return today + datetime.timedelta(days=round(int(value[:-1]) * (1 if value[-1] == "d" else 365.25)))
    return value
