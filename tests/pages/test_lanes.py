"""Lanes: who asks together is answered together; batches give way to windows; nobody waits for ever."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Sequence
from typing import Any

import httpx
import pytest
from django.db import OperationalError

from mianzheng.gateway.api import rsgi
from mianzheng.gateway.api.calls import Call
from mianzheng.gateway.api.lanes import Lane
from mianzheng.gateway.api.rsgi import Gateway
from mianzheng.gateway.rules.questions import Denied, Not, Outcome, Question, Told
from tests.looped import run
from tests.rsgi import Transport

KEY = {"Authorization": "Bearer mz-ask-x"}
ASKED = {"fact": "no-debt", "matter": "home", "number": "1"}


def call(number: int) -> Call:
    return Call("key", Question("fact", "matter", str(number)))


class Desk:
    """Answers, and keeps how many came at a time; waits before the first answer until it is let go."""

    def __init__(self) -> None:
        self.groups: list[int] = []
        self.go = threading.Event()

    def answer(self, calls: Sequence[Call]) -> list[Outcome]:
        self.groups.append(len(calls))
        assert self.go.wait(timeout=20)
        return [Told({"number": each.question.number}) for each in calls]


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.mark.parametrize("threads", [1, 3])
def test_what_arrives_meanwhile_is_one_group_and_everybody_gets_their_own_answer(desk: Desk, threads: int) -> None:
    async def asked() -> list[Outcome]:
        lane = Lane(desk.answer, threads=threads, most=50)
        first = [asyncio.create_task(lane.ask(call(n))) for n in range(threads)]
        while len(desk.groups) < 1:
            await asyncio.sleep(0.001)
        rest = [asyncio.create_task(lane.ask(call(n))) for n in range(threads, 100)]
        await asyncio.sleep(0.05)
        desk.go.set()
        answers = await asyncio.gather(*first, *rest)
        await asyncio.to_thread(lane.close)
        return answers

    answers = run(asked())
    assert answers == [Told({"number": str(n)}) for n in range(100)]
    assert sum(desk.groups) == 100
    assert len(desk.groups) <= threads + 3
    assert max(desk.groups) <= 50


def test_a_lone_question_is_answered_at_once(desk: Desk) -> None:
    desk.go.set()

    async def asked() -> Outcome:
        lane = Lane(desk.answer)
        answer = await asyncio.wait_for(lane.ask(call(7)), timeout=5)
        await asyncio.to_thread(lane.close)
        return answer

    assert run(asked()) == Told({"number": "7"})
    assert desk.groups == [1]


def test_where_many_ask_they_are_answered_together_once_all_have_asked_again() -> None:
    groups: list[int] = []

    def answer(calls: Sequence[Call]) -> list[Outcome]:
        groups.append(len(calls))
        time.sleep(0.002)
        return [Told({}) for _ in calls]

    async def client(lane: Lane) -> None:
        for n in range(30):
            await lane.ask(call(n))

    async def asked() -> None:
        lane = Lane(answer)
        await asyncio.gather(*(client(lane) for _ in range(32)))
        await asyncio.to_thread(lane.close)

    run(asked())
    assert sum(groups) == 32 * 30
    assert groups[2:29] == [32] * 27


def test_who_stays_away_is_waited_for_only_a_moment() -> None:
    async def asked() -> float:
        lane = Lane(lambda calls: [Told({}) for _ in calls])
        await asyncio.gather(*(lane.ask(call(n)) for n in range(40)))
        begun = time.perf_counter()
        await lane.ask(call(1))
        took = time.perf_counter() - begun
        await asyncio.to_thread(lane.close)
        return took

    assert run(asked()) < 1


def test_where_too_many_wait_one_is_told_to_come_again(desk: Desk) -> None:
    async def asked() -> tuple[Outcome, Outcome]:
        lane = Lane(desk.answer, most=1, waiting=2)
        under_way = asyncio.create_task(lane.ask(call(0)))
        while not desk.groups:
            await asyncio.sleep(0.001)
        waiting = [asyncio.create_task(lane.ask(call(n))) for n in (1, 2)]
        await asyncio.sleep(0.01)
        too_many = await lane.ask(call(3))
        desk.go.set()
        await asyncio.gather(*waiting)
        first = await under_way
        await asyncio.to_thread(lane.close)
        return too_many, first

    too_many, first = run(asked())
    assert too_many == Denied(Not.BUSY, retry_after=1)
    assert first == Told({"number": "0"})


def test_where_answering_breaks_the_group_is_told_to_come_again_and_the_next_is_answered() -> None:
    broken = [True]

    def answer(calls: Sequence[Call]) -> list[Outcome]:
        if broken.pop() if broken else False:
            raise RuntimeError("lost")
        return [Told({}) for _ in calls]

    async def asked() -> list[Outcome]:
        lane = Lane(answer)
        found = [await lane.ask(call(1)), await lane.ask(call(2))]
        await asyncio.to_thread(lane.close)
        return found

    assert run(asked()) == [Denied(Not.BUSY, retry_after=2), Told({})]


def test_one_that_breaks_the_answering_breaks_nobody_elses() -> None:
    def answer(calls: Sequence[Call]) -> list[Outcome]:
        if any(each.question.number == "3" for each in calls):
            raise RuntimeError("lost")
        return [Told({"number": each.question.number}) for each in calls]

    async def asked() -> list[Outcome]:
        lane = Lane(answer)
        found = await asyncio.gather(*(lane.ask(call(n)) for n in range(6)))
        await asyncio.to_thread(lane.close)
        return found

    busy = Denied(Not.BUSY, retry_after=2)
    assert run(asked()) == [busy if n == 3 else Told({"number": str(n)}) for n in range(6)]


class Slow(Gateway):
    """The application, whose answers wait until they are let go."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk

    def _answered(self, asked: Sequence[Call]) -> list[Outcome]:
        return self.desk.answer(asked)

    def _known(self, token: str) -> None:
        return None


