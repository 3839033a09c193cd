"""Work for later, kept in PostgreSQL (procrastinate): it exists exactly when the caller's transaction is committed.

A lower domain tells a higher one what happened by deferring a name the higher domain's `jobs.py` owns.
"""

from __future__ import annotations

import contextlib
import datetime
import uuid
from collections.abc import Callable
from typing import Any, TypeVar

from django.db import OperationalError, transaction
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app as app
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException

from mianzheng.web import sql

SILENT_AFTER = 60
"""Seconds without a sign of life after which a worker counts as gone."""

F = TypeVar("F", bound=Callable[..., Any])


def task(name: str, *, retry: int = 5, cron: str = "") -> Callable[[F], F]:
    """Make the decorated function the owner of `name`; when it fails it is tried `retry` times more, ever later.

    With `cron` (five fields, real time) it also runs by itself; it then takes one argument, `timestamp`, and a run
    that is due while the last one still waits is left out.
    """

    def own(function: F) -> F:
        again = RetryStrategy(max_attempts=retry, exponential_wait=2)
        owner = app.task(name=name, retry=again, queueing_lock=name if cron else None)(function)
        if cron:
            app.periodic(cron=cron)(owner)
        return function

    return own


def defer(name: str, *, once: str = "", **args: Any) -> None:
    """Have the owner of `name` do it once the caller's transaction is committed.

    `args` are text, numbers, dates (they arrive as ISO text) and UUIDs (as text). With `once`, a job of that name and
    `once` that still waits in the queue is not put there a second time.
    """
    job = app.configure_task(name, queueing_lock=f"{name}:{once}" if once else None)
    with contextlib.suppress(AlreadyEnqueued), transaction.atomic():
        try:
            job.defer(**{key: _plain(value) for key, value in args.items()})
        except ConnectorException as lost:
            # whoever defers speaks to the database, and handles its errors as the database's
            raise OperationalError(str(lost.__cause__ or lost)) from lost


def worker_alive() -> bool:
    """Return whether a worker has given a sign of life lately; a worker does every ten seconds, by the database's clock."""
    statement = (
        "SELECT EXISTS (SELECT FROM procrastinate_workers WHERE last_heartbeat > now() - make_interval(secs => %s))"
    )
    return bool(sql.fetch(statement, [SILENT_AFTER])[0][0])


def _plain(value: Any) -> Any:
    if isinstance(value, uuid.UUID):
        return str(value)
    if isinstance(value, datetime.date):
        return value.isoformat()
    return value
