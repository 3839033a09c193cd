"""Loader and database killed in the middle of loads, twenty times each of every kind: the old or the new, never a mixture.

Not only of the records: their history, the register's counts and the changes to be sent belong to the same load.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from mianzheng.site.postgres import launcher, place
from tests.adapters.postgres_servers import a_home
from tests.register import CODE, HEADINGS, csv, numbers

KILLS = 20
LATEST = 1.1
"""The last kill comes after so many times what a load takes."""
PEOPLE, LEFT_OUT = 20_000, 500
MONTHS = ("2024-01", "2024-02", "2024-03", "2024-04")
FED, MORE = "2024-02", "2024-09"
"""The month a feed is about (the only medical one), and one that comes and goes by increments."""

LOADER = """
import dataclasses, sys
import django; django.setup()
from mianzheng.catalogue.queries.editions import city
from mianzheng.catalogue.rules.exchange import Feed
from mianzheng.centre.actions import loading
from mianzheng.common.texts import Text
from mianzheng.web import clock
from tests.register import CODE, take
path, kind = input().split()
file = open(path, "rb").read()
feed = Feed(CODE, Text("x"), Text("x"), CODE, ("added", "changed", "removed"), {"kind": "medical"}, "department", "police",
            ("month", "amount"), False, "worklist")
