"""From a request to an answer: granted by everybody who has to, asked with a key and with a token, counted, taken away."""

import base64
import uuid

import pytest
from django.test import Client

from mianzheng.gateway.actions import clients, keys, terms
from mianzheng.gateway.queries.grants import cards
from mianzheng.web import clock
from tests.actions.conftest import lasting_town
from tests.second_city.asking import CIVIL, DUTY, DUTY_CALL, TODAY, granted
from tests.second_city.life import DAY, NOW
from tests.second_city.reading import CITY

__all__ = ["lasting_town"]


def asked(secret: str, number: str) -> tuple[int, dict[str, object]]:
    question = {"fact": "no-debt", "matter": "bus", "number": number}
    answer = Client().post(
        "/api/v1/verifications",
        question,
        content_type="application/json",
        headers={"Authorization": f"Bearer {secret}"},
    )
    return answer.status_code, answer.json()


def test_what_is_granted_is_answered_until_it_is_taken_away(lasting_town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    number = lasting_town.numbers["eric"]
    wanted = {"city": CITY, "scopes": ["verify"], "until": TODAY + 30 * DAY, "actor": CIVIL, "now": NOW}
    key = keys.make_key(id=uuid.uuid4(), name="系统", **wanted)
    id = uuid.uuid4()
    name, secret = clients.make_client(id=id, name="系统", **wanted)
    basic = base64.b64encode(f"{name}:{secret}".encode()).decode()
    form = {"grant_type": "client_credentials"}
    token = Client().post("/identity/token", form, headers={"Authorization": f"Basic {basic}"}).json()["access_token"]

    assert asked(key, number)[0] == 403, "nothing is granted yet"
    grant = granted(DUTY_CALL, daily=2)
    for way in (key, token):
        status, told = asked(way, number)
        assert (status, told["verdict"]) == (200, "fails"), told
    (card,) = cards([grant], today=TODAY)
    assert (card.used, card.left) == (2, 0)
    assert asked(token, number)[0] == 429
    terms.change_allowance(city=CITY, grant=grant.id, daily=9, day=TODAY, why="不够用", actor=DUTY, now=NOW)
    assert asked(token, number)[0] == 200, "more counts at once"

    clients.end_client(client=id, actor=CIVIL, now=NOW)
    assert asked(token, number)[0] == 401
    terms.revoke(city=CITY, grant=grant.id, why="用于别的事项", actor=DUTY, now=NOW)
    assert asked(key, number)[0] == 403
