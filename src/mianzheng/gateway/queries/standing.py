"""What is in force: grants with today's allowance, keys, clients. Remembered until the database says they changed."""

from __future__ import annotations

import datetime
import json
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from django.db.models import Q
from django.db.models.expressions import RawSQL

from mianzheng.gateway import models
from mianzheng.gateway.rules.allowances import Change, allowance
from mianzheng.gateway.rules.consents import Given, Terms, terms_of
from mianzheng.gateway.rules.grants import Ground, Stage
from mianzheng.gateway.rules.keys import PREFIX, Caller
from mianzheng.web import planned


@dataclass(frozen=True, slots=True)
class Granted:
    """A grant as questions are held against it. `others` are earlier grants of another threshold for the same purpose."""

    id: uuid.UUID
    asker: str
    fact: str
    matter: str
    params: Mapping[str, Any]
    ground: Ground
    basis: str
    daily: int
    from_day: datetime.date
    until_day: datetime.date
    values: tuple[str, ...]
    liability: str
    purpose: str = ""
    changes: tuple[Change, ...] = ()
    others: tuple[uuid.UUID, ...] = ()

    def allowed(self, today: datetime.date) -> int:
        """Return how many answers there are `today`; none outside its term."""
        return allowance(self.daily, self.changes, today) if self.from_day <= today <= self.until_day else 0


@dataclass(frozen=True, slots=True)
class InForce:
    """Everything at one moment, but for grants over before `since`. `number` tells the last change by then, and the
    transaction that made it; `moment` the last consent taken back as well.
    """

    number: str
    grants: Mapping[tuple[str, str, str], tuple[Granted, ...]] = field(default_factory=dict)
    keys: Mapping[bytes, Caller] = field(default_factory=dict)
    clients: Mapping[str, tuple[str, datetime.datetime | None]] = field(default_factory=dict)
    moment: tuple[str, ...] = ()
    since: datetime.date = datetime.date.min

    def grant(self, asker: str, fact: str, matter: str, today: datetime.date) -> Granted | None:
        """Return the grant under which this may be asked today."""
        found = self.grants.get((asker, fact, matter), ())
        return next((grant for grant in found if grant.allowed(today)), None)

    def terms(self, asker: str, facts: Collection[str], matter: str, today: datetime.date) -> dict[str, Terms]:
        """Return on which terms each of `facts` may be asked today; those that may not are left out."""
        grants = {fact: self.grant(asker, fact, matter, today) for fact in facts}
        return {fact: terms_of(grant.params, grant.values, grant.purpose) for fact, grant in grants.items() if grant}


_remembered = InForce("")
MOMENT = "SELECT array_agg(number || ':' || xmin ORDER BY id) FROM gateway_standing"
"""Asks what changed last, so that it can be told whether what was decided on still holds when it is written down."""


def in_force(today: datetime.date) -> InForce:
    """Return what is in force (one query; five where something changed). Grants over before `today` may be left out."""
    global _remembered
    ((numbers,),) = planned.fetch(MOMENT, ())
    moment = tuple(numbers or ())
    number = moment[0] if moment else "nothing yet"
    found = _remembered
    if number != found.number or today < found.since:
        found = _remembered = _read(number, today)
    return replace(found, moment=moment)


def _read(number: str, today: datetime.date) -> InForce:
    # read after its number: what changes meanwhile raises it again, and is read again
    changes: dict[uuid.UUID, list[Change]] = {}
    begun = models.AllowanceChange.objects.filter(grant__stage=Stage.IN_FORCE, grant__until_day__gte=today)
    for grant, day, daily in begun.order_by("announced_at", "id").values_list("grant_id", "day", "daily"):
        changes.setdefault(grant, []).append(Change(day, daily))
    rows = _live_and_other_lines(today)
    lines: dict[tuple[str, str, str], dict[frozenset[tuple[str, Any]], list[uuid.UUID]]] = {}
    for row in rows:
        lines.setdefault(_key(row), {}).setdefault(_line(row), []).append(row.id)
    grants: dict[tuple[str, str, str], list[Granted]] = {}
    for row in rows:
        if row.stage == Stage.IN_FORCE and row.until_day >= today:
            mine = _line(row)
            others = tuple(one for line, ids in lines[_key(row)].items() if line != mine for one in ids)
            grants.setdefault(_key(row), []).append(
                Granted(
                    row.id,
                    row.asker,
                    row.fact,
                    row.matter,
                    row.params,
                    Ground(row.ground),
                    row.basis,
                    row.daily,
                    row.from_day,
                    row.until_day,
                    tuple(row.values),
                    row.liability,
                    row.purpose,
                    tuple(changes.get(row.id, ())),
                    others,
                )
            )
    keys = {
        bytes(row.digest): Caller(row.asker, f"key:{row.id}", frozenset(row.scopes), row.until)
        for row in models.AskerKey.objects.filter(ended_at=None)
    }
    clients = {
        client: (asker, until)
        for client, asker, until in models.AskerClient.objects.filter(ended_at=None).values_list(
            "client", "asker", "until"
        )
    }
    return InForce(number, {key: tuple(found) for key, found in grants.items()}, keys, clients, since=today)


