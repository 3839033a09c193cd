"""Build the synthetic city: everybody into the vault, every register filled, accounts for those who play in stories."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

import polars as pl
from django.db import transaction

from mianzheng.catalogue.rules.city import City
from mianzheng.centre.actions.registers import open_dispute
from mianzheng.common.actors import PROGRAM
from mianzheng.common.errors import Refusal
from mianzheng.common.reasons import N_, Reason
from mianzheng.demo.actions.accounts import open_accounts
from mianzheng.demo.actions.asking import ask_consents, write_grants
from mianzheng.demo.actions.curious import look_around
from mianzheng.demo.actions.filling import Known, Making, approve_copies, fill_registers
from mianzheng.demo.actions.first_day import hand_in_changes
from mianzheng.demo.actions.history import write_history
from mianzheng.demo.actions.pace import Pace
from mianzheng.demo.actions.time import feed
from mianzheng.demo.models import Build
from mianzheng.demo.rules import ground
from mianzheng.demo.rules.expressions import WrongSpecification
from mianzheng.demo.rules.filling import SUBJECTS
from mianzheng.demo.rules.stories import Cast, Story, cast, stories, told_records
from mianzheng.demo.rules.tables import World
from mianzheng.demo.rules.world import world
from mianzheng.people.actions import register
from mianzheng.people.rules.subjects import NewSubject, SubjectKind

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
        making = Making(city, made, spelled, known, _identifiers(known), _numbers(made), seed, now)
        filled = fill_registers(making, records=records, progress=progress)
    except WrongSpecification as error:
        raise Refusal(
            Reason(N_("演示城市没有建成：%(message)s"), {"message": str(error)}),
            Reason(N_("请更正城市包 demo 目录下的说明后再试。")),
        ) from error
    with transaction.atomic():
        approve_copies(city=city, as_of=as_of, now=now)
        _disputes(told, casts, known, now)
        accounts = open_accounts(city=city, casts=casts, known=known, now=now)
        Build.objects.create(
            seed=seed, people=people, organisations=organisations, as_of=as_of, built_at=now, records=filled.records
        )
    progress(f"{accounts} accounts")
    feed(city=city, now=now)
    came = hand_in_changes(making=making, casts=casts, now=now)
    past = write_history(city=city, seed=seed, now=now)
    progress(f"history: {past.measures} measures, {past.conflicts} conflicts, {past.requests} requests for sharing")
    asked = write_grants(city=city, seed=seed, now=now)
    consents = ask_consents(making=making, casts=casts, now=now)
    progress(f"grants: {asked}, consents: {consents}")
    leads = look_around(city=city, casts=casts, known=known, now=now)
    progress(f"{leads} leads from an evening of curiosity")
    return Built(sum(map(len, known.values())), filled.records + came, filled.items, accounts, filled.without)


def _identifiers(known: Known) -> dict[str, pl.Series]:
    return {
        table: pl.Series([subject.hex for subject in subjects], dtype=pl.String) for table, subjects in known.items()
    }


def _numbers(made: World) -> dict[str, pl.Series]:
    return {table: pl.Series(made[table].columns["number"].tolist(), dtype=pl.String) for table in SUBJECTS}


def _registered(made: World, now: datetime.datetime, progress: Callable[[str], None]) -> Known:
    known: dict[str, list[UUID]] = {}
    pace = Pace("vault", sum(len(made[table]) for table in SUBJECTS), progress)
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
            pace.add(len(part), table)
    pace.end()
    return known


def _disputes(told: Sequence[Story], casts: Mapping[str, Cast], known: Known, now: datetime.datetime) -> None:
    for story in told:
        for part, items in story.disputes.items():
            player = casts[story.code][part]
            for item in items:
                open_dispute(item=item, subject=known[player.table][player.row], actor=PROGRAM.id, now=now)
