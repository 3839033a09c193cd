"""Households and the people in them: ages, sexes, marriages, parents. All else about people is built on these."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from mianzheng.demo.rules.tables import NOBODY, between, weighted

YEAR = 365.25

KINDS: tuple[tuple[str, float, tuple[str, ...]], ...] = (
    ("single", 24, ("head",)),
    ("couple", 20, ("head", "partner")),
    ("one child", 22, ("head", "partner", "child")),
    ("two children", 12, ("head", "partner", "child", "child2")),
    ("grown child", 8, ("head", "partner", "grown")),
    ("lone parent", 5, ("head", "child")),
    ("three generations", 9, ("head", "partner", "child", "elder", "elder2")),
)
"""Kinds of household, their weight, and the roles in them. The head of a couple is the man."""

ROLES = ("head", "partner", "child", "child2", "grown", "elder", "elder2")


def households(
    chance: np.random.Generator, people: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Draw households until there are exactly `people`; return household and role of each person, and each kind."""
    sizes = np.array([len(roles) for _, _, roles in KINDS])
    kinds = weighted(chance, [weight for _, weight, _ in KINDS], people)
    whole = int(np.searchsorted(np.cumsum(sizes[kinds]), people, side="right"))
    kinds = kinds[:whole]
    alone = people - int(sizes[kinds].sum())
    kinds = np.concatenate([kinds, np.zeros(alone, dtype=np.int64)])
    household = np.repeat(np.arange(len(kinds)), sizes[kinds])
    roles = [np.array([ROLES.index(role) for role in of]) for _, _, of in KINDS]
    role = np.concatenate([roles[kind] for kind in kinds]) if people else np.empty(0, dtype=np.int64)
    return household, role, kinds


def ages(chance: np.random.Generator, kinds: NDArray[np.int64]) -> dict[str, NDArray[np.int64]]:
    """Draw the age in days of every possible role of each household, so that generations fit."""
    count = len(kinds)

    def years(low: float, high: float) -> NDArray[np.int64]:
        return between(chance, low * YEAR, high * YEAR, count)

    child = years(0.1, 17.9)
    grown = years(20, 31)
    alone = np.where(chance.random(count) < 0.75, years(19, 45), years(46, 88))
    names = np.array([name for name, _, _ in KINDS])[kinds]
    young = np.where(
        np.isin(names, ["one child", "two children", "three generations", "lone parent"]),
        child + years(22, 34),
        years(23, 84),
    )
    head = np.where(names == "single", alone, np.where(names == "grown child", grown + years(22, 32), young))
    partner = np.maximum(head - years(-2, 5), years(21, 22))
    elder = np.maximum(head, partner) + years(22, 31)
    # Who has not had the time for a brother or sister is one of twins: no day of birth is fuller than the others.
    later = between(chance, 1.2 * YEAR, np.minimum(5 * YEAR, child - 20), count)
    second = np.where(child - 20 < 1.2 * YEAR, child, child - later)
    return {
        "head": head,
        "partner": partner,
        "child": child,
        "child2": second,
        "grown": grown,
        "elder": elder,
        "elder2": elder - years(-1, 4),
    }


def family(chance: np.random.Generator, people: int) -> dict[str, Any]:
    """Build households; return columns of people: household, role, days (age), male, spouse, mother, father, head."""
    household, role, kinds = households(chance, people)
    days_of = ages(chance, kinds)
    days = np.choose(role, [days_of[name][household] for name in ROLES])
    member = np.full((len(kinds), len(ROLES)), NOBODY, dtype=np.int64)
    member[household, role] = np.arange(people)
    place = {name: member[:, ROLES.index(name)][household] for name in ROLES}
    coin = chance.random(people) < 0.51
    lone = (place["partner"] == NOBODY) & (role == ROLES.index("head"))
    male = np.where(np.isin(role, [ROLES.index("head"), ROLES.index("elder")]), True, coin)
    male = np.where(np.isin(role, [ROLES.index("partner"), ROLES.index("elder2")]), False, male)
    male = np.where(lone, coin, male)
    spouse = np.full(people, NOBODY, dtype=np.int64)
    for one, other in (("head", "partner"), ("partner", "head"), ("elder", "elder2"), ("elder2", "elder")):
        spouse = np.where(role == ROLES.index(one), place[other], spouse)
    young = np.isin(role, [ROLES.index(name) for name in ("child", "child2", "grown")])
    lone_mother = (place["partner"] == NOBODY) & ~male[place["head"]]
    father = np.where(young & ~lone_mother, place["head"], NOBODY)
    mother = np.where(young, np.where(lone_mother, place["head"], place["partner"]), NOBODY)
    son = (role == ROLES.index("head")) & (place["elder"] != NOBODY)
    father, mother = np.where(son, place["elder"], father), np.where(son, place["elder2"], mother)
    return {
        "household": household,
        "role": np.array(ROLES)[role],
        "days": days,
        "male": male,
        "spouse": spouse,
        "father": father,
        "mother": mother,
        "head": place["head"],
    }


def endings(chance: np.random.Generator, columns: dict[str, Any]) -> dict[str, Any]:
    """Draw deaths and marriages: when each began and ended. Adds former marriages between people who live alone."""
    people, days, spouse, male = len(columns["days"]), columns["days"], columns["spouse"].copy(), columns["male"]
    age = days / YEAR
    risk = np.select([age > 80, age > 65, age > 40], [0.16, 0.06, 0.012], 0.002)
    guardian = (columns["role"] == "head") | (age < 19)
    alone = np.flatnonzero(
        (spouse == NOBODY) & (age > 28) & (columns["role"] == "head") & (chance.random(people) < 0.5)
    )
    men, women = alone[male[alone]], alone[~male[alone]]
    pairs = min(len(men), len(women))
    men, women = (
        men[np.argsort(days[men], kind="stable")][:pairs],
        women[np.argsort(days[women], kind="stable")][:pairs],
    )
    former = np.full(people, NOBODY, dtype=np.int64)
    former[men], former[women] = women, men
    partner = np.where(spouse != NOBODY, spouse, former)
    married = partner != NOBODY
    # Both were of age (22 for men, 20 for women: 民法典第一千零四十七条); one draw for both, so that they agree.
    lawful = np.where(male, days - 22 * YEAR, days - 20 * YEAR)
    latest = np.minimum(lawful, np.where(married, lawful[partner], lawful))
    share = chance.random(people)[np.minimum(np.arange(people), np.where(married, partner, people))]
    wed = np.where(married, np.maximum(latest * (0.45 + 0.55 * share), 1).astype(np.int64), NOBODY)
    apart = chance.random(people)[np.minimum(np.arange(people), np.where(married, partner, people))]
    parted = np.where(former != NOBODY, np.maximum((wed * (0.1 + 0.7 * apart)).astype(np.int64), 1), NOBODY)
    longest = np.minimum(days * 0.3, np.where(wed > 0, wed * 0.9, 2500))
    died = np.where(
        (chance.random(people) < risk) & ~guardian, between(chance, 1, np.minimum(longest, 2500), people), NOBODY
    )
    return {"died": died, "former": former, "wed": wed, "parted": parted}
