"""Changes sent over HTTPS (webhook): no redirects, no internal addresses, ten seconds a call at most."""

from __future__ import annotations

import asyncio
import ipaddress
import queue
import socket
import ssl
import threading
from collections.abc import Iterator, Sequence

import httpx
from django.conf import settings

from mianzheng.centre.adapters.calling import retry_after
from mianzheng.centre.ports import Call, Outcome
from mianzheng.centre.rules.addresses import is_loopback, may_call

SECONDS = 10.0
"""A call takes at most so long, the name look-up and the answer's headers included; the answer's body is not read."""


class Webhook:
    """See `centre.ports.Caller`. The calls run in a thread of their own, so that the caller may write down each outcome."""

    def __init__(self, *, seconds: float = SECONDS) -> None:
        self.seconds = seconds

    def send(self, calls: Sequence[Call], *, at_once: int) -> Iterator[Outcome]:
        done: queue.SimpleQueue[Outcome | None] = queue.SimpleQueue()
        thread = threading.Thread(target=self._run, args=(list(calls), at_once, done), daemon=True)
        thread.start()
        while (outcome := done.get()) is not None:
            yield outcome
        thread.join()

    def _run(self, calls: list[Call], at_once: int, done: queue.SimpleQueue[Outcome | None]) -> None:
        try:
            asyncio.run(self._all(calls, at_once, done))
        finally:
            done.put(None)

    async def _all(self, calls: list[Call], at_once: int, done: queue.SimpleQueue[Outcome | None]) -> None:
        room = asyncio.Semaphore(at_once)
        limits = httpx.Limits(max_connections=at_once)
        async with httpx.AsyncClient(
            follow_redirects=False, trust_env=False, limits=limits, timeout=self.seconds
        ) as client:

            async def one(call: Call) -> None:
                async with room:
                    done.put(await self._one(client, call))

            await asyncio.gather(*(one(call) for call in calls))

    async def _one(self, client: httpx.AsyncClient, call: Call) -> Outcome:
        try:
            async with asyncio.timeout(self.seconds):
                return await _called(client, call)
        except (TimeoutError, httpx.TimeoutException):
            return Outcome(call.id, "timeout")
        except PermissionError:
            return Outcome(call.id, "forbidden")
        except ssl.SSLError:
            return Outcome(call.id, "certificate")
        except httpx.ConnectError as failed:
            return Outcome(call.id, "certificate" if "CERTIFICATE" in str(failed).upper() else "unreachable")
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError):
            return Outcome(call.id, "unreachable")


async def _called(client: httpx.AsyncClient, call: Call) -> Outcome:
    url = httpx.URL(call.url)
    address = await _resolved(url)
    # the address that was looked at is the one that is called: a name may point elsewhere a moment later
    request = client.build_request(
        "POST",
        url.copy_with(host=address),
        content=call.body,
        headers={"content-type": "application/json", **call.headers, "host": url.netloc.decode("ascii")},
        extensions={"sni_hostname": url.raw_host.decode("ascii")},
    )
    response = await client.send(request, stream=True)
    try:
        return _read(call.id, response)
    finally:
        await response.aclose()


async def _resolved(url: httpx.URL) -> str:
    """Return the IP address to call; raise PermissionError where a message must not go there."""
    loop = asyncio.get_running_loop()
    port = url.port or (443 if url.scheme == "https" else 80)
    found = await loop.getaddrinfo(url.host, port, type=socket.SOCK_STREAM)
    addresses = [str(entry[4][0]) for entry in found]
    for address in addresses:
        number = ipaddress.ip_address(address)
        if settings.DEMO and is_loopback(url.host) and number.is_loopback:
            continue
        if url.scheme != "https" or not may_call(number):
            raise PermissionError
    return addresses[0]


def _read(key: int, response: httpx.Response) -> Outcome:
    """Say what the other side's answer means."""
    if response.is_success:
        return Outcome(key)
    if response.is_redirect or 300 <= response.status_code < 400:
        return Outcome(key, "redirect")
    if response.status_code == httpx.codes.GONE:
        return Outcome(key, "gone")
    seconds = int(retry_after(response.headers, longest=86_400, otherwise=0))
    return Outcome(key, f"status:{response.status_code}", seconds)
