"""Accounts of the demo: those who play in stories, an officer of each office and a second one where two must sign, those
who ask, one agent, one of the data centre, a few heads of departments, oversight. Nobody else signs in.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from mianzheng.catalogue.rules.city import Body, City, Department
from mianzheng.common.errors import Refusal
from mianzheng.demo.queries.builds import username
from mianzheng.demo.rules import ground
from mianzheng.demo.rules.stories import APPLICANT, Cast, stories
from mianzheng.people.actions import close_account, open_account
from mianzheng.people.queries import accounts_for_bar

OFFICERS, SECOND, ASKERS, AGENT = "officer", ground.SECOND, "asker", "agent"
DUTY = username("centre", "duty")
HEADS, OVERSIGHT, REFORM = "head", username("supervisor", "duty"), username("reform", "duty")


@dataclass(frozen=True, slots=True)
class Wanted:
    """An account the demo needs."""

    username: str
    roles: tuple[str, ...]
    subject: UUID | None = None
    department: str = ""
    place: str = ""
    display_name: str = ""


def open_accounts(
    *, city: City, casts: Mapping[str, Cast], known: Mapping[str, Sequence[UUID]], now: datetime.datetime
) -> int:
    """Open the accounts that are wanted and not there yet, close those of an earlier build; return how many are open.

    They have no password: the demo's bar signs in, a real city has its own way. An account whose user name is taken by
    somebody of an earlier build gets a number behind it.
    """
    wanted = wanted_accounts(city, casts, known)
    there = {}
    for card in accounts_for_bar():
        same = next((w for w in wanted if _same(w, card)), None)
        if same is None and _ours(card.username):
            close_account(account=card.id)
        elif same is not None:
            there[same.username] = card
    for one in wanted:
        if one.username not in there:
            _open(one, now)
    return len(wanted)


def wanted_accounts(city: City, casts: Mapping[str, Cast], known: Mapping[str, Sequence[UUID]]) -> list[Wanted]:
    """Return the accounts of the stories' people, of offices, askers, the agent, the data centre, of heads, oversight and the reform office."""
    found = []
    for story in stories(city):
        for role in story.sign_in:
            player = casts[story.code][APPLICANT if role == "resident" else role]
            found.append(Wanted(username(story.code, role), ("resident",), known[player.table][player.row]))
    names: dict[str, Department | Body] = {**city.departments, **city.bodies}
    for code in ground.offices(city):
        found.append(Wanted(username(OFFICERS, code), ("officer",), department=code, display_name=names[code].name.zh))
    for code in ground.seconds(city):
        name = f"{names[code].name.zh}批准人"
        found.append(Wanted(username(SECOND, code), ("officer",), department=code, display_name=name))
    for code in ground.askers(city):
        found.append(Wanted(username(ASKERS, code), ("asker",), department=code, display_name=names[code].name.zh))
    agent = ground.agent(city)
    if agent:
        place = city.communities[agent["place"]]
        found.append(Wanted(username(AGENT, place.code), ("agent",), place=place.code, display_name=agent["name"]))
    centre = ground.centre(city)
    if centre:
        found.append(Wanted(DUTY, ("centre",), department=centre["department"], display_name=centre["name"]))
    for head in ground.heads(city):
        named = username(HEADS, head["department"])
        found.append(Wanted(named, ("head",), department=head["department"], display_name=head["name"]))
    supervisor = ground.supervisor(city)
    if supervisor:
        found.append(Wanted(OVERSIGHT, ("supervisor",), display_name=supervisor["name"]))
    office = ground.reform(city)
    if office:
        found.append(Wanted(REFORM, ("reform",), display_name=office["name"]))
    return found


def _ours(name: str) -> bool:
    """Return whether the demo opened the account: its user names have a dot, others have none."""
    return "." in name


def _same(one: Wanted, card: object) -> bool:
    base = ".".join(getattr(card, "username", "").split(".")[:2])
    return (
        base == one.username
        and getattr(card, "subject", None) == one.subject
        and getattr(card, "department", "") == one.department
        and getattr(card, "place", "") == one.place
    )


def _open(one: Wanted, now: datetime.datetime) -> None:
    for number in range(1, 100):
        try:
            open_account(
                username=one.username if number == 1 else f"{one.username}.{number}",
                roles=one.roles,
                now=now,
                subject=one.subject,
                department=one.department,
                place=one.place,
                display_name=one.display_name,
            )
        except Refusal as refusal:
            if refusal.field != "username":
                raise
        else:
            return
