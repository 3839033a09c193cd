"""Stories: who plays them, and the records that make sure they go as told. The format is in `demo/stories.yaml`."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from mianzheng.catalogue.rules.city import City, Item
from mianzheng.common.texts import Text
from mianzheng.demo.rules.expressions import Sight, WrongSpecification
from mianzheng.demo.rules.filling import SUBJECTS, day
from mianzheng.demo.rules.tables import World

APPLICANT = "applicant"


@dataclass(frozen=True, slots=True, order=True)
class Player:
    """A subject of the world: its table and row."""

    table: str
    row: int


@dataclass(frozen=True, slots=True)
class Story:
    """One story as the city package tells it."""

    code: str
    title: Text
    matter: str
    who: str
    parts: Mapping[str, Any] = field(default_factory=dict)
    records: Mapping[str, Mapping[str, Sequence[Mapping[str, Any]]]] = field(default_factory=dict)
    disputes: Mapping[str, Sequence[str]] = field(default_factory=dict)
    sign_in: Sequence[str] = ("resident",)
    form: Mapping[str, Any] = field(default_factory=dict)
    choices: Mapping[str, str] = field(default_factory=dict)
    expected: Mapping[str, Any] = field(default_factory=dict)


Cast = Mapping[str, Player]
"""Who plays which part of a story."""


def stories(city: City) -> tuple[Story, ...]:
    """Return the stories of the city package, in its order; none where it tells none."""
    told = city.demo.get("demo/stories.yaml") or {}
    return tuple(_story(entry) for entry in told.get("stories", ()))


def _story(entry: Mapping[str, Any]) -> Story:
    known = {name: entry[name] for name in Story.__slots__ if name in entry and name not in ("title",)}
    return Story(**{**known, "title": Text(entry["title"], entry["title_en"]), "expected": _expected(entry)})


def _expected(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is expected, its facts with the keys and in the order in which a case tells them."""
    expected = {"status": "", "papers_asked": 0, "facts": (), **entry.get("expected", {})}
    facts = [
        {"fact": fact["fact"], "about": fact.get("about", APPLICANT), "way": fact["way"], "verdict": fact["verdict"]}
        for fact in expected["facts"]
    ]
    return {**expected, "facts": facts}


def cast(world: World, told: Sequence[Story]) -> dict[str, Cast]:
    """Choose for each story the first person it fits of whose household nobody plays yet, where few fit before others."""
    people = world["people"]
    taken: set[Player] = set()
    households: set[int] = set()
    found: dict[str, Cast] = {}
    fits = {story.code: _fits(world, story) for story in told}
    for story in sorted(told, key=lambda one: len(fits[one.code])):
        try:
            tried = (_players(world, story, row, taken, households) for row in fits[story.code])
            players = next(filter(None, tried), None)
        except WrongSpecification as error:
            raise WrongSpecification(f"story {story.code}: {error}") from error
        if players is None:
            raise WrongSpecification(f"story {story.code}: nobody in this city fits '{story.who}'")
        found[story.code] = players
        taken |= set(players.values())
        households |= {int(people.columns["household"][p.row]) for p in players.values() if p.table == "people"}
    return {story.code: found[story.code] for story in told}


def _fits(world: World, story: Story) -> list[int]:
    """Return the rows of the people who fit the story's `who`."""
    try:
        truths: list[int] = np.flatnonzero(
            Sight(world["people"], {}, world.tables, world.today).truths(story.who)
        ).tolist()
    except WrongSpecification as error:
        raise WrongSpecification(f"story {story.code}: {error}") from error
    return truths


def _players(world: World, story: Story, row: int, taken: set[Player], households: set[int]) -> Cast | None:
    people = world["people"]
    if int(people.columns["household"][row]) in households:
        return None
    players = {APPLICANT: Player("people", row)}
    for part, how in story.parts.items():
        if isinstance(how, str):
            player = _reached(world, how, players[APPLICANT])
        elif "part" in how:
            player = _reached(world, how["path"], players[how["part"]])
        else:
            player = _found(world, how, taken | set(players.values()))
        if player is None or player in taken:
            return None
        players[part] = player
    return players


def _reached(world: World, path: str, start: Player) -> Player | None:
    sight = Sight(world[start.table].rows(np.array([start.row])), {}, world.tables, world.today)
    reached = sight.path(path)
    if reached.refers not in SUBJECTS:
        raise WrongSpecification(f"'{path}' reaches no person, house or organisation")
    return None if reached.missing[0] else Player(reached.refers, int(reached.values[0]))


def _found(world: World, how: Mapping[str, Any], taken: set[Player]) -> Player | None:
    """Find the last row that fits and is free: applicants are the first ones, so few get in each other's way."""
    table = world[how["of"]]
    rows = np.flatnonzero(Sight(table, {}, world.tables, world.today).truths(how.get("if", "True")))
    return next((player for row in rows[::-1].tolist() if (player := Player(how["of"], row)) not in taken), None)


Told = dict[str, dict[Player, list[dict[str, Any]]]]
"""What stories say about registers: for each item, for each player, all records (subjects as players)."""


def told_records(world: World, items: Mapping[str, Item], told: Sequence[Story], casts: Mapping[str, Cast]) -> Told:
    """Return the records the stories spell out. They replace whatever else the register has about these subjects."""
    found: Told = {}
    for story in told:
        for part, registers in story.records.items():
            for code, rows in registers.items():
                try:
                    item = _item(items, code, casts[story.code][part])
                    found.setdefault(code, {})[casts[story.code][part]] = [
                        _record(world, item, row, casts[story.code], part) for row in rows
                    ]
                except (WrongSpecification, KeyError) as error:
                    raise WrongSpecification(f"story {story.code}, records of {part} in {code}: {error}") from error
    return found


def _item(items: Mapping[str, Item], code: str, player: Player) -> Item:
    if code not in items or not items[code].fields:
        raise WrongSpecification("there is no such item with fields")
    if items[code].about != SUBJECTS[player.table]:
        raise WrongSpecification(f"the item is about: {items[code].about}")
    return items[code]


def _record(world: World, item: Item, row: Mapping[str, Any], players: Cast, part: str) -> dict[str, Any]:
    codes = {one.code for one in item.fields}
    if set(row) - codes:
        raise WrongSpecification(f"no field of the item: {', '.join(sorted(set(row) - codes))}")
    today = world.today.astype(datetime.date)
    record: dict[str, Any] = {}
    for one in item.fields:
        value = row.get(one.code)
        if one.type == "subject":
            record[one.code] = players[value] if value else None
        elif isinstance(value, str) and value.startswith("="):
            record[one.code] = world[players[part].table].columns[value[1:]][players[part].row].item()
        else:
            record[one.code] = day(today, value) if one.type == "date" else value
    return record


def answers(city: City, story: Story, numbers: Mapping[str, str], today: datetime.date) -> dict[str, str]:
    """Return the answers of the story's form as they are typed: dates counted from `today`, relatives by `numbers`."""
    matter = city.matter(story.matter)
    kinds = {question.code: question.type for question in matter.work.form} if matter and matter.work else {}
    return {
        code: numbers[value]
        if kinds.get(code) == "relative"
        else str(day(today, value) if kinds.get(code) == "date" else value)
        for code, value in story.form.items()
    }
