"""What time sets in motion at the reform office: days that are over."""

from __future__ import annotations

from mianzheng.catalogue.queries.editions import city
from mianzheng.reform.actions.consulting import escalate
from mianzheng.reform.actions.enforcing import put_due_in_force
from mianzheng.reform.actions.judging import review
from mianzheng.reform.actions.slips import forget
from mianzheng.reform.actions.wishes import end, lapse
from mianzheng.web import clock
from mianzheng.web.jobs import task


@task("reform.escalate", cron="23 * * * *")
def escalate_late(timestamp: int) -> None:
    """Remind offices that let the day of a consultation pass."""
    escalate(city=city(), now=clock.now())


@task("reform.review", cron="47 19 * * *")
def propose_anew(timestamp: int) -> None:
    """Propose anew for what nobody has decided about: items come and go (03:47 in the city)."""
    review(city=city(), now=clock.now())


@task("reform.forget", cron="40 18 * * *")
def forget_slips(timestamp: int) -> None:
    """Take away slips past their keeping time (02:40 in the city)."""
    forget(now=clock.now())


@task("reform.put_in_force", cron="*/5 * * * *")
def put_drafts_in_force(timestamp: int) -> None:
    """Put drafts of the catalogue in force whose day has come."""
    put_due_in_force(now=clock.now(), today=clock.today())


@task("reform.wishes", cron="37 * * * *")
def answer_late_wishes(timestamp: int) -> None:
    """Say no to new demands that nobody answered in time, and end what was allowed until yesterday."""
    lapse(now=clock.now())
    end(now=clock.now())
