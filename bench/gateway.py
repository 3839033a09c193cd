"""The gateway under load, beside what one would write first: a django-ninja endpoint of one SELECT and one INSERT.

    python bench/gateway.py [--home DIR] [--seconds S] [--rounds N] [--name NAME]
                            writes bench/results/gateway.json and .png

Needs `wrk` (Debian's package) and a city of `bench/city.py` at DIR, which is made where it is not there: 10 million
records. Everything shares the machine: server, database, load generator.

`single`: 64 connections ask one question each, as fast as they are answered. Half of the questions come from a department
on its duty, half from a bank on the person's consent; whom they are about is drawn by Zipf's law. Every answer was held
against grant, allowance and consent, judged, and stands committed in the log. `baseline` is the peer in `bench/peers`, asked
the same by the same load, with as many processes; the numbers of threads it does best with is tried first. Rounds take
turns; figures are medians. `batch`: two at a time, of 10,000 questions each. At the end the log of it all is sealed and
verified; `missing` is how many of the answers have no line in the log.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gateway_city
import report

CONNECTIONS = 64
PROCESSES = 2
THREADS = (4, 16)
"""Threads a process of the peer is tried with."""
OUR_PORT, PEER_PORT = 8411, 8412
HERE = Path(__file__).resolve().parent


@contextlib.contextmanager
def gateway() -> Iterator[str]:
    """Yield the address of our gateway, as the product serves it."""
    command = [sys.executable, "-m", "mianzheng.site.cli", "gateway", "--port", str(OUR_PORT)]
    yield from _serving([*command, "--workers", str(PROCESSES)], OUR_PORT, "/healthz")


@contextlib.contextmanager
def peer(threads: int) -> Iterator[str]:
    """Yield the address of the peer with so many threads a process."""
    granian = str(Path(sys.executable).parent / "granian")
    command = [granian, "--interface", "wsgi", "--port", str(PEER_PORT), "--workers", str(PROCESSES)]
    command += ["--blocking-threads", str(threads), "--log-level", "warning", "ninja_app:application"]
    yield from _serving(command, PEER_PORT, "/api/verifications", where=HERE / "peers")


def _serving(command: list[str], port: int, path: str, where: Path = report.ROOT) -> Iterator[str]:
    process = subprocess.Popen(command, cwd=where, stdout=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(300):
            with contextlib.suppress(urllib.error.HTTPError):
                try:
                    urllib.request.urlopen(address + path, timeout=2)
                except urllib.error.URLError as error:
                    if isinstance(error, urllib.error.HTTPError):
                        break
                    time.sleep(0.1)
                    continue
            break
        yield address
    finally:
        process.terminate()
        process.wait(timeout=30)


def asked(address: str, path: str, questions: Path, seconds: float) -> dict[str, float]:
    """Ask for so many seconds, and return how it went."""
    command = [
        "wrk",
        "-t1",
        f"-c{CONNECTIONS}",
        f"-d{seconds:.0f}s",
        "--timeout",
        "10s",
        "-s",
        str(HERE / "questions.lua"),
    ]
    done = subprocess.run([*command, address, "--", str(questions), path], capture_output=True, text=True, check=True)
    said: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    assert not said["not_200"], f"{said['not_200']} questions were not answered: {said}"
    return {**said, "per_s": said["requests"] / said["seconds"]}


def batches(address: str, askers: gateway_city.Askers, folder: Path, seconds: float) -> tuple[float, int]:
    """Send batches from two processes for so many seconds; return answers a second, and how many there were."""
    running = []
    for n in range(2):
        key, body = gateway_city.batch_body(askers, 10_000, zipf=True, seed=n)
        file = folder / f"batch-{n}.json"
        file.write_bytes(body)
        command = [sys.executable, str(HERE / "batches.py"), address, key, str(file), str(seconds)]
        running.append(subprocess.Popen(command, stdout=subprocess.PIPE, text=True))
    said = [json.loads(process.communicate()[0]) for process in running]
    return sum(one["answers"] / one["seconds"] for one in said), sum(one["answers"] for one in said)


def _logged() -> int:
    from mianzheng.web import sql

    return int(sql.fetch("SELECT count(*) FROM audit_entry WHERE action = 'lookup'")[0][0])


def measure(
    askers: gateway_city.Askers, folder: Path, chosen: argparse.Namespace
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Ask in turns; return our figures and the peer's."""
    from mianzheng.web import sql

    questions, ours, theirs, total = folder / "questions.txt", [], [], 0
    gateway_city.write_questions(askers, questions)
    path, peers = "/api/v1/verifications", "/api/verifications"
    before, tries = _logged(), {}
    sql.run("DROP TABLE IF EXISTS peer_log")
    for statement in _peer_table():
        sql.run(statement)
    for threads in THREADS:
        with peer(threads) as address:
            asked(address, peers, questions, 3)
            tries[threads] = asked(address, peers, questions, 6)["per_s"]
    best = max(tries, key=lambda threads: tries[threads])
    for _ in range(chosen.rounds):
        with gateway() as address:
            total += int(asked(address, path, questions, 4)["requests"])
            ours.append(asked(address, path, questions, chosen.seconds))
            total += int(ours[-1]["requests"])
        with peer(best) as address:
            asked(address, peers, questions, 4)
            theirs.append(asked(address, peers, questions, chosen.seconds))
    with gateway() as address:
        total += batches(address, askers, folder, 3)[1]
        batch = [batches(address, askers, folder, chosen.seconds) for _ in range(chosen.rounds)]
        total += sum(answers for _, answers in batch)
    figures = {
        "single_per_s": round(statistics.median(one["per_s"] for one in ours)),
        "single_p50_ms": statistics.median(one["p50_ms"] for one in ours),
        "single_p99_ms": statistics.median(one["p99_ms"] for one in ours),
        "batch_per_s": round(statistics.median(rate for rate, _ in batch)),
        "baseline_per_s": round(statistics.median(one["per_s"] for one in theirs)),
        "baseline_p99_ms": statistics.median(one["p99_ms"] for one in theirs),
        "answers": total,
        "missing": max(0, total - (_logged() - before)),
        "records": _records(),
    }
    figures["times_baseline"] = round(figures["single_per_s"] / figures["baseline_per_s"], 2)
    against = {f"ninja, {threads} threads": {"single_per_s": round(rate)} for threads, rate in tries.items()}
    return figures, against


