"""The registers outside the city, served over HTTP in the provincial protocol: what the demo otherwise asks in process."""

from __future__ import annotations

import json
import secrets
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from django.db import DatabaseError, connections

from mianzheng.catalogue.rules.city import City, Item
from mianzheng.catalogue.rules.exchange import Connection
from mianzheng.centre.rules import provincial as protocol
from mianzheng.centre.rules.answers import as_sent
from mianzheng.demo.queries.outside import answers

HOST = "127.0.0.1"
TOKEN_SECONDS = 900
LONGEST_BODY = 10_000


class Platform(ThreadingHTTPServer):
    """Serves every connection of kind ``provincial`` under its own path; keys and secrets are new at every start."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, city: City, port: int) -> None:
        super().__init__((HOST, port), _Handler)
        self.city = city
        self.secrets = {
            code: secrets.token_hex(32) for code, each in city.connections.items() if each.kind == "provincial"
        }
        self.tokens: dict[str, tuple[str, float]] = {}
        """By token: the connection it is for, and until when."""

    def lines(self) -> str:
        """Return the lines by which the centre finds this server."""
        port = self.server_address[1]
        return "".join(
            f'[{code}]\naddress = "http://{HOST}:{port}/{code}"\napp_key = "demo-{code}"\nsecret = "{secret}"\n\n'
            for code, secret in self.secrets.items()
        )

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing where somebody hung up: their question may be in the traceback."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)

    def item_of(self, connection: Connection, service: str) -> Item | None:
        """Return the item `service` of `connection` is about."""
        for item in self.city.items.values():
            if (
                item.at_source
                and item.connection == connection.code
                and connection.service(item.code).service == service
            ):
                return item
        return None


class _Handler(BaseHTTPRequestHandler):
    server: Platform
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "platform", ""

    def do_POST(self) -> None:
        """Answer a token or a question."""
        length = self.headers.get("content-length", "")
        body = self.rfile.read(int(length)) if length.isdigit() and int(length) <= LONGEST_BODY else b""
        code, _, rest = self.path.lstrip("/").partition("/")
        secret = self.server.secrets.get(code)
        if secret is None:
            self._say("", 404, protocol.NO_SERVICE)
            return
        connection, path = self.server.city.connections[code], f"/{rest}"
        given = {name.lower(): value for name, value in self.headers.items()}
        milliseconds = int(time.time() * 1000)  # noqa: TID251 - compared with the other side's clock, not with the demo's
        fault = protocol.fault_of(secret, given, path=path, body=body, milliseconds=milliseconds)
        if fault != protocol.OK or given.get(protocol.APP_KEY) != f"demo-{code}":
            self._say(secret, 401, protocol.BAD_SIGNATURE if fault == protocol.OK else fault)
        elif path == protocol.TOKEN_PATH:
            token = secrets.token_urlsafe(24)
            self.server.tokens[token] = code, time.monotonic() + TOKEN_SECONDS
            self._say(secret, 200, protocol.OK, {"token": token, "expires_in": TOKEN_SECONDS})
        else:
            whose, until = self.server.tokens.get(given.get(protocol.TOKEN, ""), ("", 0.0))
            if whose != code or time.monotonic() > until:
                self._say(secret, 401, protocol.BAD_TOKEN)
            else:
                self._answer(secret, connection, path.removeprefix("/services/"), body)

    def _answer(self, secret: str, connection: Connection, service: str, body: bytes) -> None:
        item = self.server.item_of(connection, service)
        if item is None:
            self._say(secret, 404, protocol.NO_SERVICE)
            return
        try:
            number = str(json.loads(body)["number"])
            found = answers(item, [number])[number]
        except (ValueError, KeyError, TypeError):
            self._say(secret, 400, "90")
        except DatabaseError:
            self._say(secret, 503, "91")
        else:
            spoken = connection.service(item.code)
            self._say(secret, 200, protocol.OK, [as_sent(item, spoken, record) for record in found])
        finally:
            connections.close_all()  # this thread goes with its connection

    def _say(self, secret: str, status: int, code: str, data: Any = None) -> None:
        body = json.dumps({"code": code, "data": data}, ensure_ascii=False, default=str).encode()
        signature = protocol.sign_answer(secret, nonce=self.headers.get(protocol.NONCE, ""), body=body)
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header(protocol.SIGNATURE, signature)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Write no line: a path or an address is nobody's business."""
