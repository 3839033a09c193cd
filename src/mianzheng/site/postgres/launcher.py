"""Start, join and stop the embedded PostgreSQL.

The server outlives its starter. One start works at a time, held by a lock that vanishes with its process. Whatever was killed
in between, the next start finds out from the processes and files themselves what is there.
"""

from __future__ import annotations

import contextlib
import os
import signal
import stat
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

import psutil
import psycopg
from psycopg import pq, sql

from mianzheng.site.locks import only_one
from mianzheng.site.postgres.owner import Owner, make_data_folder, owner_of, reachable_programs, settle
from mianzheng.site.postgres.place import USER, Place, Say, Trouble

STALLED_AFTER = 120.0
"""Seconds without any sign of progress before a start is given up; a recovery that moves may take as long as it needs."""

OPTIONS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_startup_progress_interval": "1s",
    "log_checkpoints": "off",
}


def start(where: Place, say: Say = print, options: Mapping[str, str] | None = None) -> bool:
    """Have the server run and answer, and its database exist. Return False when it ran already and was joined.

    `options` are settings of PostgreSQL beside our own. Raises Trouble with what happened, why and what to do now.
    """
    _make_home(where)
    with only_one(where.lock, say):
        owner = owner_of(where)
        _check_files(where)
        process = _running(where)
        joined = process is not None and _wait(where, process, say)
        if not joined:
            if not where.data.exists():
                say("Making a new database ...")
                _make_files(where, owner)
            _clear_remains(where, say)
            if not _wait(where, _launch(where, owner, options or {}), say):
                raise _damaged(where, _from_log(where))
        _make_database(where)
        return not joined


def stop(where: Place, say: Say = print) -> bool:
    """Stop the server cleanly. Return False when none was running."""
    if not where.home.exists():
        return False
    with only_one(where.lock, say):
        process = _running(where)
        if process is None:
            return False
        process.send_signal(signal.SIGINT)  # "fast": open transactions are rolled back, everything is written
        seconds = 0
        while seconds < 60 and not _gone(process, 1.0):
            seconds += 1
            if seconds % 5 == 0:
                say(f"PostgreSQL is writing everything down ({seconds} s) ...")
        if seconds == 60:
            process.send_signal(signal.SIGQUIT)  # the next start recovers
            _gone(process, 30.0)
        with contextlib.suppress(OSError):
            where.socket.rmdir()
        return True


def running(where: Place) -> bool:
    """Say whether the server's process is there; it may still be recovering."""
    return _running(where) is not None


# --- folders and files ----------------------------------------------------------------------------------------------


def _make_home(where: Place) -> None:
    try:
        where.home.mkdir(mode=0o711 if os.geteuid() == 0 else 0o700, parents=True, exist_ok=True)
        with where.lock.open("a"):
            pass
    except OSError as error:
        raise Trouble(
            f"The folder {where.home} can't be used: {(error.strerror or str(error)).lower()}. "
            "Make it a folder you may write to, or set MIANZHENG_HOME to another one."
        ) from None


def _check_files(where: Place) -> None:
    if where.data.is_symlink() and not where.data.exists():
        raise _damaged(where, f"{where.data} points to a folder that is gone")
    if not where.data.exists():
        return
    if not where.data.is_dir():
        raise _damaged(where, f"{where.data} is not a folder")
    try:
        version = (where.data / "PG_VERSION").read_text("ascii", "replace").strip()
    except OSError:
        raise _damaged(where, "its PG_VERSION file can't be read") from None
    if version != "18":
        raise _damaged(where, f"its PG_VERSION says {version[:20]!r} where 18 is expected")


def _damaged(where: Place, why: str) -> Trouble:
    return Trouble(
        f"The database in {where.data} can't be started: {why}. Put a backup in its place, "
        f"or move that folder away to begin with an empty one; the server's log is {where.log}."
    )


def _make_files(where: Place, owner: Owner) -> None:
    fresh = make_data_folder(where, owner)
    done = subprocess.run(
        [
            str(reachable_programs(owner) / "initdb"),
            "--pgdata",
            str(fresh),
            "--username",
            USER,
            "--encoding",
            "UTF8",
            "--locale",
            "C",
            "--auth-local",
            "trust",
            "--auth-host",
            "scram-sha-256",
            "--no-instructions",
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        **owner.running(),
    )
    if done.returncode:
        raise Trouble(
            f"A new database could not be made in {where.home}: {_last(done.stdout.splitlines())}. "
            "Make room or rights there, or set MIANZHENG_HOME to another folder."
        )
    settle(fresh, where)


def _socket_folder(where: Place, owner: Owner) -> Path:
    folder = where.socket
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o700)
        os.chown(folder, owner.uid, owner.gid)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != owner.uid or found.st_mode & 0o077:
        raise Trouble(f"{folder} is not a private folder of the user {owner.name}. Remove it, then start again.")
    return folder


# --- processes --------------------------------------------------------------------------------------------------------


