"""The gateway's interface, the same by both doors: beside the pages, and as an application of its own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from django.test import Client

from mianzheng.audit import queries as log
from mianzheng.gateway.models import AskerKey
from mianzheng.gateway.rules.keys import SINGLE
from mianzheng.gateway.rules.questions import MOST
from mianzheng.web import clock
from tests.actions.asked import SECRET, consent, grant, key
from tests.actions.conftest import lasting_town
from tests.looped import run
from tests.rsgi import Transport
from tests.second_city.life import NOW

__all__ = ["lasting_town"]

SINGLE_PATH, BATCH_PATH = "/api/v1/verifications", "/api/v1/verifications/batch"


@dataclass
class Said:
    """A response, whichever door it came by."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def lines(self) -> list[Any]:
        return [json.loads(each) for each in self.body.splitlines()]


@dataclass
class Door:
    """How a machine of an asker asks."""

    which: str
    secret: str = SECRET
    app: Any = field(default=None, repr=False)

    def post(self, path: str, told: Any, **headers: str) -> Said:
        body = told if isinstance(told, bytes) else json.dumps(told).encode()
        named = {"Content-Type": "application/json", **headers}
        if self.secret:
            named["Authorization"] = f"Bearer {self.secret}"
        if self.which == "pages":
            answer = Client().post(path, body, content_type="application/json", headers=named)
            content = b"".join(answer.streaming_content) if answer.streaming else answer.content
            return Said(answer.status_code, {k.lower(): v for k, v in answer.headers.items()}, content)
        return run(self._rsgi(path, body, named))

    async def _rsgi(self, path: str, body: bytes, headers: dict[str, str]) -> Said:
        transport = Transport(self.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as client:
            answer = await client.post(path, content=body, headers=headers)
            return Said(answer.status_code, dict(answer.headers), answer.content)

    def ask(self, number: str, fact: str = "no-debt", matter: str = "home", **more: str) -> Said:
        return self.post(SINGLE_PATH, {"fact": fact, "matter": matter, "number": number}, **more)


@pytest.fixture(params=["pages", "own"])
def door(request, lasting_town, monkeypatch) -> Iterator[Door]:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    from mianzheng.gateway.api.rsgi import Gateway

    key()
    app = Gateway()
    yield Door(request.param, app=app)
    app.close()


def problem(said: Said, status: int, code: str) -> dict[str, Any]:
    assert (said.status, said.headers["content-type"]) == (status, "application/problem+json"), said.body
    assert said.json["code"] == code
    assert said.json["status"] == status
    assert said.json["title"]
    return said.json


def test_a_question_is_answered_with_as_little_as_possible(door, lasting_town):
    grant()
    said = door.ask(lasting_town.numbers["eric"])
    assert said.status == 200
    assert set(said.json) == {"verdict", "source", "as_of", "entry"}
    assert said.json["verdict"] == "fails"
    assert said.headers["ratelimit-remaining"] == "99"
    assert said.headers["cache-control"] == "no-store"
    assert [str(each.id) for each in log.about(lasting_town["eric"])] == [said.json["entry"]]


def test_whoever_has_no_key_or_one_that_ended_is_not_known(door, lasting_town):
    grant()
    number = lasting_town.numbers["eric"]
    for secret in ("", "mz-ask-wrong"):
        door.secret = secret
        said = door.ask(number)
        problem(said, 401, "unknown_key")
        assert said.headers["www-authenticate"].startswith("Bearer")
    door.secret = SECRET
    AskerKey.objects.update(ended_at=NOW, ended_by="test")
    problem(door.ask(number), 401, "unknown_key")
    assert log.about(lasting_town["eric"]) == ()


def test_a_key_without_the_scope_asks_no_batch(door, lasting_town):
    grant()
    AskerKey.objects.update(scopes=[SINGLE])
    assert door.ask(lasting_town.numbers["eric"]).status == 200
    told = {"fact": "no-debt", "matter": "home", "questions": [{"number": lasting_town.numbers["eric"]}]}
    problem(door.post(BATCH_PATH, told), 403, "scope_missing")


def test_problems_say_what_and_what_now_in_the_language_asked_for(door, lasting_town):
    number = lasting_town.numbers["eric"]
    told = problem(door.ask(number), 403, "not_granted")
    assert told["title"] == "没有为这个事项核验这个事实的有效授权。"
    english = problem(door.ask(number, **{"Accept-Language": "en-GB,en;q=0.9,zh;q=0.5"}), 403, "not_granted")
    assert "grant" in english["title"]
    wrong = problem(door.ask(number[:-1] + "a"), 403, "not_granted")
    assert number[:-1] not in json.dumps(wrong)


@pytest.mark.parametrize(
    ("told", "named"),
    [
        (b"", ""),
        (b"{", ""),
        (b"[1]", ""),
        (b"\xff\xfe", ""),
        ({"fact": "no-debt", "matter": "home"}, "number"),
        ({"fact": "no-debt", "matter": "home", "number": 5}, "number"),
        ({"fact": "no-debt", "matter": "home", "number": "1", "params": {"limit": 5}}, ""),
        ({"fact": "no-debt", "matter": "home", "number": "1" * 101}, "number"),
        ({"fact": "no-debt", "matter": "home", "number": "1", "ref": "Anna Müller"}, "ref"),
        ({"fact": "no-debt", "matter": "home", "number": "1", "kind": "horse"}, "kind"),
    ],
    ids=str,
)
def test_a_question_written_wrongly_is_said_to_be(door, told, named):
    grant()
    assert problem(door.post(SINGLE_PATH, told), 422, "wrong_question").get("field", "") == named


def test_a_wrong_number_is_told_without_repeating_it(door, lasting_town):
    grant()
    number = lasting_town.numbers["eric"]
    wrong = number[:-1] + ("0" if number[-1] != "0" else "1")
    told = problem(door.ask(wrong), 422, "wrong_number")
    assert told["field"] == "number"
    assert wrong not in json.dumps(told)


def test_used_up_says_when_to_come_again(door, lasting_town):
    grant(daily=1)
    assert door.ask(lasting_town.numbers["anna"]).status == 200
    said = door.ask(lasting_town.numbers["ben"])
    problem(said, 429, "allowance_used_up")
    assert said.headers["retry-after"] == str(14 * 3600)
    assert said.headers["ratelimit-remaining"] == "0"


def test_a_repeated_request_gets_the_same_and_another_one_under_its_key_is_refused(door, lasting_town):
    grant()
    again = {"Idempotency-Key": '"one"'}
    first = door.ask(lasting_town.numbers["eric"], **again)
    second = door.ask(lasting_town.numbers["eric"], **again)
    assert (first.json, second.headers["idempotent-replayed"]) == (second.json, "true")
    problem(door.ask(lasting_town.numbers["anna"], **again), 409, "key_reused")
    assert len(log.about(lasting_town["eric"])) == 1


def test_a_batch_answers_line_by_line_and_one_wrong_line_stops_no_other(door, lasting_town):
    grant()
    AskerKey.objects.update(asker="homes")
    numbers = lasting_town.numbers
    questions = [
        {"ref": "a", "number": numbers["anna"]},
        {"ref": "b", "number": "123"},
        {"ref": "c", "number": numbers["eric"], "fact": "works"},
        {"ref": "d"},
        {"ref": "e", "number": numbers["eric"]},
    ]
    said = door.post(BATCH_PATH, {"fact": "no-debt", "matter": "home", "questions": questions})
    assert (said.status, said.headers["content-type"]) == (200, "application/x-ndjson")
    assert [line["ref"] for line in said.lines] == list("abcde")
    assert [line.get("verdict") or line["error"]["code"] for line in said.lines] == [
        "holds", "wrong_number", "not_granted", "wrong_question", "fails",
    ]  # fmt: skip
    assert said.lines[1]["error"] == {"code": "wrong_number", "status": 422, "field": "number"}


def test_a_long_batch_comes_whole_and_in_order(door, lasting_town):
    grant(daily=5_000)
    names = ["anna", "eric"] * 1_200
    questions = [{"ref": str(n), "number": lasting_town.numbers[name]} for n, name in enumerate(names)]
    told = {"fact": "no-debt", "matter": "home", "questions": questions}
    said = door.post(BATCH_PATH, told, **{"Idempotency-Key": "long"})
    assert [line["ref"] for line in said.lines] == [str(n) for n in range(2_400)]
    assert [line["verdict"] for line in said.lines] == ["holds", "fails"] * 1_200
    assert door.post(BATCH_PATH, told, **{"Idempotency-Key": "long"}).lines == said.lines
    assert len(log.about(lasting_town["eric"], limit=5_000)) == 1_200


@pytest.mark.parametrize(
    "told",
    [{}, [], {"questions": []}, {"questions": {}}, {"questions": [{}] * (MOST + 1)}, {"questions": [{}], "limit": "5"}],
    ids=["nothing", "list", "none", "object", "too many", "parameters"],
)
def test_a_batch_that_is_none_is_refused_whole(door, told):
    problem(door.post(BATCH_PATH, told), 422, "wrong_question")


def test_a_bank_asks_with_consent_only(door, lasting_town):
    AskerKey.objects.update(asker="bank")
    grant("bank", "works", "loan")
    number = lasting_town.numbers["anna"]
    problem(door.ask(number, "works", "loan"), 403, "no_consent")
    given = consent(lasting_town, "anna", "works")
    assert door.ask(number, "works", "loan").json["verdict"] == "holds"
    told = {"fact": "works", "matter": "loan", "number": number, "consent": given.number}
    assert door.post(SINGLE_PATH, told).json["verdict"] == "holds"


def test_elsewhere_is_nothing():
    from mianzheng.gateway.api.rsgi import Gateway

    door = Door("own", app=Gateway())
    assert door.post("/api/v1/else", {}).status == 404


def test_the_gateway_is_well():
    from mianzheng.gateway.api.rsgi import Gateway

    assert Door("own", app=Gateway()).post("/healthz", {}).json == {"status": "ok"}


def test_nobody_known_gets_no_stream_though_all_of_it_is_written_wrongly(door):
    door.secret = "mz-ask-wrong"
    problem(door.post(BATCH_PATH, {"questions": [{}] * 3}), 401, "unknown_key")


def test_a_batch_of_the_largest_size_is_taken(door, lasting_town):
    grant(daily=20_000)
    number = lasting_town.numbers["anna"]
    questions = [{"ref": f"{n:064}", "number": number, "fact": "no-debt", "matter": "home"} for n in range(MOST)]
    questions = [{**each, "consent": "x" * 80} for each in questions]
    said = door.post(BATCH_PATH, {"questions": questions})
    assert said.status == 200
    assert len(said.lines) == MOST
    assert {line["verdict"] for line in said.lines} == {"holds"}
    assert [said.lines[0]["ref"], said.lines[-1]["ref"]] == [questions[0]["ref"], questions[-1]["ref"]]


def test_a_question_gets_back_what_it_calls_itself_also_the_second_time(door, lasting_town):
    grant()
    told = {"fact": "no-debt", "matter": "home", "number": lasting_town.numbers["eric"], "ref": "row-7"}
    first, second = (door.post(SINGLE_PATH, told, **{"Idempotency-Key": "again"}) for _ in range(2))
    assert first.json["ref"] == "row-7"
    assert first.json == second.json


def test_a_batch_that_is_too_large_says_how_large_it_may_be(door):
    told = problem(door.post(BATCH_PATH, {"questions": [{}] * (MOST + 1)}), 422, "wrong_question")
    assert "10000" in told["title"]
