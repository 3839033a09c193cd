"""Handing in by machine: keys, answers, problem details, the description."""

from __future__ import annotations

import json
import uuid

import pytest
from django.test import Client
from django.urls import reverse

from mianzheng.centre import jobs
from mianzheng.centre.actions.approvals import file_approval
from mianzheng.centre.actions.sender_keys import make_key
from mianzheng.centre.models import Intake
from mianzheng.common.actors import OPERATOR
from mianzheng.common.identifiers import make_ric
from tests.pages.street import Street, seen, street
from tests.second_city.life import BORN, NOW, officer
from tests.second_city.reading import CITY

__all__ = ["street"]

WHERE = "/api/v1/centre/items/debts/intakes?kind=snapshot"


class Machine:
    """A department's own system."""

    def __init__(self, secret: str, numbers: dict[str, str]) -> None:
        self.client, self.numbers = Client(), numbers
        self.headers = {"Authorization": f"Bearer {secret}"}

    def file(self, *names: str) -> bytes:
        return ("身份证号,欠款\n" + "".join(f"{self.numbers[n]},{m}\n" for m, n in enumerate(names, 7))).encode()

    def send(self, body: bytes, where: str = WHERE, **headers: str):
        said = {**self.headers, "Content-Length": str(len(body)), **headers}
        return self.client.post(where, body, content_type="text/csv", headers=said)

    def ask(self, where: str, **more):
        return self.client.get(where, headers=self.headers, **more)


@pytest.fixture
def machine(street: Street) -> Machine:
    day = NOW.date()
    for item in ("debts", "work"):
        file_approval(
            city=CITY,
            item=item,
            document="桥数〔2026〕1号",
            scope="",
            from_day=day,
            until_day=None,
            actor=OPERATOR,
            now=NOW,
        )
    secret = make_key(id=uuid.uuid4(), name="缴费系统", actor=officer("homes"), now=NOW)
    return Machine(secret, street.town.numbers)


def problem(answer, status: int) -> dict:
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    told = json.loads(answer.content)
    assert told["status"] == status
    assert told["title"]
    return told


def test_a_file_is_pushed_queued_and_its_outcome_asked_for(machine: Machine):
    good = "".join(f"{make_ric('330782', BORN, 100 + n)},{n}\n" for n in range(40)).encode()
    answer = machine.send(machine.file("eric") + f"{machine.numbers['anna']},x\n".encode() + good)
    assert answer.status_code == 202, answer.content
    told = answer.json()
    assert (told["stage"], told["item"], told["kind"]) == ("queued", "debts", "snapshot")
    assert answer["Location"] == f"/api/v1/centre/intakes/{told['id']}"
    jobs.load_waiting()
    ended = machine.ask(answer["Location"]).json()
    assert (ended["stage"], ended["rows"], ended["bad_rows"]) == ("loaded", 42, 1)
    assert ended["faults"][0]["column"] == "欠款"
    faults = machine.ask(answer["Location"] + "/faults").json()
    assert [(each["row"], each["value"]) for each in faults] == [(3, "x")]
    csv = b"".join(machine.ask(answer["Location"] + "/faults?form=csv").streaming_content).decode()
    assert csv.startswith("\ufeff")


def test_the_same_idempotency_key_is_one_batch(machine: Machine):
    sent = [machine.send(machine.file("anna"), **{"Idempotency-Key": "monday"}) for _ in range(2)]
    assert len({answer.json()["id"] for answer in sent}) == 1
    assert Intake.objects.count() == 1
    machine.send(machine.file("anna"), **{"Idempotency-Key": "tuesday"})
    assert Intake.objects.count() == 2


def test_a_body_said_to_be_a_form_is_taken_as_it_is(machine: Machine):
    """What curl --data-binary says when nothing else is said."""
    answer = machine.client.post(
        WHERE, machine.file("anna"), content_type="application/x-www-form-urlencoded", headers=machine.headers
    )
    assert answer.status_code == 202
    assert Intake.objects.get().size == len(machine.file("anna"))


@pytest.mark.parametrize("given", ["", "Bearer ", "Bearer mz-sender-guessed", "Basic eDp5"])
def test_without_a_key_nothing_is_taken_in(machine: Machine, street: Street, given: str):
    headers = {"Authorization": given} if given else {}
    answer = street.as_("homes").post(WHERE, machine.file("anna"), content_type="text/csv", headers=headers)
    problem(answer, 401)
    assert answer["WWW-Authenticate"].startswith("Bearer")
    assert not Intake.objects.exists()


@pytest.mark.parametrize(
    ("where", "status", "field"),
    [
        ("/api/v1/centre/items/credit/intakes?kind=snapshot", 403, "item"),
        ("/api/v1/centre/items/dream/intakes?kind=snapshot", 404, "item"),
        ("/api/v1/centre/items/debts/intakes", 422, "kind"),
        ("/api/v1/centre/items/debts/intakes?kind=both", 422, "kind"),
        ("/api/v1/centre/items/debts/intakes?kind=snapshot&as_of=2026-03-09", 422, "as_of"),
        ("/api/v1/centre/items/debts/intakes?kind=snapshot&as_of=soon", 422, "as_of"),
        ("/api/v1/centre/dreams", 404, ""),
    ],
)
def test_every_refusal_is_a_problem(machine: Machine, where: str, status: int, field: str):
    told = problem(machine.send(machine.file("anna"), where), status)
    assert told.get("field", "") == field
    assert not Intake.objects.exists()


def test_an_empty_body_and_a_wrong_method_are_problems_too(machine: Machine):
    assert problem(machine.send(b""), 422)["field"] == "file"
    wrong = machine.client.put(WHERE, b"x", headers=machine.headers)
    problem(wrong, 405)
    assert wrong["Allow"] == "POST"
    problem(machine.client.generic("POST", WHERE, b"", headers=machine.headers), 411)


def test_problems_speak_the_senders_language(machine: Machine):
    english = problem(machine.send(b"", **{"Accept-Language": "en"}), 422)
    chinese = problem(machine.send(b"", **{"Accept-Language": "zh-CN"}), 422)
    assert english["field"] == chinese["field"]
    assert chinese["title"] == "文件是空的。"


def test_batches_of_others_are_not_there(machine: Machine):
    batch = machine.send(machine.file("anna")).json()["id"]
    secret = make_key(id=uuid.uuid4(), name="别家系统", actor=officer("civil"), now=NOW)
    other = Machine(secret, machine.numbers)
    problem(other.ask(f"/api/v1/centre/intakes/{batch}"), 404)
    problem(other.ask(f"/api/v1/centre/intakes/{batch}/faults"), 404)
    problem(machine.ask(f"/api/v1/centre/intakes/{batch}/faults"), 404)
    problem(machine.ask(f"/api/v1/centre/intakes/{uuid.uuid4()}"), 404)


def test_the_description_is_complete_and_has_a_page(street: Street):
    told = Client().get(reverse("api:openapi-json")).json()
    assert told["openapi"].startswith("3.")
    for methods in told["paths"].values():
        for operation in methods.values():
            assert operation["summary"]
            assert operation["description"]
            assert operation["x-codeSamples"]
            assert operation["security"]
            wrong = {code: each for code, each in operation["responses"].items() if int(code) >= 400}
            assert {"401", "422"} <= set(wrong)
            assert all(list(each["content"]) == ["application/problem+json"] for each in wrong.values())
    page = Client().get("/api/v1/docs")
    assert "上交一批数据" in seen(page)
    assert "Idempotency-Key" in seen(page)
    assert "<script" not in page.content.decode().split("</head>")[1]
