"""What the demo takes from a city package: its places, its setting, and the specifications of its registers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mianzheng.catalogue.rules.city import City
from mianzheng.demo.rules.expressions import WrongSpecification
from mianzheng.demo.rules.world import Ground

WORLD, RECORDS, STORIES = "demo/world.yaml", "demo/records.yaml", "demo/stories.yaml"


def ground(city: City) -> Ground:
    """Return the places people live in."""
    return Ground(city.code, [(place.code, place.name.zh, place.parent) for place in city.communities.values()])


def setting(city: City) -> Mapping[str, Any]:
    """Return `demo/world.yaml`. Raises `WrongSpecification` where the city package has none and so no demo city."""
    found = city.demo.get(WORLD)
    if not isinstance(found, Mapping):
        raise WrongSpecification(f"the city package has no {WORLD}: there is nothing to draw a demo city from")
    return {**found, "city_name": city.name.zh}


def specifications(city: City) -> Mapping[str, Any]:
    """Return the specification of each register."""
    return city.demo.get(RECORDS) or {}


def agent(city: City) -> Mapping[str, Any]:
    """Return the agent (代办员) of the stories, empty where there is none."""
    return (city.demo.get(STORIES) or {}).get("agent") or {}


def offices(city: City) -> tuple[str, ...]:
    """Return the offices that decide worked matters or answer checks for them, in the order of the catalogue."""
    needed: set[str] = set()
    for matter in city.matters.values():
        if matter.work:
            needed.add(matter.owner)
            needed |= {city.facts[need.fact].answered_by for need in matter.work.needs}
    return tuple(code for code in (*city.departments, *city.bodies) if code in needed)
