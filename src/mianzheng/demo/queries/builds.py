"""The demo city as it was built, told again from the numbers it was built with."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.conf import settings

from mianzheng.catalogue.queries.editions import city, current, edition
from mianzheng.common.errors import NotFound
from mianzheng.common.reasons import N_, Reason
from mianzheng.demo.models import Build
from mianzheng.demo.rules import ground
from mianzheng.demo.rules.stories import APPLICANT, Cast, Story, answers, cast, stories
from mianzheng.demo.rules.tables import World
from mianzheng.demo.rules.world import world


@dataclass(frozen=True, slots=True)
class Told:
    """A story with who plays it, by ID number and user name; `form` has the answers, relatives by their numbers."""

    story: Story
    applicant: str
    name: str
    sign_in: dict[str, str]
    form: dict[str, str]


def newest() -> Build:
    """Return the newest build. Raises `NotFound` where the demo city has not been built."""
    found = Build.objects.order_by("-built_at").first()
    if found is None:
        raise NotFound(
            Reason(N_("演示城市还没有建好。")),
            Reason(
                N_("请运行 mianzheng demo build，建一座 %(people)s 人、%(organisations)s 个单位的演示城市。"),
                {"people": f"{settings.DEMO_PEOPLE:,}", "organisations": f"{settings.DEMO_ORGANISATIONS:,}"},
            ),
        )
    return found


@lru_cache(maxsize=1)
def _again(edition_id: Any, seed: int, people: int, organisations: int, as_of: Any) -> tuple[World, dict[str, Cast]]:
    read = edition(edition_id)
    made = world(
        seed=seed,
        people=people,
        organisations=organisations,
        as_of=as_of,
        setting=ground.setting(read),
        ground=ground.ground(read),
    )
    return made, cast(made, stories(read))


def told() -> list[Told]:
    """Return the stories with their players. The vault is not asked: the same numbers give the same people again."""
    built = newest()
    made, casts = _again(current(), built.seed, built.people, built.organisations, built.as_of)
    found = []
    for story in stories(city()):
        players = casts[story.code]
        numbers = {part: str(made[p.table].columns["number"][p.row]) for part, p in players.items()}
        name = str(made["people"].columns["name"][players[APPLICANT].row])
        sign_in = {role: username(story.code, role) for role in story.sign_in}
        form = answers(city(), story, numbers, built.as_of)
        found.append(Told(story, numbers[APPLICANT], name, sign_in, form))
    return found


def username(story: str, role: str) -> str:
    """Return the user name of somebody in a story."""
    return f"{story}.{role}"
