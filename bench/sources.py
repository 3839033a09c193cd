"""How long a check waits for sources that misbehave: 200 at a time, against a real server that does everything wrong.

    python bench/sources.py [--at-once N] [--seconds S]      writes bench/results/sources.json and .png

One check asks one person's records of two items that stay at their source, over two connections, as
`centre.actions.sources.read` does for a case: breaker, places, number from the vault with its log entry, token, signed
question, answer checked and kept, counts written. The server runs in a process of its own (tests/adapters/awful_source.py).

`--at-once` checks begin at the same moment, in as many processes as the product runs; when all have ended, the next as
many begin, about other people. The source is well; then half of its answers are of every misbehaviour there is; then it
says nothing at all; then it is well again. The limit is the connections' `timeout`. `waited` is the time a check waited
for sources, from its own beginning; the other seconds have our own work in them, too: with all processors busy it queues.
"""

from __future__ import annotations

import argparse
import datetime
import json
import multiprocessing
import os
import statistics
import subprocess
import sys
import threading
import time
import urllib.request
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

import report
from home import fresh

sys.path.insert(0, str(report.ROOT))

LIMIT, PAUSE, FAILURES, PLACES = 2.0, 1.5, 5, 32
"""Of both connections: seconds a question may take, seconds nothing is asked after so many failures, places."""
SLACK = 0.1
"""Seconds an outcome may still come in after the limit (`centre.actions.asking.GRACE`)."""
ITEMS = {"debts": "one", "marriage": "two"}
GOOD = {"behaviour": "good", "pause": 0.02}
AWFUL = (
    "slow",
    "silent",
    "drip_headers",
    "drip_body",
    "hang_up",
    "hang_up_in_body",
    "error_500",
    "html_502",
    "html_200",
)
WRONG = (
    "truncated",
    "wrong_types",
    "wrong_person",
    "unsigned",
    "forbidden",
    "gzip_bomb",
    "huge",
    "redirect",
    "no_http",
)
MIXED = {"mixture": {"good": 0.5} | dict.fromkeys((*AWFUL, *WRONG), 0.5 / len(AWFUL + WRONG)), "pause": 0.02}
SILENT = {"behaviour": "silent"}
PHASES = (("well", GOOD), ("mixed", MIXED), ("silent", SILENT), ("well again", GOOD))


Check = tuple[str, float, float, float, int]
"""Phase, beginning, seconds, seconds waited for sources, how many of its two items answered."""


@dataclass
class Seen:
    """What was measured. A breaker's move: when, in which process, of which connection, from where to where."""

    checks: list[Check] = field(default_factory=list)
    breakers: list[tuple[float, int, str, str, str]] = field(default_factory=list)
    phases: list[tuple[str, float, float]] = field(default_factory=list)


def city() -> Any:
    """Return the second city of the tests with two items behind two connections."""
    from dataclasses import replace

    from mianzheng.catalogue.rules.exchange import Connection, Service
    from mianzheng.common.texts import Text
    from tests.second_city.reading import CITY

    def connection(code: str) -> Connection:
        limits: Any = {"timeout": LIMIT, "at_once": PLACES, "quota": 0, "failures": FAILURES, "pause": PAUSE}
        return Connection(code, Text(code), "provincial", "civil", services={i: Service(i) for i in ITEMS}, **limits)

    items = {
        code: replace(item, held="source", connection=ITEMS[code]) if code in ITEMS else item
        for code, item in CITY.items.items()
    }
    return replace(CITY, items=items, connections={code: connection(code) for code in ITEMS.values()})