async def _posted(client: httpx.AsyncClient, path: str, told: Any) -> httpx.Response:
    return await client.post(path, content=json.dumps(told), headers=KEY)


def test_overload_sheds_the_batch_and_not_the_windows(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rsgi, "CROWD", 4)

    async def asked() -> tuple[httpx.Response, list[httpx.Response], httpx.Response]:
        app = Slow(desk)
        transport = Transport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as client:
            first = asyncio.create_task(_posted(client, rsgi.SINGLE, ASKED))
            while not desk.groups:
                await asyncio.sleep(0.001)
            windows = [asyncio.create_task(_posted(client, rsgi.SINGLE, ASKED)) for _ in range(400)]
            await asyncio.sleep(0.2)
            shed = await _posted(client, rsgi.BATCH, {"questions": [ASKED]})
            desk.go.set()
            answered = await asyncio.gather(first, *windows)
            later = await _posted(client, rsgi.BATCH, {"questions": [ASKED]})
        await asyncio.to_thread(app.close)
        return shed, answered, later

    shed, answered, later = run(asked())
    assert (shed.status_code, shed.headers["retry-after"]) == (503, "5")
    assert shed.json()["code"] == "busy"
    assert {each.status_code for each in answered} == {200}
    assert later.status_code == 200


def test_a_batch_that_breaks_midway_says_so_in_each_line(desk: Desk) -> None:
    class Breaking(Slow):
        def _answered(self, asked: Sequence[Call]) -> list[Outcome]:
            if len(self.desk.groups) == 1:
                raise RuntimeError("lost")
            return super()._answered(asked)

    async def asked() -> httpx.Response:
        app = Breaking(desk)
        desk.go.set()
        async with httpx.AsyncClient(transport=Transport(app), base_url="http://gateway") as client:
            answer = await _posted(client, rsgi.BATCH, {"questions": [ASKED] * 2_500})
        await asyncio.to_thread(app.close)
        return answer

    lines = [json.loads(line) for line in run(asked()).content.splitlines()]
    assert len(lines) == 2_500
    assert [line.get("error", {}).get("code") for line in lines[1_000:]] == ["busy"] * 1_500


def test_a_process_begins_though_the_database_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    def lost() -> None:
        raise OperationalError("away")

    monkeypatch.setattr(rsgi, "city_in_force", lost)
    app = Gateway()

    async def begun() -> None:
        app.__rsgi_init__(asyncio.get_running_loop())

    run(begun())
    app.close()