here = dataclasses.replace(city(), feeds={CODE: feed})
loading.sweep(now=clock.now())
print("begin", flush=True)
batch = take(here, file, clock.now(), kind=kind, confirmed=True)
assert batch.stage == "loaded", batch.reason
print("loaded", flush=True)
"""


# --- what is loaded, and what must be there then ------------------------------------------------------------------------


def _file(folder: Path, kind: str, version: int) -> Path:
    """Write the file number `version`: every amount says which it is. Snapshots leave the first or the last people out;
    increments bring a month for everybody, or take it away again.
    """
    odd, everybody = version % 2 == 1, numbers(PEOPLE)
    path = folder / f"{version % 2}.csv"
    if kind == "increment" and version > 1:
        operation = "新增" if odd else "删除"
        rows = [f"{n},{FED},医疗,{version},2024-01-05,变更" for n in everybody]
        rows += [f"{n},{MORE},医疗,{version},2024-01-05,{operation}" for n in everybody]
        path.write_bytes(csv(rows, HEADINGS + ",操作"))
        return path
    people = everybody if kind == "increment" else everybody[LEFT_OUT:] if odd else everybody[:-LEFT_OUT]
    kinds = {month: "医疗" if month == FED else "养老" for month in MONTHS}
    path.write_bytes(csv([f"{n},{m},{kinds[m]},{version},2024-01-05" for m in MONTHS for n in people]))
    return path


def _expected(kind: str, version: int) -> Counter[tuple[str, int]]:
    """Return how many records of each month say which version once `version` is loaded; 0 is before the first."""
    if version == 0:
        return Counter()
    if kind != "increment":
        return Counter({(month, version): PEOPLE - LEFT_OUT for month in MONTHS})
    found = Counter({(month, version if month == FED else 1): PEOPLE for month in MONTHS})
    if version > 1 and version % 2:
        found[MORE, version] = PEOPLE
    return found


def _told(kind: str, version: int) -> int:
    """Return how many changes the load of `version` sends; the first load of a register sends none."""
    if version == 1 or kind == "first":
        return 0
    return 2 * PEOPLE if kind == "increment" and version > 2 else PEOPLE


def _check(where: place.Place, kind: str, version: int) -> None:
    """Check that exactly `version` is there, and that everything that belongs to its load and to those before is too."""
    with _connected(where) as connection:

        def ask(query: str) -> list[tuple[Any, ...]]:
            return connection.execute(query).fetchall()  # type: ignore[arg-type]

        held = Counter(
            {(m, a): n for m, a, n in ask(f"SELECT month, amount::int, count(*) FROM centre.{CODE} GROUP BY 1, 2")}
        )
        assert held == _expected(kind, version), "a mixture"
        ((came, changed, went),) = ask(
            "SELECT coalesce(sum(added), 0), coalesce(sum(changed), 0), coalesce(sum(removed), 0) FROM centre_intake"
            " WHERE stage = 'loaded'"
        )
        ((records, subjects),) = ask(f"SELECT count(*), count(DISTINCT subject) FROM centre.{CODE}")
        assert records == came - went
        counted = ask(f"SELECT records, subjects FROM centre_register WHERE item = '{CODE}'")
        assert counted == ([(records, subjects)] if version else [])
        history = f"SELECT count(*), count(*) FILTER (WHERE known_to < known_from) FROM centre_history.{CODE}"
        assert ask(history) == [(changed + went, 0)]
        sent = ask(
            "SELECT made_at, count(*), count(DISTINCT (subject, change, payload)) FROM centre_delivery GROUP BY 1"
        )
        batches = ask("SELECT known_from FROM centre_intake WHERE stage = 'loaded' ORDER BY known_from")
        expected = {at: _told(kind, n) for n, (at,) in enumerate(batches, 1)}
        assert {at: (n, once) for at, n, once in sent} == {at: (n, n) for at, n in expected.items() if n}
        left = "SELECT relname FROM pg_class WHERE relnamespace = 'centre'::regnamespace AND relname LIKE '%:new'"
        assert ask(left) == []


def _check_versions(where: place.Place) -> None:
    """Check that no record has two versions at any time."""
    versions = f"""
        SELECT subject, month, known_from, known_to FROM centre_history.{CODE}
        UNION ALL SELECT subject, month, known_from, 'infinity' FROM centre.{CODE}
    """
    following = "lead(known_from) OVER (PARTITION BY subject, month ORDER BY known_from, known_to)"
    with _connected(where) as connection:
        query = (
            f"SELECT count(*) FROM (SELECT known_to, {following} AS next FROM ({versions}) v) w WHERE known_to > next"
        )
        assert connection.execute(query).fetchall() == [(0,)]  # type: ignore[arg-type]


# --- who loads, and who kills -------------------------------------------------------------------------------------------


def _connected(where: place.Place) -> psycopg.Connection[tuple[Any, ...]]:
    return psycopg.connect(host=str(where.socket), user=place.USER, dbname=place.USER, autocommit=True)


class Loader:
    """A process that is ready, and loads one file when it is told to."""

    def __init__(self, where: place.Place) -> None:
        home = {
            "MIANZHENG_HOME": str(where.home),
            "DJANGO_SETTINGS_MODULE": "mianzheng.site.settings",
            "DATABASE_URL": "",
        }
        self.process = subprocess.Popen(
            [sys.executable, "-c", LOADER],
            env={**os.environ, **home, "PYTHONPATH": str(Path(__file__).parents[2])},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def begin(self, path: Path, kind: str) -> None:
        """Begin to load; return when it has begun."""
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.write(f"{path} {'increment' if kind == 'increment' else 'snapshot'}\n")
        self.process.stdin.flush()
        assert self.process.stdout.readline() == "begin\n", self.process.stderr and self.process.stderr.read()

    def to_the_end(self) -> float:
        """Wait until it is loaded; return the seconds that took."""
        begun = time.monotonic()
        assert self.process.stdout is not None
        said = self.process.stdout.readline()
        took = time.monotonic() - begun
        _, errors = self.process.communicate(timeout=120)
        assert said == "loaded\n", errors
        return took

    def end(self) -> None:
        """Let it go without having loaded anything."""
        self.process.kill()
        self.process.communicate()


@pytest.fixture(scope="module")
def where() -> Iterator[place.Place]:
    """A database of its own with the tables and a city in it."""
    package = str(Path(__file__).parents[2] / "cities" / "yiwu")
    with a_home() as found:
        launcher.start(found, lambda line: None)
        home = {**os.environ, "MIANZHENG_HOME": str(found.home), "DATABASE_URL": ""}
        for words in (["migrate"], ["city", "load", package]):
            subprocess.run(
                [sys.executable, "-m", "mianzheng.site.cli", *words], env=home, check=True, capture_output=True
            )
        yield found


def _empty(where: place.Place) -> None:
    """Have the register never have been loaded."""
    with _connected(where) as connection:
        connection.execute(f"DROP TABLE IF EXISTS centre.{CODE}, centre_history.{CODE}")
        connection.execute("TRUNCATE centre_register, centre_delivery, centre_intake")


def _stage(where: place.Place) -> str:
    """Return where the batch stands that was begun last."""
    with _connected(where) as connection:
        found = connection.execute(
            "SELECT stage FROM centre_intake ORDER BY received_at DESC, id DESC LIMIT 1"
        ).fetchone()
        return found[0] if found else ""


def _kill(where: place.Place, victim: str, loader: Loader) -> str:
    """Kill the `victim`, have the database back, and return what the loader had said by then."""
    if victim == "loader":
        os.kill(loader.process.pid, signal.SIGKILL)
    else:
        os.kill(int((where.data / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
    said, _ = loader.process.communicate(timeout=60)
    launcher.start(where, lambda line: None)
    _wait_for_what_it_had_sent(where)
    return said


def _wait_for_what_it_had_sent(where: place.Place) -> None:
    """Wait until the server has done with the dead: a COMMIT that was on its way is still carried out, a moment later."""
    others = "SELECT 1 FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
    until = time.monotonic() + 60
    with _connected(where) as connection:
        while connection.execute(others).fetchone():
            assert time.monotonic() < until, "the server still works for a loader that is dead"
            time.sleep(0.02)


@pytest.mark.soak
@pytest.mark.parametrize("kind", ["snapshot", "increment", "first"])
@pytest.mark.parametrize("victim", ["loader", "database"])
def test_a_kill_in_the_middle_of_a_load_leaves_old_or_new(
    victim: str, kind: str, where: place.Place, tmp_path: Path, record_property: Any
) -> None:
    draw = random.Random(11)
    _empty(where)
    current = 1 if kind == "first" else 3
    for version in range(1, current + 1):
        measured, ready = (
            Loader(where),
            Loader(where),
        )  # the next one is made ready beside each load that is killed, too
        measured.begin(_file(tmp_path, kind, version), kind if version > 1 else "snapshot")
        whole = measured.to_the_end()
        if version < current:
            ready.end()
    in_the_middle = 0
    for kill in range(KILLS):
        if kind == "first" and current:
            _empty(where)
            current = 0
        loader, ready = ready, Loader(where)
        loader.begin(_file(tmp_path, kind, current + 1), kind)
        time.sleep(draw.uniform(0, LATEST * whole))
        said = _kill(where, victim, loader)
        stage = _stage(where)
        in_the_middle += stage == "reading"
        assert stage == "loaded" or "loaded" not in said, f"kill {kill}: what was said to be loaded is not"
        current += stage == "loaded"
        if stage == "loaded" or kind != "first" or _there(where):
            _check(where, kind, current)
    ready.end()
    figures = f"{kind}, {victim} killed: {in_the_middle} of {KILLS} kills in the middle of a load of {whole:.1f} s"
    record_property("kills", figures)
    print(figures)
    assert in_the_middle >= KILLS // 3, f"too few kills hit the middle to prove anything: {figures}"
    if kind == "first":
        _empty(where)
        current = 0
    last = Loader(where)
    last.begin(_file(tmp_path, kind, current + 1), kind)
    last.to_the_end()
    _check(where, kind, current + 1)
    _check_versions(where)
    with _connected(where) as connection:
        assert connection.execute("SELECT count(*) FROM centre_intake WHERE stage = 'reading'").fetchone() == (0,)


def _there(where: place.Place) -> bool:
    """Return whether the register has a table; a kill may have come before that."""
    with _connected(where) as connection:
        query = f"SELECT to_regclass('centre.{CODE}') IS NOT NULL AND to_regclass('centre_history.{CODE}') IS NOT NULL"
        return bool((connection.execute(query).fetchone() or (False,))[0])