def _peer_table() -> list[str]:
    text = (HERE / "peers" / "ninja_app.py").read_text("utf-8")
    begun = text.index("TABLE = (")
    scope: dict[str, str] = {}
    exec(text[begun : text.index("\n)\n", begun) + 2], scope)
    return [each for each in scope["TABLE"].split(";") if each.strip()]


def _records() -> int:
    from django.db.models import Sum

    from mianzheng.centre.models import Register

    return int(Register.objects.aggregate(n=Sum("records"))["n"])


def sealed() -> dict[str, int]:
    """Seal what was logged and verify the whole log; return how much a second."""
    from mianzheng.audit.actions.sealing import seal
    from mianzheng.audit.models import Seal
    from mianzheng.audit.queries.naming import log_name
    from mianzheng.audit.queries.verifying import verify
    from mianzheng.web import clock

    before = (Seal.objects.order_by("-number").values_list("size", flat=True).first()) or 0
    begun = time.perf_counter()
    seal(origin=log_name(), now=clock.now())
    took = time.perf_counter() - begun
    size = Seal.objects.order_by("-number").values_list("size", flat=True)[0]
    begun = time.perf_counter()
    proven = verify()
    whole = time.perf_counter() - begun
    assert not proven.problems, proven.problems[:3]
    return {"sealed": size - before, "seal_per_s": round((size - before) / took), "verify_per_s": round(size / whole)}


def draw(figures: dict[str, Any], name: str) -> None:
    """Draw how many answers a second, and how long they take."""
    import matplotlib

    matplotlib.use("svg")
    from matplotlib import pyplot

    figure, (left, right) = pyplot.subplots(1, 2, figsize=(11, 3.8), width_ratios=(3, 2))
    rates = {
        "django-ninja,\nSELECT + INSERT": figures["baseline_per_s"],
        "single": figures["single_per_s"],
        "batch": figures["batch_per_s"],
        "seal": figures["seal_per_s"],
        "verify": figures["verify_per_s"],
    }
    bars = left.bar(list(rates), list(rates.values()), color=["#8a8f98", "#0b6e75", "#0b6e75", "#5b8f4d", "#5b8f4d"])
    left.bar_label(bars, fmt="{:,.0f}", padding=2)
    left.set_yscale("log")
    left.set_ylabel("answers, or lines of the log, a second")
    waits = {
        "django-ninja": figures["baseline_p99_ms"],
        "single, 99%": figures["single_p99_ms"],
        "single, 50%": figures["single_p50_ms"],
    }
    bars = right.barh(list(waits), list(waits.values()), color=["#8a8f98", "#0b6e75", "#6fb3b8"])
    right.bar_label(bars, fmt="{:.1f} ms", padding=3)
    right.set_xlabel("milliseconds, 64 connections")
    right.margins(x=0.2)
    for axes in (left, right):
        axes.spines[["top", "right"]].set_visible(False)
        axes.tick_params(labelsize=8)
    figure.suptitle(
        f"{figures['records'] / 1e6:,.0f} million records; server, database and load on 2 cores", fontsize=10
    )
    figure.tight_layout()
    figure.savefig(report.RESULTS / f"{name}.png", dpi=110)


def main() -> None:
    """Read the options; measure in the home of a city, whose database is stopped at the end."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--home", type=Path, default=report.ROOT / "var" / "bench-small-city")
    options.add_argument("--seconds", type=float, default=15.0)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--name", default="gateway", help="of the files in bench/results")
    chosen = options.parse_args()
    if not shutil.which("wrk"):
        sys.exit("wrk is missing; on Debian: apt-get install wrk")
    home = chosen.home.resolve()
    if not home.exists():
        words = "--people 200000 --organisations 34500 --records 11300000 --name small-city".split()
        subprocess.run([sys.executable, str(HERE / "city.py"), *words, "--home", str(home)], check=True)
    os.environ |= {
        "MIANZHENG_HOME": str(home), "MIANZHENG_DEMO": "1", "DJANGO_SETTINGS_MODULE": "mianzheng.site.settings",
    }  # fmt: skip
    import django

    django.setup()
    from mianzheng.site import readiness
    from mianzheng.site.postgres import launcher, place

    folder = Path(tempfile.mkdtemp(prefix="mianzheng-bench-"))
    try:
        readiness.database(lambda line: None)
        readiness.tables(lambda line: None)
        figures, against = measure(gateway_city.make(), folder, chosen)
        figures |= sealed()
        report.write(chosen.name, figures, command="python bench/gateway.py", against=against)
        draw(figures, chosen.name)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        with contextlib.suppress(place.Trouble):
            launcher.stop(place.Place(home), say=lambda line: None)


if __name__ == "__main__":
    main()
