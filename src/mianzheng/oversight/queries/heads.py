"""Who heads which department: who decides on its leads."""

from __future__ import annotations

import uuid

from mianzheng.people.queries import staff
from mianzheng.people.rules.roles import HEAD


def heads_of_offices() -> dict[str, set[uuid.UUID]]:
    """Return the accounts of the heads of each department (one query)."""
    found: dict[str, set[uuid.UUID]] = {}
    for card in staff():
        if HEAD in card.roles:
            found.setdefault(card.department, set()).add(card.id)
    return found


def may_decide(office: str, account: uuid.UUID | None) -> bool:
    """Return whether `office` has a head other than `account`, whom a lead is about (one query)."""
    return bool(heads_of_offices().get(office, set()) - {account})
