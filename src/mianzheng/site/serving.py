"""Serve the pages, and the `run` that `make` uses."""

from __future__ import annotations

import json
import multiprocessing
import os
import time
import urllib.error
import urllib.request
from pathlib import Path

import click
import psutil
from django.conf import settings

from mianzheng.site import processes, readiness
from mianzheng.site.locks import only_one
from mianzheng.site.postgres.place import Trouble
from mianzheng.site.processes import GATEWAY, PAGES, WORKER

ANSWERS_WITHIN = 60.0
"""Seconds the pages may take until they answer for the first time."""


def say(line: str) -> None:
    click.echo(line, err=True)


def prepare(group: click.Group) -> None:
    """Have everything the pages need."""
    readiness.database(say)
    readiness.tables(say)
    readiness.city(group, say)
    if settings.DEMO:
        readiness.demo(group, say)


def serve(host: str, port: int) -> None:
    """Serve the pages until told to stop."""
    from granian import Granian
    from granian.constants import Interfaces

    home = Path(settings.MIANZHENG_HOME)
    multiprocessing.set_start_method("spawn", force=True)  # a forked child would not show its mark in its environment
    with processes.noted(home, PAGES, address(host, port)):
        Granian(
            "mianzheng.site.wsgi:application",
            address=host,
            port=port,
            interface=Interfaces.WSGI,
            workers=max(1, min(4, os.cpu_count() or 1)),
            blocking_threads=4,
            backpressure=64,
            respawn_failed_workers=True,
            workers_kill_timeout=5,
            log_level="warning",  # type: ignore[arg-type]
        ).serve()


def serve_gateway(host: str, port: int, workers: int) -> None:
    """Serve the gateway for machines until told to stop."""
    from granian import Granian
    from granian.constants import Interfaces, Loops

    home = Path(settings.MIANZHENG_HOME)
    multiprocessing.set_start_method("spawn", force=True)
    with processes.noted(home, GATEWAY, address(host, port)):
        Granian(
            "mianzheng.site.gateway:application",
            address=host,
            port=port,
            interface=Interfaces.RSGI,
            loop=Loops.uvloop,
            websockets=False,
            workers=workers,
            respawn_failed_workers=True,
            workers_kill_timeout=5,
            log_level="warning",  # type: ignore[arg-type]
        ).serve()


def run(group: click.Group, host: str, port: int) -> None:
    """Have pages and worker run in the background and say where they are. What runs already is joined."""
    home = Path(settings.MIANZHENG_HOME)
    home.mkdir(mode=0o711, parents=True, exist_ok=True)
    with only_one(home / "run.lock", say):
        there = processes.running(home, PAGES)
        if there is None:
            if processes.clear_orphans(home, PAGES):
                say("Ended what pages that were killed had left running.")
            processes.refuse_taken_port(host, port)
        prepare(group)
        pages = (
            there.process
            if there
            else processes.spawn(home, PAGES, "serve", "--prepared", "--host", host, "--port", str(port))
        )
        url = there.url if there else address(host, port)
        if not processes.running(home, WORKER):
            processes.spawn(home, WORKER, "worker", "--prepared")
        _wait(home, pages, url)
    click.echo("It runs already." if there else "It runs.")
    tell(group, url)


def tell(group: click.Group, url: str) -> None:
    """Print the pages and whom one can sign in as."""
    for path, what in (
        ("/", "apply for a matter"),
        ("/department/", "a department's desk"),
        ("/centre/", "the data centre's desk: what departments hand in, how good it is"),
        ("/my/data/", "who looked at me"),
        ("/window/", "who asks instead of demanding paper: a bank's window"),
        ("/check/", "check a sealed answer"),
        ("/oversight/", "oversight: which look-ups somebody has to explain"),
    ):
        click.echo(f"  {url}{path:<14} {what}")
    if not settings.DEMO:
        return
    click.echo("Sign in with one click in the bar at the top of every page. The stories:")
    for story in _stories(group):
        click.echo(f"  {story.get('story', '')}: {story.get('matter', '')}, as {_names(story.get('sign_in'))}")
    click.echo("Stop with `make stop`.")


def address(host: str, port: int) -> str:
    """Return the address a browser on this machine uses."""
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
    return f"http://{shown}:{port}"


def _names(sign_in: object) -> str:
    if isinstance(sign_in, dict):
        return ", ".join(map(str, sign_in.values()))
    return ", ".join(map(str, sign_in)) if isinstance(sign_in, list) else str(sign_in or "")


def _stories(group: click.Group) -> list[dict[str, object]]:
    told = json.loads(readiness.call(group, "demo", "stories", "--json"))
    return list(told["stories"] if isinstance(told, dict) else told)


def _wait(home: Path, pages: psutil.Process, url: str) -> None:
    """Return when the pages answer and the worker is at work."""
    until = time.monotonic() + ANSWERS_WITHIN
    while time.monotonic() < until:
        if _answers(url) and processes.running(home, WORKER):
            return
        if not pages.is_running() or pages.status() == psutil.STATUS_ZOMBIE:
            break
        time.sleep(0.1)
    name = WORKER if _answers(url) else PAGES
    why = processes.last_words(home, name)
    raise Trouble(f"The {name} did not start at {url}: {why}. The log is {home / f'{name}.log'}.")


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/healthz", timeout=5) as answer:  # noqa: S310 - our own address
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
