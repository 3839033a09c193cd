"""What time and other desks set in motion at the data centre."""

from __future__ import annotations

import contextlib
import datetime
import time
from functools import partial

from django.utils import timezone

from mianzheng.catalogue.queries.editions import city
from mianzheng.centre.actions import conflicts, delivering, forgetting, hooks, watching
from mianzheng.centre.actions.doors import pull
from mianzheng.centre.actions.keeping import forget_fetched
from mianzheng.centre.actions.loading import Busy, sweep
from mianzheng.centre.actions.measuring import measure
from mianzheng.centre.actions.tables import follow_edition
from mianzheng.centre.actions.waiting import alone, expire_files, load_batch
from mianzheng.centre.adapters.pulling import source_of
from mianzheng.centre.queries.intakes import next_queued, pulls_due
from mianzheng.common.errors import Refusal
from mianzheng.web import clock
from mianzheng.web.jobs import defer, task


@task("centre.load", retry=0)
def load_waiting() -> None:
    """Load what waits, one batch after the other; whoever is at it already takes the rest along."""
    while next_queued() is not None:
        with alone() as mine:
            if not mine:
                return
            while (batch := next_queued()) is not None:
                source = partial(source_of, city(), batch)
                try:
                    load_batch(city=city(), intake=batch.id, now=clock.now(), source=source)
                except Busy:  # somebody loads this item by command; `sweep_broken` looks again within a minute
                    return


@task("centre.edition_loaded")
def edition_loaded() -> None:
    """Make the record tables fit the edition that has just come into force."""
    follow_edition(city=city())


@task("centre.sweep", cron="* * * * *", retry=0)
def sweep_broken(timestamp: int) -> None:
    """Note loads that were killed, and see that what still waits is loaded."""
    sweep(now=clock.now())
    if next_queued() is not None:
        defer("centre.load", once="all")


@task("centre.pull", cron="*/10 * * * *", retry=0)
def pull_copies(timestamp: int) -> None:
    """Queue a snapshot of every copy that is older than its cycle and has a connection."""
    for item in pulls_due(city(), now=clock.now()):
        with contextlib.suppress(Refusal):
            pull(city=city(), item=item.code, now=clock.now())


@task("centre.expire_files", cron="17 * * * *")
def expire(timestamp: int) -> None:
    """Delete error files and forgotten uploads past their time."""
    expire_files(city=city(), now=clock.now())


@task("centre.forget_fetched", cron="37 * * * *")
def forget_answers(timestamp: int) -> None:
    """Delete what sources answered longer than a cycle ago."""
    forget_fetched(city=city(), now=clock.now())


DELIVER_SECONDS = 40
"""A run of the sender takes about so long at most; what is left then is the next run's."""


@task("centre.deliver", cron="* * * * *", retry=0)
def deliver(timestamp: int) -> None:
    """Send the changes that wait. A receiver that takes none at all is left alone until the next run."""
    failing: frozenset[str] = frozenset()
    end = time.monotonic() + DELIVER_SECONDS
    while time.monotonic() < end:
        # the signature is dated by real time, whatever the demo's clock says
        sent = delivering.deliver(city=city(), now=clock.now(), sent_at=timezone.now(), leave_out=failing)
        failing |= sent.failing
        if not sent.done + sent.failed:
            return


@task("centre.reseal_hooks")
def reseal_hooks() -> None:
    """Seal the secrets of receivers anew after the keys of the vault were changed."""
    hooks.reseal_hooks()


@task("centre.forget_watches", cron="41 3 * * *")
def forget_watches(timestamp: int) -> None:
    """Drop the watches whose time is over."""
    watching.forget_watches(today=clock.today())


@task("centre.forget", cron="53 3 * * *")
def forget_old(timestamp: int) -> None:
    """Let go of what has been kept long enough."""
    forgetting.forget(now=clock.now())


@task("centre.find_conflicts", retry=2)
def find_conflicts(item: str) -> None:
    """Compare an item that was loaded with its sources and copies; then its quality is noted."""
    here = city()
    if item in here.items:
        conflicts.find(city=here, item=here.items[item], now=clock.now())
        defer("centre.measure", once="now", timestamp=0)


@task("centre.compare_all", cron="40 17 * * *")
def compare_all(timestamp: int) -> None:
    """Compare every register of a datum with its copies, once a night."""
    conflicts.find_all(city=city(), now=clock.now())


@task("centre.measure", cron="7 * * * *")
def measure_day(timestamp: int) -> None:
    """Note the quality of every item today, and finish the counts of yesterday."""
    for day in (clock.today() - datetime.timedelta(days=1), clock.today()):
        measure(city=city(), day=day, now=clock.now())
