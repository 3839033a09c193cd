"""Grants, keys and consents of the second city, put straight into the tables, and questions under them."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

from mianzheng.gateway import models
from mianzheng.gateway.actions.answering import Asked, answer
from mianzheng.gateway.actions.replies import Repeat
from mianzheng.gateway.queries.standing import in_force
from mianzheng.gateway.rules.grants import Stage
from mianzheng.gateway.rules.keys import BATCH, SINGLE, Caller, digest
from mianzheng.gateway.rules.questions import Outcome, Question
from tests.second_city.life import NOW, Town
from tests.second_city.reading import CITY

YEAR = datetime.timedelta(days=365)
SECRET = "mz-ask-a-key-of-tests"


def grant(asker: str = "homes", fact: str = "no-debt", matter: str = "home", **more: Any) -> models.Grant:
    """Put a grant in force."""
    duty = asker != "bank"
    given: dict[str, Any] = {
        "params": {"limit": 100} if fact == "no-debt" else {},
        "ground": "duty" if duty else "consent",
        "basis": "homes-3" if duty else "",
        "daily": 100,
        "from_day": NOW.date(),
        "until_day": NOW.date() + YEAR,
        "stage": Stage.IN_FORCE,
    }
    return models.Grant.objects.create(
        asker=asker, fact=fact, matter=matter, purpose="test", liability="liability-1", asked_at=NOW, asked_by="test",
        **given | more,
    )  # fmt: skip


def key(asker: str = "homes", secret: str = SECRET, **more: Any) -> models.AskerKey:
    """Make a key good for everything."""
    given = {"scopes": [SINGLE, BATCH], "until": NOW + YEAR} | more
    return models.AskerKey.objects.create(
        asker=asker, name="test", digest=digest(secret), made_at=NOW, made_by="test", **given
    )


def consent(town: Town, name: str, *facts: str, **more: Any) -> models.Consent:
    """Have somebody consent to the bank, on the terms of its grants."""
    given: dict[str, Any] = {"until_day": NOW.date() + YEAR, "given_at": NOW, "given_by": "test", "matter": "loan"}
    given |= {"number": uuid.uuid4().hex.upper()} | more
    given.setdefault("terms", in_force(NOW.date()).terms("bank", facts, given["matter"], NOW.date()))
    return models.Consent.objects.create(
        asker="bank", subject=town[name], facts=list(facts), channel="phone",
        wording="consent-1", answer_by=NOW + YEAR, asked_at=NOW, asked_by="test", **given,
    )  # fmt: skip


def caller(asker: str = "homes") -> Caller:
    """Return who asks for `asker`."""
    return Caller(asker, f"key:{asker}", frozenset({SINGLE, BATCH}), NOW + YEAR)


def ask(
    town: Town,
    *names: str,
    asker: str = "homes",
    fact: str = "no-debt",
    matter: str = "home",
    now: datetime.datetime = NOW,
    repeat: str = "",
    **more: str,
) -> list[Outcome]:
    """Ask one fact about some people together."""
    known = Repeat(asker, repeat, 0, b"r" * 32) if repeat else None
    asked = [
        Asked(caller(asker), Question(fact, matter, town.numbers.get(name, name), **more), known) for name in names
    ]
    return answer(city=CITY, standing=in_force(now.date()), asked=asked, now=now)
