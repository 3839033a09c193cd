"""Needs, plans and histories of every kind, for tests that say what must never happen."""

import datetime
from dataclasses import replace

from hypothesis import strategies as st

from mianzheng.centre.rules.readiness import Readiness, State
from mianzheng.common.reasons import Reason
from mianzheng.common.texts import Text
from mianzheng.evidence.rules.progress import Event, Kind, Option, Stage, progress
from mianzheng.evidence.rules.verdicts import Verdict, Way
from mianzheng.evidence.rules.ways import Plan, plan_need
from tests.second_city.reading import CITY

NOON = datetime.datetime(2026, 3, 2, 12, tzinfo=datetime.UTC)
RECORDS = (Way.DOCUMENT, Way.DATA)
NEEDS = [need for matter in CITY.matters.values() if matter.work for need in matter.work.needs]


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """Draw the plan of a need under any circumstances."""
    need = replace(
        draw(st.sampled_from(NEEDS)),
        department=draw(st.booleans()),
        commitment=draw(st.sampled_from(["", "commit-works"])),
        retained=draw(st.sampled_from(["", "", "abroad-paper"])),
    )
    fact = CITY.facts[need.fact]
    item = replace(
        CITY.items[fact.item],
        licence=draw(st.booleans()),
        sharing=draw(st.sampled_from(["unconditional", "conditional", "closed"])),
    )
    state = draw(st.sampled_from([None, *State]))
    return plan_need(
        need,
        item,
        office=draw(st.sampled_from([Text(""), Text("民政局", "Civil Affairs")])),
        readiness=Readiness(item.code, state, NOON) if state else None,
        barred=draw(st.booleans()),
    )


def event(number: int, kind: Kind, way: Way | None = None, verdict: Verdict | None = None) -> Event:
    """Return an event at minute `number`; an answer has the day it is true of."""
    day = NOON.date() if kind is Kind.ANSWER else None
    return Event(kind, NOON + datetime.timedelta(minutes=number), way, verdict, Reason("x"), as_of=day)


@st.composite
def any_events(draw: st.DrawFn) -> list[Event]:
    """Draw events in any order, those that could never follow each other among them."""
    answers = st.tuples(
        st.just(Kind.ANSWER), st.sampled_from([*RECORDS, Way.DEPARTMENT, Way.REVIEW]), st.sampled_from(Verdict)
    )
    others = st.sampled_from([kind for kind in Kind if kind is not Kind.ANSWER]).map(lambda kind: (kind, None, None))
    found = draw(st.lists(st.one_of(answers, others), max_size=10))
    return [event(number, *each) for number, each in enumerate(found)]


CHOSEN = {
    Option.COMMIT: Kind.COMMIT,
    Option.FALLBACK: Kind.FALLBACK,
    Option.WITHDRAW: Kind.WITHDRAW,
    Option.REVIEW: Kind.REVIEW,
    Option.OBJECT: Kind.OBJECT,
}


@st.composite
def histories(draw: st.DrawFn) -> tuple[Plan, list[Event]]:
    """Draw a plan and what really can happen to it: registers and offices answer anything, people choose what is open."""
    plan, events = draw(plans()), []
    for number in range(draw(st.integers(0, 9))):
        now = progress(plan, events)
        steps: list[tuple] = [(CHOSEN[option], None, None) for option in now.options]
        if not events or events[-1].kind is Kind.AGAIN:
            # A register that cannot be asked answers unknown, whatever the plan says is first.
            answers = Verdict if now.stage is Stage.PENDING else [Verdict.UNKNOWN]
            steps = [(Kind.ANSWER, plan.steps[0].way, verdict) for verdict in answers]
        elif now.stage is Stage.ASKING:
            steps = [(Kind.ASKED, Way.DEPARTMENT, None)]
        elif now.stage is Stage.WAITING:
            steps += [(Kind.ANSWER, Way.DEPARTMENT, verdict) for verdict in Verdict]
        elif now.stage is Stage.SETTLED:
            steps.append((Kind.AGAIN, None, None))
            if now.way in (Way.REVIEW, Way.CERTIFICATE):
                steps += [(Kind.ANSWER, Way.REVIEW, verdict) for verdict in Verdict]
        events.append(event(number, *draw(st.sampled_from(steps))))
    return plan, events
