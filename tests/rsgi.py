"""Ask an RSGI application without a server between, as `httpx.ASGITransport` does for ASGI."""

from __future__ import annotations

from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any

import httpx


class Transport(httpx.AsyncBaseTransport):
    """Hands each request to `app`."""

    def __init__(self, app: Any) -> None:
        self._app = app

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        protocol = _Protocol(await request.aread())
        scope = SimpleNamespace(
            proto="http", method=request.method, path=request.url.path, headers=dict(request.headers.items())
        )
        await self._app.__rsgi__(scope, protocol)
        assert protocol.status is not None, "nothing was answered"
        return httpx.Response(protocol.status, headers=protocol.headers, content=protocol.body)


class _Protocol:
    """What the server gives the application to read the body from and to answer with."""

    def __init__(self, asked: bytes) -> None:
        self._asked = asked
        self.status: int | None = None
        self.headers: list[tuple[str, str]] = []
        self.body = b""

    async def __call__(self) -> bytes:
        return self._asked

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._asked

    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        assert self.status is None, "answered twice"
        self.status, self.headers, self.body = status, headers, body

    def response_stream(self, status: int, headers: list[tuple[str, str]]) -> _Protocol:
        self.response_bytes(status, headers, b"")
        return self

    async def send_bytes(self, part: bytes) -> None:
        self.body += part
