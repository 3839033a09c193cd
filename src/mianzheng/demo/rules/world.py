"""Build the core of a synthetic city: people with valid numbers, families, homes, work and schools, all consistent.

Everything follows from the seed, the sizes, the day and the setting (`demo/world.yaml` of the city package); building
twice gives the same bytes.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mianzheng.demo.rules import homes, work
from mianzheng.demo.rules.families import YEAR, endings, family
from mianzheng.demo.rules.numbers import glue, padded, resident_numbers
from mianzheng.demo.rules.tables import NEVER, NOBODY, Table, World, between, stream, weighted


@dataclass(frozen=True, slots=True)
class Ground:
    """What the world needs of the city: its division code, its communities as (code, name, town), its towns as (code,
    name).
    """

    code: str
    communities: Sequence[tuple[str, str, str]]
    towns: Sequence[tuple[str, str]] = ()


def world(
    *, seed: int, people: int, organisations: int, as_of: datetime.date, setting: Mapping[str, Any], ground: Ground
) -> World:
    """Build the world of `people` persons and `organisations` as it stands on `as_of`."""
    today = np.datetime64(as_of, "D")
    columns = family(stream(seed, "families"), people)
    columns |= endings(stream(seed, "endings"), columns)
    persons = Table(
        identities(seed, columns, today, setting, ground),
        dict.fromkeys(("spouse", "former", "father", "mother", "head"), "people"),
    )
    tables = {"people": persons} | couples(persons) | {"parentage": parentage(persons)}
    tables |= homes.homes(stream(seed, "homes"), persons, today, setting, ground.code)
    tables |= work.organisations(stream(seed, "organisations"), persons, organisations, today, setting, ground.code)
    tables |= work.employment(stream(seed, "employment"), tables, today, setting)
    tables |= work.schooling(stream(seed, "schooling"), persons, today, setting)
    tables["places"] = places(ground)
    joined = {
        name: np.asarray(column)
        for name, column in (homes.lived_in(tables, people) | work.occupation(tables, people)).items()
    }
    joined["child"] = youngest(tables["parentage"], people)
    refs = dict(persons.refs) | {"employer": "organisations", "company": "organisations", "job": "jobs"}
    refs |= {"house": "houses", "home": "houses", "child": "people"}
    tables["people"] = Table(dict(persons.columns) | joined, refs)
    return World(
        tables | {name: with_row(tables[name], name) for name in ("people", "houses", "organisations", "places")}, today
    )


def places(ground: Ground) -> Table:
    """Make one row for each town and each community; their numbers are their codes."""
    names = dict(ground.towns)
    rows = [(code, name, "town", name, "") for code, name in ground.towns]
    rows += [(code, name, "community", names.get(town, ""), name) for code, name, town in ground.communities]
    columns = zip(*rows, strict=True) if rows else ([], [], [], [], [])
    code, name, kind, town, community = (np.array(list(column), dtype=np.str_) for column in columns)
    return Table(
        {"code": code, "number": np.char.upper(code), "name": name, "kind": kind, "town": town, "community": community}
    )


def with_row(table: Table, name: str) -> Table:
    """Add the column `row`, by which a row of a table of subjects refers to itself."""
    return Table(dict(table.columns) | {"row": np.arange(len(table))}, dict(table.refs) | {"row": name})


def identities(
    seed: int, columns: Mapping[str, Any], today: np.datetime64, setting: Mapping[str, Any], ground: Ground
) -> dict[str, Any]:
    """Give everybody an origin, a name, a number, an address; turn days into dates."""
    chance, people = stream(seed, "identities"), len(columns["days"])
    household, head, days = columns["household"], columns["head"], columns["days"]
    birth = today - days.astype("timedelta64[D]")
    local = registered_here(chance, household, setting["local_share"])
    origin = weighted(chance, [o["weight"] for o in setting["origins"]], people)[head]
    division = divisions(birth, np.where(local, NOBODY, origin), setting)
    surname, given = named(chance, columns, setting)
    place = np.array([code for code, _, _ in ground.communities])
    where = between(chance, 0, len(place) - 1, people)[head]
    house_number = between(chance, 1, 399, people)[head]
    address = glue(
        np.array([name for _, name, _ in ground.communities])[where],
        np.array(setting["roads"])[between(chance, 0, len(setting["roads"]) - 1, people)[head]],
        house_number.astype(np.str_),
        "号",
    )
    alive = columns["died"] == NOBODY
    return {
        "number": resident_numbers(division, birth, columns["male"]),
        "name": glue(surname, given),
        "male": columns["male"],
        "birth": birth,
        "age": (days // YEAR).astype(np.int64),
        "local": local,
        "origin": np.where(local, "", np.array([o["province"] for o in setting["origins"]])[origin]),
        "community": place[where],
        "town": np.array([town for _, _, town in ground.communities])[where],
        "address": address,
        "household": household,
        "household_number": glue(ground.code, padded(household + 1, 8)),
        "household_size": np.bincount(household, weights=alive)[household].astype(np.int64),
        "role": columns["role"],
        "head": head,
        "is_head": columns["role"] == "head",
        "alive": alive,
        "died": ago(today, columns["died"]),
        "spouse": columns["spouse"],
        "former": columns["former"],
        "father": columns["father"],
        "mother": columns["mother"],
        "wed": ago(today, columns["wed"]),
        "parted": ago(today, columns["parted"]),
        "arrived": ago(today, np.where(local, days, np.minimum(days, between(chance, 20, 5000, people)[head]))),
    }


def registered_here(chance: np.random.Generator, household: NDArray[np.int64], share: float) -> NDArray[np.bool_]:
    """Choose whole households until their members are `share` of everybody: it holds in a small city too."""
    order = chance.permutation(household.max(initial=-1) + 1)
    members = np.cumsum(np.bincount(household)[order])
    return np.isin(household, order[members <= share * len(household)])


def ago(today: np.datetime64, days: NDArray[np.int64]) -> NDArray[np.datetime64]:
    """Turn days before today into dates; -1 means never."""
    return np.where(days == NOBODY, NEVER, today - days.astype("timedelta64[D]"))


def divisions(birth: NDArray[np.datetime64], origin: NDArray[np.int64], setting: Mapping[str, Any]) -> NDArray[np.str_]:
    """Give the division code that the place of origin (-1: here) had in the year of birth."""
    year = birth.astype("datetime64[Y]").astype(np.int64) + 1970
    places = [(NOBODY, setting["home"]), *((n, o["codes"]) for n, o in enumerate(setting["origins"]))]
    code = np.full(len(birth), "", dtype="U6")
    for number, spans in places:
        for span in spans:
            fits = (origin == number) & (year >= span.get("from", 0)) & (year <= span.get("until", 9999))
            code[fits] = span["code"]
    if (code == "").any():
        raise ValueError("world.yaml: some year of birth has no division code")
    return code


def named(
    chance: np.random.Generator, columns: Mapping[str, Any], setting: Mapping[str, Any]
) -> tuple[NDArray[np.str_], NDArray[np.str_]]:
    """Draw names: children bear the father's surname, or the mother's where there is no father in the house."""
    people = len(columns["days"])
    surnames = np.array(list(setting["surnames"]))
    number = weighted(chance, list(setting["surnames"].values()), people)
    elders = np.where(columns["father"] != NOBODY, columns["father"], columns["mother"])
    for _ in range(2):
        number = np.where(elders != NOBODY, number[elders], number)
    boys, girls = np.array(setting["given"]["male"]), np.array(setting["given"]["female"])
    boy, girl = between(chance, 0, len(boys) - 1, people), between(chance, 0, len(girls) - 1, people)
    return surnames[number], np.where(columns["male"], boys[boy], girls[girl])


def couples(persons: Table) -> dict[str, Table]:
    """Make the marriages: one row a partner, so that every register that keeps them is symmetrical."""
    c = persons.columns
    partner = np.where(c["spouse"] != NOBODY, c["spouse"], c["former"])
    person = np.flatnonzero(partner != NOBODY)
    partner = partner[person]
    gone = np.where(c["alive"][person], c["died"][partner], c["died"][person])
    both = ~np.isnat(c["died"][person]) & ~np.isnat(c["died"][partner])
    gone = np.where(both, np.minimum(c["died"][person], c["died"][partner]), gone)
    ended = np.where(np.isnat(c["parted"][person]), gone, c["parted"][person])
    state = np.select([~np.isnat(c["parted"][person]), ~np.isnat(gone)], ["divorced", "widowed"], "married")
    columns = {"person": person, "partner": partner, "wed": c["wed"][person], "ended": ended, "state": state}
    return {"marriages": Table(columns, {"person": "people", "partner": "people"})}


def parentage(persons: Table) -> Table:
    """Make one row for each parent and child."""
    c = persons.columns
    children = [np.flatnonzero(c[parent] != NOBODY) for parent in ("father", "mother")]
    parents = [c["father"][children[0]], c["mother"][children[1]]]
    mother = np.repeat([False, True], [len(children[0]), len(children[1])])
    columns = {"parent": np.concatenate(parents), "child": np.concatenate(children), "mother": mother}
    return Table(columns, {"parent": "people", "child": "people"})


def youngest(parents: Table, people: int) -> NDArray[np.int64]:
    """Return a child of each person, -1 where there is none."""
    child = np.full(people, NOBODY, dtype=np.int64)
    child[parents.columns["parent"]] = parents.columns["child"]
    return child
