"""The gateway as a process of its own, against the database of the test."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from mianzheng.web import clock
from tests.actions.asked import grant, key


def granted(town: Any, *, daily: int) -> None:
    """Have the second city's year begin today, since a process of its own has the real clock, with a grant and its key."""
    now = clock.now()
    town.refresh(now)
    grant(from_day=now.date(), until_day=now.date().replace(year=now.year + 1), daily=daily)
    key(until=now.replace(year=now.year + 1))


@contextlib.contextmanager
def served(command: Sequence[str]) -> Iterator[int]:
    """Run `command` with a free port behind it, and yield the port when it answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    at = connection.settings_dict
    url = f"postgresql://{at['USER']}@/{at['NAME']}?host={at['HOST']}"
    environment = {**os.environ, "DATABASE_URL": url, "MIANZHENG_HOME": str(settings.MIANZHENG_HOME)}
    root = Path(__file__).parents[1]
    process = subprocess.Popen(
        [*command, str(port)], env=environment, cwd=root, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    try:
        _wait(f"http://127.0.0.1:{port}/healthz", process)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=20)


def _wait(address: str, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        assert process.poll() is None, process.stderr and process.stderr.read()
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    raise AssertionError("the gateway did not begin to answer")