_OTHER_LINES = """
    SELECT other.id FROM gateway_grant AS other JOIN gateway_grant AS live USING (asker, fact, matter)
    WHERE live.stage = 'in_force' AND live.until_day >= %s AND other.params <> live.params
"""
"""Asks for a set once, where a condition on each row would look through all of its line again."""


def _live_and_other_lines(today: datetime.date) -> list[models.Grant]:
    """Return the grants that may still answer, and of all the others only those along another line than one of these."""
    live = Q(stage=Stage.IN_FORCE, until_day__gte=today)
    begun = models.Grant.objects.filter(stage__in=[Stage.IN_FORCE, Stage.REVOKED, Stage.ENDED])
    crossing = Q(id__in=RawSQL(_OTHER_LINES, [today]))  # noqa: S611 - a statement of our own
    return list(begun.filter(live | crossing).order_by("from_day", "id"))


def _key(row: models.Grant) -> tuple[str, str, str]:
    return row.asker, row.fact, row.matter


def _line(row: models.Grant) -> frozenset[tuple[str, Any]]:
    return frozenset(row.params.items())  # plain values; 100 and 100.0 are one line, as they are to the database


_NO_LAST_DAY = datetime.datetime.max.replace(tzinfo=datetime.UTC)


def recognise(standing: InForce, secret_digest: bytes, token: str, *, now: datetime.datetime) -> Caller | None:
    """Return who calls with a key, or with an access token of the identity provider; None where neither is in force."""
    caller = standing.keys.get(secret_digest)
    if caller is None:
        return None if token.startswith(PREFIX) else _by_token(standing, token, now)
    return caller if now < caller.until else None


def _by_token(standing: InForce, token: str, now: datetime.datetime) -> Caller | None:
    from allauth.idp.oidc.models import Token

    # `lookup` holds the token against the clock that made it: the provider's, which is the machine's. `now` is the city's,
    # days ahead in a demo, where every fresh token would be past its hour. By it the client's last day ends.
    found = Token.objects.lookup(Token.Type.ACCESS_TOKEN, token)
    if found is None or found.expires_at is None or found.client_id not in standing.clients:
        return None
    asker, last = standing.clients[found.client_id]
    until = last or _NO_LAST_DAY
    if now >= until:
        return None
    return Caller(asker, f"client:{found.client_id}", frozenset(found.get_scopes()), until)


_GIVEN = """
    SELECT number, asker, subject, matter, facts, until_day, terms FROM gateway_consent
    WHERE subject = ANY(%s) AND given_at IS NOT NULL AND revoked_at IS NULL AND until_day >= %s ORDER BY given_at DESC
"""


_terms = lru_cache(maxsize=1_000)(json.loads)
"""Reads terms as a consent keeps them; those of one asker are mostly the same."""


def consents_of(subjects: Collection[uuid.UUID], *, today: datetime.date) -> dict[uuid.UUID, list[Given]]:
    """Return the consents of each of `subjects` in force today, the newest first (one query)."""
    found: dict[uuid.UUID, list[Given]] = {}
    if subjects:
        for number, asker, subject, matter, facts, until, terms in planned.fetch(_GIVEN, [list(subjects), today]):
            given = Given(number, asker, subject, matter, frozenset(facts), until, _terms(terms))
            found.setdefault(subject, []).append(given)
    return found


_USED = 'SELECT "grant", answered FROM gateway_day WHERE "grant" = ANY(%s) AND day = %s'


def used_today(grants: Collection[uuid.UUID], today: datetime.date) -> dict[uuid.UUID, int]:
    """Return how many answers each of `grants` had today (one query)."""
    return dict(planned.fetch(_USED, [list(grants), today])) if grants else {}
