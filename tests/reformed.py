"""Candidates, batches and people of the reform office, for tests that begin in the middle."""

from __future__ import annotations

import datetime
import itertools
import uuid
from typing import Any

from mianzheng.common.actors import Actor
from mianzheng.reform.models import Candidate
from mianzheng.reform.rules.states import Stage
from tests.second_city.life import NOW

REFORMER = Actor(str(uuid.UUID(int=70)), "reform")
_numbers = itertools.count(1)


def head_of(office: str) -> Actor:
    """Return somebody who may speak for `office`."""
    return Actor(str(uuid.uuid5(uuid.NAMESPACE_OID, office)), "head", office)


def candidate(*, now: datetime.datetime = NOW, **said: Any) -> Candidate:
    """Store a candidate of the second city, found unless said otherwise."""
    number = next(_numbers)
    known = {
        "code": f"paper-{number}",
        "name": f"第{number}种证明",
        "demander": "homes",
        "demander_kind": "organ",
        "demander_level": "city",
        "issuer": "community",
        "issuer_level": "community",
        "purpose": "购房",
        "stage": Stage.FOUND,
        "volume": 100,
        "made_at": now,
    }
    stage = said.get("stage", Stage.FOUND)
    if stage not in (Stage.FOUND, Stage.DROPPED):
        known |= {"disposal": "cancel", "owner": "homes", "decided_at": now, "decided_by": REFORMER.id}
    return Candidate.objects.create(**known | said)
