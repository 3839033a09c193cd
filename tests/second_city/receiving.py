"""Somebody who takes changes by machine: a real HTTP server that behaves as a test wants it to."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from mianzheng.centre.adapters.webhook import Webhook


class Hasty(Webhook):
    """The real sender with little patience."""

    def __init__(self) -> None:
        super().__init__(seconds=0.5)


@dataclass(frozen=True)
class Message:
    """One request as it came in."""

    headers: dict[str, str]
    body: bytes

    @property
    def key(self) -> str:
        return self.headers["webhook-id"]

    @property
    def said(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)
        return found


@dataclass
class Receiver:
    """What came in, and how the next requests are answered: a status, or ``slow``, ``die`` or ``drip``."""

    url: str = ""
    messages: list[Message] = field(default_factory=list)
    answers: list[int | str] = field(default_factory=list)
    always: Callable[[Message], int | str] = lambda message: 200
    lock: threading.Lock = field(default_factory=threading.Lock)

    def answer(self, message: Message) -> int | str:
        with self.lock:
            self.messages.append(message)
            return self.answers.pop(0) if self.answers else self.always(message)

    @property
    def taken(self) -> list[str]:
        return [message.key for message in self.messages]


@contextmanager
def receiver() -> Iterator[Receiver]:
    """Listen on a free port of this machine."""
    found = Receiver()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            length = int(self.headers["content-length"])
            body = self.rfile.read(length)
            if len(body) < length:  # the sender died while it was speaking
                self.close_connection = True
                return
            headers = {name.lower(): value for name, value in self.headers.items()}
            self._do(found.answer(Message(headers, body)))

        def _do(self, how: int | str) -> None:
            self.close_connection = True
            if how == "die":
                self.wfile.write(b"HTTP/1.1 200 OK\r\ncontent-le")
                self.wfile.flush()
                self.connection.shutdown(socket.SHUT_RDWR)
            elif how == "drip":
                for sign in b"HTTP/1.1 200 OK\r\nx-slow: " + b"z" * 40:
                    self.wfile.write(bytes([sign]))
                    self.wfile.flush()
                    time.sleep(0.05)
            elif how == "slow":
                time.sleep(1.5)
                self._status(200)
            else:
                self._status(int(how))

        def _status(self, status: int) -> None:
            self.send_response(status)
            self.send_header("content-length", "0")
            if status in (301, 302, 307, 308):
                self.send_header("location", found.url)
            if status in (429, 503):
                self.send_header("retry-after", "3600")
            self.end_headers()

        def log_message(self, *args: Any) -> None:
            pass

        def handle(self) -> None:
            with suppress(OSError):  # the sender hung up, as it may
                super().handle()

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 128  # the default of 5 makes connections of a busy sender wait for a second

    server = Server(("127.0.0.1", 0), Handler)
    found.url = f"http://127.0.0.1:{server.server_address[1]}/changes"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()
