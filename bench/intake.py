"""How fast a department's file becomes records: read, validated, looked up in the vault, compared, taken over.

    python bench/intake.py [--people N] [--rows R] [--big ROWS] [--home DIR]      writes bench/results/intake.json and .png

Four things are done with a register of five fields and one ID column, each in a process of its own so that its memory can
be told: the first snapshot, the same snapshot again with one row in a hundred changed, an increment, and (with `--big`) a
file of so many rows only to see how much memory it takes. Beside them bare COPY: the very rows the first snapshot left,
from a file, over the same connection, into a table of the same columns made in the same transaction, without validation,
look-up or index. The index by subject is built afterwards in both and reported apart. The database runs with the
product's own settings. Every figure is of one run; run it on a quiet machine.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import report

BATCH = 500_000
CHANGED = 100
"""One row in so many differs in the second snapshot."""


def item() -> Any:
    """Return the register measured: monthly payments of a person."""
    from mianzheng.catalogue.rules.city import Field, Item
    from mianzheng.common.texts import Text

    code = "bench_payments"

    def field(name: str, zh: str, kind: str, **more: Any) -> Field:
        return Field(code, name, Text(zh, name), kind, **more)

    kinds = {"pension": Text("养老", "pension"), "medical": Text("医疗", "medical"), "injury": Text("工伤", "injury")}
    return Item(
        code, Text("缴费", "payments"), "human_resources", "person", "conditional", "month", True, "sensitive", False,
        fields=(
            field("month", "月份", "text", key=True, required=True),
            field("kind", "险种", "code", codes=kinds, required=True),
            field("base", "缴费基数", "integer", low="0", high="100000"),
            field("amount", "金额", "decimal", low="0", high="50000"),
            field("paid_on", "缴费日期", "date", low="2000-01-01", high="today", newest=True),
        ),
    )  # fmt: skip


def city() -> Any:
    """Return the city in force with the measured item in it."""
    import dataclasses

    from mianzheng.catalogue.queries.editions import city as in_force

    here = in_force()
    return dataclasses.replace(here, items={**here.items, "bench_payments": item()})


def numbers(people: int) -> list[str]:
    """Return valid ID numbers of made-up people."""
    import datetime

    from mianzheng.common.identifiers import make_ric

    first = datetime.date(1950, 1, 1)
    days = 20_000
    return [
        make_ric(
            ("330782", "361127", "411625")[n // 1000 // days % 3],
            first + datetime.timedelta(n // 1000 % days),
            n % 1000,
        )
        for n in range(people)
    ]


def write_file(path: Path, people: list[str], rows: int, *, changed: int = 0, first: int = 0) -> None:
    """Write a CSV as a department exports it: `rows` payments, people by turns, one in `changed` with another amount."""
    import polars as pl

    with path.open("wb") as out:
        for start in range(first, first + rows, BATCH):
            n = np.arange(start, min(start + BATCH, first + rows))
            month = n // len(people)
            amount = (n * 37 % 400_000) / 100 + 8
            if changed:
                amount = np.where(n % changed == 0, amount + 1, amount)
            text = pl.DataFrame(
                {
                    "身份证号": pl.Series(people).gather(n % len(people)),
                    "月份": pl.Series(
                        [f"{2024 + m // 12}-{m % 12 + 1:02d}" for m in range(int(month.max()) + 1)]
                    ).gather(month),
                    "险种": pl.Series(["pension", "medical", "injury"]).gather(n % 3),
                    "缴费基数": n % 30_000 + 3_000,
                    "金额": amount,
                    "缴费日期": np.datetime64("2024-01-01") + (n % 700).astype("timedelta64[D]"),
                }
            ).write_csv(include_header=start == first, float_precision=2)
            out.write(text.encode())


def load_file(path: str, kind: str) -> dict[str, float]:
    """Load one file as the loader does, in this process; return seconds and the most memory it took."""
    from django.db import connection

    from mianzheng.centre.actions import loading, taking_over
    from mianzheng.centre.models import Approval, Intake
    from mianzheng.centre.ports import Source
    from mianzheng.web import clock

    apart = 0.0

    def timed(work: Any) -> Any:
        def wrapped(*args: Any, **more: Any) -> Any:
            nonlocal apart
            begun = time.perf_counter()
            try:
                return work(*args, **more)
            finally:
                apart += time.perf_counter() - begun

        return wrapped

    taking_over.build_index = timed(taking_over.build_index)
    taking_over.subjects_in = timed(taking_over.subjects_in)
    now = clock.now()
    approved = {"from_day": now.date(), "filed_at": now, "filed_by": "operator"}
    Approval.objects.get_or_create(item="bench_payments", document="bench", defaults=approved)
    batch = Intake.objects.create(
        item="bench_payments", kind=kind, way="command", stage="queued", office="human_resources", name="bench.csv",
        as_of=now, received_at=now, received_by="operator", confirmed=True,
    )  # fmt: skip
    begun = time.perf_counter()
    source = Source("bench.csv", lambda: Path(path).open("rb"))  # noqa: SIM115 - the reader closes it
    stage = loading.load(city=city(), intake=batch.id, now=clock.now(), source=source)
    took = time.perf_counter() - begun
    batch.refresh_from_db()
    assert stage == "loaded" and not batch.bad_rows, (stage, batch.reason, batch.faults)
    connection.close()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"rows": batch.rows, "seconds": took - apart, "apart": apart, "peak_mb": peak,
            "added": batch.added, "changed": batch.changed, "removed": batch.removed}  # fmt: skip


def in_process(home: Path, path: Path, kind: str) -> dict[str, float]:
    """Run `load_file` in a process of its own."""
    command = [sys.executable, __file__, "--home", str(home), "--load", str(path), "--kind", kind]
    said = subprocess.run(command, capture_output=True, text=True, check=False)
    if said.returncode:
        sys.exit(said.stderr)
    result: dict[str, float] = json.loads(said.stdout.splitlines()[-1])
    return result


def bare_copy(folder: Path) -> tuple[float, float]:
    """Copy the rows the first snapshot left into a table like it; return seconds of COPY and of building the index."""
    from django.db import connection, transaction

    path = folder / "rows.csv"
    columns = "subject, month, kind, base, amount, paid_on"
    rows_left = f"COPY (SELECT {columns} FROM centre.bench_payments) TO STDOUT (FORMAT csv)"
    with connection.cursor() as cursor, path.open("wb") as out, cursor.copy(rows_left) as copy:
        for piece in copy:
            out.write(piece)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bare")
        cursor.execute(
            "CREATE TABLE bare (subject uuid NOT NULL, month text, kind text, base bigint, amount numeric(18,2), paid_on date,"
            " known_from timestamptz NOT NULL DEFAULT now())"
        )
        begun = time.perf_counter()
        with path.open("rb") as rows, cursor.copy(f"COPY bare ({columns}) FROM STDIN (FORMAT csv, FREEZE)") as copy:
            while piece := rows.read(1 << 20):
                copy.write(piece)
        copied = time.perf_counter() - begun
        begun = time.perf_counter()
        cursor.execute("CREATE INDEX bare_subject ON bare (subject)")
        indexed = time.perf_counter() - begun
        cursor.execute("DROP TABLE bare")
    path.unlink()
    return copied, indexed


def prepare(people: int) -> list[str]:
    """Make database, city and vault; return the people's numbers."""
    from mianzheng.catalogue.actions.load_city import load_city
    from mianzheng.catalogue.adapters.folder import files_of
    from mianzheng.people.actions import register
    from mianzheng.people.rules.subjects import NewSubject, SubjectKind
    from mianzheng.site import readiness
    from mianzheng.web import clock

    readiness.database(lambda line: None)
    readiness.tables(lambda line: None)
    load_city(files=files_of(report.ROOT / "cities" / "yiwu"), actor="operator", now=clock.now())
    known = numbers(people)
    for start in range(0, people, 50_000):
        part = known[start : start + 50_000]
        register(
            people=[NewSubject(SubjectKind.PERSON, "测试人", (("ric", number),)) for number in part], now=clock.now()
        )
    return known


