"""What time sets in motion at the reform office: days that are over."""

from __future__ import annotations

from mianzheng.catalogue.queries.editions import city
from mianzheng.reform.actions.consulting import escalate
from mianzheng.web import clock
from mianzheng.web.jobs import task


@task("reform.escalate", cron="23 * * * *")
def escalate_late(timestamp: int) -> None:
    """Remind offices that let the day of a consultation pass."""
    escalate(city=city(), now=clock.now())
