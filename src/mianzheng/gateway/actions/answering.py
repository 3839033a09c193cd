"""Answering questions, as many as came together: held against grants and consents, looked up at once, logged, then told.

No answer leaves before its line in the log is committed; both the single and the batch door lead here.
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from mianzheng.audit import actions as audit
from mianzheng.audit.rules import NOBODY, NewEntry
from mianzheng.catalogue.rules.city import City
from mianzheng.centre.actions.sources import Asker
from mianzheng.common.actors import Actor
from mianzheng.common.periods import ZONE
from mianzheng.evidence.actions.many import Wanted, gather_many
from mianzheng.evidence.queries.many import Judged
from mianzheng.evidence.rules.unclear import Unclear, way_left
from mianzheng.evidence.rules.verdicts import Verdict
from mianzheng.gateway.actions.counting import ChangedMeanwhile, OverAllowance, count
from mianzheng.gateway.actions.holding import Asked, Held, Outcomes, hold
from mianzheng.gateway.actions.replies import AnsweredMeanwhile, Kept, Repeat, keep_replies, replies_to
from mianzheng.gateway.queries.standing import Granted, InForce, in_force
from mianzheng.gateway.rules.parameters import typed
from mianzheng.gateway.rules.questions import Answer, Denied, Not, Outcome, Told, line

_TRIES = 3


def answer(*, city: City, standing: InForce, asked: Sequence[Asked], now: datetime.datetime) -> list[Outcome]:
    """Answer each of `asked`, in order: a constant number of statements for all of them and one for each item.

    A question that is not answered was not looked up. Facts whose records stay at their source are asked there, within
    the limit of their connection: call it outside a transaction.
    """
    for _ in range(_TRIES):
        try:
            return _answer(city, standing, asked, now)
        except (OverAllowance, AnsweredMeanwhile, ChangedMeanwhile):
            # others took what was left, answered the same, or a right ended: all is seen anew
            standing = in_force(now.astimezone(ZONE).date())
    return [Denied(Not.BUSY, retry_after=1)] * len(asked)


def _answer(city: City, standing: InForce, asked: Sequence[Asked], now: datetime.datetime) -> list[Outcome]:
    today = now.astimezone(ZONE).date()
    outcomes: Outcomes = {}
    before, twice = _told_before(asked, outcomes, now)
    held, crowded = hold(city, standing, asked, outcomes, now)
    if held:
        judged = _looked_up(city, held, now, today)
        counted = [(each.granted, verdict.verdict) for each, verdict in zip(held, judged, strict=True)]
        with transaction.atomic():
            entries = _written(city, held, judged, now)
            left = count(counted, standing=standing, today=today)
            for each, verdict, entry in zip(held, judged, entries, strict=True):
                outcomes[each.place] = _told(city, each, verdict, entry, left[each.granted.id])
            _keep(asked, outcomes, before, now)
        for each in crowded:
            if left.get(each.granted.id, 0) > 0:  # what stayed unknown left room
                outcomes[each.place] = Denied(Not.BUSY, retry_after=1)
    outcomes |= {place: outcomes[first] for place, first in twice.items()}
    return [outcomes[place] for place in range(len(asked))]


def _told_before(
    asked: Sequence[Asked], outcomes: Outcomes, now: datetime.datetime
) -> tuple[dict[Repeat, Kept], dict[int, int]]:
    """Answer what was answered before; return that by request, and the questions that came twice in this group by place,
    each with the place of the first. Two requests with one key do not go together: the second is denied.
    """
    repeats = list(dict.fromkeys(each.repeat for each in asked if each.repeat))
    if not repeats:
        return {}, {}
    known = replies_to(repeats, now=now)
    lines = {repeat: iter(kept.lines) for repeat, kept in known.items() if not repeat.alone}
    first: dict[tuple[str, str, int], tuple[int, Repeat]] = {}
    twice: dict[int, int] = {}
    for place, each in enumerate(asked):
        repeat = each.repeat
        if repeat is None:
            continue
        earlier, same = first.setdefault((repeat.asker, repeat.key, repeat.part), (place, repeat))
        kept = known.get(repeat)
        if same != repeat or (kept is not None and kept.other):
            outcomes[place] = Denied(Not.REPEATED)
        elif kept is not None and (line_kept := kept.lines[0] if repeat.alone else next(lines[repeat], None)):
            outcomes[place] = Told(line_kept)
        elif repeat.alone and earlier != place:
            outcomes[place] = Denied(Not.BUSY)  # until the first one is answered
            twice[place] = earlier
    return {repeat: kept for repeat, kept in known.items() if not kept.other}, twice


def _keep(asked: Sequence[Asked], outcomes: Outcomes, before: Mapping[Repeat, Kept], now: datetime.datetime) -> None:
    """Keep what is answered now; what was denied is kept as open, so that a repeat asks it anew."""
    lines: dict[Repeat, list[dict[str, Any] | None]] = {}
    for place, each in enumerate(asked):
        if each.repeat:
            outcome = outcomes[place]
            said = None if isinstance(outcome, Denied) else line(each.question.ref, outcome)
            lines.setdefault(each.repeat, []).append(said)
    fresh = {r: said[:1] if r.alone else said for r, said in lines.items() if any(said)}
    unchanged = {
        r for r, said in fresh.items() if r in before and all(isinstance(outcomes[p], Told) for p in _of(asked, r))
    }
    keep_replies({r: said for r, said in fresh.items() if r not in unchanged}, before=before, now=now)


def _of(asked: Sequence[Asked], repeat: Repeat) -> list[int]:
    return [place for place, each in enumerate(asked) if each.repeat == repeat]


def _looked_up(city: City, held: Sequence[Held], now: datetime.datetime, today: datetime.date) -> list[Judged]:
    groups: dict[tuple[uuid.UUID, str], list[Held]] = {}
    for each in held:
        groups.setdefault((each.granted.id, each.asked.caller.key), []).append(each)
    wanted = []
    for group in groups.values():
        granted, caller = group[0].granted, group[0].asked.caller
        fact = city.facts[granted.fact]
        asker = Asker(Actor(caller.key, caller.role, caller.asker), purpose(city, granted), granted.matter)
        subjects = list({each.subject for each in group if each.subject})
        wanted.append(Wanted(fact, typed(fact, granted.params), subjects, asker, granted.values))
    judged: dict[int, Judged] = {}
    for group, answers in zip(
        groups.values(), gather_many(city=city, wanted=wanted, now=now, today=today), strict=True
    ):
        for each in group:
            judged[each.place] = answers[each.subject] if each.subject else _STRANGER
    return [judged[each.place] for each in held]


_STRANGER = Judged(Verdict.UNKNOWN, None, unclear=Unclear.STRANGER)


def purpose(city: City, granted: Granted) -> str:
    """Return the purpose (目的) of a look-up under a grant as the log keeps it: who, for what, on which ground, and the
    sentence the asker wrote for the person.
    """
    matter, asker = city.purpose(granted.matter), city.office(granted.asker)
    for_what = f"{asker.zh if asker else granted.asker}办理“{matter.zh if matter else granted.matter}”"
    basis = city.bases.get(granted.basis)
    ground = f"依据《{basis.law.zh}》{basis.article}" if basis else "经本人同意"
    return "：".join(filter(None, (f"{for_what}，{ground}", granted.purpose)))


def _written(city: City, held: Sequence[Held], judged: Sequence[Judged], now: datetime.datetime) -> list[uuid.UUID]:
    """Write one line for each, those of one grant and key together; return their ids in the order of `held`."""
    alike: dict[tuple[uuid.UUID, str], list[int]] = {}
    for n, each in enumerate(held):
        alike.setdefault((each.granted.id, each.asked.caller.key), []).append(n)
    groups = []
    for (grant, key), places in alike.items():
        granted = held[places[0]].granted
        entry = NewEntry(
            at=now,
            actor=key,
            actor_role=held[places[0]].asked.caller.role,
            actor_office=granted.asker,
            action="lookup",
            purpose=purpose(city, granted),
            subject=NOBODY,
            matter=granted.matter,
            fact=granted.fact,
            item=city.facts[granted.fact].item,
        )
        groups.append((entry, [_line(held[n], judged[n], str(grant)) for n in places]))
    ids = iter(audit.write_alike(groups))
    entries = {n: next(ids) for places in alike.values() for n in places}
    return [entries[n] for n in range(len(held))]


def _line(each: Held, judged: Judged, grant: str) -> audit.Line:
    detail: dict[str, str | int] = {"grant": grant, "records": judged.records}
    if each.consent:
        detail["consent"] = each.consent
    return each.subject or NOBODY, judged.verdict, detail


def _told(city: City, each: Held, judged: Judged, entry: uuid.UUID, left: int) -> Answer:
    fact = city.facts[each.granted.fact]
    way, office = "", ""
    if judged.unclear is not None:
        way = way_left(judged.unclear)
        office = fact.answered_by if judged.unclear is not Unclear.STRANGER else ""
    return Answer(
        entry, judged.verdict, fact.item, judged.as_of, judged.unclear or "", way, office, judged.values, left
    )
