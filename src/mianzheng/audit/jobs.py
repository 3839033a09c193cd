"""What time sets in motion at the log; sealing, which cannot wait for its turn, is done by the worker itself."""

from __future__ import annotations

from mianzheng.audit.actions import months
from mianzheng.web import clock
from mianzheng.web.jobs import task


@task("audit.months", cron="23 2 * * *", retry=2)
def turn_months(timestamp: int) -> None:
    """Make the coming months and destroy those whose time is over."""
    months.turn(now=clock.now())
