"""Whether the time of a look-up tells a sealed record from none.

    python bench/seals.py [--subjects N] [--rounds R]      writes bench/results/seals.json

Three sets of N subjects each - nobody with a record, people with a sealed one, people with an open one - are loaded into
a register of the city package and asked about by the product's own reader, one at a time, in one shuffled order, R times.
`told` is how often a look at a sealed record took longer than one at no record (ties half): 0.5 tells nothing, 1 tells
everything. `told_open` is the same for open records, which may be told, and shows that the measurement can see at all.
"""

from __future__ import annotations

import argparse
import datetime
import random
import statistics
import time
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import report
from home import fresh

CITY = Path(__file__).resolve().parents[1] / "cities" / "yiwu"
NOW = datetime.datetime(2026, 1, 5, 4, tzinfo=datetime.UTC)
KINDS = ("none", "sealed", "open")
WARM = 2_000


def measure(subjects: int, rounds: int) -> dict[str, float]:
    """Return the figures for a register sealed record by record and one that is sealed whole."""
    from mianzheng.catalogue.adapters.folder import files_of
    from mianzheng.catalogue.rules.package import read
    from mianzheng.centre.actions.records import load_records

    city, problems = read(files_of(CITY))
    assert city is not None, problems
    draw = random.Random(286)
    people = {kind: [uuid.UUID(int=draw.getrandbits(128), version=4) for _ in range(subjects)] for kind in KINDS}
    crime, adopted = city.items["crime_record"], city.items["adoptions"]
    day = datetime.date(2020, 1, 1)
    crimes = [(who, f"{kind}{n}", "intentional", True, False, day, kind == "sealed") for kind in KINDS[1:] for n, who in enumerate(people[kind])]  # fmt: skip
    children = [
        (who, f"{n}", people["none"][n], "orphan", True, day, "current") for n, who in enumerate(people["sealed"])
    ]
    for item, rows in ((crime, crimes), (adopted, children)):
        draw.shuffle(rows)
        load_records(item=item, columns=["subject", *(f.code for f in item.fields)], rows=rows, as_of=NOW)
    by_record = taken(city, crime, people, rounds)
    figures = {"subjects": subjects, "rounds": rounds}
    figures |= {f"{kind}_us": round(statistics.median(by_record[kind]) * 1e6, 1) for kind in KINDS}
    figures["told"] = told(by_record["none"], by_record["sealed"])
    figures["told_open"] = told(by_record["none"], by_record["open"])
    then = taken(city, crime, people, rounds, at=NOW + datetime.timedelta(days=1))
    figures["told_as_of"] = told(then["none"], then["sealed"])
    whole = taken(city, adopted, people, rounds)
    figures["told_whole"] = told(whole["none"], whole["sealed"])
    return figures


def taken(
    city: Any, item: Any, people: Mapping[str, Sequence[uuid.UUID]], rounds: int, at: Any = None
) -> dict[str, list[float]]:
    """Return the seconds of every look-up, by kind of subject."""
    from mianzheng.centre.queries.records import records

    found: dict[str, list[float]] = {kind: [] for kind in KINDS}
    order = [(kind, who) for kind in KINDS for who in people[kind]]
    draw = random.Random(1110)
    for _kind, who in draw.choices(order, k=WARM):
        records(city, item, [who], at=at)
    for _ in range(rounds):
        draw.shuffle(order)
        for kind, who in order:
            begun = time.perf_counter()
            records(city, item, [who], at=at)
            found[kind].append(time.perf_counter() - begun)
    return found


def told(one: Sequence[float], other: Sequence[float]) -> float:
    """Return how often a value of `other` is greater than one of `one`, ties half."""
    import numpy as np

    first, second = np.sort(np.array(one)), np.array(other)
    below, upto = np.searchsorted(first, second, "left"), np.searchsorted(first, second, "right")
    return round(float((below + upto).mean() / 2 / len(first)), 3)


def main() -> None:
    """Measure, say and write down."""
    parser = argparse.ArgumentParser(description="Whether the time of a look-up tells a sealed record from none.")
    parser.add_argument("--subjects", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=2)
    asked = parser.parse_args()
    with fresh():
        figures = measure(asked.subjects, asked.rounds)
    report.write("seals", figures, command=f"python bench/seals.py --subjects {asked.subjects} --rounds {asked.rounds}")


if __name__ == "__main__":
    main()
