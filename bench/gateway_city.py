"""A city of askers for `bench/gateway.py`: grants, keys, consents, and questions about people who are really there."""

from __future__ import annotations

import datetime
import json
import secrets
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import report
from asking import ranks

PEOPLE = 50_000
"""So many different people are asked about."""
LINES = 400_000
DEPARTMENT, POLICE, BANK = "housing_fund", "police", "icbc"
ASKED = (
    (DEPARTMENT, "housing-fund-loan-second", "homes-at-most", {"homes": 1}, "duty", "fund-5"),
    (POLICE, "id-card-elsewhere", "identity-valid", {}, "duty", "identity-13"),
    (BANK, "home-loan", "identity-valid", {}, "consent", ""),
    (BANK, "home-loan", "homes-at-most", {"homes": 1}, "consent", ""),
)
"""Asker, purpose, fact, parameters, ground, basis: half of the questions need the person's consent."""


@dataclass(frozen=True)
class Askers:
    """A key for each asker, and the numbers of the people asked about, the most asked about first."""

    keys: dict[str, str]
    numbers: list[str]
    subjects: list[uuid.UUID]


def make(daily: int = 1_000_000_000) -> Askers:
    """Put the newest package in force and askers into it; whoever was there before goes."""
    from django.db import connection

    from mianzheng.catalogue.actions.load_city import load_city
    from mianzheng.catalogue.adapters.folder import files_of
    from mianzheng.gateway.models import AskerKey, Consent, Grant
    from mianzheng.gateway.rules.consents import terms_of
    from mianzheng.gateway.rules.grants import Stage
    from mianzheng.gateway.rules.keys import BATCH, PREFIX, SINGLE, digest
    from mianzheng.web import clock

    now = clock.now()
    load_city(files=files_of(report.ROOT / "cities" / "yiwu"), actor="operator", now=now)
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE gateway_grant, gateway_key, gateway_consent, gateway_day, gateway_reply CASCADE")
    year = now.date() + datetime.timedelta(days=365)
    by = {"asked_at": now, "asked_by": "bench"}
    for asker, matter, fact, params, ground, basis in ASKED:
        Grant.objects.create(
            asker=asker, fact=fact, matter=matter, params=params, ground=ground, basis=basis, purpose="bench",
            daily=daily, from_day=now.date(), until_day=year, liability="liability-1", stage=Stage.IN_FORCE, **by,
        )  # fmt: skip
    keys = {}
    for asker in (DEPARTMENT, POLICE, BANK):
        keys[asker] = PREFIX + secrets.token_urlsafe(32)
        AskerKey.objects.create(
            asker=asker, name="bench", digest=digest(keys[asker]), scopes=[SINGLE, BATCH],
            until=now + datetime.timedelta(days=300), made_at=now, made_by="bench",
        )  # fmt: skip
    numbers, subjects = _people()
    terms = {fact: terms_of(params, (), "bench") for asker, _, fact, params, _, _ in ASKED if asker == BANK}
    Consent.objects.bulk_create(
        [
            Consent(
                number=f"C-{n}", asker=BANK, subject=subject, matter="home-loan", facts=["identity-valid", "homes-at-most"],
                channel="phone", wording="consent-1", until_day=year, answer_by=now, given_at=now, given_by="bench",
                terms=terms, **by,
            )
            for n, subject in enumerate(subjects)
        ],
        batch_size=5_000,
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE gateway_consent")
    return Askers(keys, numbers, subjects)


def _people() -> tuple[list[str], list[uuid.UUID]]:
    """Return numbers and subjects of some people, opened here as only a bench may."""
    from mianzheng.people.queries import keyring
    from mianzheng.web import sql

    rows = sql.fetch(
        "SELECT subject, number_sealed FROM people_document TABLESAMPLE SYSTEM (%s) REPEATABLE (1) WHERE kind = 'ric'"
        " ORDER BY md5(subject::text) LIMIT %s",
        [100 if _documents() < 1_000_000 else 20, PEOPLE],
    )
    keys = keyring()
    assert keys is not None
    return [keys.unseal(bytes(sealed), subject=s, field="number") for s, sealed in rows], [s for s, _ in rows]


def _documents() -> int:
    from mianzheng.web import sql

    return int(sql.fetch("SELECT reltuples FROM pg_class WHERE oid = 'people_document'::regclass")[0][0])


def drawn(count: int, of: int, *, zipf: bool, seed: int) -> Any:
    """Return `count` places among `of`, as life asks (Zipf) or alike."""
    chance = np.random.default_rng(seed).random(count)
    return np.searchsorted(ranks(of), chance).clip(max=of - 1) if zipf else (chance * of).astype(int)


def write_questions(askers: Askers, path: Path, *, zipf: bool = True) -> None:
    """Write one question a line, a tab after its key."""
    places = drawn(LINES, len(askers.numbers), zipf=zipf, seed=1).tolist()
    kinds = np.random.default_rng(2).integers(0, len(ASKED), LINES).tolist()
    with path.open("w", encoding="utf-8") as file:
        for place, kind in zip(places, kinds, strict=True):
            asker, matter, fact, *_ = ASKED[kind]
            body = json.dumps({"fact": fact, "matter": matter, "number": askers.numbers[place]})
            file.write(f"{askers.keys[asker]}\t{body}\n")


def batch_body(askers: Askers, count: int, *, zipf: bool, seed: int) -> tuple[str, bytes]:
    """Return a key and the body of a batch of `count` questions."""
    places = drawn(count, len(askers.numbers), zipf=zipf, seed=seed).tolist()
    asker, matter, fact, *_ = ASKED[seed % len(ASKED)]
    questions = [{"ref": str(n), "number": askers.numbers[place]} for n, place in enumerate(places)]
    return askers.keys[asker], json.dumps({"fact": fact, "matter": matter, "questions": questions}).encode()
