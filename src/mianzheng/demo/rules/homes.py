"""Flats, who owns them, who rents them, who lives where."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from mianzheng.demo.rules.numbers import glue, unit_codes
from mianzheng.demo.rules.tables import NOBODY, Column, Table, between


def homes(
    chance: np.random.Generator, persons: Table, today: np.datetime64, setting: Mapping[str, Any], division: str
) -> dict[str, Table]:
    """Give flats to a share of households (some own two), and rented ones to the others."""
    c = persons.columns
    heads = np.flatnonzero(c["is_head"] & c["alive"])
    share = np.where(c["local"][heads], setting["owner_share"]["local"], setting["owner_share"]["migrant"])
    grown = c["age"][heads] >= 22
    first = heads[(chance.random(len(heads)) < share) & grown]
    second = first[chance.random(len(first)) < setting["second_home_share"]]
    owner = np.concatenate([first, second])
    count = len(owner)
    area = np.round(50 + chance.random(count) * 110, 2)
    held = np.minimum(between(chance, 30, 7000, count), (c["age"][owner] - 20) * 365 + 30)
    bought = today - held.astype("timedelta64[D]")
    spouse = c["spouse"][owner]
    living = (spouse != NOBODY) & c["alive"][spouse]
    shared = living & (c["wed"][owner] < bought) & (chance.random(count) < 0.7)
    houses = Table(
        {
            "number": unit_codes(division, np.arange(count)),
            "owner": owner,
            "co_owner": np.where(shared, spouse, NOBODY),
            "community": c["community"][owner],
            "address": glue(c["address"][owner], (np.arange(count) % 24 + 1).astype(np.str_), "室"),
            "area": area,
            "price": np.round(area * between(chance, 9000, 26000, count), -3).astype(np.int64),
            "bought": bought,
            "second": np.arange(count) >= len(first),
        },
        {"owner": "people", "co_owner": "people"},
    )
    return {"houses": houses, "ownerships": ownerships(houses), "rentals": rentals(chance, persons, houses, today)}


def ownerships(houses: Table) -> Table:
    """Make one row for each owner of each flat, with the share in per cent."""
    c = houses.columns
    rows = np.arange(len(houses))
    both = c["co_owner"] != NOBODY
    columns = {
        "person": np.concatenate([c["owner"], c["co_owner"][both]]),
        "house": np.concatenate([rows, rows[both]]),
        "partner": np.concatenate([c["co_owner"], c["owner"][both]]),
        "percent": np.concatenate([np.where(both, 50, 100), np.full(both.sum(), 50)]),
    }
    return Table(columns, {"person": "people", "house": "houses", "partner": "people"})


def rentals(chance: np.random.Generator, persons: Table, houses: Table, today: np.datetime64) -> Table:
    """Let every household without a flat rent one; owners of two let the second first."""
    c, h = persons.columns, houses.columns
    without = np.setdiff1d(np.flatnonzero(c["is_head"] & c["alive"]), h["owner"])
    if not len(houses):
        empty = np.empty(0, dtype=np.int64)
        return Table(
            {"person": empty, "house": empty, "from": empty.astype("datetime64[D]"), "rent": empty},
            {"person": "people", "house": "houses"},
        )
    pool = np.concatenate([np.flatnonzero(h["second"]), np.flatnonzero(~h["second"])])
    house = pool[np.arange(len(without)) % max(1, min(len(pool), max(h["second"].sum() * 3, 1)))]
    since = np.maximum(today - between(chance, 20, 1800, len(without)).astype("timedelta64[D]"), h["bought"][house])
    since = np.maximum(since, c["arrived"][without])
    rent = between(chance, 8, 45, len(without)) * 100
    return Table(
        {"person": without, "house": house, "from": since, "rent": rent}, {"person": "people", "house": "houses"}
    )


def lived_in(tables: Mapping[str, Table], people: int) -> dict[str, Column]:
    """Return for each person the flat the person owns (`house`), the one lived in (`home`), and how many are owned."""
    c, owned, let = tables["people"].columns, tables["ownerships"].columns, tables["rentals"].columns
    house = np.full(people, NOBODY, dtype=np.int64)
    house[owned["person"][::-1]] = owned["house"][::-1]
    home = house.copy()
    home[let["person"]] = let["house"]
    flats = np.bincount(owned["person"], minlength=people)
    return {"house": house, "home": home[c["head"]], "flats": flats, "renting": np.isin(c["head"], let["person"])}
