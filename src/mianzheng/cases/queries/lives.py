"""When cases lived, and of whom they are: what explains a look, for oversight."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Collection
from dataclasses import dataclass

from mianzheng.cases.rules.states import Status
from mianzheng.web import sql


@dataclass(frozen=True, slots=True)
class Life:
    """Who decides a case, who applies, which subjects the form names, from when until when it lived (None: it still does)."""

    owner: str
    applicant: uuid.UUID
    named: frozenset[str]
    began: datetime.datetime
    ended: datetime.datetime | None


_LIVES = """
    SELECT c.id, c.owner, c.applicant, c.started_at,
        array(SELECT value FROM jsonb_each_text(c.answers) WHERE length(value) = 36),
        coalesce(d.decided_at, (SELECT max(s.done_at) FROM cases_step s WHERE s.case_id = c.id AND s.target = %s))
    FROM cases_case c LEFT JOIN cases_decision d ON d.case_id = c.id WHERE c.id = ANY(%s)
"""


def lives(cases: Collection[uuid.UUID]) -> dict[uuid.UUID, Life]:
    """Return the lives of `cases` (one statement); of one that is not there, none."""
    found = sql.fetch(_LIVES, [Status.WITHDRAWN.value, list(cases)]) if cases else []
    return {
        case: Life(owner, applicant, frozenset(named), began, ended)
        for case, owner, applicant, began, named, ended in found
    }
