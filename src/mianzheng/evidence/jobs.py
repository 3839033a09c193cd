"""What other desks set in motion: the owner of records has looked at them."""

from __future__ import annotations

import uuid

from mianzheng.catalogue.queries.editions import city
from mianzheng.centre.actions.doubts import ANSWERED
from mianzheng.centre.queries.doubts import of_office
from mianzheng.evidence.actions.checks import settle_dispute
from mianzheng.web import clock
from mianzheng.web.jobs import task


@task(ANSWERED)
def doubt_answered(doubt: str) -> None:
    """Close the dispute the doubt came from, if nobody else looks into it."""
    found = of_office(uuid.UUID(doubt), "")
    if found is not None and found.answered_by is not None:
        settle_dispute(city=city(), item=found.item, subject=found.subject, actor=found.answered_by, now=clock.now())
