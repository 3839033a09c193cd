"""Organisations, who is behind them, who works there, and who goes to which school."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from mianzheng.demo.rules.numbers import credit_codes, glue
from mianzheng.demo.rules.tables import NEVER, NOBODY, Column, Table, between, weighted

STRIDE = 7919
"""A prime, so that stepping by it visits every combination of the names' parts before one comes again."""


def organisations(
    chance: np.random.Generator,
    persons: Table,
    count: int,
    today: np.datetime64,
    setting: Mapping[str, Any],
    division: str,
) -> dict[str, Table]:
    """Make organisations with valid credit codes, distinct names and a living adult behind each (法定代表人)."""
    c, made = persons.columns, setting["organisations"]
    kind = weighted(chance, [k["weight"] for k in made["kinds"]], count)
    adults = np.flatnonzero(c["alive"] & (c["age"] >= 22) & (c["age"] <= 68))
    person = adults[between(chance, 0, max(len(adults) - 1, 0), count)] if len(adults) else np.full(count, NOBODY)
    brands, trades = np.array(made["brands"]), np.array(made["trades"])
    serial = np.arange(count)
    # Every combination of trade and brands once, in an order that mixes them: names differ.
    more = np.array(["", *made["brands"]])
    mixed = serial * STRIDE % (len(brands) * len(trades) * len(more) ** 2)
    trade, rest = trades[mixed % len(trades)], mixed // len(trades)
    brand = glue(
        more[rest // len(brands) // len(more)], brands[rest % len(brands)], more[rest // len(brands) % len(more)]
    )
    founded = today - np.minimum(between(chance, 20, 6500, count), (c["age"][person] - 19) * 365).astype(
        "timedelta64[D]"
    )
    table = Table(
        {
            "number": credit_codes(
                np.array([k["head"] for k in made["kinds"]])[kind], division, serial * 7919 + 104729
            ),
            "name": glue(
                setting.get("city_name", ""), brand, trade, np.array([k["ending"] for k in made["kinds"]])[kind]
            ),
            "kind": np.array([k["kind"] for k in made["kinds"]])[kind],
            "trade": trade,
            "person": person,
            "founded": founded,
            "community": c["community"][person],
            "town": c["town"][person],
            "address": c["address"][person],
            "capital": between(chance, 1, 200, count) * 50000,
            "staff": np.array([k["staff"] for k in made["kinds"]])[kind],
            "open": chance.random(count) < 0.93,
        },
        {"person": "people"},
    )
    return {"organisations": table}


def employment(
    chance: np.random.Generator, tables: Mapping[str, Table], today: np.datetime64, setting: Mapping[str, Any]
) -> dict[str, Table]:
    """Give a share of the living of working age a job; who stands behind an organisation works in it."""
    c, o = tables["people"].columns, tables["organisations"].columns
    able = c["alive"] & (c["age"] >= 18) & (c["age"] <= 59)
    own = np.full(len(tables["people"]), NOBODY, dtype=np.int64)
    own[o["person"][o["open"]]] = np.flatnonzero(o["open"])
    hired = np.flatnonzero(able & ((chance.random(len(able)) < setting["employed_share"]) | (own != NOBODY)))
    open_ = np.flatnonzero(o["open"])
    if not len(open_):
        hired = hired[:0]
    place = open_[weighted(chance, o["staff"][open_], len(hired))] if len(open_) else hired
    place = np.where(own[hired] != NOBODY, own[hired], place)
    span = np.minimum(between(chance, 15, 4000, len(hired)), (c["age"][hired] - 17) * 365)
    since = np.maximum(np.maximum(today - span.astype("timedelta64[D]"), o["founded"][place]), c["arrived"][hired])
    wage = np.round(3200 + chance.gamma(2.0, 1800, len(hired)), 0).astype(np.int64)
    columns = {"person": hired, "organisation": place, "from": since, "wage": wage, "behind": own[hired] != NOBODY}
    return {"jobs": Table(columns, {"person": "people", "organisation": "organisations"})}


def schooling(
    chance: np.random.Generator, persons: Table, today: np.datetime64, setting: Mapping[str, Any]
) -> dict[str, Table]:
    """Enrol a share of the children of school age in a school that takes their age, since a first of September."""
    c, schools = persons.columns, setting["schools"]
    pupil = np.flatnonzero(
        c["alive"] & (c["age"] >= 6) & (c["age"] < 18) & (chance.random(len(persons)) < setting["enrolled_share"])
    )
    age = c["age"][pupil]
    fits = np.array([[s["from"] <= years < s["to"] for s in schools] for years in range(18)], dtype=float)
    number = np.array([s["from"] for s in schools])
    pick = (fits[age].cumsum(axis=1) <= (chance.random(len(pupil)) * fits[age].sum(axis=1))[:, None]).sum(axis=1)
    begun = c["birth"][pupil].astype("datetime64[Y]") + number[pick].astype("timedelta64[Y]")
    begun = begun.astype("datetime64[M]") + np.timedelta64(8, "M")
    begun = np.minimum(begun.astype("datetime64[D]"), today)
    names = np.array([s["name"] for s in schools])
    columns = {"person": pupil, "school": names[pick], "from": begun, "grade": np.clip(age - 5, 1, 12)}
    return {"enrolments": Table(columns, {"person": "people"})}


def occupation(tables: Mapping[str, Table], people: int) -> dict[str, Column]:
    """Return for each person the employer, the job with wage and beginning, the company behind which, the school."""
    jobs, pupils = tables["jobs"].columns, tables["enrolments"].columns
    job, employer = np.full(people, NOBODY, dtype=np.int64), np.full(people, NOBODY, dtype=np.int64)
    job[jobs["person"]], employer[jobs["person"]] = np.arange(len(jobs["person"])), jobs["organisation"]
    wage = np.zeros(people, dtype=np.int64)
    wage[jobs["person"]] = jobs["wage"]
    since = np.full(people, NEVER)
    since[jobs["person"]] = jobs["from"]
    school = np.full(people, "", dtype="U20")
    school[pupils["person"]] = pupils["school"]
    company = np.full(people, NOBODY, dtype=np.int64)
    company[tables["organisations"].columns["person"]] = np.arange(len(tables["organisations"]))
    return {
        "job": job,
        "employer": employer,
        "works": job != NOBODY,
        "wage": wage,
        "hired": since,
        "school": school,
        "company": company,
        "behind": company != NOBODY,
    }
