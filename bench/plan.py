"""How many plans one core makes a second: the ways of a whole matter of five facts, and where each fact then stands.

    python bench/plan.py [--seconds S]      writes bench/results/plan.json

One plan is everything a case page computes for one matter: for each of its facts all ways in order with their reasons
(`evidence.rules.ways.plan`), and where the fact stands after what was done about it (`evidence.rules.progress`). The
circumstances change from plan to plan: registers ready, silent, stale or missing, people barred or not, answers of
every kind. A plan of five facts holds five choices of way; both figures are written. Seconds are those of the
processor, so that other work on the machine does not count.
"""

from __future__ import annotations

import argparse
import datetime
import random
import time
from collections.abc import Sequence
from typing import Any

import report

from mianzheng.catalogue.adapters.folder import files_of
from mianzheng.catalogue.rules.city import City, Matter
from mianzheng.catalogue.rules.package import read
from mianzheng.centre.rules.readiness import Readiness, State
from mianzheng.common.reasons import Reason
from mianzheng.evidence.rules.progress import Event, Kind, progress
from mianzheng.evidence.rules.verdicts import Verdict, Way
from mianzheng.evidence.rules.ways import offices_of, papers_asked, plan

NOW = datetime.datetime(2026, 3, 2, 10, tzinfo=datetime.UTC)
FACTS = 5
VARIETY = 1000
SEED = 1


def matter_of(city: City, facts: int) -> Matter:
    """Return the first worked matter with at least `facts` needs."""
    return next(matter for matter in city.matters.values() if matter.work and len(matter.work.needs) >= facts)


def histories() -> list[tuple[Event, ...]]:
    """Return what may have been done about a need, from nothing to an objection."""

    def event(kind: Kind, way: Way | None = None, verdict: Verdict | None = None) -> Event:
        return Event(kind, NOW, way, verdict, Reason("x"), "source", NOW.date() if verdict else None)

    unknown, asked = event(Kind.ANSWER, Way.DATA, Verdict.UNKNOWN), event(Kind.ASKED, Way.DEPARTMENT)
    fails = event(Kind.ANSWER, Way.DATA, Verdict.FAILS)
    return [
        (),
        (event(Kind.ANSWER, Way.DATA, Verdict.HOLDS),),
        (fails,),
        (unknown,),
        (unknown, asked),
        (unknown, asked, event(Kind.COMMIT)),
        (unknown, asked, event(Kind.ANSWER, Way.DEPARTMENT, Verdict.HOLDS)),
        (unknown, asked, event(Kind.ANSWER, Way.DEPARTMENT, Verdict.UNKNOWN)),
        (fails, event(Kind.OBJECT)),
    ]


def circumstances(city: City, items: Sequence[str]) -> list[dict[str, Any]]:
    """Return `VARIETY` different states of the world, the same at every run."""
    chance = random.Random(SEED)
    done = histories()
    states = [State.READY, State.READY, State.READY, State.SILENT, State.STALE, State.ABSENT]
    return [
        {
            "readiness": {item: Readiness(item, chance.choice(states), NOW) for item in items},
            "barred": chance.random() < 0.1,
            "events": [chance.choice(done) for _ in range(FACTS)],
        }
        for _ in range(VARIETY)
    ]


def measure(city: City, seconds: float) -> float:
    """Return how many whole-matter plans of five facts are made a second."""
    work = matter_of(city, FACTS).work
    assert work is not None
    needs = work.needs[:FACTS]
    worlds = circumstances(city, sorted({city.facts[need.fact].item for need in needs}))
    offices = offices_of(city)
    made, started = 0, time.process_time()
    while (took := time.process_time() - started) < seconds:
        for world in worlds:
            plans = plan(
                needs,
                facts=city.facts,
                items=city.items,
                offices=offices,
                readiness=world["readiness"],
                barred=world["barred"],
            )
            for each, events in zip(plans, world["events"], strict=True):
                progress(each, events)
            papers_asked(plans)
        made += len(worlds)
    return made / took


def main() -> None:
    """Measure three times, keep the middle one, write it down."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--seconds", type=float, default=5.0, help="of each of three runs")
    seconds = options.parse_args().seconds
    city, problems = read(files_of(report.ROOT / "cities" / "yiwu"))
    assert city is not None, problems
    runs = sorted(measure(city, seconds) for _ in range(3))
    figures = {
        "plans_per_s": round(runs[1]),
        "choices_per_s": round(runs[1] * FACTS),
        "slowest_plans_per_s": round(runs[0]),
    }
    report.write("plan", figures, command="python bench/plan.py")


if __name__ == "__main__":
    main()
