"""How long a whole city takes to load, how much room it needs, and how fast its records are found.

    python bench/city.py [--people N] [--organisations N] [--records R] [--home DIR] [--seconds S] [--name NAME] [--keep]

writes bench/results/NAME.json and NAME.png. The city is the generated one, of any size, every item filled; it is built as
`mianzheng demo build` does, in a folder and database of its own, with the product's own settings of PostgreSQL. Where the
folder has a city of that size already it is not built again: then the figures of loading are those of the time it was built.

A look-up is one question through the door every reader takes (`centre.queries.records`), to one item about one person or
about 200: the item any of the copies about people, each as likely as the other, the persons drawn by Zipf's law (a few are
asked for all the time, most hardly ever) or each as likely as the other, which no cache helps. Two processes ask at a time.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import report

BATCH, PROCESSES, WARM_UP = 200, 2, 0.25
"""Subjects asked about together; processes asking at a time; share of the time for which nothing is counted yet."""
WAYS = {
    "single": (1, "zipf"),
    "single_uniform": (1, "uniform"),
    "batch": (BATCH, "zipf"),
    "batch_uniform": (BATCH, "uniform"),
}
SEED, ALIKE = 7, 0.05
PLOTTED = re.compile(r"centre: .*?([\d,]+) records")


def built(home: Path, chosen: argparse.Namespace) -> dict[str, Any]:
    """Have the city there and return how loading it went, whenever that was."""
    from mianzheng.catalogue.actions.load_city import load_city
    from mianzheng.catalogue.adapters.folder import files_of
    from mianzheng.site import readiness
    from mianzheng.web import clock

    readiness.database(lambda line: print(line, file=sys.stderr))
    readiness.tables(lambda line: None)
    note = home / "built.json"
    if note.exists():
        kept: dict[str, Any] = json.loads(note.read_text("utf-8"))
        if _same_size(kept, chosen):
            print(f"the city of {kept['records']:,} records is there already", file=sys.stderr)
            return kept
        note.unlink()
    load_city(files=files_of(report.ROOT / "cities" / "yiwu"), actor="operator", now=clock.now())
    kept = _build(chosen)
    note.write_text(json.dumps(kept), "utf-8")
    return kept


def _same_size(kept: dict[str, Any], chosen: argparse.Namespace) -> bool:
    same = (kept["people"], kept["organisations"]) == (chosen.people, chosen.organisations)
    return same and abs(kept["records"] - chosen.records) <= ALIKE * chosen.records


def _build(chosen: argparse.Namespace) -> dict[str, Any]:
    from mianzheng.catalogue.queries.editions import city
    from mianzheng.demo.actions.build import build
    from mianzheng.web import clock

    now, begun = clock.now(), time.monotonic()
    phases: dict[str, float] = {}
    course: list[tuple[float, int]] = []

    def told(line: str) -> None:
        seconds = time.monotonic() - begun
        phases[line.split(":")[0] if ":" in line else "world"] = seconds
        if found := PLOTTED.match(line):
            course.append((round(seconds, 1), int(found[1].replace(",", ""))))
        print(f"{seconds:8.1f} s  {line}", file=sys.stderr)

    made = build(
        city=city(), people=chosen.people, organisations=chosen.organisations, seed=1, as_of=now.date(), now=now,
        records=chosen.records, progress=told,
    )  # fmt: skip
    load_s = time.monotonic() - begun
    vault = phases.get("vault", 0.0)
    return {
        "people": chosen.people,
        "organisations": chosen.organisations,
        "subjects": made.subjects,
        "items": made.items,
        "records": made.records,
        "load_s": round(load_s, 1),
        "vault_s": round(vault - min(phases.values(), default=0.0), 1),
        "load_records_per_s": round(made.records / (load_s - vault)),
        "build_peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "course": course,
    }


def room() -> dict[str, float]:
    """Return how much room the records take, with their indexes, and the whole database."""
    from mianzheng.web import sql

    sizes = "SELECT coalesce(sum(pg_table_size(c.oid)), 0), coalesce(sum(pg_indexes_size(c.oid)), 0) FROM pg_class c"
    sizes += (
        " JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname IN ('centre', 'outside') AND c.relkind = 'r'"
    )
    ((tables, indexes),) = sql.fetch(sizes)
    ((whole,),) = sql.fetch("SELECT pg_database_size(current_database())")
    return {"tables": int(tables), "indexes": int(indexes), "whole": int(whole)}


def asked_about(way: str, size: int) -> Iterator[list[Any]]:
    """Yield the subjects of one question after the other."""
    import uuid

    from mianzheng.web import sql

    raw = sql.fetch_bytes(
        "SELECT string_agg(uuid_send(id), ''::bytea) FROM (SELECT id FROM people_subject WHERE kind = 'person' ORDER BY id) s"
    )
    people = np.frombuffer(raw, dtype=np.uint8).reshape(-1, 16)
    chance = np.random.default_rng(SEED)
    order = chance.permutation(len(people))  # who is asked for most is the same for all processes, and anybody
    steps = np.cumsum(1 / np.arange(1, len(people) + 1))
    mine = np.random.default_rng(os.getpid())
    while True:
        if way == "zipf":
            drawn = order[np.searchsorted(steps, mine.random(4000) * steps[-1])]
        else:
            drawn = mine.integers(0, len(people), 4000)
        subjects = [uuid.UUID(bytes=people[row].tobytes()) for row in drawn.tolist()]
        for start in range(0, len(subjects), size):
            yield subjects[start : start + size]


def ask(way: str, seconds: float) -> dict[str, Any]:
    """Ask for `seconds` in this process; return how many subjects were asked about and how long questions took."""
    from mianzheng.catalogue.queries.editions import city
    from mianzheng.centre.queries.records import records

    size, law = WAYS[way]
    read, chance = city(), random.Random(os.getpid())
    items = [item for item in read.items.values() if item.fields and not item.at_source and item.about == "person"]
    questions = asked_about(law, size)
    took: list[float] = []
    found = asked = 0
    begun = time.monotonic()
    while (at := time.monotonic()) < begun + seconds:
        subjects, item = next(questions), chance.choice(items)
        before = time.perf_counter()
        rows = records(read, item, subjects)
        if at > begun + WARM_UP * seconds:
            took.append(time.perf_counter() - before)
            asked += len(subjects)
            found += sum(map(len, rows.values()))
    return {"asked": asked, "found": found, "seconds": (1 - WARM_UP) * seconds, "took": took}


def look_ups(home: Path, seconds: float) -> dict[str, float]:
    """Ask in every way, `PROCESSES` at a time; return subjects a second and how long one question took (ms)."""
    figures: dict[str, float] = {}
    for way in WAYS:
        command = [sys.executable, __file__, "--home", str(home), "--ask", way, "--seconds", str(seconds)]
        running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(PROCESSES)]
        said = [json.loads(process.communicate()[0]) for process in running]
        took = np.concatenate([one["took"] for one in said]) * 1000
        figures |= {
            f"{way}_per_s": round(sum(one["asked"] / one["seconds"] for one in said)),
            f"{way}_p50_ms": round(float(np.percentile(took, 50)), 3),
            f"{way}_p99_ms": round(float(np.percentile(took, 99)), 3),
            f"{way}_records_found": round(
                sum(one["found"] for one in said) / max(sum(one["asked"] for one in said), 1), 2
            ),
        }
    return figures


def draw(name: str, figures: dict[str, Any], course: list[tuple[float, int]]) -> None:
    """Draw how loading went, and the rates of look-ups."""
    import matplotlib

    matplotlib.use("agg")
    from matplotlib import pyplot

    figure, (loading, asking) = pyplot.subplots(1, 2, figsize=(11, 3.2))
    loading.plot([s / 60 for s, _ in course], [count / 1e6 for _, count in course], color="#0b6e75")
    loading.set_xlabel("minutes since the beginning (people and vault first)")
    loading.set_ylabel("million records loaded")
    loading.set_xlim(left=0)
    loading.set_ylim(bottom=0)
    names = {"one, Zipf": "single_per_s", "one, uniform": "single_uniform_per_s",
             f"{BATCH}, Zipf": "batch_per_s", f"{BATCH}, uniform": "batch_uniform_per_s"}  # fmt: skip
    bars = asking.barh(list(names), [figures[key] for key in names.values()], color="#0b6e75")
    asking.bar_label(bars, fmt="{:,.0f}", padding=4)
    asking.invert_yaxis()
    asking.margins(x=0.2)
    asking.set_xlabel("subjects looked up a second")
    for axes in (loading, asking):
        axes.spines[["top", "right"]].set_visible(False)
    cores = report.machine()["cores"]
    figure.suptitle(f"{figures['people']:,} people, {figures['records']:,} records, {cores} cores", fontsize=10)
    figure.tight_layout()
    figure.savefig(report.RESULTS / f"{name}.png", dpi=110)


def measure(home: Path, chosen: argparse.Namespace) -> None:
    """Build if need be, measure, write it down."""
    made = built(home, chosen)
    course = made.pop("course")
    size = room()
    figures = {
        **made,
        "bytes_per_record": round((size["tables"] + size["indexes"]) / made["records"], 1),
        "index_bytes_per_record": round(size["indexes"] / made["records"], 1),
        "database_gb": round(size["whole"] / 1e9, 2),
        "processes": PROCESSES,
        **look_ups(home, chosen.seconds),
    }
    words = f"--people {chosen.people} --organisations {chosen.organisations} --records {chosen.records}"
    report.write(chosen.name, figures, command=f"python bench/city.py {words}")
    draw(chosen.name, figures, course)


def in_home(home: Path, work: Callable[[], None], *, stop: bool) -> None:
    """Do `work` with the database in `home`, and stop the database afterwards if nobody else runs it."""
    from mianzheng.site.postgres import launcher, place

    ran = launcher.running(place.Place(home))
    try:
        work()
    finally:
        if stop and not ran:
            launcher.stop(place.Place(home), say=lambda line: None)


def main() -> None:
    """Read the options."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--people", type=int, default=2_200_000)
    options.add_argument("--organisations", type=int, default=380_000)
    options.add_argument("--records", type=int, default=300_000_000)
    options.add_argument("--home", type=Path, default=report.ROOT / "var" / "bench")
    options.add_argument("--seconds", type=float, default=20.0, help="of each of the four ways of asking")
    options.add_argument("--name", default="city")
    options.add_argument("--keep", action="store_true", help="leave the database running")
    options.add_argument("--ask", default="", help=argparse.SUPPRESS)
    chosen = options.parse_args()
    home = chosen.home.resolve()
    home.mkdir(parents=True, exist_ok=True)
    home.chmod(0o711)  # root's server runs as another user, who must pass
    os.environ |= {"MIANZHENG_HOME": str(home), "MIANZHENG_DEMO": "1"}
    os.environ["DJANGO_SETTINGS_MODULE"] = "mianzheng.site.settings"
    import django

    django.setup()
    if chosen.ask:
        print(json.dumps(ask(chosen.ask, chosen.seconds)))
        return
    in_home(home, lambda: measure(home, chosen), stop=not chosen.keep)


if __name__ == "__main__":
    main()
