"""Every operation of the open interface x every kind of asker: what each gets, generated, drawn into the docs and compared."""

from __future__ import annotations

import datetime
import json
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from mianzheng.centre.actions.sender_keys import make_key
from mianzheng.gateway.models import AskerClient, AskerKey
from mianzheng.gateway.rules.keys import BATCH, SINGLE
from tests.actions.asked import consent, grant, key
from tests.pages.street import Street, street
from tests.second_city.life import NOW, officer

__all__ = ["street"]

DRAWN = Path(__file__).parents[2] / "docs" / "reference" / "askers.md"
HEAD = """# Who gets what from the open interface

Every operation and every kind of asker, each asking about somebody it may or may not ask about. Generated and compared by
`tests/pages/test_asker_matrix.py`; a number is the status of the response, a word after it what a program can decide by.

"""


def _oauth(asker: str) -> str:
    """Return an access token of the identity provider, for a client of `asker`."""
    from allauth.idp.oidc.models import Client as Provided
    from allauth.idp.oidc.models import Token

    client = Provided.objects.create(id=f"client-{asker}", name=asker, grant_types="client_credentials")
    AskerClient.objects.create(client=client.id, asker=asker, name=asker, made_at=NOW, made_by="test")
    token = Token(type=Token.Type.ACCESS_TOKEN, client=client, expires_at=NOW + datetime.timedelta(days=1))
    token.set_value("a-token")
    token.set_scopes([SINGLE, BATCH])
    token.save()
    return "a-token"


def _own(asker: str, **more: Any) -> str:
    key(asker, secret="mz-ask-of-the-matrix", **more)
    return "mz-ask-of-the-matrix"


DUTY = {"fact": "no-debt", "matter": "home"}
LOAN = {"fact": "works", "matter": "loan"}
ASKERS: dict[str, tuple[Callable[[Street], str], dict[str, str]]] = {
    "nobody: no key": (lambda s: "", DUTY),
    "a key nobody made": (lambda s: "mz-ask-made-up", DUTY),
    "a key that was ended": (lambda s: _own("homes", ended_at=NOW, ended_by="test"), DUTY),
    "a key that is over": (lambda s: _own("homes", until=NOW), DUTY),
    "a department's key for handing in": (
        lambda s: make_key(id=uuid.uuid4(), name="x", actor=officer("homes"), now=NOW),
        DUTY,
    ),
    "a department, as its duty": (lambda s: _own("homes"), DUTY),
    "a department, by a client's token": (lambda s: _oauth("homes"), DUTY),
    "a department, without a grant": (lambda s: _own("civil"), DUTY),
    "a department, key for single questions": (lambda s: _own("homes", scopes=[SINGLE]), DUTY),
    "a department, key for batches": (lambda s: _own("homes", scopes=[BATCH]), DUTY),
    "a service body, as its duty": (lambda s: _own("water"), {"fact": "has-card", "matter": "pipe"}),
    "a bank, with consent": (lambda s: _own("bank"), LOAN),
    "a bank, without consent": (lambda s: _own("bank"), {**LOAN, "who": "ben"}),
    "a bank, consent taken back": (lambda s: _own("bank"), {**LOAN, "who": "eric"}),
    "a bank, consent to something else": (lambda s: _own("bank"), {**LOAN, "fact": "married"}),
    "a bank, for a matter of an authority": (lambda s: _own("bank"), DUTY),
}


MAY = {
    "a department, as its duty",
    "a department, by a client's token",
    "a department, key for single questions",
    "a department, key for batches",
    "a service body, as its duty",
    "a bank, with consent",
}
"""Whoever is answered at all."""


def _operations() -> list[tuple[str, str, str]]:
    told = Client().get(reverse("api:openapi-json")).json()
    return [
        (operation["operationId"], method, path)
        for path, methods in told["paths"].items()
        for method, operation in methods.items()
    ]


def _asked(operation: str, method: str, path: str, secret: str, question: dict[str, str]) -> str:
    """Return what came of it in a few words."""
    body = json.dumps({"questions": [question]} if operation == "verification_batch" else question)
    where = path.replace("{item}", "debts").replace("{intake}", str(uuid.uuid4())) + "?kind=snapshot"
    headers = {"Authorization": f"Bearer {secret}"} if secret else {}
    answer = Client().generic(method.upper(), where, body, content_type="application/json", headers=headers)
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    told = json.loads(content.splitlines()[0]) if content else {}
    said = told.get("verdict") or told.get("error", told).get("code") or ""
    return f"{answer.status_code} {said}".strip()


@pytest.fixture
def grants(street: Street) -> None:
    grant()
    grant("water", "has-card", "pipe")
    for fact in ("works", "married"):
        grant("bank", fact, "loan")
    consent(street.town, "anna", "works")
    consent(street.town, "eric", "works", revoked_at=NOW, revoked_by="eric")


@pytest.mark.usefixtures("grants")
def test_every_operation_for_every_kind_of_asker(street: Street) -> None:
    operations = _operations()
    rows = []
    for name, (make, wanted) in ASKERS.items():
        secret = make(street)
        question = {"number": street.town.numbers[wanted.get("who", "anna")]}
        question |= {k: v for k, v in wanted.items() if k != "who"}
        rows.append([name, *(_asked(*operation, secret, question) for operation in operations)])
        AskerKey.objects.all().delete()
    titles = ["asker", *(f"`{operation}`" for operation, _, _ in operations)]
    table = [titles, ["---"] * len(titles), *rows]
    drawn = HEAD + "\n".join(f"| {' | '.join(row)} |" for row in table) + "\n"
    answered = {name for name, *outcomes in rows if "200 holds" in outcomes}
    assert answered == MAY, "somebody is answered who may not be, or the other way round"
    assert DRAWN.read_text("utf-8") == drawn, drawn
