"""Messages go to others and never into a private network, however its address is wrapped."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mianzheng.centre.rules.addresses import check_url, host_of, may_call
from mianzheng.common.errors import Refusal

PRIVATE = (
    "10.0.0.1",
    "127.0.0.1",
    "169.254.169.254",
    "192.168.1.1",
    "172.16.0.1",
    "100.64.0.1",
    "0.0.0.0",
    "224.0.0.1",
)
WRAPPED = (
    "::ffff:{}",
    "64:ff9b::{}",
    "::{}",
    "::ffff:0:{}",
    "64:ff9b:1::{}",
    "2606:4700::5efe:{}",
    "2606:4700::200:5efe:{}",
)


def sixtofour(inner: str) -> str:
    high, low = divmod(int(ipaddress.IPv4Address(inner)), 1 << 16)
    return f"2002:{high:x}:{low:x}::1"


def teredo(server: str, client: str) -> str:
    inside = int(ipaddress.IPv4Address(server)) << 64 | int(ipaddress.IPv4Address(client)) ^ 0xFFFFFFFF
    return str(ipaddress.IPv6Address(0x20010000 << 96 | inside))


@pytest.mark.parametrize("inner", PRIVATE)
def test_a_private_address_is_private_in_any_wrapping(inner: str) -> None:
    wrapped = [inner, *(form.format(inner) for form in WRAPPED), sixtofour(inner), teredo("8.8.8.8", inner)]
    wrapped.append(teredo(inner, "8.8.8.8"))
    assert [each for each in wrapped if may_call(ipaddress.ip_address(each))] == []
    for each in wrapped:
        with pytest.raises(Refusal):
            check_url(f"https://[{each}]/" if ":" in each else f"https://{each}/", demo=False)


@pytest.mark.parametrize("own", ["::1", "::", "fe80::1", "fec0::1", "fd00::1", "ff02::1", "100::1", "2001:db8::1"])
def test_an_address_of_no_open_network(own: str) -> None:
    assert not may_call(ipaddress.ip_address(own))


@pytest.mark.parametrize(
    "open_to_all", ["8.8.8.8", "2606:4700::1", "64:ff9b::8.8.8.8", "::ffff:8.8.8.8", sixtofour("8.8.8.8")]
)
def test_an_address_of_others(open_to_all: str) -> None:
    assert may_call(ipaddress.ip_address(open_to_all))


@given(st.ip_addresses(v=4))
def test_translated_or_not_is_the_same(inner: ipaddress.IPv4Address) -> None:
    assert may_call(ipaddress.ip_address(f"64:ff9b::{inner}")) == may_call(inner)


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://example.cn/hooks/secret?token=secret", "https://example.cn"),
        ("https://example.cn:8443/secret", "https://example.cn:8443"),
        ("http://127.0.0.1:9/secret", "http://127.0.0.1:9"),
    ],
)
def test_of_an_address_the_log_has_what_is_no_secret(url: str, host: str) -> None:
    assert host_of(url) == host
