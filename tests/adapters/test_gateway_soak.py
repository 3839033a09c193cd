"""Gateway and database killed with nine under load, twenty times each: every answer that was received stands in the log,
and under a seal.
"""

from __future__ import annotations

import http.client
import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest

from mianzheng.site.postgres import launcher, place
from tests.adapters.postgres_servers import a_home

KILLS = 20
CLIENTS = 8
SETTLE = """
import json, sys
import django; django.setup()
from mianzheng.web import clock
from tests.second_city.life import settle_down
from tests.actions.asked import grant, key
town = settle_down()
now = clock.now()
town.refresh(now)
year = now.replace(year=now.year + 1)
grant(daily=1_000_000, from_day=now.date(), until_day=year.date())
key(until=year)
print(json.dumps(town.numbers))
"""
PROVE = """
import json, sys
import django; django.setup()
from mianzheng.audit.actions.sealing import seal
from mianzheng.audit.models import Seal, Tile
from mianzheng.audit.queries.naming import log_name
from mianzheng.audit.queries.verifying import verify
from mianzheng.audit.rules.tiles import ID_BYTES
from mianzheng.web import clock
seal(origin=log_name(), now=clock.now())
sealed = set()
for tile in Tile.objects.filter(level=0):
    ids = bytes(tile.ids)
    sealed.update(ids[n:n + ID_BYTES].hex() for n in range(0, len(ids), ID_BYTES))
received = {line.strip().replace("-", "") for line in sys.stdin if line.strip()}
report = verify()
print(json.dumps({"received": len(received), "sealed": len(received & sealed), "findings": len(report.problems)}))
"""


class Load:
    """Clients that ask without a pause, and keep what they were answered."""

    def __init__(self, port: int, secret: str, numbers: list[str]) -> None:
        self.port, self.secret, self.numbers = port, secret, numbers
        self.received: list[list[str]] = [[] for _ in range(CLIENTS)]
        self.failed = 0
        self.over = threading.Event()
        self.threads = [threading.Thread(target=self._ask, args=(n,)) for n in range(CLIENTS)]
        for thread in self.threads:
            thread.start()

    def _ask(self, place_of_mine: int) -> None:
        draw = random.Random(place_of_mine)
        headers = {"Authorization": f"Bearer {self.secret}", "Content-Type": "application/json"}
        connection = None
        while not self.over.is_set():
            try:
                connection = connection or http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
                asked = {"fact": "no-debt", "matter": "home", "number": draw.choice(self.numbers)}
                connection.request("POST", "/api/v1/verifications", json.dumps(asked), headers)
                answer = connection.getresponse()
                told = json.loads(answer.read())
                if answer.status == 200:
                    self.received[place_of_mine].append(told["entry"])
                else:
                    self.failed += 1
                    time.sleep(0.05)
            except (OSError, http.client.HTTPException, ValueError):
                self.failed += 1
                connection = None
                time.sleep(0.05)

    def count(self) -> int:
        return sum(map(len, self.received))

    def end(self) -> list[str]:
        self.over.set()
        for thread in self.threads:
            thread.join(timeout=30)
        return [entry for mine in self.received for entry in mine]


class Gateway:
    """The gateway's own process with its worker."""

    def __init__(self, where: place.Place, port: int) -> None:
        self.where, self.port = where, port
        self.process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "mianzheng.site.cli", "gateway", "--port", str(self.port), "--workers", "1"]
        return subprocess.Popen(command, env=_home(self.where), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def kill(self) -> None:
        """Kill starter and worker at once, and start anew."""
        family = [*psutil.Process(self.process.pid).children(recursive=True), psutil.Process(self.process.pid)]
        for each in family:
            each.kill()
        self.process.wait(timeout=20)
        self.process = self._start()

    def end(self) -> None:
        self.process.terminate()
        self.process.wait(timeout=20)


def _home(where: place.Place) -> dict[str, str]:
    more = {"MIANZHENG_HOME": str(where.home), "DATABASE_URL": "", "DJANGO_SETTINGS_MODULE": "mianzheng.site.settings"}
    return {**os.environ, **more, "PYTHONPATH": str(Path(__file__).parents[2])}


def _run(where: place.Place, script: str, given: str = "") -> Any:
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, env=_home(where), input=given, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture
def settled() -> Iterator[tuple[place.Place, list[str]]]:
    """A database of its own with the second city and a key."""
    with a_home() as where:
        launcher.start(where, lambda line: None)
        subprocess.run(
            [sys.executable, "-m", "mianzheng.site.cli", "migrate"], env=_home(where), check=True, capture_output=True
        )
        yield where, list(_run(where, SETTLE).values())


def _answering(load: Load, more: int) -> None:
    """Wait until so many more answers were received."""
    wanted, until = load.count() + more, time.monotonic() + 90
    while load.count() < wanted:
        assert time.monotonic() < until, "the gateway does not answer any more"
        time.sleep(0.02)


@pytest.mark.soak
def test_whatever_is_killed_every_answer_received_is_logged_and_sealed(
    settled: tuple[place.Place, list[str]], record_property: Any
) -> None:
    where, numbers = settled
    from tests.actions.asked import SECRET

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    draw = random.Random(5)
    gateway, load = Gateway(where, port), Load(port, SECRET, numbers)
    kills = {"gateway": 0, "database": 0}
    try:
        for victim in [*kills] * KILLS:
            _answering(load, 50)
            time.sleep(draw.uniform(0, 0.3))
            if victim == "gateway":
                gateway.kill()
            else:
                os.kill(int((where.data / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
                launcher.start(where, lambda line: None)
            kills[victim] += 1
        _answering(load, 50)
    finally:
        received = load.end()
        gateway.end()
    found = _run(where, PROVE, "\n".join(received))
    figures = f"{kills}: {found['received']} answers received, {found['sealed']} of them sealed, {load.failed} failed"
    record_property("answers", figures)
    print(figures)
    assert found["received"] == len(set(received)) == found["sealed"], figures
    assert found["findings"] == 0
    with psycopg.connect(host=str(where.socket), user=place.USER, dbname=place.USER) as connection:
        counted = connection.execute("SELECT sum(answered + unknown) FROM gateway_day").fetchone()
        logged = connection.execute("SELECT count(*) FROM audit_entry WHERE action = 'lookup'").fetchone()
    assert counted == logged, "counted and logged differ"
