"""The embedded PostgreSQL, with the wheel's own programs: started, joined, killed, damaged."""

from __future__ import annotations

import os
import signal
import threading
import time
from pathlib import Path

import psutil
import psycopg
import pytest

from mianzheng.site.postgres import launcher, place
from tests.adapters.postgres_servers import ORDINARY, a_home, start_as, start_elsewhere

AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="needs root to become somebody else")


def silent(line: str) -> None:
    pass


def connect(where: place.Place) -> psycopg.Connection:
    return psycopg.connect(host=str(where.socket), user=place.USER, dbname=place.USER, autocommit=True)


def number(where: place.Place) -> int:
    return int((where.data / "postmaster.pid").read_text().split()[0])


def test_a_first_start_makes_it_a_second_joins_and_a_stop_ends_it() -> None:
    with a_home() as where:
        assert launcher.start(where, silent) is True
        first = number(where)
        assert launcher.start(where, silent) is False
        assert number(where) == first
        with connect(where) as connection:
            assert connection.execute("SHOW server_encoding").fetchone() == ("UTF8",)
            assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
        assert launcher.stop(where, silent) is True
        assert not launcher.running(where)
        assert not where.socket.exists()
        assert launcher.stop(where, silent) is False


def test_it_never_runs_as_root_and_its_folders_are_private() -> None:
    with a_home() as where:
        launcher.start(where, silent)
        assert psutil.Process(number(where)).uids().real != 0
        for folder in (where.data, where.socket):
            assert folder.stat().st_mode & 0o077 == 0


def test_killed_with_nine_it_recovers_and_keeps_what_was_committed() -> None:
    with a_home() as where:
        launcher.start(where, silent)
        with connect(where) as connection:
            connection.execute("CREATE TABLE kept AS SELECT generate_series(1, 200000) AS n")
        os.kill(number(where), signal.SIGKILL)
        assert launcher.start(where, silent) is True
        with connect(where) as connection:
            assert connection.execute("SELECT count(*) FROM kept").fetchone() == (200000,)


def test_a_start_waits_for_a_server_that_is_slow_and_says_so() -> None:
    with a_home() as where:
        launcher.start(where, silent)
        server = number(where)
        os.kill(server, signal.SIGSTOP)
        threading.Timer(5, os.kill, (server, signal.SIGCONT)).start()
        told: list[str] = []
        assert launcher.start(where, told.append) is False
        assert "starting or recovering" in told[0]


def test_it_outlives_a_starter_that_is_killed_and_the_lock_goes_with_him() -> None:
    with a_home() as where:
        starter = start_elsewhere(where)
        assert starter.stdout is not None
        assert [line.strip() for line in (starter.stdout.readline(), starter.stdout.readline())][-1] == "True"
        starter.kill()
        starter.wait()
        assert launcher.start(where, silent) is False


def test_a_starter_killed_while_the_database_is_made_leaves_nothing_in_the_way() -> None:
    with a_home() as where:
        starter = start_elsewhere(where)
        until = time.monotonic() + 20
        while not list(where.home.glob("pg.new.*")) and time.monotonic() < until:
            time.sleep(0.005)
        starter.kill()
        starter.wait()
        assert not where.data.exists()
        assert launcher.start(where, silent) is True
        assert not list(where.home.glob("pg.new.*"))


def test_two_starts_at_once_make_one_server() -> None:
    with a_home() as where:
        starters = [start_elsewhere(where) for _ in range(3)]
        said = []
        for starter in starters:
            assert starter.stdout is not None
            lines = iter(starter.stdout.readline, "")
            said.append(next(line.strip() for line in lines if line.strip() in {"True", "False"}))
            starter.kill()
            starter.wait()
        assert sorted(said) == ["False", "False", "True"]


def test_a_lock_file_that_names_another_program_is_not_believed() -> None:
    with a_home() as where:
        launcher.start(where, silent)
        os.kill(number(where), signal.SIGKILL)
        time.sleep(0.3)
        file = where.data / "postmaster.pid"
        lines = file.read_text().splitlines()
        file.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
        assert launcher.start(where, silent) is True


@AS_ROOT
def test_an_ordinary_user_starts_it_as_himself_and_root_joins() -> None:
    with a_home(mode=0o700, user=ORDINARY) as where:
        assert start_as(where, ORDINARY) == "True"
        assert psutil.Process(number(where)).username() == ORDINARY
        assert start_as(where, ORDINARY) == "False"
        assert launcher.start(where, silent) is False


@AS_ROOT
def test_roots_database_is_refused_to_another_user_in_one_sentence() -> None:
    with a_home(mode=0o777) as where:
        launcher.start(where, silent)
        where.lock.chmod(0o666)
        assert "belongs to the user" in start_as(where, ORDINARY)


@AS_ROOT
def test_a_folder_only_root_may_pass_works_too() -> None:
    with a_home(mode=0o700) as where:
        assert launcher.start(where, silent) is True
        assert where.data.is_symlink()
        assert launcher.start(where, silent) is False
        os.kill(number(where), signal.SIGKILL)
        assert launcher.start(where, silent) is True


def test_a_long_path_moves_the_socket_not_the_database() -> None:
    with a_home() as outer:
        where = place.Place(outer.home / ("deep-" * 12) / ("deeper-" * 8))
        try:
            assert launcher.start(where, silent) is True
            assert where.socket.parent == Path("/tmp")
            assert where.data.is_dir()
        finally:
            launcher.stop(where, silent)


def a_file_for_a_folder(where: place.Place) -> None:
    where.data.write_text("not a folder")


def rubbish_in_it(where: place.Place) -> None:
    where.data.mkdir()
    (where.data / "rubbish").write_text("rubbish")


def another_version(where: place.Place) -> None:
    launcher.start(where, silent)
    launcher.stop(where, silent)
    (where.data / "PG_VERSION").write_text("15\n")


def no_control_file(where: place.Place) -> None:
    launcher.start(where, silent)
    launcher.stop(where, silent)
    (where.data / "global" / "pg_control").unlink()


def a_torn_log(where: place.Place) -> None:
    launcher.start(where, silent)
    os.kill(number(where), signal.SIGKILL)
    time.sleep(0.3)
    for file in (where.data / "pg_wal").glob("0*"):
        file.write_bytes(b"\0" * 8192)


@pytest.mark.parametrize(
    "damage",
    [a_file_for_a_folder, rubbish_in_it, another_version, no_control_file, a_torn_log],
    ids=lambda d: d.__name__,
)
def test_a_damaged_folder_is_told_in_one_line_and_left_as_it_is(damage) -> None:
    with a_home() as where:
        damage(where)
        before = where.data.stat().st_mtime_ns if where.data.is_file() else None
        with pytest.raises(place.Trouble) as told:
            launcher.start(where, silent)
        assert "\n" not in str(told.value)
        assert str(where.data) in str(told.value)
        assert "backup" in str(told.value)
        assert not launcher.running(where)
        if before:
            assert where.data.stat().st_mtime_ns == before


def test_a_home_that_is_a_file_is_told_in_one_line() -> None:
    with a_home() as outer:
        file = outer.home / "var"
        file.write_text("")
        with pytest.raises(place.Trouble, match="can't be used"):
            launcher.start(place.Place(file), silent)


def test_a_socket_folder_of_somebody_else_is_not_used() -> None:
    with a_home() as where:
        where.socket.mkdir(mode=0o777)
        where.socket.chmod(0o777)
        with pytest.raises(place.Trouble, match="not a private folder"):
            launcher.start(where, silent)
