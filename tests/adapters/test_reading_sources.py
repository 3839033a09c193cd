"""Sources that are no files: a department's SQL database and an HTTP address, as they answer and as they fail."""

from __future__ import annotations

import datetime
import json
import sqlite3
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, BinaryIO

import pytest

from mianzheng.centre.ports import READING, Source
from mianzheng.centre.rules.answers import plain
from mianzheng.centre.rules.headings import match
from mianzheng.common.errors import Refusal
from mianzheng.web.reading.texts import as_text
from tests.adapters.awful.item import ANN, BO, ITEM

Rows = list[dict[str, str | None]]


def nothing() -> BinaryIO:
    raise AssertionError("there is no file")


def read(url: str, query: str = "", headers: dict[str, str] | None = None) -> Rows:
    """Return the rows by the fields they are understood as."""
    table = READING().open(Source("", nothing, url=url, query=query, headers=headers or {}), ITEM)
    fields = match(ITEM, table.headings, {}).fields
    rows: Rows = []
    for part in table.parts():
        assert part.frame["row"].to_list() == list(range(len(rows) + 1, len(rows) + 1 + part.frame.height))
        rows += part.frame.select(**dict(fields)).to_dicts()
    return rows


# --- databases --------------------------------------------------------------------------------------------------------


@pytest.fixture
def database(tmp_path: Path) -> str:
    with sqlite3.connect(tmp_path / "theirs.db") as theirs:
        theirs.execute("CREATE TABLE permits (身份证号 text, 编号 text, 金额 real, 发证日期 date, flag blob)")
        rows = [(ANN, "A1", 1.5, "2024-01-05", None), (BO, "B1", 2.0, None, None)]
        theirs.executemany("INSERT INTO permits VALUES (?, ?, ?, ?, ?)", rows)
    return f"sqlite:///{tmp_path / 'theirs.db'}"


@pytest.mark.parametrize("query", ["permits", "main.permits", "SELECT * FROM permits WHERE 编号 > ''"])
def test_a_table_or_a_select_is_read(database: str, query: str) -> None:
    assert read(database, query) == [
        {"subject": ANN, "permit_no": "A1", "amount": "1.5", "issued_on": "2024-01-05"},
        {"subject": BO, "permit_no": "B1", "amount": "2", "issued_on": None},
    ]


def test_columns_of_one_name_are_told_apart(database: str) -> None:
    source = Source("", nothing, url=database, query="SELECT 编号 AS a, 金额 AS a FROM permits")
    assert READING().open(source, ITEM).headings == ("a", "a#2")


@pytest.mark.parametrize(
    ("url", "query"),
    [
        ("sqlite:////nowhere/at/all.db", "permits"),
        ("postgresql+psycopg://somebody:secret@127.0.0.1:1/x", "permits"),
        ("nonsense://x", "permits"),
        ("://", "permits"),
    ],
)
def test_a_database_that_is_not_there_is_a_sentence(url: str, query: str) -> None:
    with pytest.raises(Refusal) as refused:
        read(url, query)
    assert refused.value.now
    assert "secret" not in str(refused.value.what)


def test_a_table_that_is_not_there_is_a_sentence(database: str) -> None:
    with pytest.raises(Refusal):
        read(database, "no_such_table")


@pytest.mark.parametrize(
    ("time", "text"),
    [
        (datetime.datetime(2024, 1, 4, 16, tzinfo=datetime.UTC), "2024-01-05"),
        (datetime.datetime(2024, 1, 4, 16, 30, tzinfo=datetime.UTC), "2024-01-05 00:30:00"),
        (datetime.datetime(2024, 1, 4, 16, 30), "2024-01-04 16:30:00"),
        (datetime.datetime(2024, 1, 4), "2024-01-04"),
        (datetime.datetime(9999, 12, 31, 23, tzinfo=datetime.UTC), "9999-12-31 23:00:00"),
    ],
)
def test_a_time_with_its_zone_is_of_the_day_it_was_here(time: datetime.datetime, text: str) -> None:
    assert as_text(time) == text
    assert plain(time) == text[:10], "and the same where it is an answer"


