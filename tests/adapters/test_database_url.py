"""A PostgreSQL server over TCP with a password, as DATABASE_URL names it, and what is said when it can't be used."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import pq, sql

from mianzheng.site.postgres import launcher, place
from mianzheng.site.postgres.owner import owner_of, reachable_programs
from tests.adapters.postgres_servers import a_home, free_port

PASSWORD = "a 密码 with/odd:signs@in%it"
QUOTED = "a%20%E5%AF%86%E7%A0%81%20with%2Fodd%3Asigns%40in%25it"


def silent(line: str) -> None:
    pass


@pytest.fixture(scope="module")
def server() -> Iterator[int]:
    """Yield the port of a server that takes nobody in without the password."""
    with a_home() as where:
        launcher.start(where, silent)
        with psycopg.connect(host=str(where.socket), user=place.USER, dbname=place.USER, autocommit=True) as connection:
            connection.execute(sql.SQL("ALTER ROLE mianzheng PASSWORD {}").format(sql.Literal(PASSWORD)))
        launcher.stop(where, silent)
        owner, port = owner_of(where), free_port()
        said = {"port": str(port), "listen_addresses": "127.0.0.1", "unix_socket_directories": "", "fsync": "off"}
        command = [str(reachable_programs(owner) / "postgres"), "-D", str(where.data)]
        command += [part for name, value in said.items() for part in ("-c", f"{name}={value}")]
        with (
            where.log.open("w") as log,
            subprocess.Popen(command, stdout=log, stderr=log, **owner.running()) as process,
        ):
            while pq.PGconn.ping(f"host=127.0.0.1 port={port} connect_timeout=2".encode()) != pq.Ping.OK:
                assert process.poll() is None, where.log.read_text()
            yield port
            process.terminate()


def run(*words: str, url: str, home: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "mianzheng.site.cli", *words],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "DATABASE_URL": url, "MIANZHENG_HOME": str(home)},
    )


def test_the_tables_are_made_over_tcp_with_a_password_and_no_server_is_started(server: int, tmp_path: Path) -> None:
    done = run("migrate", url=f"postgresql://mianzheng:{QUOTED}@127.0.0.1:{server}/mianzheng", home=tmp_path)
    assert done.returncode == 0, done.stderr
    assert not (tmp_path / "pg").exists()
    with psycopg.connect(host="127.0.0.1", port=server, user="mianzheng", password=PASSWORD) as connection:
        assert connection.execute("SELECT count(*) > 5 FROM django_migrations").fetchone() == (True,)


@pytest.mark.parametrize("words", [("migrate",), ("demo", "stories", "--json")])
def test_a_wrong_password_is_told_in_one_line(words: tuple[str, ...], server: int, tmp_path: Path) -> None:
    done = run(*words, url=f"postgresql://mianzheng:secret-word@127.0.0.1:{server}/mianzheng", home=tmp_path)
    assert done.returncode == 1
    assert "password authentication failed" in done.stderr
    assert "DATABASE_URL" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert "secret-word" not in done.stderr + done.stdout


def test_a_server_that_is_not_there_is_told_in_one_line(tmp_path: Path) -> None:
    done = run("migrate", url=f"postgresql://mianzheng:x@127.0.0.1:{free_port()}/mianzheng", home=tmp_path)
    assert done.returncode == 1
    assert "Connection refused" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert "Traceback" not in done.stderr
