"""The worker: does what was deferred, until it is told to stop. When the database goes away, it waits until it is back."""

from __future__ import annotations

import asyncio
import signal
import time
from pathlib import Path

import psycopg
import structlog
from django.conf import settings
from django.db import InterfaceError, OperationalError, close_old_connections
from procrastinate.contrib.django import app
from procrastinate.exceptions import ConnectorException

from mianzheng.audit.actions.sealing import seal
from mianzheng.audit.queries.naming import log_name
from mianzheng.site import processes
from mianzheng.site.postgres.place import Say
from mianzheng.web import clock

RETRY_AFTER = 2.0
"""Seconds between two tries to find the database again."""

AT_ONCE = 2
"""Jobs done at the same time."""

SEALED_EVERY = 3.0
"""Seconds between two seals over the log."""

log = structlog.get_logger(__name__)


def work(say: Say) -> None:
    """Work through the queue. The queue's own worker ends when it loses its connection; ours begins anew."""
    with processes.noted(Path(settings.MIANZHENG_HOME), processes.WORKER):
        while not _until_stopped():
            say(f"The worker lost the database and tries again in {RETRY_AFTER:.0f} s.")
            time.sleep(RETRY_AFTER)


def _until_stopped() -> bool:
    """Work until told to stop, then return True; return False when the database was lost."""
    connector = app.connector.get_worker_connector()  # type: ignore[attr-defined]
    try:
        with app.replace_connector(connector):
            return asyncio.run(_at_work())
    except (psycopg.OperationalError, OperationalError, ConnectorException):
        return False


async def _sealing(told: asyncio.Event) -> None:
    """Seal the log every few seconds; what goes wrong is said and tried again."""
    while not told.is_set():
        try:
            await asyncio.to_thread(_seal)
        except (OperationalError, InterfaceError):  # the worker's own connection notices a lost database, too
            await asyncio.sleep(RETRY_AFTER)
        except Exception as wrong:
            log.error("the log could not be sealed", kind=type(wrong).__name__)
        await asyncio.sleep(SEALED_EVERY)


def _seal() -> None:
    close_old_connections()
    seal(origin=log_name(), now=clock.now())


async def _at_work() -> bool:
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, told.set)
    async with app.open_async():
        worker = asyncio.create_task(app.run_worker_async(concurrency=AT_ONCE, install_signal_handlers=False))
        sealing = asyncio.create_task(_sealing(told))
        waiting = asyncio.create_task(told.wait())
        await asyncio.wait({worker, waiting}, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        worker.cancel()  # jobs that are being done are done to the end
        sealing.cancel()
        await asyncio.gather(worker, waiting, sealing, return_exceptions=True)
    return told.is_set()
