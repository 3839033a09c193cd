"""Build the synthetic city: everybody into the vault, every register filled, accounts for those who play in stories."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any
from uuid import UUID

from django.db import transaction

from mianzheng.catalogue.rules.city import City, Item
from mianzheng.centre.actions.records import load_records
from mianzheng.centre.actions.registers import open_dispute
from mianzheng.common.actors import PROGRAM
from mianzheng.common.errors import Refusal
from mianzheng.common.reasons import N_, Reason
from mianzheng.demo.actions.accounts import open_accounts
from mianzheng.demo.models import Build
from mianzheng.demo.rules import ground
from mianzheng.demo.rules.expressions import WrongSpecification
from mianzheng.demo.rules.filling import SUBJECTS, disputed, fill, records
from mianzheng.demo.rules.stories import Cast, Player, Story, Told, cast, stories, told_records
from mianzheng.demo.rules.tables import World
from mianzheng.demo.rules.world import world
from mianzheng.people.actions import register
from mianzheng.people.rules.subjects import NewSubject, SubjectKind

Known = Mapping[str, Sequence[UUID]]
"""For each table of subjects, the identifier of each row."""

DOCUMENTS = {"people": "ric", "organisations": "uscc", "houses": "unit"}
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
    progress: Callable[[str], None] = lambda line: None,
) -> Built:
    """Build the demo city anew. Records and accounts of an earlier build are replaced; cases and the log stay.

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
        count, filled, without = _filled(city, made, spelled, known, seed, now, progress)
    except WrongSpecification as error:
        raise Refusal(
            Reason(N_("演示城市没有建成：%(message)s"), {"message": str(error)}),
            Reason(N_("请更正城市包 demo 目录下的说明后再试。")),
        ) from error
    with transaction.atomic():
        _disputes(told, casts, known, now)
        accounts = open_accounts(city=city, casts=casts, known=known, now=now)
        Build.objects.create(
            seed=seed, people=people, organisations=organisations, as_of=as_of, built_at=now, records=count
        )
    progress(f"{accounts} accounts")
    return Built(sum(map(len, known.values())), count, filled, accounts, without)


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


def _filled(
    city: City,
    made: World,
    spelled: Told,
    known: Known,
    seed: int,
    now: datetime.datetime,
    progress: Callable[[str], None],
) -> tuple[int, int, tuple[str, ...]]:
    """Fill every typed item; return how many records and items there are, and the items without a specification."""
    specifications, count, filled = ground.specifications(city), 0, 0
    without = []
    for code, item in city.items.items():
        if not item.fields:
            continue
        spec = specifications.get(code)
        if spec is None:
            without.append(code)
        fillings = fill(made, item, spec, seed=seed) if spec else []
        own = _identified(item, spelled.get(code, {}), known)
        rows = chain(records(item, fillings, known, own.keys()), *own.values())
        count += load_records(item=item, columns=("subject", *(f.code for f in item.fields)), rows=rows, as_of=now)
        for subject in disputed(fillings, known):
            if subject not in own:
                open_dispute(item=code, subject=subject, actor=PROGRAM.id, now=now)
        filled += 1
    progress(f"centre: {count} records of {filled} items")
    return count, filled, tuple(without)


def _identified(
    item: Item, told: Mapping[Player, Sequence[Mapping[str, Any]]], known: Known
) -> dict[UUID, list[tuple[Any, ...]]]:
    def value(kind: str, given: Any) -> Any:
        return known[given.table][given.row] if kind == "subject" and given is not None else given

    return {
        known[player.table][player.row]: [
            (known[player.table][player.row], *(value(one.type, row[one.code]) for one in item.fields)) for row in rows
        ]
        for player, rows in told.items()
    }


def _disputes(told: Sequence[Story], casts: Mapping[str, Cast], known: Known, now: datetime.datetime) -> None:
    for story in told:
        for part, items in story.disputes.items():
            player = casts[story.code][part]
            for item in items:
                open_dispute(item=item, subject=known[player.table][player.row], actor=PROGRAM.id, now=now)
