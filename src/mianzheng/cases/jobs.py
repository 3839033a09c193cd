"""What time and other desks set in motion: answers that arrive, and answers that never did."""

from __future__ import annotations

import uuid

from mianzheng.cases.actions.applying import go_on
from mianzheng.catalogue.queries.editions import city
from mianzheng.evidence.actions.checks import ANSWERED, expire_checks
from mianzheng.evidence.queries.files import question
from mianzheng.web import clock
from mianzheng.web.jobs import task


@task(ANSWERED)
def check_answered(check: str) -> None:
    """Carry the answer of a department to every case that waits for it."""
    found = question(uuid.UUID(check))
    for case in found.cases if found else ():
        go_on(case=case, now=clock.now())


@task("cases.expire_checks", cron="*/10 * * * *")
def expire(timestamp: int) -> None:
    """Take the next way where a department let its day pass."""
    expire_checks(city=city(), now=clock.now())
