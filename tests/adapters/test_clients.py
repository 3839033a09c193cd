"""The clients in docs/clients, as somebody who copied them runs them, against the pages and against the gateway's own process."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest

from mianzheng.audit import queries as log
from tests.actions.asked import SECRET
from tests.actions.conftest import lasting_town
from tests.needed import missing
from tests.served import granted, served

__all__ = ["lasting_town"]

CLIENTS = Path(__file__).parents[2] / "docs" / "clients"
PYTHON = [sys.executable, str(CLIENTS / "mianzheng_client.py")]


def _java() -> list[str]:
    if not shutil.which("java"):
        missing("java is missing; on Debian: apt-get install openjdk-17-jdk-headless")
    return ["java", str(CLIENTS / "MianzhengClient.java")]


@pytest.fixture(params=["pages", "gateway"])
def server(request: Any, lasting_town: Any) -> Iterator[str]:
    """Yield the address of a server with the second city; its year has begun today, since the clients' clock is the real one."""
    granted(lasting_town, daily=5_000)
    if request.param == "pages":
        yield request.getfixturevalue("live_server").url
        return
    with served([sys.executable, "-m", "mianzheng.site.cli", "gateway", "--workers", "1", "--port"]) as port:
        yield f"http://127.0.0.1:{port}"


def _run(command: list[str], url: str, *words: str, secret: str = SECRET, numbers: str = "") -> Any:
    environment = {**os.environ, "MIANZHENG_URL": url, "MIANZHENG_KEY": secret}
    return subprocess.run(
        [*command, *words], env=environment, input=numbers, capture_output=True, text=True, timeout=120, check=False
    )


@pytest.mark.parametrize("language", ["python", "java"])
def test_a_client_asks_one_and_many_and_is_told_what_is_wrong(language: str, server: str, lasting_town: Any) -> None:
    command = PYTHON if language == "python" else _java()
    numbers = lasting_town.numbers
    one = _run(command, server, "no-debt", "home", numbers["eric"])
    assert (one.returncode, one.stderr) == (0, "")
    assert json.loads(one.stdout)["verdict"] == "fails"
    many = _run(command, server, "no-debt", "home", numbers="\n".join([numbers["anna"], numbers["eric"]] * 600))
    lines = [json.loads(line) for line in many.stdout.splitlines()]
    assert (many.returncode, len(lines)) == (0, 1200)
    assert [line["verdict"] for line in lines] == ["holds", "fails"] * 600
    assert len(log.about(lasting_town["eric"], limit=2_000)) == 601
    refused = _run(command, server, "works", "home", numbers["eric"])
    assert refused.returncode == 1
    assert "grant" in refused.stderr
    unknown = _run(command, server, "no-debt", "home", numbers["eric"], secret="mz-ask-wrong")
    assert unknown.returncode == 1
    assert "key" in unknown.stderr


class _Cutting(BaseHTTPRequestHandler):
    """Answer two lines and half of the third the first time and cut the stream within a chunk; all of them after that."""

    protocol_version = "HTTP/1.1"
    keys: ClassVar[list[str]] = []
    half: ClassVar[bytes] = b""

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.keys.append(self.headers["Idempotency-Key"])
        lines = [json.dumps({"ref": each["ref"], "verdict": "holds"}).encode() for each in asked["questions"]]
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for n, line in enumerate(lines):
            self.wfile.write(b"%x\r\n" % (len(line) + 1))
            if n == 2 and len(self.keys) == 1:
                self.wfile.write(self.half)
                self.close_connection = True
                return
            self.wfile.write(line + b"\n\r\n")
        self.wfile.write(b"0\r\n\r\n")

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.mark.parametrize("language", ["python", "java"])
@pytest.mark.parametrize("half", [b"", b'{"ref": "2", "ver'])
def test_a_stream_that_is_cut_and_a_connection_refused_are_sent_again_under_the_same_key(
    language: str, half: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = PYTHON if language == "python" else _java()
    monkeypatch.setattr(_Cutting, "keys", [])
    monkeypatch.setattr(_Cutting, "half", half)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Cutting, bind_and_activate=False)
    server.server_bind()  # bound and not listening: connections are refused
    begin = threading.Timer(2, lambda: (server.server_activate(), server.serve_forever(0.1)))
    begin.start()
    try:
        many = _run(command, f"http://127.0.0.1:{server.server_port}", "no-debt", "home", numbers="1\n2\n3\n4")
    finally:
        server.shutdown()
        begin.join()
        server.server_close()
    assert (many.returncode, many.stderr) == (0, "")
    assert [json.loads(line)["ref"] for line in many.stdout.splitlines()] == ["0", "1", "2", "3"]
    assert len(_Cutting.keys) == 2 and len(set(_Cutting.keys)) == 1


@pytest.mark.parametrize("language", ["python", "java"])
def test_where_nobody_answers_a_client_says_so_in_a_line(language: str) -> None:
    command = PYTHON if language == "python" else _java()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        done = _run(command, f"http://127.0.0.1:{free.getsockname()[1]}", "no-debt", "home", "1")
    assert done.returncode == 1
    assert done.stderr.strip() and "Traceback" not in done.stderr and "\tat " not in done.stderr
