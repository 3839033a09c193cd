"""Which cases of some matters were looked up lately; nothing of what is in them."""

from __future__ import annotations

import datetime
import json
import uuid
from collections.abc import Collection
from dataclasses import dataclass

from mianzheng.cases import models
from mianzheng.web import sql

_APPLIED = """
    SELECT c.id, c.number, c.matter, greatest(c.agreed_at, d.decided_at), c.answers - other.keys, other.answered
    FROM cases_case c LEFT JOIN cases_decision d ON d.case_id = c.id,
    LATERAL (SELECT coalesce(array_agg(key) FILTER (WHERE key <> ALL(%s)), '{}'), coalesce(array_agg(key), '{}')
             FROM jsonb_each_text(c.answers) AS answer (key, value) WHERE value <> '') AS other (keys, answered)
    WHERE c.matter = ANY(%s) AND c.agreed_at IS NOT NULL AND (c.agreed_at >= %s OR d.decided_at >= %s)
"""


@dataclass(frozen=True, slots=True)
class Applied:
    """A case of the last days: the answers to some questions, and which others were answered; not by whom."""

    case: uuid.UUID
    number: str
    matter: str
    at: datetime.datetime
    answers: dict[str, str]
    answered: frozenset[str]


def looked_up_since(
    since: datetime.datetime, *, matters: Collection[str]
) -> list[tuple[uuid.UUID, str, datetime.datetime]]:
    """Return (case, matter, when it was agreed to look) of the cases of `matters` since then (one query)."""
    found = models.Case.objects.filter(agreed_at__gte=since, matter__in=list(matters))
    return list(found.values_list("id", "matter", "agreed_at"))


def applied_since(since: datetime.datetime, *, matters: Collection[str], questions: Collection[str]) -> list[Applied]:
    """Return the cases of `matters` looked up or decided since then, the answers to `questions` and no other (one query)."""
    rows = sql.fetch(_APPLIED, [list(questions), list(matters), since, since]) if matters else ()
    return [
        Applied(case, number, matter, at, json.loads(kept), frozenset(keys))
        for case, number, matter, at, kept, keys in rows
    ]
