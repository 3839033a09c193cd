"""Grants of the demo at every stage, made and answered by the acts of the gateway, some days ago."""

from __future__ import annotations

import datetime
import random
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from django.db import transaction

from mianzheng.catalogue.rules.city import City
from mianzheng.common.actors import OPERATOR, Actor
from mianzheng.common.periods import WorkingDays
from mianzheng.demo.actions.filling import Making
from mianzheng.demo.rules import ground
from mianzheng.demo.rules.stories import APPLICANT, Cast
from mianzheng.gateway.actions import consents, grants, keys, passing, raising, terms
from mianzheng.gateway.actions.history import Day, remember
from mianzheng.gateway.queries import consents as asked_for
from mianzheng.gateway.queries.grants import of_asker, open_steps
from mianzheng.gateway.rules.grants import Ground, Step, Wish

DAYS = 30
DAY = datetime.timedelta(days=1)
CENTRE = replace(OPERATOR, role="centre")
"""Whoever builds the city answers for the offices: nobody answers what they asked themselves."""


def write_grants(*, city: City, seed: int, now: datetime.datetime) -> int:
    """Make the grants and keys of ``demo/asking.yaml``; return how many. None where anybody has asked already."""
    told = ground.asking(city)
    if any(of_asker(code).exists() for code in {each["asker"] for each in told.get("grants", ())}):
        return 0
    with transaction.atomic():
        for each in told.get("grants", ()):
            _write(city, each, random.Random(f"{seed}.{each['asker']}.{each['fact']}"), now)
        for each in told.get("keys", ()):
            last = now.date() + datetime.timedelta(days=city.asking.key_days)
            keys.make_key(
                city=city,
                id=uuid.uuid4(),
                name=each["name"],
                scopes=each["scopes"],
                until=last,
                actor=_asker(each["asker"]),
                now=now,
            )
    passing.lapse(city=city, now=now)
    return len(told.get("grants", ()))


def ask_consents(*, making: Making, casts: Mapping[str, Cast], now: datetime.datetime) -> int:
    """Have the askers of ``demo/asking.yaml`` ask applicants of stories for consent, and those who shall give it; return how
    many were asked.
    """
    asked, city = 0, making.city
    if any(asked_for.of_asker(told["asker"]).exists() for told in ground.asking(city).get("consents", ())):
        return 0
    for told in ground.asking(city).get("consents", ()):
        if told["story"] not in casts:
            continue
        player = casts[told["story"]][APPLICANT]
        subject = making.known[player.table][player.row]
        made = consents.ask(
            city=city,
            number=making.numbers[player.table][player.row],
            matter=told["matter"],
            facts=told["facts"],
            days=told["days"],
            actor=_asker(told["asker"]),
            now=now,
        )
        if told["given"]:
            consents.give(city=city, consent=made, actor=Actor("program", "resident", subject=subject), now=now)
        asked += 1
    return asked


def _write(city: City, told: Mapping[str, Any], draw: random.Random, now: datetime.datetime) -> None:
    calendar = WorkingDays(city.holidays)
    then = _working(calendar, now - told["asked"] * DAY)
    wish = Wish(
        asker=told["asker"],
        fact=told["fact"],
        matter=told["matter"],
        params=told.get("params") or {},
        ground=Ground(told["ground"]),
        basis=told.get("basis", ""),
        purpose=told["purpose"],
        daily=told["daily"],
        from_day=then.date(),
        until_day=then.date() + told["days"] * DAY,
        liability=True,
    )
    made = grants.request(city=city, wish=wish, actor=_asker(wish.asker), now=then)
    for answer in told.get("answers", ()):
        (step,) = open_steps(made)
        grants.decide(
            city=city,
            step=step.id,
            approved=answer.get("approved", True),
            note=answer["note"],
            document=answer.get("document", ""),
            actor=CENTRE if step.kind == Step.CENTRE else replace(OPERATOR, role="officer", office=step.office),
            now=_working(calendar, then + answer["after"] * DAY),
        )
    change = told.get("change")
    if change:
        terms.change_allowance(
            city=city,
            grant=made,
            daily=change["daily"],
            day=now.date() + change["ahead"] * DAY,
            why=change["why"],
            actor=CENTRE,
            now=_working(calendar, now - change["ago"] * DAY),
        )
    more = told.get("more")
    if more:
        at = _working(calendar, now - more["ago"] * DAY)
        raising.ask_for_more(
            city=city, grant=made, daily=more["daily"], why=more["why"], actor=_asker(wish.asker), now=at
        )
    if told.get("used"):
        remember(grant=made, days=list(_days(city, told, draw, now)))


def _working(calendar: WorkingDays, moment: datetime.datetime) -> datetime.datetime:
    """Return `moment`, or as late on the last working day before it."""
    while not calendar.is_working(moment.date()):
        moment -= DAY
    return moment


def _days(city: City, told: Mapping[str, Any], draw: random.Random, now: datetime.datetime) -> Iterator[Day]:
    """Yield a month of use: made up, the same for the same seed."""
    calendar = WorkingDays(city.holidays)
    for back in range(DAYS, 0, -1):
        day = now.date() - back * DAY
        busy = draw.uniform(0.75, 1.2) if calendar.is_working(day) else draw.uniform(0.05, 0.3)
        answered = min(told["daily"], round(told["used"] * busy))
        yield Day(day, answered, round(answered * draw.uniform(0, 0.04)))
    yield Day(now.date(), told.get("today", 0), draw.randrange(3))


def _asker(code: str) -> Actor:
    return Actor("program", "asker", code)
