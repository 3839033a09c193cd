"""Loader and database killed in the middle of a load, twenty times each: old or new records, never a mixture."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psycopg
import pytest

from mianzheng.site.postgres import launcher, place
from tests.adapters.postgres_servers import a_home
from tests.register import csv, numbers

KILLS = 20
PEOPLE, MONTHS = 20_000, 4

LOADER = """
import sys, io
import django; django.setup()
from mianzheng.catalogue.queries.editions import city
from mianzheng.centre.actions import loading
from mianzheng.web import clock
from tests.register import a_batch, take
loading.sweep(now=clock.now())
file = open(sys.argv[1], "rb").read()
print("begin", flush=True)
batch = take(city(), file, clock.now(), kind=sys.argv[2], confirmed=True)
assert batch.stage == "loaded", batch.reason
print("loaded", flush=True)
"""


def _file(folder: Path, version: int) -> Path:
    """Write the snapshot number `version`: every amount says which it is."""
    path = folder / f"{version % 2}.csv"
    rows = (f"{n},2024-{m:02d},养老,{version},2024-01-05" for m in range(1, MONTHS + 1) for n in numbers(PEOPLE))
    path.write_bytes(csv(list(rows)))
    return path


def _held(where: place.Place) -> list[tuple[Any, ...]]:
    with psycopg.connect(host=str(where.socket), user=place.USER, dbname=place.USER) as connection:
        return connection.execute("SELECT amount::int, count(*) FROM centre.payments GROUP BY 1").fetchall()


def _loader(where: place.Place, path: Path, kind: str = "snapshot") -> subprocess.Popen[str]:
    home = {"MIANZHENG_HOME": str(where.home), "DJANGO_SETTINGS_MODULE": "mianzheng.site.settings", "DATABASE_URL": ""}
    root = str(Path(__file__).parents[2])
    return subprocess.Popen(
        [sys.executable, "-c", LOADER, str(path), kind],
        env={**os.environ, **home, "PYTHONPATH": root},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _prepare(where: place.Place) -> None:
    package = str(Path(__file__).parents[2] / "cities" / "yiwu")
    home = {**os.environ, "MIANZHENG_HOME": str(where.home), "DATABASE_URL": ""}
    for words in (["migrate"], ["city", "load", package]):
        subprocess.run([sys.executable, "-m", "mianzheng.site.cli", *words], env=home, check=True, capture_output=True)


def _to_the_end(where: place.Place, path: Path) -> float:
    """Load `path` undisturbed; return the seconds from the first row to the last."""
    loader = _loader(where, path)
    assert loader.stdout is not None
    assert loader.stdout.readline() == "begin\n"
    begun = time.monotonic()
    out, errors = loader.communicate(timeout=120)
    assert "loaded" in out, errors
    return time.monotonic() - begun


@pytest.mark.soak
@pytest.mark.parametrize("victim", ["loader", "database"])
def test_a_kill_in_the_middle_of_a_load_leaves_old_or_new(victim: str, tmp_path: Path) -> None:
    draw = random.Random(11)
    with a_home() as where:
        launcher.start(where, lambda line: None)
        _prepare(where)
        whole = _to_the_end(where, _file(tmp_path, 1))
        current, interrupted = 1, 0
        for kill in range(KILLS):
            version = current + 1
            loader = _loader(where, _file(tmp_path, version))
            assert loader.stdout is not None
            assert loader.stdout.readline() == "begin\n"
            time.sleep(draw.uniform(0, whole * 0.9))
            if victim == "loader":
                os.kill(loader.pid, signal.SIGKILL)
            else:
                server = int((where.data / "postmaster.pid").read_text().split()[0])
                os.kill(server, signal.SIGKILL)
            said, _ = loader.communicate(timeout=60)
            launcher.start(where, lambda line: None)
            ((amount, rows),) = _held(where)
            assert rows == PEOPLE * MONTHS, f"a mixture after kill {kill}"
            assert amount in ((version,) if "loaded" in said else (current, version))
            interrupted += amount == current
            current = amount
        assert interrupted >= KILLS // 3, "most kills came too late to prove anything"
        current += 1
        _to_the_end(where, _file(tmp_path, current))
        assert _held(where) == [(current, PEOPLE * MONTHS)]
