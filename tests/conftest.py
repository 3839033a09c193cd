"""What all tests share: a PostgreSQL of their own in a folder of their own, so that they run with nothing else there.

The server is started when this file is read, before Django reads its settings; the workers of pytest-xdist find it by
MIANZHENG_HOME and make a database each. It goes when the tests are over; what killed tests left is cleared by the next.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import shutil
import tempfile
from pathlib import Path

import hypothesis
import psutil
import pytest

from mianzheng.site.postgres import launcher, place
from tests.needed import missing

HURRIED = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
"""Nothing of a test's database needs to survive a power cut."""

PREFIX = "mianzheng-tests-"
CHROMIUM = Path("/usr/bin/chromium")

# a busy machine is no fault of the program: what must be fast is measured in bench/
hypothesis.settings.register_profile(
    "ours",
    deadline=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow, hypothesis.HealthCheck.function_scoped_fixture],
)
hypothesis.settings.load_profile("ours")


def _start() -> None:
    for left in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        starter = left.name.removeprefix(PREFIX).split("-")[0]
        if starter.isdigit() and not psutil.pid_exists(int(starter)):
            _remove(left)
    home = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-")).resolve()
    home.chmod(0o711)  # root's server runs as another user, who must pass
    os.environ["MIANZHENG_HOME"] = str(home)
    atexit.register(_remove, home)
    if not os.environ.get("DATABASE_URL"):
        launcher.start(place.Place(home), say=lambda line: None, options=HURRIED)


def _remove(home: Path) -> None:
    with contextlib.suppress(place.Trouble, OSError):
        launcher.stop(place.Place(home), say=lambda line: None)
    shutil.rmtree(home, ignore_errors=True)


os.environ["DJANGO_SETTINGS_MODULE"] = "mianzheng.site.settings"
os.environ["MIANZHENG_DEMO"] = "1"
if "PYTEST_XDIST_WORKER" not in os.environ:
    _start()

from django.conf import settings  # noqa: E402 - reads MIANZHENG_HOME, so not before

assert settings.DATABASES  # makes Django read its settings, which is how pytest-django learns of them


@pytest.fixture(scope="session")
def chromium() -> Path:
    """Return the browser's path. Without it a journey is skipped; where CI=true, it fails."""
    if not CHROMIUM.exists():
        missing(f"{CHROMIUM} is missing; on Debian: apt-get install chromium fonts-noto-cjk")
    return CHROMIUM