def measure(home: Path, people: int, rows: int, big: int) -> None:
    """Do everything and write it down."""
    known = prepare(people)
    folder = home / "files"
    folder.mkdir()
    first, second, third = folder / "first.csv", folder / "second.csv", folder / "third.csv"
    write_file(first, known, rows)
    write_file(second, known, rows, changed=CHANGED)
    write_file(third, known, rows // 10, first=rows)
    loaded = in_process(home, first, "snapshot")
    copied, indexed = bare_copy(folder)
    again = in_process(home, second, "snapshot")
    more = in_process(home, third, "increment")
    figures = {
        "rows": rows,
        "people": people,
        "rows_per_s": round(rows / loaded["seconds"]),
        "copy_rows_per_s": round(rows / copied),
        "share_of_copy": round(copied / loaded["seconds"], 3),
        "index_s": round(loaded["apart"], 2),
        "copy_index_s": round(indexed, 2),
        "difference_rows_per_s": round(rows / again["seconds"]),
        "difference_changed": int(again["changed"]),
        "increment_per_s": round(more["rows"] / more["seconds"]),
        "peak_mb": round(max(loaded["peak_mb"], again["peak_mb"], more["peak_mb"])),
    }
    if big:
        path = folder / "big.csv"
        write_file(path, known, big)
        from mianzheng.centre.models import Register
        from mianzheng.web import sql

        Register.objects.filter(item="bench_payments").delete()
        sql.run("DROP TABLE centre.bench_payments, centre_history.bench_payments")
        huge = in_process(home, path, "snapshot")
        figures |= {
            "big_rows": big,
            "big_rows_per_s": round(big / huge["seconds"]),
            "big_peak_mb": round(huge["peak_mb"]),
            "peak_mb": round(max(figures["peak_mb"], huge["peak_mb"])),
        }
    words = f"python bench/intake.py --people {people} --rows {rows}" + (f" --big {big}" if big else "")
    report.write("intake", figures, command=words)
    draw(figures)


def draw(figures: dict[str, Any]) -> None:
    """Draw the rates side by side."""
    import matplotlib

    matplotlib.use("svg")
    from matplotlib import pyplot

    names = {"bare COPY": "copy_rows_per_s", "first snapshot": "rows_per_s",
             "snapshot as difference": "difference_rows_per_s", "increment": "increment_per_s"}  # fmt: skip
    figure, axes = pyplot.subplots(figsize=(8, 3))
    bars = axes.barh(list(names), [figures[key] for key in names.values()], color=["#888888", *["#0b6e75"] * 3])
    axes.bar_label(bars, fmt="{:,.0f}", padding=4)
    axes.invert_yaxis()
    axes.set_xlabel(f"rows a second ({figures['rows']:,} rows, {figures['people']:,} people, 2 cores, one run)")
    axes.spines[["top", "right"]].set_visible(False)
    axes.margins(x=0.15)
    figure.tight_layout()
    figure.savefig(report.RESULTS / "intake.png", dpi=110)


def main() -> None:
    """Read the options, work in a home of its own, leave nothing behind."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--people", type=int, default=500_000)
    options.add_argument("--rows", type=int, default=3_000_000)
    options.add_argument("--big", type=int, default=0)
    options.add_argument("--home", type=Path)
    options.add_argument("--load", default="")
    options.add_argument("--kind", default="snapshot")
    chosen = options.parse_args()
    home = chosen.home or Path(tempfile.mkdtemp(prefix="mianzheng-bench-"))
    home.chmod(0o711)
    os.environ["MIANZHENG_HOME"] = str(home)
    os.environ["DJANGO_SETTINGS_MODULE"] = "mianzheng.site.settings"
    import django

    django.setup()
    if chosen.load:
        print(json.dumps(load_file(chosen.load, chosen.kind)))
        return
    try:
        measure(home, chosen.people, chosen.rows, chosen.big)
    finally:
        from mianzheng.site.postgres import launcher, place

        launcher.stop(place.Place(home), say=lambda line: None)
        shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    main()
