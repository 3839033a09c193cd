"""The gateway under its real server, asked by clients as they are: slow, too talkative, gone before the answer."""

from __future__ import annotations

import json
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mianzheng.audit import queries as log
from tests.actions.asked import SECRET
from tests.actions.conftest import lasting_town
from tests.served import granted, served

__all__ = ["lasting_town"]

SINGLE, BATCH = "/api/v1/verifications", "/api/v1/verifications/batch"


@pytest.fixture
def server(lasting_town: Any) -> Iterator[tuple[str, int]]:
    """Yield where a gateway answers about the second city that waits for nobody longer than a second."""
    granted(lasting_town, daily=50_000)
    granian = str(Path(sys.executable).parent / "granian")
    with served(
        [granian, "--interface", "rsgi", "--loop", "uvloop", "tests.adapters.hasty:application", "--port"]
    ) as port:
        yield "127.0.0.1", port


def head(path: str, *headers: str) -> bytes:
    lines = [f"POST {path} HTTP/1.1", "Host: gateway", f"Authorization: Bearer {SECRET}", *headers, "Connection: close"]
    return "\r\n".join([*lines, "", ""]).encode()


def said(connected: socket.socket) -> tuple[int, bytes]:
    """Return status and body of what is answered, read to its end."""
    connected.settimeout(20)
    whole = b""
    while part := connected.recv(65_536):
        whole += part
    first, _, body = whole.partition(b"\r\n\r\n")
    return int(first.split()[1]), body


def question(lasting_town: Any) -> bytes:
    return json.dumps({"fact": "no-debt", "matter": "home", "number": lasting_town.numbers["eric"]}).encode()


def asks(server: tuple[str, int], body: bytes) -> tuple[int, bytes]:
    with socket.create_connection(server) as connected:
        connected.sendall(head(SINGLE, f"Content-Length: {len(body)}") + body)
        return said(connected)


def test_whoever_sends_half_a_question_is_answered_in_time_and_holds_up_nobody(server: Any, lasting_town: Any) -> None:
    body = question(lasting_town)
    with socket.create_connection(server) as slow:
        slow.sendall(head(SINGLE, f"Content-Length: {len(body)}") + body[:9])
        status, told = asks(server, body)
        assert (status, json.loads(told)["verdict"]) == (200, "fails")
        begun = time.monotonic()
        status, told = said(slow)
        assert (status, json.loads(told)["code"]) == (422, "wrong_question")
        assert time.monotonic() - begun < 10
    assert len(log.about(lasting_town["eric"])) == 1


def test_whoever_announces_too_much_is_refused_before_sending_it(server: Any) -> None:
    for path, size in ((SINGLE, 5_000), (BATCH, 50_000_000)):
        with socket.create_connection(server) as connected:
            connected.sendall(head(path, f"Content-Length: {size}"))
            status, told = said(connected)
            assert (status, json.loads(told)["code"]) == (422, "wrong_question")


def test_a_body_in_pieces_is_read_up_to_its_limit(server: Any, lasting_town: Any) -> None:
    body = question(lasting_town)
    pieces = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in (body[:7], body[7:])) + b"0\r\n\r\n"
    with socket.create_connection(server) as connected:
        connected.sendall(head(SINGLE, "Transfer-Encoding: chunked") + pieces)
        status, told = said(connected)
    assert (status, json.loads(told)["verdict"]) == (200, "fails")
    with socket.create_connection(server) as connected:
        connected.sendall(head(SINGLE, "Transfer-Encoding: chunked") + b"1000\r\n" + b"x" * 4096 + b"\r\n0\r\n\r\n")
        status, told = said(connected)
    assert (status, json.loads(told)["code"]) == (422, "wrong_question")


def test_who_leaves_before_the_answer_leaves_the_gateway_well(server: Any, lasting_town: Any) -> None:
    body = question(lasting_town)
    for sent in (9, len(body)):
        for _ in range(20):
            with socket.create_connection(server) as connected:
                connected.sendall(head(SINGLE, f"Content-Length: {len(body)}") + body[:sent])
    status, told = asks(server, body)
    assert (status, json.loads(told)["verdict"]) == (200, "fails")


def test_those_who_ask_a_batch_and_never_read_it_take_the_door_from_nobody(server: Any, lasting_town: Any) -> None:
    asked = [{"ref": f"{n:064}", "number": lasting_town.numbers["eric"]} for n in range(10_000)]
    body = json.dumps({"fact": "no-debt", "matter": "home", "questions": asked}).encode()
    deaf = [socket.socket() for _ in range(2)]
    try:
        for connected in deaf:
            connected.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            connected.connect(server)
            connected.sendall(head(BATCH, f"Content-Length: {len(body)}") + body)
        few = json.dumps({"fact": "no-debt", "matter": "home", "questions": asked[:3]}).encode()
        until, status = time.monotonic() + 60, 503
        while status == 503 and time.monotonic() < until:
            time.sleep(0.2)
            with socket.create_connection(server) as third:
                third.sendall(head(BATCH, f"Content-Length: {len(few)}") + few)
                status, _ = said(third)
        assert status == 200
    finally:
        for connected in deaf:
            connected.close()


def test_a_key_that_cannot_be_read_is_refused_and_not_taken_for_none(server: Any, lasting_town: Any) -> None:
    body = question(lasting_town)
    with socket.create_connection(server) as connected:
        sent = head(SINGLE, f"Content-Length: {len(body)}", "Idempotency-Key: @").replace(b"@", "单号7".encode())
        connected.sendall(sent + body)
        status, told = said(connected)
    assert (status, json.loads(told)["field"]) == (422, "Idempotency-Key")
    assert log.about(lasting_town["eric"]) == ()
