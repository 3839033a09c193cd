"""Where changes may be sent by machine: addresses of others, never into our own network."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from mianzheng.common.errors import Refusal
from mianzheng.common.reasons import N_, Reason

LOOPBACK = ("127.0.0.1", "localhost")
LONGEST = 500

_OPEN = ipaddress.IPv6Network("2000::/3")
"""All of IPv6 that is given out to networks of others (RFC 4291)."""
_TRANSLATED = ipaddress.IPv6Network("64:ff9b::/96")
"""What goes on to the IPv4 address at its end (NAT64, RFC 6052)."""
_TUNNELLED = 0x5EFE
"""Stands before the IPv4 address at the end of an address that a router unpacks (ISATAP, RFC 5214)."""


def is_loopback(host: str) -> bool:
    """Say whether `host` names this machine."""
    return host in LOOPBACK


def may_call(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Say whether a message may go to `address`: not into private, local or reserved networks."""
    if isinstance(address, ipaddress.IPv6Address):
        carried = _carried(address)
        if carried is None and address not in _OPEN:
            return False
        address = carried or address
    return address.is_global and not address.is_multicast


def _carried(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """Return the IPv4 address at which a message to `address` comes out, None where it stays in IPv6."""
    if address in _TRANSLATED or int(address) >> 32 & 0xFDFFFFFF == _TUNNELLED:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour


def check_url(url: str, *, demo: bool) -> str:
    """Return `url` without blanks around it, or refuse it: https, a host, no user in it; this machine in a demo only."""
    plain = url.strip()
    try:
        parts = urlsplit(plain)
        host, _ = parts.hostname or "", parts.port
    except ValueError as wrong:
        raise _wrong() from wrong
    if not host or len(plain) > LONGEST or parts.username or parts.password or parts.fragment or not plain.isascii():
        raise _wrong()
    if demo and is_loopback(host) and parts.scheme in ("http", "https"):
        return plain
    if parts.scheme != "https" or is_loopback(host) or not _may_be_called(host):
        raise _wrong()
    return plain


def host_of(url: str) -> str:
    """Return what of an address may stand in a log: path and query may hold a secret of the receiver's."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _may_be_called(host: str) -> bool:
    try:
        return may_call(ipaddress.ip_address(host))
    except ValueError:
        return "." in host  # a name is looked up, and looked at again, when something is sent


def _wrong() -> Refusal:
    return Refusal(
        Reason(N_("这个接收地址不能用。")),
        Reason(N_("须以 https:// 开头，写明主机名，不能是内部地址，也不能带用户名或 # 号。")),
        field="url",
    )
