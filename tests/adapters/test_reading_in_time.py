"""Sources that answer, and never end: what is read of them is given up when its time is over."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from mianzheng.centre.actions.beside import ahead, opened
from mianzheng.centre.ports import READING, Source
from mianzheng.common.errors import Refusal
from tests.adapters.awful.item import ANN, ITEM
from tests.adapters.test_reading_sources import nothing

SECONDS = 1.0
ROWS = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i AS 编号, i AS 金额 FROM n"
PAGE = f'{{"data": [{{"subject": "{ANN}", "permit_no": "A1"}}], "next": "/drip"}}'.encode()


@pytest.fixture
def server() -> Iterator[str]:
    """A server that writes a page and then, byte by byte, one that has no end: its body, or its headers."""
    ended = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/headers":
                self.drip(b"HTTP/1.1 200 OK\r\nX: ")
                return
            self.send_response(200)
            self.end_headers()
            if self.path == "/page":
                self.wfile.write(PAGE)
            else:
                self.drip(b"[")

        def drip(self, start: bytes) -> None:
            with contextlib.suppress(OSError):
                self.wfile.write(start)
                while not ended.wait(0.05):
                    self.wfile.write(b" ")
                    self.wfile.flush()

        def log_message(self, *args: Any) -> None:
            pass

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield f"http://127.0.0.1:{listening.server_address[1]}"
    ended.set()
    listening.shutdown()
    listening.server_close()


def source(url: str, query: str = "") -> Source:
    return Source("", nothing, url=url, query=query, deadline=time.monotonic() + SECONDS)


def gives_up(read: Callable[[], object]) -> None:
    """Check that `read` ends with the sentence about its time, and hardly later."""
    begun = time.monotonic()
    with pytest.raises(Refusal) as refused:
        read()
    assert time.monotonic() - begun < SECONDS + 2
    assert refused.value.now is not None and "pull_minutes" in refused.value.now.msgid


def test_a_page_that_drips_is_given_up(server: str) -> None:
    gives_up(lambda: READING().open(source(f"{server}/drip"), ITEM))
    table = READING().open(source(f"{server}/page"), ITEM)
    gives_up(lambda: list(table.parts()))


def test_an_answer_that_never_begins_holds_nobody_up(server: str) -> None:
    gives_up(lambda: opened(source(f"{server}/headers"), ITEM))


def test_rows_without_end_are_given_up(tmp_path: Path) -> None:
    sqlite3.connect(tmp_path / "theirs.db").close()
    table = READING().open(source(f"sqlite:///{tmp_path}/theirs.db", ROWS), ITEM)
    gives_up(lambda: [part.frame.height for part in ahead(table.parts())])


def test_a_query_that_gives_no_row_is_stopped(tmp_path: Path) -> None:
    sqlite3.connect(tmp_path / "theirs.db").close()
    query = f"SELECT * FROM ({ROWS}) WHERE 编号 < 0"
    gives_up(lambda: READING().open(source(f"sqlite:///{tmp_path}/theirs.db", query), ITEM))


def test_a_postgresql_that_sleeps_is_told_to_stop(settings: Any) -> None:
    where = settings.DATABASES["default"]
    url = f"postgresql+psycopg://{where['USER']}@/postgres?host={where['HOST']}"
    gives_up(lambda: READING().open(source(url, "SELECT pg_sleep(60)"), ITEM))