def people(count: int) -> None:
    """Enter `count` made-up people into the vault."""
    from mianzheng.common.identifiers import make_ric
    from mianzheng.people.actions import register
    from mianzheng.people.rules.subjects import NewSubject, SubjectKind
    from mianzheng.web import clock

    first = datetime.date(1950, 1, 1)
    numbers = [make_ric("330782", first + datetime.timedelta(n // 500), n % 500) for n in range(count)]
    entries = [NewSubject(SubjectKind.PERSON, "某人", (("ric", number),)) for number in numbers]
    register(people=entries, now=clock.now())


class Source:
    """The server, in a process of its own."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, str(report.ROOT / "tests" / "adapters" / "awful_source.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(report.ROOT)},
        )
        assert self.process.stdout is not None
        self.port = int(self.process.stdout.readline())

    def behave(self, said: dict[str, Any]) -> dict[str, Any]:
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/behave", json.dumps(said).encode(), {"content-type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            found: dict[str, Any] = json.loads(answer.read())
            return found

    def close(self) -> None:
        self.process.terminate()
        self.process.wait(10)


def measure(source: Source, at_once: int, bursts: int, processes: int) -> Seen:
    """Have `at_once` checks begin together, `bursts` times in every phase."""
    context = multiprocessing.get_context("spawn")
    gate, queue = context.Barrier(processes + 1), context.Queue()
    phase = context.Array("c", 20)
    people_each = -(-at_once // processes) * (len(PHASES) * bursts + 1)
    workers = [
        context.Process(target=work, args=(n, at_once // processes, people_each, gate, phase, queue))
        for n in range(processes)
    ]
    for worker in workers:
        worker.start()
    seen = Seen()
    for name, said in (("warm", GOOD), *PHASES):
        source.behave(said)
        began = time.monotonic()
        for _ in range(1 if name == "warm" else bursts):
            phase.value = name.encode()
            gate.wait()  # begin
            gate.wait()  # all have ended
        seen.phases.append((name, began, time.monotonic()))
    phase.value = b"over"
    gate.wait()
    for _ in workers:
        checks, breakers = queue.get()
        seen.checks += checks
        seen.breakers += breakers
    for worker in workers:
        worker.join()
    return seen


def work(number: int, at_once: int, people_each: int, gate: Any, phase: Any, queue: Any) -> None:
    """One process: `at_once` checks each time the gate opens."""
    import django

    django.setup()
    from django.db import connections

    from mianzheng.centre.actions import sources
    from mianzheng.common.actors import OPERATOR
    from mianzheng.web import clock
    from mianzheng.web.sql import fetch

    subjects = iter(
        row[0]
        for row in fetch(
            "SELECT id FROM people_subject ORDER BY id OFFSET %s LIMIT %s", [number * people_each, people_each]
        )
    )
    here, asker, seen = city(), sources.Asker(OPERATOR, "测量"), Seen()
    waited = threading.local()
    _watch(seen, waited, number)
    together, lock = threading.Barrier(at_once + 1), threading.Lock()
    wanted: list[str] = [""]

    def go() -> None:
        while True:
            together.wait()
            if wanted[0] == "over":
                break
            with lock:
                subject = next(subjects)
            began, waited.until = time.monotonic(), 0.0
            found = sources.read(city=here, wanted={item: [subject] for item in ITEMS}, asker=asker, now=clock.now())
            ended = time.monotonic()
            answered = sum(not each.unanswered for each in found.values())
            seen.checks.append((wanted[0], began, ended - began, max(waited.until - began, 0.0), answered))
            together.wait()
        connections.close_all()

    threads = [threading.Thread(target=go) for _ in range(at_once)]
    for thread in threads:
        thread.start()
    while True:
        gate.wait()
        wanted[0] = phase.value.decode()
        together.wait()
        if wanted[0] == "over":
            break
        together.wait()
        gate.wait()
    for thread in threads:
        thread.join()
    queue.put((seen.checks, seen.breakers))


def _watch(seen: Seen, waited: threading.local, number: int) -> None:
    """Note every move of a breaker as it is made, and until when a check waited for sources."""
    from mianzheng.centre.actions import sources
    from mianzheng.centre.queries.gates import Gate

    note, enter, ask_all = Gate.note, Gate.enter, sources.ask_all

    def noted(gate: Gate, *args: Any, **more: Any) -> Any:
        change = note(gate, *args, **more)
        if change.before is not change.after:
            moved = (time.monotonic(), number, gate.connection.code, str(change.before), str(change.after))
            seen.breakers.append(moved)
        return change

    def entered(gate: Gate, **more: Any) -> Any:
        trial = enter(gate, **more)
        if trial:
            seen.breakers.append((time.monotonic(), number, gate.connection.code, "open", "half_open"))
        return trial

    def asked(*args: Any) -> None:
        ask_all(*args)
        waited.until = time.monotonic()

    Gate.note, Gate.enter = noted, entered  # type: ignore[method-assign]
    sources.ask_all = asked


def figures(seen: Seen, at_once: int, processes: int) -> dict[str, Any]:
    """Return the figures, all phases together and each by itself."""
    checks = [each for each in seen.checks if each[0] != "warm"]
    found: dict[str, Any] = {
        "at_once": at_once,
        "processes": processes,
        "limit_s": LIMIT,
        "checks": len(checks),
        **_times(checks),
        "waited_over_limit": sum(each[3] > LIMIT + SLACK for each in checks),
        "unknown_share": _unknown(checks),
        "breaker_opened": sum((before, after) == ("closed", "open") for *_, before, after in seen.breakers),
        "breaker_reopened": sum((before, after) == ("half_open", "open") for *_, before, after in seen.breakers),
        "breaker_closed": sum((before, after) == ("half_open", "closed") for *_, before, after in seen.breakers),
    }
    for name, _, _ in seen.phases[1:]:
        part = [each for each in checks if each[0] == name]
        key = name.replace(" ", "_")
        found |= {f"{key}_{k}": v for k, v in _times(part).items()}
        found[f"{key}_unknown_share"] = _unknown(part)
    return found


def _unknown(checks: list[Check]) -> float:
    return round(1 - sum(each[4] for each in checks) / (len(ITEMS) * max(len(checks), 1)), 3)


def _times(checks: list[Check]) -> dict[str, float]:
    took, waited = sorted(each[2] for each in checks), sorted(each[3] for each in checks)
    cuts = statistics.quantiles(took, n=100)
    return {
        "p50_s": round(cuts[49], 3),
        "p95_s": round(cuts[94], 3),
        "max_s": round(took[-1], 3),
        "waited_p95_s": round(statistics.quantiles(waited, n=100)[94], 3),
        "waited_max_s": round(waited[-1], 3),
    }


def draw(seen: Seen) -> None:
    """Draw every check by when it began and how long it took, with the limit and the breakers' times."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    zero, most = seen.phases[1][1], max(each[2] for each in seen.checks)
    figure, (axes, below) = pyplot.subplots(
        2, 1, figsize=(11, 6), layout="constrained", sharex=True, height_ratios=(4, 1)
    )
    for answered, colour, label in ((2, "#2a7a4f", "both answered"), (1, "#c98a1b", "one"), (0, "#b03a2e", "unknown")):
        part = [(began - zero, waited) for name, began, _, waited, n in seen.checks if n == answered and name != "warm"]
        axes.scatter(
            *zip(*part, strict=True), s=4, color=colour, label=f"{label} ({len(part):,})", alpha=0.5
        ) if part else None
    axes.axhline(LIMIT, color="#333", linewidth=1, linestyle="--", label=f"limit {LIMIT:g} s")
    for name, began, ended in seen.phases[1:]:
        for each in (axes, below):
            each.axvline(began - zero, color="#999", linewidth=0.8)
        axes.text((began + ended) / 2 - zero, LIMIT * 1.15, f"source: {name}", ha="center")
    lanes = sorted({(number, code) for _, number, code, _, _ in seen.breakers})
    opened: dict[tuple[int, str], float] = {}
    for at, number, code, _, after in sorted(seen.breakers):
        if after == "open":
            opened.setdefault((number, code), at)
        elif after == "closed" and (number, code) in opened:
            lane = lanes.index((number, code))
            below.plot([opened.pop((number, code)) - zero, at - zero], [lane] * 2, color="#1f5fa8", linewidth=3)
    below.set(xlabel="seconds", ylabel="breakers\nopen", yticks=[], ylim=(-1, max(len(lanes), 1)))
    axes.set(ylabel="seconds waited for sources", ylim=(0, max(LIMIT * 1.3, 0.0)))
    axes.set_title(
        f"{seen_at_once(seen)} checks at a time against sources that misbehave (whole check at most {most:.1f} s)"
    )
    axes.legend(loc="center right", fontsize=8, markerscale=3)
    figure.savefig(report.RESULTS / "sources.png", dpi=110)


def seen_at_once(seen: Seen) -> int:
    """Return how many checks a burst had."""
    return sum(each[0] == "warm" for each in seen.checks)


def main() -> None:
    """Start a database and the server, measure, write it down."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--at-once", type=int, default=200)
    options.add_argument("--bursts", type=int, default=8, help="in each of the four times")
    options.add_argument("--processes", type=int, default=max(1, min(4, os.cpu_count() or 1)), help="as the pages have")
    given = options.parse_args()
    # one connection to the database for each of those who ask at the same time
    with fresh({"max_connections": str(given.at_once + 50)}) as home, closing(Source()) as source:
        from tests.adapters.awful_source import KEY, SECRET
        from tests.second_city.sources import connect

        table = {"address": f"http://127.0.0.1:{source.port}", "app_key": KEY, "secret": SECRET}
        connect(home, dict.fromkeys(ITEMS.values(), table))
        people(given.at_once * (len(PHASES) * given.bursts + 2))
        seen = measure(source, given.at_once, given.bursts, given.processes)
    report.write("sources", figures(seen, given.at_once, given.processes), command="python bench/sources.py")
    draw(seen)


if __name__ == "__main__":
    main()
