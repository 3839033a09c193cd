"""Servers of our own for the launcher's tests, each in a folder of its own and stopped at the end."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mianzheng.site.postgres import launcher, place

STARTER = "import sys; from pathlib import Path; from mianzheng.site.postgres import launcher, place;"
ORDINARY = "nobody"


@contextmanager
def a_home(mode: int = 0o711, user: str = "") -> Iterator[place.Place]:
    """Yield a place that is empty, belongs to `user` (or to us), and is cleared away at the end."""
    folder = Path(tempfile.mkdtemp(prefix="mz-pg-")).resolve()
    folder.chmod(mode)
    if user:
        known = pwd.getpwnam(user)
        os.chown(folder, known.pw_uid, known.pw_gid)
    where = place.Place(folder)
    try:
        yield where
    finally:
        if where.data.exists():
            launcher.stop(where, say=lambda line: None)
        data = where.data.resolve()
        if where.data.is_symlink():
            shutil.rmtree(data, ignore_errors=True)
        if where.socket.parent == Path("/tmp"):
            shutil.rmtree(where.socket, ignore_errors=True)
        shutil.rmtree(folder, ignore_errors=True)


def start_elsewhere(where: place.Place) -> subprocess.Popen[str]:
    """Start the server from another process that then sleeps, so that it can be killed."""
    said = (
        STARTER
        + "print(launcher.start(place.Place(Path(sys.argv[1])), say=print), flush=True); import time; time.sleep(99)"
    )
    return subprocess.Popen(
        [sys.executable, "-c", said, str(where.home)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def start_as(where: place.Place, user: str) -> str:
    """Start the server as `user` and return what came of it. Forked, as that user may have no Python he can read."""
    known, (reading, writing) = pwd.getpwnam(user), os.pipe()
    child = os.fork()
    if child == 0:
        os.setgroups([])
        os.setgid(known.pw_gid)
        os.setuid(known.pw_uid)
        try:
            came = str(launcher.start(where, say=lambda line: None))
        except BaseException as error:
            came = str(error)
        os.write(writing, came.encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        came = pipe.read()
    os.waitpid(child, 0)
    return came


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
