"""What the demo takes from a city package: its places, its setting, and the specifications of its registers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mianzheng.catalogue.rules.city import City
from mianzheng.demo.rules.expressions import WrongSpecification
from mianzheng.demo.rules.world import Ground

WORLD, STORIES = "demo/world.yaml", "demo/stories.yaml"
RECORDS = ("demo/records.yaml", "demo/records/")


def ground(city: City) -> Ground:
    """Return the places people live in."""
    return Ground(
        city.code,
        [(place.code, place.name.zh, place.parent) for place in city.communities.values()],
        [(place.code, place.name.zh) for place in city.towns.values()],
    )


def setting(city: City) -> Mapping[str, Any]:
    """Return `demo/world.yaml`. Raises `WrongSpecification` where the city package has none and so no demo city."""
    found = city.demo.get(WORLD)
    if not isinstance(found, Mapping):
        raise WrongSpecification(f"the city package has no {WORLD}: there is nothing to draw a demo city from")
    return {**found, "city_name": city.name.zh}


def specifications(city: City) -> Mapping[str, Any]:
    """Return the specification of each register: those of ``demo/records.yaml`` and of the files in ``demo/records``."""
    found: dict[str, Any] = {}
    for name, tree in city.demo.items():
        if name.startswith(RECORDS):
            found |= tree or {}
    return found


def changes(city: City) -> Mapping[str, Any]:
    """Return what departments hand in on the first day: specifications like those of registers, by item."""
    return city.demo.get("demo/changes.yaml") or {}


def late(city: City) -> Mapping[str, int]:
    """Return by how many days which registers are behind (逾期未更新)."""
    return city.demo.get("demo/late.yaml") or {}


def agent(city: City) -> Mapping[str, Any]:
    """Return the agent (代办员) of the stories, empty where there is none."""
    return (city.demo.get(STORIES) or {}).get("agent") or {}


def centre(city: City) -> Mapping[str, Any]:
    """Return the data centre (数据管理中心) of the stories, empty where there is none."""
    return (city.demo.get(STORIES) or {}).get("centre") or {}


def asking(city: City) -> Mapping[str, Any]:
    """Return who asks over the gateway in the demo, and what they were granted: empty where nobody does."""
    return city.demo.get("demo/asking.yaml") or {}


def askers(city: City) -> tuple[str, ...]:
    """Return the bodies with an account of those who ask."""
    return tuple(code for code in asking(city).get("askers") or () if code in city.bodies)


def heads(city: City) -> tuple[Mapping[str, Any], ...]:
    """Return the heads of departments (部门负责人) of the stories."""
    return tuple((city.demo.get(STORIES) or {}).get("heads") or ())


def supervisor(city: City) -> Mapping[str, Any]:
    """Return oversight (监督机构) of the stories, empty where there is none."""
    return (city.demo.get(STORIES) or {}).get("supervisor") or {}


def reform(city: City) -> Mapping[str, Any]:
    """Return the reform office (减证办) of the stories, empty where there is none."""
    return (city.demo.get(STORIES) or {}).get("reform") or {}


def curious(city: City) -> Mapping[str, Any]:
    """Return whose officers looked whom up without a case (好奇查询): a story and offices, empty where nobody did."""
    return (city.demo.get(STORIES) or {}).get("curious") or {}


def offices(city: City) -> tuple[str, ...]:
    """Return the offices that own items, decide worked matters or answer checks for them, in the order of the catalogue."""
    needed: set[str] = {item.owner for item in city.items.values()}
    for matter in city.matters.values():
        if matter.work:
            needed.add(matter.owner)
            needed |= {city.facts[need.fact].answered_by for need in matter.work.needs}
    return tuple(code for code in (*city.departments, *city.bodies) if code in needed)


SECOND = "second"
"""Beginning of the user name of an office's second officer."""


def seconds(city: City) -> tuple[str, ...]:
    """Return the offices that need two officers: what one asks for in secret another approves."""
    return tuple(dict.fromkeys(each.office for each in city.secrecy))
