"""The demo's registers over real HTTP: the same answers as in process, by the protocol a platform speaks."""

from __future__ import annotations

import threading
import time
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import polars as pl
import pytest

from mianzheng.centre.adapters.connections_file import Configured
from mianzheng.centre.adapters.provincial import Platform as Client
from mianzheng.centre.ports import SourceFailed
from mianzheng.centre.rules.answers import Failure, as_sent, translated
from mianzheng.demo.actions.outside import fill_outside
from mianzheng.demo.adapters.outside import Outside
from mianzheng.demo.adapters.platform import Platform
from tests.second_city.life import NOW
from tests.second_city.sources import city_with_sources

CITY = city_with_sources("marriage", "debts", timeout=5)
CONNECTION = CITY.connections["outside"]
MARRIAGE = CITY.items["marriage"]
WEDDING = {"spouse": "330782198005170013", "status": "married", "registered_on": "2019-06-01"}


@pytest.fixture
def platform(transactional_db: Any, settings: Any, tmp_path: Any) -> Iterator[Platform]:
    settings.MIANZHENG_HOME = tmp_path
    frame = pl.DataFrame({"subject": ["330782198005170005"], **{name: [value] for name, value in WEDDING.items()}})
    fill_outside(item=MARRIAGE, frames=[frame], now=NOW)
    server = Platform(CITY, 0)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join(5)


def client(platform: Platform, **changed: str) -> Client:
    given = Configured("outside", **(tomllib.loads(platform.lines())["outside"] | changed))
    return Client(CONNECTION, given)


def ask(connector: Any, number: str = "330782198005170005", item: Any = MARRIAGE) -> Any:
    return connector.ask(item, [number], deadline=time.monotonic() + 5)


def test_http_and_in_process_answer_the_same(platform: Platform) -> None:
    over_http = client(platform)
    assert over_http.check_config() == []
    for number, records in {"330782198005170005": [WEDDING], "330782198005170013": []}.items():
        assert ask(over_http, number) == ask(Outside().to(CONNECTION), number) == {number: records}


def test_who_has_not_the_secret_learns_nothing(platform: Platform) -> None:
    with pytest.raises(SourceFailed) as failed:
        ask(client(platform, secret="another"))
    assert failed.value.kind == Failure.REFUSED
    with pytest.raises(SourceFailed) as failed:
        ask(client(platform), item=replace(MARRIAGE, code="work"))
    assert failed.value.kind == Failure.REFUSED


def test_a_connection_has_its_own_tokens(platform: Platform) -> None:
    connector = client(platform)
    ask(connector)
    platform.tokens = {token: ("elsewhere", until) for token, (_, until) in platform.tokens.items()}
    assert ask(connector), "a token of another connection is not taken, and a new one fetched"
    assert len({code for code, _ in platform.tokens.values()}) == 2


def test_what_is_sent_in_their_words_comes_back_in_ours() -> None:
    service = CONNECTION.service("marriage")
    sent = as_sent(MARRIAGE, service, WEDDING)
    assert sent == {"po": "330782198005170013", "zt": "20", "djrq": "2019-06-01"}
    assert translated(MARRIAGE, service, [sent]) == [WEDDING]
