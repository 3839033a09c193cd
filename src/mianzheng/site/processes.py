"""The program's own long-running processes: who runs, on which port, how to start and how to stop exactly those."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

from mianzheng.site.locks import only_one
from mianzheng.site.postgres import launcher, place
from mianzheng.site.postgres.place import Say, Trouble

PAGES, WORKER, GATEWAY = "pages", "worker", "gateway"

MARK = "MIANZHENG_PART_OF"
"""Stands in the environment of whatever a noted process starts. So its children are known as ours after it was killed,
which no signal tells them."""

LARGEST_LOG = 5 * 1024 * 1024
"""Bytes after which NAME.log becomes NAME.log.1 at the next start and a new one is begun."""

BEGINS = '{"event": "started"}'
"""The line in NAME.log from which on the words are those of the newest start."""


@dataclass(frozen=True, slots=True)
class Running:
    """One of our processes: `pages`, `worker` or `gateway`. `url` is empty for the worker."""

    name: str
    process: psutil.Process
    url: str


def running(home: Path, name: str) -> Running | None:
    """Return the process called `name` of this home, if it is alive and still the one that was noted."""
    try:
        noted = json.loads(_note(home, name).read_text("utf-8"))
        process = psutil.Process(int(noted["pid"]))
        alive = process.status() != psutil.STATUS_ZOMBIE and abs(process.create_time() - noted["created"]) < 1
    except (OSError, ValueError, KeyError, psutil.Error):
        return None
    return Running(name, process, str(noted.get("url", ""))) if alive else None


def refuse_second(home: Path, name: str) -> None:
    """Raise Trouble when process `name` of this home runs already."""
    there = running(home, name)
    if there:
        where = f" at {there.url}" if there.url else ""
        raise Trouble(
            f"The {name} of {home} run already{where}, as process {there.process.pid}. Stop them with `mianzheng stop`."
        )


@contextlib.contextmanager
def noted(home: Path, name: str, url: str = "") -> Iterator[None]:
    """Note this process as `name` while it runs, and mark what it starts. Raises Trouble when there is one already."""
    with only_one(home / f"{name}.lock", lambda line: None):
        refuse_second(home, name)
        clear_orphans(home, name)
        note = {"pid": os.getpid(), "created": psutil.Process().create_time(), "url": url}
        draft = _note(home, name).with_suffix(f".{os.getpid()}")
        draft.write_text(json.dumps(note), "utf-8")
        draft.replace(_note(home, name))
    os.environ[MARK] = _mark(home, name)
    try:
        yield
    finally:
        os.environ.pop(MARK, None)
        with contextlib.suppress(OSError):
            _note(home, name).unlink()


def clear_orphans(home: Path, name: str) -> bool:
    """End what a killed process `name` of this home left running; nothing while it lives. Return whether there was any."""
    left = [] if running(home, name) else _marked(home, name)
    _end(left, left)
    return bool(left)


def spawn(home: Path, name: str, *words: str) -> psutil.Process:
    """Start `mianzheng WORDS` in a session of its own, so that it outlives us; what it prints is added to NAME.log."""
    log = home / f"{name}.log"
    if log.exists() and log.stat().st_size > LARGEST_LOG:
        log.replace(home / f"{name}.log.1")
    with log.open("a") as file:
        file.write(BEGINS + "\n")
        file.flush()
        child = subprocess.Popen(
            [sys.executable, "-m", "mianzheng.site.cli", *words],
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            cwd="/",
            env={**os.environ, "MIANZHENG_HOME": str(home), "PYTHONUNBUFFERED": "1"},
        )
    return psutil.Process(child.pid)


def last_words(home: Path, name: str) -> str:
    """Return the last line process `name` wrote since its newest start."""
    with contextlib.suppress(OSError):
        newest = (home / f"{name}.log").read_text("utf-8", "replace").rpartition(BEGINS)[2]
        lines = [line for line in newest.splitlines() if line.strip()]
        return lines[-1][:400] if lines else "it said nothing"
    return "it said nothing"


def stop(home: Path, name: str) -> bool:
    """Stop process `name`, its children, and what a killed one left. Return False when nothing of it ran."""
    there = running(home, name)
    if there:
        with contextlib.suppress(psutil.NoSuchProcess):
            _end([there.process], [there.process, *there.process.children(recursive=True)])
    left = clear_orphans(home, name)
    with contextlib.suppress(OSError):
        _note(home, name).unlink()
    return bool(there) or left


def stop_all(home: Path, say: Say) -> list[str]:
    """Stop pages, worker, gateway and the embedded server of this home, and nothing else. Return what was stopped."""
    stopped = [name for name in (PAGES, WORKER, GATEWAY) if stop(home, name)]
    return [*stopped, "database"] if launcher.stop(place.Place(home), say) else stopped


def refuse_taken_port(host: str, port: int) -> None:
    """Raise Trouble when nobody can listen on `host`:`port`."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
            return
        except (OSError, OverflowError) as error:
            number = getattr(error, "errno", None)
            reason = "it is in use by another program" if number == errno.EADDRINUSE else str(error)
    raise Trouble(
        f"The pages can't listen on {host}:{port}: {reason}. "
        f"Stop that program, or choose another port with `mianzheng run --port {port + 1}` (make run PORT={port + 1})."
    )


def _note(home: Path, name: str) -> Path:
    return home / f"{name}.pid"


def _mark(home: Path, name: str) -> str:
    return f"{name} of {home}"


def _marked(home: Path, name: str) -> list[psutil.Process]:
    """Return every live process that a process `name` of this home started."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):  # one that ended meanwhile, or is somebody else's
            ours = process.environ().get(MARK) == _mark(home, name) and process.pid != os.getpid()
            if ours and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
    return found


def _end(told: list[psutil.Process], family: list[psutil.Process]) -> None:
    """Tell processes to end and wait for the whole family; kill who does not within ten seconds."""
    for process in told:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.terminate()
    _, left = psutil.wait_procs(family, timeout=10)
    for process in left:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(left, timeout=5)
