"""A city of any size: how long it takes to make, how much room it takes, how fast its records are looked up.

    python bench/city.py [--people N] [--organisations N] [--records N] [--home DIR] [--processes N] [--seconds S]
                         writes bench/results/city.json and .png

The demo city is built by the product's own `demo build` in a home of its own. The home is kept: where a city of that size
is there already, only the look-ups are measured again. Sizes are those of PostgreSQL, indexes included, of the centre's
records, their history and the registers outside.

Looking up means `centre.queries.records.records`, through which everything asks: the records of some subjects in one item,
values that prevail laid over. The item is drawn by its number of records, of those the centre holds. Subjects are of
the item's kind, drawn alike (`uniform`) or as life asks: the n-th most asked about is asked about in proportion to
1/n^1.07 (Zipf). `single` asks about one subject, `batch` about 200 different ones; each is measured for so many seconds
from so many processes at once, after a quarter of that to warm up. The database runs with the product's own settings.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import report
from asking import look_up

BATCH = 200
SEED = 1
AS_OF = datetime.date(2026, 11, 23)
MARK = "bench-city.json"
"""What a home of ours has: the figures of the build. No other home is ever emptied."""
SCHEMAS = ("centre", "centre_history", "outside")


def build(people: int, organisations: int, records: int) -> dict[str, Any]:
    """Make database, city and everybody in it; return how long which part took, and how much there is."""
    from django.db import connection

    from mianzheng.catalogue.actions.load_city import load_city
    from mianzheng.catalogue.adapters.folder import files_of
    from mianzheng.catalogue.queries.editions import city
    from mianzheng.demo.actions import build as building
    from mianzheng.site import readiness
    from mianzheng.web import clock

    readiness.tables(lambda line: None)
    load_city(files=files_of(report.ROOT / "cities" / "yiwu"), actor="operator", now=clock.now())
    seconds = dict.fromkeys(("world", "cast", "register", "fill_registers", "write_history"), 0.0)
    for name in seconds:
        setattr(building, name, timed(getattr(building, name), name, seconds))
    begun = time.perf_counter()
    built = building.build(
        city=city(), people=people, organisations=organisations, records=records, seed=SEED, as_of=AS_OF,
        now=clock.now(), progress=lambda line: print(f"{time.perf_counter() - begun:8.1f}s {line}", file=sys.stderr),
    )  # fmt: skip
    whole = time.perf_counter() - begun
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return {
        "people": people,
        "organisations": organisations,
        "subjects": built.subjects,
        "items": built.items,
        "records": built.records,
        "world_s": round(seconds["world"], 1),
        "vault_s": round(seconds["register"], 1),
        "subjects_per_s": round(built.subjects / seconds["register"]),
        "load_s": round(seconds["fill_registers"], 1),
        "records_per_s": round(built.records / seconds["fill_registers"]),
        "stories_s": round(seconds["cast"], 1),
        "history_s": round(seconds["write_history"], 1),
        "build_s": round(whole, 1),
        "peak_mb": round(peak()),
    }


def timed(work: Callable[..., Any], name: str, seconds: dict[str, float]) -> Callable[..., Any]:
    """Return `work`, which adds what it takes to `seconds`."""

    def wrapped(*args: Any, **more: Any) -> Any:
        begun = time.perf_counter()
        try:
            return work(*args, **more)
        finally:
            seconds[name] += time.perf_counter() - begun

    return wrapped


def peak() -> float:
    """Return the most memory this process took, in MB."""
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def held() -> list[tuple[str, float, int]]:
    """Return of each item the department that owns it, how many records there are, and the bytes they take."""
    from mianzheng.catalogue.queries.editions import city
    from mianzheng.centre.models import Register
    from mianzheng.web import sql

    rows = sql.fetch(
        "SELECT n.nspname, c.relname, greatest(c.reltuples, 0), pg_total_relation_size(c.oid) FROM pg_class c"
        " JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = ANY(%s) AND c.relkind = 'r'",
        [list(SCHEMAS)],
    )
    exact = dict(Register.objects.values_list("item", "records"))
    here = city()
    found = []
    for code, item in here.items.items():
        of_item = [(schema, count, size) for schema, name, count, size in rows if name == code]
        outside = sum(count for schema, count, _ in of_item if schema == "outside")
        records = outside if item.at_source else exact.get(code, 0)
        found.append((here.departments[item.owner].name.en, records, sum(size for *_, size in of_item)))
    return found


def looked_up(home: Path, way: str, at_once: int, processes: int, seconds: float) -> dict[str, float]:
    """Run `asking.look_up` in processes of their own at once; return look-ups a second and the delays in ms."""
    command = [sys.executable, __file__, "--home", str(home), "--look-up", way, "--at-once", str(at_once)]
    command += ["--seconds", str(seconds)]
    running = [
        subprocess.Popen([*command, "--seed", str(SEED + n)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for n in range(processes)
    ]
    for process in running:
        assert process.stdout is not None and process.stdout.readline() == "ready\n", "a process did not begin"
    start = time.time() + max(seconds / 4, 1)
    for process in running:
        assert process.stdin is not None
        process.stdin.write(f"{start}\n")
        process.stdin.flush()
    said = [json.loads(process.communicate()[0].splitlines()[-1]) for process in running]
    took = np.concatenate([one["took"] for one in said])
    return {
        "per_s": round(len(took) / seconds),
        "p50_ms": round(float(np.median(took)) * 1000, 2),
        "p99_ms": round(float(np.quantile(took, 0.99)) * 1000, 2),
        "found": round(sum(one["found"] for one in said) / len(took), 2),
    }


def measure(home: Path, chosen: argparse.Namespace) -> None:
    """Build where nothing is built, measure, write it down."""
    from mianzheng.web import sql

    mark = home / MARK
    if not json.loads(mark.read_text("utf-8")):
        mark.write_text(json.dumps(build(chosen.people, chosen.organisations, chosen.records)), encoding="utf-8")
    figures = json.loads(mark.read_text("utf-8"))
    owners = held()
    size = sum(bytes_ for *_, bytes_ in owners)
    vault = sql.fetch("SELECT sum(pg_total_relation_size(name::regclass)) FROM unnest(%s::text[]) AS name",
                      [["people_subject", "people_document"]])[0][0]  # fmt: skip
    figures |= {
        "gb": round(size / 1e9, 2),
        "bytes_per_record": round(size / figures["records"], 1),
        "vault_gb": round(float(vault) / 1e9, 2),
    }
    for name, way, at_once in (("single", "zipf", 1), ("single_uniform", "uniform", 1), ("batch", "zipf", BATCH)):
        rates = looked_up(home, way, at_once, chosen.processes, chosen.seconds)
        figures |= {f"{name}_{key}": value for key, value in rates.items()}
    figures["processes"] = chosen.processes
    words = f"--people {chosen.people} --organisations {chosen.organisations} --records {chosen.records}"
    report.write(chosen.name, figures, command=f"python bench/city.py {words}")
    draw(figures, owners, chosen.name)


def draw(figures: dict[str, Any], owners: list[tuple[str, float, int]], name: str) -> None:
    """Draw who holds how much, and how fast it is looked up."""
    import matplotlib

    matplotlib.use("svg")
    from matplotlib import pyplot

    names = {owner for owner, _, _ in owners}
    sums = sorted(
        ((owner, sum(n for o, n, _ in owners if o == owner), sum(b for o, _, b in owners if o == owner))
         for owner in names), key=lambda one: -one[1])[:12]  # fmt: skip
    figure, (left, middle, right) = pyplot.subplots(1, 3, figsize=(13, 4.2), width_ratios=(3, 3, 2))
    labels = [owner for owner, _, _ in sums]
    bars = left.barh(labels, [count / 1e6 for _, count, _ in sums], color="#0b6e75")
    left.bar_label(bars, fmt="{:,.2f}", padding=3)
    left.set_xlabel(f"million records ({figures['records'] / 1e6:,.1f} in all, {figures['items']} items)")
    bars = middle.barh(labels, [size / 1e9 for *_, size in sums], color="#5b8f4d")
    middle.bar_label(bars, fmt="{:,.2f}", padding=3)
    middle.set_yticks([])
    middle.set_xlabel(f"GB with indexes ({figures['gb']:,} in all)")
    rates = {"one\n(Zipf)": "single_per_s", "one\n(uniform)": "single_uniform_per_s",
             f"{BATCH}\n(Zipf)": "batch_per_s"}  # fmt: skip
    bars = right.bar(list(rates), [figures[key] for key in rates.values()], color="#0b6e75")
    right.bar_label(bars, fmt="{:,.0f}", padding=3)
    right.set_ylabel(f"look-ups a second, {figures['processes']} processes")
    right.set_xlabel("subjects asked about at once")
    right.tick_params(axis="x", labelsize=8)
    for axes in (left, middle):
        axes.invert_yaxis()
        axes.margins(x=0.2)
        axes.tick_params(axis="y", labelsize=8)
    for axes in (left, middle, right):
        axes.spines[["top", "right"]].set_visible(False)
    figure.suptitle(f"{figures['people']:,} people, {figures['organisations']:,} organisations", fontsize=10)
    figure.tight_layout()
    figure.savefig(report.RESULTS / f"{name}.png", dpi=110)


def clear(home: Path, chosen: argparse.Namespace) -> None:
    """Leave in `home` a city of the size wanted, or nothing but an empty mark; refuse a home that is not ours."""
    from mianzheng.site.postgres import launcher, place

    wanted = {"people": chosen.people, "organisations": chosen.organisations}
    size = home / "bench-city-asked"
    asked = json.dumps(wanted | {"records": chosen.records})
    if (home / MARK).exists():
        if json.loads((home / MARK).read_text("utf-8")) and size.exists() and size.read_text("utf-8") == asked:
            return
        launcher.stop(place.Place(home), say=lambda line: None)
        shutil.rmtree(home)
    elif home.exists() and any(home.iterdir()):
        sys.exit(f"{home} is not empty and was not made by this bench")
    home.mkdir(parents=True, exist_ok=True)
    home.chmod(0o711)
    (home / MARK).write_text("{}", encoding="utf-8")
    size.write_text(asked, encoding="utf-8")


def main() -> None:
    """Read the options, work in a home of its own, stop its database at the end."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--people", type=int, default=2_200_000)
    options.add_argument("--organisations", type=int, default=380_000)
    options.add_argument("--records", type=int, default=300_000_000)
    options.add_argument("--home", type=Path, default=report.ROOT / "var" / "bench-city")
    options.add_argument("--processes", type=int, default=2)
    options.add_argument("--seconds", type=float, default=20.0)
    options.add_argument("--name", default="city", help="of the files in bench/results")
    for inner, kind in (("--look-up", str), ("--at-once", int), ("--seed", int)):
        options.add_argument(inner, type=kind, help=argparse.SUPPRESS)
    chosen = options.parse_args()
    home = chosen.home.resolve()
    os.environ |= {
        "MIANZHENG_HOME": str(home),
        "MIANZHENG_DEMO": "1",
        "DJANGO_SETTINGS_MODULE": "mianzheng.site.settings",
    }
    import django

    if not chosen.look_up:
        clear(home, chosen)
    django.setup()
    if chosen.look_up:
        said = look_up(zipf=chosen.look_up == "zipf", at_once=chosen.at_once, seconds=chosen.seconds,
                       seed=chosen.seed)  # fmt: skip
        print(json.dumps(said))
        return
    from mianzheng.site import readiness
    from mianzheng.site.postgres import launcher, place

    try:
        readiness.database(lambda line: None)
        measure(home, chosen)
    finally:
        with contextlib.suppress(place.Trouble):
            launcher.stop(place.Place(home), say=lambda line: None)


if __name__ == "__main__":
    main()
