"""Build the synthetic city: everybody into the vault, every register filled, accounts for those who play in stories."""

from __future__ import annotations

import datetime
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import polars as pl
from django.db import transaction

from mianzheng.catalogue.rules.city import City, Item
from mianzheng.centre.actions.approvals import file_approval
from mianzheng.centre.actions.records import load_frames
from mianzheng.centre.actions.registers import open_dispute
from mianzheng.centre.queries.approvals import approved_items
from mianzheng.centre.rules.cells import TYPES
from mianzheng.common.actors import OPERATOR, PROGRAM
from mianzheng.common.errors import Refusal
from mianzheng.common.reasons import N_, Reason
from mianzheng.demo.actions.accounts import open_accounts
from mianzheng.demo.actions.history import write_history
from mianzheng.demo.actions.outside import fill_outside
from mianzheng.demo.models import Build
from mianzheng.demo.rules import ground
from mianzheng.demo.rules.expressions import WrongSpecification
from mianzheng.demo.rules.filling import SUBJECTS, Filling, filled, frame, grows, size
from mianzheng.demo.rules.stories import Cast, Player, Story, Told, cast, stories, told_records
from mianzheng.demo.rules.tables import World
from mianzheng.demo.rules.world import world
from mianzheng.people.actions import register
from mianzheng.people.rules.subjects import NewSubject, SubjectKind

Known = Mapping[str, Sequence[UUID]]
"""For each table of subjects, the identifier of each row."""

DOCUMENTS = {"people": "ric", "organisations": "uscc", "houses": "unit", "places": "place"}
PART = 20_000
"""How many subjects are registered in one go."""


@dataclass(frozen=True, slots=True)
class Built:
    """What a build made, and what it could not make."""

    subjects: int
    records: int
    items: int
    accounts: int
    without: tuple[str, ...] = field(default=())


def build(
    *,
    city: City,
    people: int,
    organisations: int,
    seed: int,
    as_of: datetime.date,
    now: datetime.datetime,
    records: int | None = None,
    progress: Callable[[str], None] = lambda line: None,
) -> Built:
    """Build the demo city anew. Records and accounts of an earlier build are replaced; cases and the log stay.

    With `records`, registers that can hold any number of records of a subject are filled until there are about so many
    in all.

    Raises `Refusal` where the specifications of the city package cannot be followed; nothing is changed then.
    """
    told = stories(city)
    try:
        made = world(
            seed=seed,
            people=people,
            organisations=organisations,
            as_of=as_of,
            setting=ground.setting(city),
            ground=ground.ground(city),
        )
        casts = cast(made, told)
        spelled = told_records(made, city.items, told, casts)
        progress(f"{people} people, {len(made['houses'])} homes, {organisations} organisations drawn")
        known = _registered(made, now, progress)
        making = _Making(city, made, spelled, known, _identifiers(known), _numbers(made), seed, now)
        count, items, without = _filled(making, records, progress)
    except WrongSpecification as error:
        raise Refusal(
            Reason(N_("演示城市没有建成：%(message)s"), {"message": str(error)}),
            Reason(N_("请更正城市包 demo 目录下的说明后再试。")),
        ) from error
    with transaction.atomic():
        _approve(city, as_of, now)
        _disputes(told, casts, known, now)
        accounts = open_accounts(city=city, casts=casts, known=known, now=now)
        Build.objects.create(
            seed=seed, people=people, organisations=organisations, as_of=as_of, built_at=now, records=count
        )
    progress(f"{accounts} accounts")
    past = write_history(city=city, seed=seed, now=now)
    progress(f"history: {past.measures} measures, {past.conflicts} conflicts, {past.requests} requests for sharing")
    return Built(sum(map(len, known.values())), count, items, accounts, without)


def _identifiers(known: Known) -> dict[str, pl.Series]:
    return {
        table: pl.Series([subject.hex for subject in subjects], dtype=pl.String) for table, subjects in known.items()
    }


def _numbers(made: World) -> dict[str, pl.Series]:
    return {table: pl.Series(made[table].columns["number"].tolist(), dtype=pl.String) for table in SUBJECTS}


def _registered(made: World, now: datetime.datetime, progress: Callable[[str], None]) -> Known:
    known: dict[str, list[UUID]] = {}
    for table, kind in SUBJECTS.items():
        columns, document = made[table].columns, DOCUMENTS[table]
        names = columns["address" if table == "houses" else "name"].tolist()
        numbers = columns["number"].tolist()
        known[table] = []
        for start in range(0, len(numbers), PART):
            part = [(document, number) for number in numbers[start : start + PART]]
            new = [
                NewSubject(SubjectKind(kind), name, (number,))
                for name, number in zip(names[start : start + PART], part, strict=True)
            ]
            subjects = register(people=new, now=now)
            known[table] += [subjects[number] for number in part]
            progress(f"vault: {len(known[table])} of {len(numbers)} {table}")
    return known


@dataclass(frozen=True, slots=True)
class _Making:
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


def _filled(making: _Making, records: int | None, progress: Callable[[str], None]) -> tuple[int, int, tuple[str, ...]]:
    """Fill every typed item; return how many records and items there are, and the items without a specification."""
    specifications = ground.specifications(making.city)
    items = [item for item in making.city.items.values() if item.fields]
    times = _times(making, items, specifications, records)
    count, started = 0, time.monotonic()
    for done, item in enumerate(items, 1):
        spec = specifications.get(item.code)
        grown = times if spec and grows(item, spec) else 1.0
        pieces = filled(making.made, item, spec, seed=making.seed, times=grown) if spec else iter(())
        count += _fill(making, item, pieces)
        if time.monotonic() - started > done * 0.2 or done == len(items):
            rate = round(count / max(time.monotonic() - started, 0.001))
            progress(f"centre: {done} of {len(items)} items, {count:,} records, {rate:,} a second")
    return count, len(items), tuple(item.code for item in items if item.code not in specifications)


def _times(making: _Making, items: Sequence[Item], specifications: Mapping[str, Any], records: int | None) -> float:
    """Return how many times as many records items that can grow must have, so that there are `records` in all."""
    if not records:
        return 1.0
    sizes: dict[bool, int] = {True: 0, False: 0}
    for item in items:
        spec = specifications.get(item.code)
        if spec:
            sizes[grows(item, spec)] += size(making.made, item, spec, seed=making.seed)
    return max((records - sizes[False]) / max(sizes[True], 1), 1.0)


def _fill(making: _Making, item: Item, pieces: Iterator[Filling]) -> int:
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
            yield drawn.filter(~pl.col("subject").is_in(played)) if played else drawn
        yield _told(item, own, names)

    if item.at_source:
        count = fill_outside(item=item, frames=frames(), now=making.now)
    else:
        count = load_frames(item=item, frames=frames(), as_of=making.now)
    for subject in sorted(contested - {making.known[player.table][player.row] for player in own}):
        open_dispute(item=item.code, subject=subject, actor=PROGRAM.id, now=making.now)
    return count


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


def _approve(city: City, as_of: datetime.date, now: datetime.datetime) -> None:
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


def _disputes(told: Sequence[Story], casts: Mapping[str, Cast], known: Known, now: datetime.datetime) -> None:
    for story in told:
        for part, items in story.disputes.items():
            player = casts[story.code][part]
            for item in items:
                open_dispute(item=item, subject=known[player.table][player.row], actor=PROGRAM.id, now=now)