def _launch(where: Place, owner: Owner, options: Mapping[str, str]) -> psutil.Process:
    """Start the server in a session of its own, with the log as its only open file, and return its process."""
    said = {
        **OPTIONS,
        "unix_socket_directories": str(_socket_folder(where, owner)),
        "cluster_name": where.mark,
        **options,
    }
    command = [str(reachable_programs(owner) / "postgres"), "-D", str(where.data.resolve())]
    command += [part for name, value in said.items() for part in ("-c", f"{name}={value}")]
    with where.log.open("w") as log:
        born = subprocess.run(
            ["/bin/sh", "-c", '"$@" >&2 </dev/null & echo $!', "sh", *command],
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            check=True,
            start_new_session=True,
            **owner.running(),
        )
    try:
        return psutil.Process(int(born.stdout))
    except psutil.NoSuchProcess:
        raise _damaged(where, _from_log(where)) from None


def _running(where: Place) -> psutil.Process | None:
    """Return the server's process if there is one: alive, and started for exactly this folder."""
    number = _number_in(where.data / "postmaster.pid")
    if number is None:
        return None
    try:
        process = psutil.Process(number)
        ours = str(where.data.resolve()) in process.cmdline() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return None
    return process if ours else None


def _clear_remains(where: Place, say: Say) -> None:
    """After a kill: wait until the dead server's children are gone, then drop lock files that name a foreign process."""
    for second in range(60):
        left = [process for process in psutil.process_iter() if _child_of(where, process)]
        if not left:
            break
        if second == 10:
            for process in left:
                with contextlib.suppress(psutil.Error):
                    process.send_signal(signal.SIGQUIT)
        say(f"Waiting for {len(left)} processes of the killed server to end ...")
        time.sleep(1)
    for file in (where.data / "postmaster.pid", where.socket / ".s.PGSQL.5432.lock"):
        number = _number_in(file)
        if number is not None and psutil.pid_exists(number):  # a zombie, or another program that got the number
            file.unlink()


def _child_of(where: Place, process: psutil.Process) -> bool:
    try:
        return " ".join(process.cmdline()).startswith(f"postgres: {where.mark}: ") and (
            process.status() != psutil.STATUS_ZOMBIE
        )
    except psutil.Error:
        return False


def _gone(process: psutil.Process, seconds: float) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            if not process.is_running() or process.status() == psutil.STATUS_ZOMBIE:
                return True
        except psutil.NoSuchProcess:
            return True
        time.sleep(0.05)
    return False


def _number_in(file: Path) -> int | None:
    try:
        return abs(int(file.read_text("ascii", "replace").split("\n", 1)[0]))
    except (OSError, ValueError):
        return None


# --- waiting ----------------------------------------------------------------------------------------------------------


def _wait(where: Place, process: psutil.Process, say: Say) -> bool:
    """Return True when the server answers, False when it ended. It may recover as long as it gets on, and we say how far."""
    begun = moved = time.monotonic()
    told, seen = begun, (0, 0.0)
    while True:
        answer = pq.PGconn.ping(f"host='{where.socket}' user={USER} dbname=postgres connect_timeout=3".encode())
        if answer == pq.Ping.OK:
            return True
        if _gone(process, 0.05):
            return False
        now, sign = time.monotonic(), _sign_of_life(where, process)
        if sign != seen:
            moved, seen = now, sign
        if now - moved > STALLED_AFTER:
            raise Trouble(
                f"PostgreSQL has not moved for {STALLED_AFTER:.0f} s while starting: {_from_log(where)}. "
                f"Look into {where.log}, then run `mianzheng stop` and start again."
            )
        if now - told > 2:
            told = now
            say(f"PostgreSQL is starting or recovering ({now - begun:.0f} s): {_last(_log_lines(where))}")
        time.sleep(0.05)


def _sign_of_life(where: Place, process: psutil.Process) -> tuple[int, float]:
    """Return two figures, the size of the log and the processor time used, of which one moves while work is done."""
    used = 0.0
    with contextlib.suppress(psutil.Error):
        for child in (process, *process.children()):
            times = child.cpu_times()
            used += times.user + times.system
    return where.log.stat().st_size, used


def _log_lines(where: Place) -> list[str]:
    return where.log.read_text("utf-8", "replace").splitlines()


def _from_log(where: Place) -> str:
    """Return what the server said when it gave up, with its first detail."""
    lines = _log_lines(where)
    fatal = [line for line in lines if " FATAL: " in line or " PANIC: " in line or "could not" in line]
    return _last(fatal or lines)


def _last(lines: list[str]) -> str:
    said = [line.strip() for line in lines if line.strip()]
    text = said[-1] if said else "it said nothing"
    for level in ("FATAL:", "PANIC:", "LOG:", "error:"):
        text = text.split(level, 1)[-1]
    return text.strip().rstrip(".")


def _make_database(where: Place) -> None:
    try:
        with psycopg.connect(host=str(where.socket), user=USER, dbname="postgres", autocommit=True) as connection:
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [USER]).fetchone()
            if not known:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(USER)))
        psycopg.connect(host=str(where.socket), user=USER, dbname=USER).close()
    except psycopg.Error as error:
        raise _damaged(where, _last(str(error).splitlines())) from None
