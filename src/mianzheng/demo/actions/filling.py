"""Fill every register of the demo city: copies into the centre, what stays at its source into the world outside."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import polars as pl

from mianzheng.catalogue.rules.city import City, Item
from mianzheng.centre.actions.approvals import file_approval
from mianzheng.centre.actions.records import load_frames
from mianzheng.centre.actions.registers import open_disputes
from mianzheng.centre.queries.approvals import approved_items
from mianzheng.centre.rules.cells import TYPES
from mianzheng.common.actors import OPERATOR, PROGRAM
from mianzheng.demo.actions.outside import fill_outside
from mianzheng.demo.actions.pace import Pace
from mianzheng.demo.rules import ground
from mianzheng.demo.rules.filling import Filling, Size, filled, frame, grows, size
from mianzheng.demo.rules.stories import Player, Told
from mianzheng.demo.rules.tables import World

Known = Mapping[str, Sequence[UUID]]
"""For each table of subjects, the identifier of each row."""


@dataclass(frozen=True, slots=True)
class Making:
    """What filling the registers needs."""

    city: City
    made: World
    spelled: Told
    known: Known
    identifiers: Mapping[str, pl.Series]
    """For each table of subjects, the identifier of each row as the centre keeps it."""
    numbers: Mapping[str, pl.Series]
    """For each table of subjects, the number of each row as a register outside keeps it."""
    seed: int
    now: datetime.datetime


@dataclass(frozen=True, slots=True)
class Filled:
    """How many records and items there are now, and which items have no specification."""

    records: int
    items: int
    without: tuple[str, ...]


def fill_registers(making: Making, *, records: int | None, progress: Callable[[str], None]) -> Filled:
    """Fill every typed item; with `records`, those that can hold any number of a subject's until there are so many."""
    specifications = ground.specifications(making.city)
    items = [item for item in making.city.items.values() if item.fields]
    sizes = {
        item.code: size(making.made, item, specifications[item.code], seed=making.seed)
        for item in items
        if item.code in specifications
    }
    times = _times(sizes, records)
    pace = Pace("centre", round(sum(one.fixed + one.growing * times for one in sizes.values())), progress)
    for number, item in enumerate(items, 1):
        spec = specifications.get(item.code)
        more = times if spec and grows(item, spec) else 1.0
        pieces = filled(making.made, item, spec, seed=making.seed, times=more) if spec else iter(())
        _fill(making, item, pieces, pace, f"item {number} of {len(items)}: {item.code}")
    pace.end(f"{len(items)} items")
    return Filled(pace.done, len(items), tuple(item.code for item in items if item.code not in specifications))


def _times(sizes: Mapping[str, Size], records: int | None) -> float:
    """Return how many times as many records those that can grow must be, so that there are `records` in all."""
    growing = sum(one.growing for one in sizes.values())
    if not records or not growing:
        return 1.0
    return max((records - sum(one.fixed for one in sizes.values())) / growing, 1.0)


def _fill(making: Making, item: Item, pieces: Iterator[Filling], pace: Pace, where: str) -> None:
    """Fill one register, here or outside, and open the objections that belong to it."""
    own = making.spelled.get(item.code, {})
    names = making.numbers if item.at_source else making.identifiers
    contested: set[UUID] = set()

    def frames() -> Iterator[pl.DataFrame]:
        played = [names[player.table][player.row] for player in own]
        for piece in pieces:
            whose = making.known[piece.whose]
            contested.update(whose[row] for row in piece.contested.tolist())
            drawn = frame(item, piece, names)
            drawn = drawn.filter(~pl.col("subject").is_in(played)) if played else drawn
            pace.add(drawn.height, where)
            yield drawn
        spelled = _told(item, own, names)
        pace.add(spelled.height, where)
        yield spelled

    if item.at_source:
        fill_outside(item=item, frames=frames(), now=making.now)
    else:
        load_frames(item=item, frames=frames(), as_of=making.now)
    others = contested - {making.known[player.table][player.row] for player in own}
    if others:
        open_disputes(item=item.code, subjects=sorted(others), actor=PROGRAM.id, now=making.now)


def _told(
    item: Item, told: Mapping[Player, Sequence[Mapping[str, Any]]], names: Mapping[str, pl.Series]
) -> pl.DataFrame:
    """Return the records stories spell out."""

    def value(given: Any) -> Any:
        return names[given.table][given.row] if isinstance(given, Player) else given

    rows = [
        {"subject": value(player), **{field.code: value(row[field.code]) for field in item.fields}}
        for player, own in told.items()
        for row in own
    ]
    schema = {"subject": pl.String, **{field.code: TYPES[field.type] for field in item.fields}}
    return pl.DataFrame(rows, schema=schema, strict=False)


def approve_copies(*, city: City, as_of: datetime.date, now: datetime.datetime) -> None:
    """File a made-up approval for every copy that has none: without one nothing may be taken in."""
    approved = approved_items(list(city.items), today=now.date())
    for number, item in enumerate(city.items.values(), 1):
        if item.fields and not item.at_source and item.code not in approved:
            file_approval(
                city=city,
                item=item.code,
                document=f"演示数授〔{as_of.year}〕{number:03d}号",
                scope="演示用: 全部信息项, 供证明事项核验",
                from_day=as_of - datetime.timedelta(days=365),
                until_day=None,
                actor=OPERATOR,
                now=now,
            )
