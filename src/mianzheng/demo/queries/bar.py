"""What the bar on top of every page of a demo city offers: whom one can be, which registers can be pulled, the clock.

It costs one query, for the registers; whoever is signed in is known already.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from mianzheng.catalogue.queries.editions import city
from mianzheng.catalogue.rules.city import City
from mianzheng.centre.queries.records import readiness_of
from mianzheng.centre.rules.readiness import State
from mianzheng.common.errors import NotFound
from mianzheng.common.reasons import N_, Reason
from mianzheng.common.texts import Text
from mianzheng.demo.queries.builds import username
from mianzheng.demo.rules import ground
from mianzheng.demo.rules.stories import Story, stories
from mianzheng.evidence.queries.asking import items_of

ROLES = {"resident": N_("本人"), "spouse": N_("配偶")}


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody one can be with one click."""

    account: str
    label: Text | Reason
    role: Text | Reason | None
    icon: str
    current: bool


@dataclass(frozen=True, slots=True)
class Group:
    """A row of people."""

    name: Text | Reason
    people: Sequence[Person]


@dataclass(frozen=True, slots=True)
class Plug:
    """A register whose plug can be pulled."""

    code: str
    name: Text
    silent: bool


@dataclass(frozen=True, slots=True)
class Bar:
    """What the bar offers (see site/templates/parts/demo_bar.html).

    `own` is the story of whoever is signed in, if they play in one; officers serve several. `current` is who one is.
    """

    own: Group | None
    stories: Sequence[Group]
    staff: Sequence[Group]
    items: Sequence[Plug]
    today: datetime.date
    days: int
    sign_in_url: str
    outage_url: str
    advance_url: str

    @property
    def groups(self) -> Sequence[Group]:
        """Everybody one can be."""
        return [*([self.own] if self.own else ()), *self.stories, *self.staff]

    @property
    def current(self) -> Person | None:
        """Who one is, None for strangers."""
        return next((person for group in self.groups for person in group.people if person.current), None)


def bar(user: Any, *, now: datetime.datetime, days: int) -> Bar | None:
    """Return what the bar offers to `user`; None while there is no demo city."""
    try:
        read = city()
    except NotFound:
        return None
    mine = base(getattr(user, "username", ""))
    told = stories(read)
    story = story_of(read, mine)
    return Bar(
        own=_own(read, story, mine) if story else None,
        stories=[Group(one.title, _players(one, mine)) for one in told if not story or one.code != story.code],
        staff=_staff(read, mine),
        items=_plugs(read, story or (told[0] if told else None), now),
        today=now.date(),
        days=days,
        sign_in_url=reverse("demo:sign_in"),
        outage_url=reverse("demo:outage"),
        advance_url=reverse("demo:advance"),
    )


def usernames(read: City) -> set[str]:
    """Return the user names the bar may sign in as."""
    told = {username(story.code, role) for story in stories(read) for role in story.sign_in}
    agent = ground.agent(read)
    staff = {username("officer", code) for code in ground.offices(read)}
    seconds = {username(ground.SECOND, code) for code in ground.seconds(read)}
    staff |= {username("asker", code) for code in ground.askers(read)}
    centre = {username("centre", "duty")} if ground.centre(read) else set()
    heads = {username("head", head["department"]) for head in ground.heads(read)}
    oversight = {username("supervisor", "duty")} if ground.supervisor(read) else set()
    oversight |= {username("reform", "duty")} if ground.reform(read) else set()
    return (
        told | staff | seconds | centre | heads | oversight | ({username("agent", agent["place"])} if agent else set())
    )


def base(name: str) -> str:
    """Return a user name without the number an account of a later build bears."""
    return ".".join(name.split(".")[:2])


def story_of(read: City, name: str) -> Story | None:
    """Return the story somebody plays in, None for staff and strangers."""
    return next((story for story in stories(read) if name.startswith(f"{story.code}.")), None)


def _players(story: Story, mine: str) -> list[Person]:
    names = [(role, username(story.code, role)) for role in story.sign_in]
    return [Person(name, Reason(ROLES.get(role, role)), None, "user", name == mine) for role, name in names]


def _own(read: City, story: Story, mine: str) -> Group:
    """Return who plays in the story, with every office a check or an objection may go to, and the one that decides."""
    people = _players(story, mine)
    matter = read.matter(story.matter)
    if matter is not None:
        needs = matter.work.needs if matter.work else ()
        offices = {read.facts[need.fact].answered_by: N_("答复核查：%(office)s") for need in needs}
        label = N_("审批、答复核查：%(office)s") if matter.owner in offices else N_("审批：%(office)s")
        people += [_officer(read, code, said, mine) for code, said in {**offices, matter.owner: label}.items()]
    return Group(story.title, people)


def _officer(read: City, code: str, label: str, mine: str) -> Person:
    office = read.departments.get(code) or read.bodies[code]
    name = username("officer", code)
    said = Reason(label, {"office": office.name}) if label else office.name
    return Person(name, said, None, "building-bank", name == mine)


def _second(read: City, code: str, mine: str) -> Person:
    name = username(ground.SECOND, code)
    label = Reason(N_("批准保密查询：%(office)s"), {"office": read.departments[code].name})
    return Person(name, label, None, "shield-lock", name == mine)


def _staff(read: City, mine: str) -> list[Group]:
    """Return those who work for the city, the few before the many."""
    groups = []
    centre, agent = ground.centre(read), ground.agent(read)
    if centre:
        groups.append(_one(Reason(N_("数据管理中心")), username("centre", "duty"), centre, "database", mine))
    if agent:
        named = username("agent", agent["place"])
        groups.append(_one(Reason(N_("村社代办员")), named, agent, "building-community", mine))
    asking = [
        Person(name, read.bodies[code].name, None, "shield-check", name == mine)
        for code in ground.askers(read)
        for name in (username("asker", code),)
    ]
    if asking:
        groups.append(Group(Reason(N_("核验单位")), asking))
    heads = [_named(username("head", head["department"]), head, "user-check", mine) for head in ground.heads(read)]
    if heads:
        groups.append(Group(Reason(N_("部门负责人")), heads))
    supervisor = ground.supervisor(read)
    if supervisor:
        groups.append(_one(Reason(N_("监督机构")), username("supervisor", "duty"), supervisor, "shield-check", mine))
    reform = ground.reform(read)
    if reform:
        groups.append(_one(Reason(N_("减证办")), username("reform", "duty"), reform, "file-off", mine))
    officers = [_officer(read, code, "", mine) for code in ground.offices(read)]
    officers += [_second(read, code, mine) for code in ground.seconds(read)]
    return groups + ([Group(Reason(N_("部门经办人")), officers)] if officers else [])


def _one(name: Reason, account: str, who: Mapping[str, Any], icon: str, mine: str) -> Group:
    return Group(name, [_named(account, who, icon, mine)])


def _named(account: str, who: Mapping[str, Any], icon: str, mine: str) -> Person:
    return Person(account, Text(who["name"], who["name_en"]), None, icon, account == mine)


def _plugs(read: City, story: Story | None, now: datetime.datetime) -> list[Plug]:
    """Return the registers of the story's matter, and whatever is silent already."""
    matter = read.matter(story.matter) if story else None
    mine = items_of(read, matter.work.needs) if matter and matter.work else set()
    states = readiness_of(read, [code for code, item in read.items.items() if item.fields], now=now)
    silent = {code for code, state in states.items() if state.state is State.SILENT}
    shown = [code for code in read.items if code in mine or code in silent]
    return [Plug(code, read.items[code].name, code in silent) for code in shown]
