"""Working off what waits in the queue, and clearing away files whose time is over."""

from __future__ import annotations

import datetime
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import DatabaseError, connections, transaction
from django.db.models import Q

from mianzheng.catalogue.rules.city import City
from mianzheng.centre.actions.loading import load, sweep
from mianzheng.centre.models import Intake
from mianzheng.centre.ports import SPOOL, Source
from mianzheng.centre.queries.intakes import batches
from mianzheng.centre.rules.handing_in import AT_WORK, wants_confirmation
from mianzheng.centre.rules.intakes import Stage
from mianzheng.common.errors import Refusal
from mianzheng.common.reasons import N_, Reason, packed
from mianzheng.web import sql

LOADING = 7_299_999_999
"""Advisory lock: who works off the queue. One at a time, so that jobs of cases always find a free hand."""
NOTED_EVERY = 0.5
"""Seconds between two notes of how far a load has come."""
LOOKED_EVERY = 0.5
"""Seconds between two looks at a batch somebody else is loading."""
FORGOTTEN_AFTER = datetime.timedelta(days=3)
"""How long an upload waits for somebody to look at its preview."""


@contextmanager
def alone() -> Iterator[bool]:
    """Say whether nobody else is working off the queue; then nobody else does meanwhile."""
    mine = bool(sql.fetch("SELECT pg_try_advisory_lock(%s)", [LOADING])[0][0])
    try:
        yield mine
    finally:
        if mine:
            sql.fetch("SELECT pg_advisory_unlock(%s)", [LOADING])


def load_batch(
    *, city: City, intake: uuid.UUID, now: datetime.datetime, source: Callable[[], Source | None] = lambda: None
) -> Stage:
    """Load one queued batch; how far it is can be seen on its page. Its file goes once it is not needed again.

    `source` says where it is read from if not from its file; where that is not known, the batch is refused.
    """
    try:
        found = source()
    except Refusal as refusal:
        reason = packed(refusal.what) | {"now": packed(refusal.now) if refusal.now else {}}
        moved = Intake.objects.filter(id=intake, stage=Stage.QUEUED)
        moved.update(stage=Stage.REFUSED, ended_at=now, reason=reason)
        return Stage.REFUSED
    with noting(intake) as progress:
        stage = load(city=city, intake=intake, now=now, source=found, progress=progress)
    batch = Intake.objects.get(id=intake)
    if batch.file and not wants_confirmation(stage, batch.reason):
        _drop(batch)
    return stage


def see_through(
    *, city: City, intake: uuid.UUID, now: datetime.datetime, source: Callable[[], Source | None] = lambda: None
) -> Intake:
    """Load a queued batch now, or wait while somebody else works off the queue; return the batch as it ended."""
    while (batch := Intake.objects.get(id=intake)).stage in AT_WORK:
        sweep(now=now)
        with alone() as mine:
            batch.refresh_from_db()
            if mine and batch.stage == Stage.QUEUED:
                load_batch(city=city, intake=intake, now=now, source=source)
                continue
        time.sleep(LOOKED_EVERY)
    return batch


@contextmanager
def noting(intake: uuid.UUID) -> Iterator[Callable[[int], None]]:
    """Yield what notes the rows read so far: over a connection of its own, because the load's transaction shows nothing
    before it ends. A note that cannot be made at once is left out.
    """
    beside = connections.create_connection("default")
    last = 0.0

    def note(rows: int) -> None:
        nonlocal last
        if time.monotonic() - last < NOTED_EVERY:
            return
        last = time.monotonic()
        try:
            with beside.cursor() as cursor:
                cursor.execute("SET lock_timeout = '200ms'")
                cursor.execute("UPDATE centre_intake SET rows = %s WHERE id = %s AND stage = 'reading'", [rows, intake])
        except DatabaseError:
            beside.close()

    try:
        yield note
    finally:
        beside.close()


def expire_files(*, city: City, now: datetime.datetime) -> int:
    """Delete error files past their time, uploads nobody came back for, and files of batches that ended long ago.

    Each batch keeps the note that its file is gone. Return how many files were deleted.
    """
    count = 0
    for batch in Intake.objects.filter(errors_until__lte=now).exclude(errors=""):
        SPOOL().delete(batch.errors)
        count += Intake.objects.filter(id=batch.id).update(errors="")
    for batch in batches(office="").filter(stage=Stage.WAITING, received_at__lte=now - FORGOTTEN_AFTER):
        reason = Reason(N_("上交后 %(days)s 天没有确认，文件已经删除。"), {"days": FORGOTTEN_AFTER.days})
        moved = Intake.objects.filter(id=batch.id, stage=Stage.WAITING)
        note = packed(reason)
        if moved.update(stage=Stage.CANCELLED, ended_at=now, reason=note):
            count += _drop(batch)
    ended = Q(ended_at__lte=now - datetime.timedelta(days=city.policy.error_days))
    for batch in Intake.objects.filter(ended).exclude(stage__in=AT_WORK).exclude(file=""):
        count += _drop(batch)
    return count


def _drop(batch: Intake) -> int:
    """Forget the file of a batch and delete it."""
    with transaction.atomic():
        gone = Intake.objects.filter(id=batch.id, file=batch.file).exclude(file="").update(file="")
        if gone:
            transaction.on_commit(lambda: SPOOL().delete(batch.file))
    return gone