# --- HTTP -------------------------------------------------------------------------------------------------------------

ANSWERS: dict[str, Any] = {
    "/list": [{"身份证号": ANN, "编号": "A1", "金额": 100.50, "是否有效": True}],
    "/pages": {"data": [{"subject": ANN, "permit_no": 1}], "next": "pages/2"},
    "/pages/2": {"data": [{"subject": BO, "permit_no": "B1", "金额": "7", "other": {"a": 1}}], "next": None},
    "/deep": {"result": {"a/b": [{"subject": ANN, "permit_no": "A1"}]}},
    "/usual": {"code": 0, "data": {"list": [{"subject": ANN, "permit_no": "A1"}]}},
    "/circle": {"data": [{"subject": ANN}], "next": "/circle"},
    "/elsewhere": {"data": [{"subject": ANN}], "next": "http://127.0.0.2/more"},
    "/none": {"data": []},
    "/no-list": {"data": 5},
    "/words": ["a", "b"],
    "/deep-nonsense": None,
}


@pytest.fixture
def server() -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/moved":
                self.send_response(302)
                self.send_header("location", "/list")
                self.end_headers()
                return
            if self.path == "/key" and self.headers.get("authorization") != "Bearer x":
                self.send_error(401)
                return
            if self.path.startswith("/status/"):
                self.send_error(int(self.path.removeprefix("/status/")))
                return
            answer = ANSWERS["/list"] if self.path == "/key" else ANSWERS.get(self.path)
            self.send_response(200 if answer is not None else 500)
            self.end_headers()
            self.wfile.write(json.dumps(answer).encode() if answer is not None else b"[" * 100_000)

        def log_message(self, *args: Any) -> None:
            pass

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield f"http://127.0.0.1:{listening.server_address[1]}"
    listening.shutdown()
    listening.server_close()


def test_a_list_is_read_and_numbers_stay_as_they_were_written(server: str) -> None:
    assert read(f"{server}/list")[0] | {"kind": None} == {
        **dict.fromkeys(field.code for field in ITEM.fields),
        "subject": ANN,
        "permit_no": "A1",
        "amount": "100.5",
        "active": "true",
    }


def test_pages_follow_and_a_field_the_first_page_left_out_is_read(server: str) -> None:
    rows = read(f"{server}/pages")
    assert [(row["subject"], row["permit_no"], row["amount"]) for row in rows] == [(ANN, "1", None), (BO, "B1", "7")]


def test_the_list_is_found_where_it_is_said_to_be_or_usually_is(server: str) -> None:
    assert read(f"{server}/deep", "/result/a~1b")[0]["subject"] == ANN
    assert read(f"{server}/usual")[0]["subject"] == ANN


def test_the_key_goes_along(server: str) -> None:
    assert len(read(f"{server}/key", headers={"Authorization": "Bearer x"})) == 1
    with pytest.raises(Refusal):
        read(f"{server}/key")


@pytest.mark.parametrize(
    "path", ["/circle", "/elsewhere", "/none", "/no-list", "/words", "/moved", "/nothing-here", "/deep-nonsense"]
)
def test_whatever_else_comes_is_a_sentence(server: str, path: str) -> None:
    with pytest.raises(Refusal) as refused:
        read(server + path)
    assert refused.value.now


@pytest.mark.parametrize(
    ("path", "status"),
    [("/key", 401), ("/status/403", 403), ("/status/404", 404), ("/moved", 302), ("/nothing-here", 500)],
)
def test_an_answer_that_says_no_is_told_as_such(server: str, path: str, status: int) -> None:
    with pytest.raises(Refusal) as refused:
        read(server + path)
    assert refused.value.what.params == {"status": status}
    assert "没有应答" not in refused.value.what.msgid


def test_nobody_there_is_a_sentence() -> None:
    with pytest.raises(Refusal):
        read("http://127.0.0.1:1/x")
