"""Who the server runs as. PostgreSQL refuses root; so root's server runs as a system user that owns nothing else."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mianzheng.site.postgres.place import USER, Place, Trouble, open_to_all, programs

ELSEWHERE = Path("/var/lib/mianzheng")
"""Where root keeps data and programs when the project lies in a folder that only root may pass."""


@dataclass(frozen=True, slots=True)
class Owner:
    """A system user."""

    name: str
    uid: int
    gid: int

    def running(self) -> dict[str, Any]:
        """Return what `subprocess` needs to run something as this user, with an environment that tells nothing."""
        switch: dict[str, Any] = {}
        if os.geteuid() == 0:
            switch = {"user": self.uid, "group": self.gid, "extra_groups": []}
        return {**switch, "cwd": "/", "env": {"PATH": "/usr/bin:/bin", "LC_ALL": "C"}, "stdin": subprocess.DEVNULL}


def owner_of(where: Place) -> Owner:
    """Return whom the server of `where` runs as: whoever started it, or, for root, the owner of the folder."""
    me = os.geteuid()
    theirs = where.data.stat().st_uid if where.data.exists() else where.home.stat().st_uid
    if me != 0:
        if theirs != me:
            raise Trouble(
                f"The database in {where.home} belongs to the user {_name(theirs)}, not to you. "
                "Start it as that user, or set MIANZHENG_HOME to a folder of your own."
            )
        return _user(me)
    home = where.home.stat().st_uid
    return _user(home) if home != 0 else _system_user()


def make_data_folder(where: Place, owner: Owner) -> Path:
    """Return a fresh folder that `owner` may fill with a new database, on the file system where it is to stay."""
    parent = where.home
    if os.geteuid() == 0 and owner.uid != where.home.stat().st_uid and not open_to_all(where.home):
        parent = _elsewhere()
    fresh = parent / f"pg.new.{where.mark}.{os.getpid()}"
    _clear(parent, where)
    fresh.mkdir(mode=0o700)
    if os.geteuid() == 0:
        os.chown(fresh, owner.uid, owner.gid)
    return fresh


def settle(fresh: Path, where: Place) -> None:
    """Put the complete new database in `fresh` into its place; `pg` is a link where only root may pass to it."""
    if fresh.parent == where.home:
        fresh.rename(where.data)
        _clear(fresh.parent, where)
        return
    settled = fresh.parent / f"{where.mark}.{os.getpid()}"
    fresh.rename(settled)
    where.data.symlink_to(settled)
    _clear(fresh.parent, where)


def _clear(parent: Path, where: Place) -> None:
    """Remove what a start left that was killed before its database was complete. Its ``initdb`` may outlive it by a moment
    and still write there, so this is done before ours and once more after it.
    """
    for old in parent.glob(f"pg.new.{where.mark}.*"):
        shutil.rmtree(old, ignore_errors=True)


def reachable_programs(owner: Owner) -> Path:
    """Return PostgreSQL's programs where `owner` can run them: as installed, or a copy when only root may pass there."""
    installed = programs()
    if os.geteuid() != 0 or open_to_all(installed):
        return installed
    copy = _elsewhere() / f"programs-{int(installed.stat().st_mtime)}"
    if not copy.exists():
        draft = copy.with_name(f"{copy.name}.{os.getpid()}")
        package, version = installed.parents[1], installed.parent.name
        # the programs look for their libraries beside the package, so both keep their places to each other
        for part in (f"{package.name}/{version}", f"{package.name}.libs"):
            shutil.copytree(package.parent / part, draft / part, symlinks=True)
        draft.rename(copy)
    return copy.joinpath(*installed.parts[-3:])


def _elsewhere() -> Path:
    ELSEWHERE.mkdir(mode=0o711, parents=True, exist_ok=True)
    return ELSEWHERE


def _user(uid: int) -> Owner:
    try:
        known = pwd.getpwuid(uid)
    except KeyError:
        raise Trouble(
            f"The user number {uid} has no name on this machine and PostgreSQL does not start without one. "
            "Run as a user of the machine, or set DATABASE_URL to a PostgreSQL server."
        ) from None
    return Owner(known.pw_name, known.pw_uid, known.pw_gid)


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def _system_user() -> Owner:
    for name in (USER, "nobody"):
        if name == USER and not _exists(name) and shutil.which("useradd"):
            subprocess.run(
                [
                    "useradd",
                    "--system",
                    "--user-group",
                    "--no-create-home",
                    "--home-dir",
                    "/nonexistent",
                    "--shell",
                    "/usr/sbin/nologin",
                    name,
                ],
                check=False,
                capture_output=True,
            )
        if _exists(name):
            return _user(pwd.getpwnam(name).pw_uid)
    raise Trouble("PostgreSQL does not run as root and no other user could be made. Start as an ordinary user.")


def _exists(name: str) -> bool:
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True
