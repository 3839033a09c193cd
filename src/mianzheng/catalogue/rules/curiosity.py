"""Which look-ups of staff are asked about (好奇查询), as the city package says: ``curiosity.yaml``."""

from __future__ import annotations

import datetime
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from mianzheng.catalogue.rules.source import Reader, Record
from mianzheng.common.texts import Text

FILE = "curiosity.yaml"


class Kind(StrEnum):
    """What a rule looks at."""

    NO_CASE = "no_case"
    RELATIVE = "relative"
    OUT_OF_HOURS = "out_of_hours"
    ABOVE_NORM = "above_norm"
    MANY_DESKS = "many_desks"


PARAMETERS = {
    Kind.NO_CASE: "",
    Kind.RELATIVE: "relations colleagues",
    Kind.OUT_OF_HOURS: "opens closes",
    Kind.ABOVE_NORM: "days factor least known",
    Kind.MANY_DESKS: "days desks",
}
"""The thresholds each kind has, besides code, name, kind, points and source."""
HEAD = "lead_at head_days reply_days decide_days question_days oversight_days after_days keep_days rules"


@dataclass(frozen=True, slots=True)
class CuriosityRule:
    """One rule: how many `points` it gives a lead, once, and the thresholds of its `kind`; the others stay as they are here.

    `relations` are relations of the city through which an officer's relatives are known; `opens` and `closes` are office
    hours on a working day; `factor` is of the median of the same desk over `days`, from at least `known` days of
    officers, and `least` the number of people below which nothing is far above any norm; `desks` is how many desks.
    """

    code: str
    name: Text
    kind: Kind
    points: int
    relations: tuple[str, ...] = ()
    colleagues: bool = False
    opens: datetime.time = datetime.time(0)
    closes: datetime.time = datetime.time(23, 59)
    days: int = 1
    factor: float = 1.0
    least: int = 1
    known: int = 1
    desks: int = 2
    source: Text = Text("")


@dataclass(frozen=True, slots=True)
class Curiosity:
    """All rules, and the periods of a lead (线索) in working days (policy).

    A lead is made at `lead_at` points. `head_days`, `reply_days` and `decide_days` are the head's, the officer's and again
    the head's; a person's question is answered in `question_days`; oversight has `oversight_days`. A case explains a look
    up to `after_days` calendar days after its decision; counts of look-ups a day are kept `keep_days` calendar days.
    """

    lead_at: int = 1
    head_days: int = 2
    reply_days: int = 3
    decide_days: int = 2
    question_days: int = 5
    oversight_days: int = 10
    after_days: int = 30
    keep_days: int = 90
    rules: tuple[CuriosityRule, ...] = ()

    def of(self, kind: Kind) -> tuple[CuriosityRule, ...]:
        """Return the rules of `kind`."""
        return tuple(rule for rule in self.rules if rule.kind is kind)


def read_curiosity(reader: Reader, relations: Collection[str]) -> Curiosity:
    """Read ``curiosity.yaml``; a package without one, such as an edition of before there were any, has no rules."""
    if FILE not in reader.files and FILE not in reader.lost:
        return Curiosity()
    head = reader.mapping(FILE)
    if not head:
        return Curiosity()
    reader.only(head, HEAD)
    found: dict[str, CuriosityRule] = {}
    for row in reader.entries(head, "rules"):
        code = reader.unique(row, found)
        found[code] = _rule(reader, row, code, relations)
    days = {name: reader.whole(head, name, minimum=1) for name in HEAD.split() if name.endswith("_days")}
    rules = tuple(found.values())
    longest = max((rule.days for rule in rules if rule.kind is Kind.ABOVE_NORM), default=0)
    if days["keep_days"] < longest:
        message = f"'keep_days' is {days['keep_days']}, fewer than the {longest} days a norm is taken from"
        reader.problem(head, message, "keep_days")
    return Curiosity(lead_at=reader.whole(head, "lead_at", minimum=1), rules=rules, **days)


def _rule(reader: Reader, row: Record, code: str, relations: Collection[str]) -> CuriosityRule:
    kind = reader.one_of(row, "kind", [each.value for each in Kind])
    name, points = reader.text(row, "name"), reader.whole(row, "points", minimum=1)
    if kind not in set(Kind):
        return CuriosityRule(code, name, Kind.NO_CASE, points)
    reader.only(row, f"code name name_en kind points source source_en {PARAMETERS[Kind(kind)]}")
    named = row.get("relations") or ()
    for relation in named if isinstance(named, list) else [named]:
        if named and relation not in relations:
            reader.absent(row, "relation", f"'relations' has '{relation}': there is no such relation", "relations")
    wanted = PARAMETERS[Kind(kind)].split()
    opens, closes = (_time(reader, row, key) if key in wanted else datetime.time(0) for key in ("opens", "closes"))
    if "opens" in wanted and opens >= closes:
        reader.problem(row, f"'closes' is '{row.get('closes')}', not later than 'opens'", "closes")
    whole = {key: reader.whole(row, key, minimum=1) for key in ("days", "least", "known", "desks") if key in wanted}
    return CuriosityRule(
        code,
        name,
        Kind(kind),
        points,
        relations=tuple(map(str, named)) if isinstance(named, list) else (),
        colleagues=reader.yes(row, "colleagues"),
        opens=opens,
        closes=closes,
        factor=reader.number(row, "factor", default=1.0, above=1.0 if "factor" in row else None),
        source=Text(reader.word(row, "source", required=False), reader.word(row, "source_en", required=False)),
        **whole,
    )


def _time(reader: Reader, row: Record, key: str) -> datetime.time:
    """Return `key` as a time of day; YAML reads 9:30 without quotation marks as a number, which is refused."""
    try:
        return datetime.time.fromisoformat(reader.word(row, key))
    except ValueError:
        reader.problem(
            row, f"'{key}' is '{row.get(key)}', a time in quotation marks such as \"08:30\" is expected", key
        )
        return datetime.time(0)
