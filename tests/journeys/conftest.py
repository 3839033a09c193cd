"""A whole house for the journeys: database, pages and worker of a small demo city, in a folder and on a port of its own.

Nothing is faked: granian serves the pages, the worker carries answers to the cases. Built once a session; all journeys
are in one xdist group, so that one worker of pytest-xdist has it to itself.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest

from mianzheng.site import processes
from mianzheng.site.postgres import launcher, place
from tests.journeys.walking import Walk

PREFIX = "mianzheng-journeys-"
HURRIED = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
PEOPLE, ORGANISATIONS = "600", "120"
SHOTS = Path(__file__).parents[2] / "shots"
BROWSER = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)


@dataclass(frozen=True, slots=True)
class House:
    """Where the pages are, and the stories one can walk through."""

    home: Path
    url: str
    stories: dict[str, dict[str, Any]]

    def command(self, *words: str) -> str:
        """Run `mianzheng WORDS` for this house and return what it printed."""
        left_out = {"DATABASE_URL", "DJANGO_SETTINGS_MODULE", "MIANZHENG_LANGUAGE"}
        env = {name: value for name, value in os.environ.items() if name not in left_out}
        env |= {
            "MIANZHENG_HOME": str(self.home),
            "MIANZHENG_DEMO": "1",
            "MIANZHENG_DEMO_PEOPLE": PEOPLE,
            "MIANZHENG_DEMO_ORGANISATIONS": ORGANISATIONS,
        }
        command = [sys.executable, "-m", "mianzheng.site.cli", *words]
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=env, timeout=180)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


@pytest.fixture(scope="session")
def house() -> Iterator[House]:
    """Run a demo city of 600 people; whatever runs there is stopped at the end."""
    with a_house() as found:
        yield found


@contextlib.contextmanager
def a_house() -> Iterator[House]:
    """Run a demo city of its own, for a journey after which no other would find its way."""
    for left in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        starter = left.name.removeprefix(PREFIX).split("-")[0]
        if starter.isdigit() and not psutil.pid_exists(int(starter)):
            _clear(left)
    home = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-")).resolve()
    home.chmod(0o711)  # root's server runs as another user, who must pass
    try:
        launcher.start(place.Place(home), say=lambda line: None, options=HURRIED)
        url = f"http://127.0.0.1:{_free_port()}"
        bare = House(home, url, {})
        bare.command("run", "--port", url.rpartition(":")[2])
        told = json.loads(bare.command("demo", "stories", "--json"))
        yield House(home, url, {story["story"]: story for story in told})
    finally:
        _clear(home)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _clear(home: Path) -> None:
    with contextlib.suppress(place.Trouble, OSError):
        processes.stop_all(home, lambda line: None)
    shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="session")
def browser(chromium: Path) -> Iterator[Any]:
    """One headless Chromium for all journeys."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=BROWSER.split())
        yield opened
        opened.close()


Walks = Callable[..., AbstractContextManager[Walk]]


@pytest.fixture
def walk(house: House, browser: Any, request: pytest.FixtureRequest) -> Walks:
    """Open a fresh browser window for somebody; at its end nothing may have gone wrong in it."""
    return walks(house, browser, request.node.name)


def walks(house: House, browser: Any, journey: str) -> Walks:
    """Return how windows onto `house` are opened in the journey of that name."""

    @contextlib.contextmanager
    def opened(*, width: int = 1280, lang: str = "zh", scripts: bool = True, axe: bool = True) -> Iterator[Walk]:
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            locale="zh-CN" if lang == "zh" else "en-GB",
            java_script_enabled=scripts,
        )
        context.set_default_timeout(15_000)
        name = journey.removeprefix("test_").partition("[")[0]
        shots = SHOTS / f"{name}-{lang}-{width}{'' if scripts else '-plain'}"
        going = None
        try:
            going = Walk(context, house.url, lang=lang, shots=shots, scripts=scripts, axe=axe)
            yield going
            going.check_nothing_broke()
        except BaseException:
            if going:
                going.page.screenshot(path=shots / "failed.png", full_page=True)
            raise
        finally:
            context.close()

    return opened
