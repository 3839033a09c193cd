"""`mianzheng run`, `stop` and `serve` as an operator meets them: other processes, a real port, exit codes, sentences."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click
import psutil
import pytest
from django.urls import resolve

from mianzheng.site import processes, serving
from mianzheng.site.postgres import launcher, place
from tests.adapters.postgres_servers import a_home, free_port

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    """Yield a home of its own; whatever runs there is stopped at the end."""
    with a_home() as where:
        yield where.home
        processes.stop_all(where.home, lambda line: None)


@pytest.fixture(scope="module")
def port() -> int:
    return free_port()


@pytest.fixture(scope="module")
def run(home: Path) -> Run:
    def started(*words: str, **more: str) -> subprocess.CompletedProcess[str]:
        env = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "MIANZHENG_DEMO"}}
        env |= {
            "MIANZHENG_HOME": str(home),
            "MIANZHENG_DEMO_PEOPLE": "600",
            "MIANZHENG_DEMO_ORGANISATIONS": "120",
            **more,
        }
        command = [sys.executable, "-m", "mianzheng.site.cli", *words]
        return subprocess.run(command, capture_output=True, text=True, check=False, env=env, timeout=120)

    return started


def answers(port: int) -> bool:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=10) as answer:
        return bool(json.load(answer)["status"] == "ok")


def test_it_runs_is_joined_survives_kills_and_stops(run: Run, home: Path, port: int) -> None:
    done = run("run", "--port", str(port), MIANZHENG_DEMO="1")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("It runs.")
    assert f"http://127.0.0.1:{port}/" in done.stdout
    assert "second-flat" in done.stdout
    assert answers(port)

    again = run("run", "--port", str(port))
    assert again.returncode == 0, again.stderr
    assert again.stdout.startswith("It runs already.")

    second = run("serve", "--port", str(port + 1))
    assert second.returncode == 1
    assert "run already at" in second.stderr

    worker = processes.running(home, processes.WORKER)
    assert worker is not None
    worker.process.kill()
    os.kill(int((home / "pg" / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
    joined = run("run", "--port", str(port))
    assert joined.returncode == 0, joined.stderr
    assert answers(port), "pages find the database again without being started anew"
    assert processes.running(home, processes.WORKER)

    family = [psutil.Process(), *psutil.Process().children()]
    stopped = run("stop")
    assert stopped.stdout.strip() == "Stopped: pages, worker, database."
    assert not launcher.running(place.Place(home))
    assert all(process.is_running() for process in family), "nothing else was stopped"
    assert run("stop").stdout.strip() == "Nothing was running."


def killed(home: Path, name: str) -> list[psutil.Process]:
    """Kill the noted process as the kernel would, and return the children it leaves behind."""
    there = processes.running(home, name)
    assert there is not None
    children = there.process.children(recursive=True)
    there.process.kill()
    psutil.wait_procs([there.process], timeout=5)
    return children


def ended(left: list[psutil.Process]) -> bool:
    return all(not each.is_running() or each.status() == psutil.STATUS_ZOMBIE for each in left)


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        return probe.connect_ex(("127.0.0.1", port)) != 0


def test_what_killed_pages_leave_behind_is_cleared_by_the_next_run_and_by_stop(run: Run, home: Path, port: int) -> None:
    again = ("run", "--port", str(port))
    assert run(*again, MIANZHENG_DEMO="0").returncode == 0
    left = killed(home, processes.PAGES)
    assert left and not is_free(port), "the children of killed pages go on serving"
    done = run(*again, MIANZHENG_DEMO="0")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("It runs.")
    assert answers(port)
    assert ended(left), "nothing old serves beside the new"

    left = [*killed(home, processes.PAGES), *killed(home, processes.WORKER)]
    assert run("stop").stdout.strip() == "Stopped: pages, database."
    assert ended(left)
    assert is_free(port)


def test_pages_in_the_foreground_clear_what_killed_ones_left(run: Run, home: Path, port: int) -> None:
    env = {**os.environ, "MIANZHENG_HOME": str(home), "DATABASE_URL": "", "MIANZHENG_DEMO": "0"}
    command = [sys.executable, "-m", "mianzheng.site.cli", "serve", "--port", str(port)]
    left: list[psutil.Process] = []
    for _ in range(2):
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, env=env) as served:
            until = time.monotonic() + 90
            while is_free(port) or not processes.running(home, processes.PAGES):
                assert served.poll() is None
                assert time.monotonic() < until
                time.sleep(0.1)
            assert answers(port)
            assert ended(left)
            left = killed(home, processes.PAGES)
            assert left
    assert run("stop").stdout.strip() == "Stopped: pages, database."
    assert ended(left)
    assert is_free(port)


def test_the_last_words_of_a_crash_outlive_the_next_start(tmp_path: Path) -> None:
    for colour in ("red", "blue"):
        process = processes.spawn(tmp_path, "pages", "serve", "--colour", colour)
        process.wait(timeout=30)
        assert "--colour" in processes.last_words(tmp_path, "pages")
    log = tmp_path / "pages.log"
    assert log.read_text("utf-8").count("No such option") == 2

    log.write_text("x" * (processes.LARGEST_LOG + 1))
    processes.spawn(tmp_path, "pages", "--help").wait(timeout=30)
    assert log.stat().st_size < 10_000
    assert (tmp_path / "pages.log.1").stat().st_size > processes.LARGEST_LOG
    assert "x" not in processes.last_words(tmp_path, "worker"), "a log that is not there says nothing"


@pytest.mark.parametrize("command", ["run", "serve"])
def test_a_port_in_use_is_told_in_one_line_before_anything_is_started(command: str, run: Run, home: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = run(command, "--port", str(taken.getsockname()[1]))
    assert done.returncode == 1
    assert "in use by another program" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert not launcher.running(place.Place(home))


@pytest.mark.parametrize("words", [("run", "--port", "0"), ("nonsense",), ("serve", "--colour", "red")])
def test_wrong_use_is_exit_code_two(words: tuple[str, ...], run: Run) -> None:
    assert run(*words).returncode == 2


@pytest.mark.parametrize(
    "words", [(), ("run",), ("serve",), ("worker",), ("migrate",), ("stop",), ("demo", "build"), ("city",)]
)
def test_every_command_has_help_that_starts_nothing(words: tuple[str, ...], run: Run, home: Path) -> None:
    done = run(*words, "--help")
    assert done.returncode == 0
    assert done.stdout.startswith("Usage:")
    assert not launcher.running(place.Place(home))


def test_a_damaged_folder_is_told_in_one_line() -> None:
    with a_home() as where:
        where.data.write_text("rubbish")
        env = {**os.environ, "MIANZHENG_HOME": str(where.home), "DATABASE_URL": ""}
        for words in (["migrate"], ["run", "--port", str(free_port())]):
            command = [sys.executable, "-m", "mianzheng.site.cli", *words]
            done = subprocess.run(command, capture_output=True, text=True, check=False, env=env)
            assert done.returncode == 1
            assert "can't be started" in done.stderr
            assert len(done.stderr.strip().splitlines()) == 1, done.stderr
        where.data.unlink()


def test_every_page_that_run_prints_is_there(settings: Any, capsys: pytest.CaptureFixture[str]) -> None:
    settings.DEMO = False
    serving.tell(click.Group(), "http://here")
    printed = [line.split()[0].removeprefix("http://here") for line in capsys.readouterr().out.splitlines()]
    assert {"/", "/department/", "/centre/", "/my/data/", "/window/", "/check/", "/oversight/"} == set(printed)
    for path in printed:
        assert resolve(path)
