"""What time sets in motion at oversight: a night's look at the log, and days that are over."""

from __future__ import annotations

import datetime
import uuid

from mianzheng.catalogue.queries.editions import city
from mianzheng.common.actors import PROGRAM
from mianzheng.oversight.actions.deciding import escalate
from mianzheng.oversight.actions.finding import find_demanded, forget_findings
from mianzheng.oversight.actions.scoring import forget, score
from mianzheng.oversight.queries.leads import not_screened
from mianzheng.reform.queries.slips import by_id
from mianzheng.web import clock
from mianzheng.web.jobs import task

NIGHTS = 7
"""So many nights that were missed are made up for."""


@task("oversight.score", cron="20 18 * * *", retry=2)
def score_yesterday(timestamp: int) -> None:
    """Go through yesterday's log, and through the days before that nobody has gone through (02:20 in the city)."""
    now = clock.now()
    for day in not_screened(now.date() - datetime.timedelta(days=n) for n in range(1, NIGHTS + 1)):
        score(city=city(), day=day, actor=PROGRAM, now=now)
    forget(city=city(), now=now)
    forget_findings(now=now)


@task("oversight.escalate", cron="13 * * * *")
def escalate_late(timestamp: int) -> None:
    """Pass on to oversight what a department let its day pass over."""
    escalate(city=city(), now=clock.now())


@task("oversight.demanded")
def note_demand(slip: str) -> None:
    """Make a finding of a slip that whoever asked has scanned: a cancelled certificate is still demanded."""
    for found in by_id([uuid.UUID(slip)]).values():
        find_demanded(
            slip=found.id,
            certificate=found.certificate,
            office=found.demander,
            office_said=found.demander_said,
            actor=PROGRAM,
            now=clock.now(),
        )
