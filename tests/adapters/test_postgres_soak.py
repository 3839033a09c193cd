"""Killed again and again while it writes: what was committed stays, and the next start always comes up."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import threading
import time

import psycopg
import pytest

from mianzheng.site.postgres import launcher, place
from tests.adapters.postgres_servers import a_home

KILLS = 15


@pytest.mark.soak
def test_fifteen_kills_lose_nothing_that_was_committed() -> None:
    draw = random.Random(7)
    committed = 0
    with a_home() as where:
        launcher.start(where, lambda line: None)
        with psycopg.connect(host=str(where.socket), user=place.USER, dbname=place.USER) as connection:
            connection.execute("CREATE TABLE kept (n bigint PRIMARY KEY, filling text)")
        for _ in range(KILLS):
            server = int((where.data / "postmaster.pid").read_text().split()[0])
            killer = threading.Timer(draw.uniform(0.1, 1.0), os.kill, (server, signal.SIGKILL))
            killer.start()
            with contextlib.suppress(psycopg.Error):
                committed = _write(where, committed)
            killer.join()
            assert launcher.start(where, lambda line: None) is True
            with psycopg.connect(host=str(where.socket), user=place.USER, dbname=place.USER) as connection:
                found = connection.execute("SELECT count(*), max(n) FROM kept").fetchone()
            assert found is not None
            assert found[0] >= WRITTEN[0], "a committed row is gone"
            committed = found[1] or 0
            assert found[0] == committed, "there is a hole"


WRITTEN = [0]
"""How many rows the writer knows to be committed."""


def _write(where: place.Place, last: int) -> int:
    until = time.monotonic() + 5
    with psycopg.connect(host=str(where.socket), user=place.USER, dbname=place.USER, autocommit=True) as connection:
        while time.monotonic() < until:
            connection.execute("INSERT INTO kept VALUES (%s, repeat('x', 200))", [last + 1])
            last += 1
            WRITTEN[0] = last
    return last
