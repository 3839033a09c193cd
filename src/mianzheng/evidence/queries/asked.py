"""Which offices were asked in which cases, for oversight: a check explains a look."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from mianzheng.web import sql

_ASKED = """
    SELECT DISTINCT e."case", c.office FROM evidence_event e JOIN evidence_check c ON c.id = e.check_asked
    WHERE e."case" = ANY(%s)
"""


def offices_asked(cases: Collection[uuid.UUID]) -> dict[uuid.UUID, frozenset[str]]:
    """Return the offices that were put a question in each of `cases` (one statement)."""
    found: dict[uuid.UUID, set[str]] = {}
    for case, office in sql.fetch(_ASKED, [list(cases)]) if cases else ():
        found.setdefault(case, set()).add(office)
    return {case: frozenset(offices) for case, offices in found.items()}
