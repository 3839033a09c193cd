"""The page of the connections: how each does, what is wrong with one, and never what was asked."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import reverse

from mianzheng.catalogue.actions.load_city import load_city
from mianzheng.catalogue.queries.editions import city as city_in_force
from mianzheng.centre.actions.approvals import file_approval
from mianzheng.centre.models import Breakage, ConnectionDay, Intake
from mianzheng.centre.queries import gates
from tests.adapters.awful_source import KEY, SECRET, AwfulSource, awful_source
from tests.pages.street import Street, seen, street
from tests.second_city.life import DAY, NOW, officer
from tests.second_city.sources import connect, files_with_sources

__all__ = ["street"]

PAGE = "/centre/connections/"


@pytest.fixture
def source(street: Street, settings: Any) -> Iterator[AwfulSource]:
    settings.ADAPTERS = {}
    gates.forget()
    files = files_with_sources("debts", quota=500)
    load_city(files=files, actor="operator", now=NOW + datetime.timedelta(seconds=1))
    with awful_source() as found:
        connect(settings.MIANZHENG_HOME, {"outside": {"address": found.address, "app_key": KEY, "secret": SECRET}})
        yield found


def test_the_page_says_how_each_connection_does(street: Street, source: AwfulSource) -> None:
    ConnectionDay.objects.create(
        connection="outside", day=NOW.date(), asked=20, answered=15, failed=5, held_back=4, milliseconds=900
    )
    reason = {"msgid": "对方出错（%(status)s）。", "params": {"status": "502"}}
    Breakage.objects.create(connection="outside", reason=reason, opened_at=NOW - DAY, closed_at=NOW - DAY / 2)
    Breakage.objects.create(connection="outside", reason=reason, opened_at=NOW - 40 * DAY, closed_at=NOW - 39 * DAY)
    text = seen(street.as_("duty").get(PAGE))
    for words in ("省平台", "正常", "480", "45 毫秒", "对方出错（502）。"):
        assert words in text
    assert text.count("对方出错") == 1, "forty days ago is not lately"


def test_an_open_breakage_shows_whichever_process_noticed(street: Street, source: AwfulSource) -> None:
    Breakage.objects.create(connection="outside", reason={}, opened_at=NOW)
    text = seen(street.as_("duty").get(PAGE))
    assert "暂停询问" in text
    assert "还没有恢复" in text


def test_a_connection_can_be_tried(street: Street, source: AwfulSource) -> None:
    client, address = street.as_("duty"), reverse("centre:connection_check", args=["outside"])
    assert "没有问题" in seen(client.post(address, follow=True))
    source.stop()
    text = seen(client.post(address, follow=True))
    assert any(words in text for words in ("连不上", "没有在规定时间内答复", "连接中途断开")), text[-300:]
    assert client.post(reverse("centre:connection_check", args=["nowhere"])).status_code == 404


def test_a_copy_with_a_connection_is_pulled_from_its_page(street: Street) -> None:
    files = files_with_sources(kind="database")
    files["items.csv"] = "\n".join(
        row.replace(",copy,,", ",copy,outside,") if row.startswith("debts,") else row
        for row in files["items.csv"].splitlines()
    )
    load_city(files=files, actor="operator", now=NOW + datetime.timedelta(seconds=1))
    approve = {"document": "桥数〔2026〕1号", "scope": "", "from_day": NOW.date(), "until_day": None}
    file_approval(city=city_in_force(), item="debts", actor=officer("homes"), now=NOW, **approve)
    page, pull = reverse("centre:quality", args=["debts"]), reverse("centre:pull", args=["debts"])
    for who in ("homes", "duty"):
        assert pull in street.as_(who).get(page).content.decode()
    first = street.as_("homes").post(pull)
    batch = Intake.objects.get()
    assert (batch.way, batch.stage, batch.received_by) == ("pull", "queued", str(street.accounts["homes"].id))
    assert first["Location"] == reverse("centre:intake", args=[batch.id])
    assert street.as_("duty").post(pull)["Location"] == first["Location"], "one at a time"
    assert street.as_("civil").post(pull).status_code == 404
    card = reverse("centre:pull", args=["card"])
    assert card not in street.as_("duty").get(reverse("centre:quality", args=["card"])).content.decode()
    assert "没有有效的归集授权" in seen(street.as_("duty").post(card, follow=True))
    assert Intake.objects.count() == 1


def test_without_connections_the_page_says_where_they_come_from(street: Street) -> None:
    assert "connections.yaml" in seen(street.as_("duty").get(PAGE))
