"""Loading a batch: read, checked, compared with what is held, and taken over whole or not at all.

Everything happens in one transaction that nobody sees before it ends; a loader or a database that is killed in the middle
leaves the old records.
"""

from __future__ import annotations

import contextlib
import datetime
import time
import uuid
import zlib
from collections.abc import Callable, Iterator

from django.db import DatabaseError, transaction

from mianzheng.catalogue.rules.city import City, Item
from mianzheng.centre.actions.tables import Taken, ensure_table, impatient
from mianzheng.centre.actions.taking_over import Count, Done, take_over
from mianzheng.centre.models import Intake
from mianzheng.centre.ports import FAULTS, SPOOL, Source
from mianzheng.centre.rules.intakes import Stage
from mianzheng.common.errors import Refusal
from mianzheng.common.reasons import N_, Reason, packed
from mianzheng.web import sql

LOCKS = 7_300_000_000
"""Advisory locks of loads: this plus a number made from the item's code."""
READERS_WAIT = 2_000
"""Milliseconds those who read an item wait at most while its table gets the columns of a new edition."""

BROKEN_OFF = Reason(N_("读取中断了，原有的记录没有任何改变，可以再试一次。"))


class Busy(Refusal):
    """Another batch of the item is being loaded, or somebody reads it and does not end: this one keeps its place."""


def load(
    *,
    city: City,
    intake: uuid.UUID,
    now: datetime.datetime,
    source: Source | None = None,
    progress: Callable[[int], None] = lambda rows: None,
) -> Stage:
    """Load the queued batch `intake` and return the stage it reached; why it was refused stands in the batch.

    It is read from `source`, or else from the file that waits in the spool. `progress` is told the rows read so far.
    Anything but a refusal leaves the batch broken off; if not even that can be written down, `sweep` does it later.
    Raises `Busy` where another batch of the item is being loaded, or somebody reads the item for very long.
    """
    batch = Intake.objects.get(id=intake)
    with _alone(city, batch.item):
        return _load(city, batch, source or _waiting(batch), now, progress)


def _load(city: City, batch: Intake, source: Source, now: datetime.datetime, progress: Callable[[int], None]) -> Stage:
    begun = time.monotonic()
    moved = Intake.objects.filter(id=batch.id, stage__in=(Stage.QUEUED, Stage.BROKEN)).update(
        stage=Stage.READING, reason={}
    )
    if not moved:
        raise Refusal(Reason(N_("这一批已经处理过，或者正在处理。")), Reason(N_("请刷新页面看结果。")))
    count, item = Count(), city.items.get(batch.item)
    try:
        if item is None:
            raise _not_known(batch.item)
        # in a transaction of its own, so that readers hardly wait
        with impatient(READERS_WAIT):
            ensure_table(item=item)
        with transaction.atomic():
            done = take_over(
                city=city,
                item=item,
                batch=batch,
                source=source,
                count=count,
                now=now,
                begun=begun,
                progress=progress,
            )
            _end(city, batch, Stage.LOADED, count, done.since, done=done, reason=done.kept)
    except Taken:
        Intake.objects.filter(id=batch.id, stage=Stage.READING).update(stage=Stage.QUEUED)
        raise _in_use(item) from None
    except Refusal as refusal:
        _end(city, batch, Stage.REFUSED, count, now, reason=refusal)
        return Stage.REFUSED
    except Exception:
        with contextlib.suppress(DatabaseError):
            _break_off(batch.id, now)
        raise
    return Stage.LOADED


def sweep(*, now: datetime.datetime) -> int:
    """Note batches whose loader is gone as broken off; nothing of them was taken over. Return how many there were."""
    broken = 0
    for batch in Intake.objects.filter(stage=Stage.READING):
        with transaction.atomic():
            if sql.fetch("SELECT pg_try_advisory_xact_lock(%s)", [_lock(batch.item)])[0][0]:
                broken += _break_off(batch.id, now)
    return broken


def _break_off(intake: uuid.UUID, now: datetime.datetime) -> int:
    reason = packed(BROKEN_OFF)
    left = Intake.objects.filter(id=intake, stage=Stage.READING)
    return left.update(stage=Stage.BROKEN, reason=reason, ended_at=now)


def _waiting(batch: Intake) -> Source:
    token = batch.file
    return Source(batch.name, lambda: SPOOL().open(token))


def _in_use(item: Item) -> Busy:
    what = Reason(N_("“%(item)s”一直有人在读（例如正在备份），换不上新的数据。"), {"item": item.name})
    return Busy(what, Reason(N_("排队的批次过一会儿自动再试；用命令入库的，请等备份结束再运行一次。")))


def _not_known(item: str) -> Refusal:
    what = Reason(N_("现行目录里没有编码为“%(item)s”的信息项，这一批没有入库。"), {"item": item})
    return Refusal(what, Reason(N_("请在目录里核对；改了编码的，请按新的信息项再交一次。")), field="item")


@contextlib.contextmanager
def _alone(city: City, item: str) -> Iterator[None]:
    """Hold the item's load lock, or refuse: two loads of one item never run side by side. It dies with its holder."""
    if not sql.fetch("SELECT pg_try_advisory_lock(%s)", [_lock(item)])[0][0]:
        what = Reason(
            N_("“%(item)s”正在入库另一批数据。"), {"item": city.items[item].name if item in city.items else item}
        )
        raise Busy(what, Reason(N_("请等它结束后再入库这一批。")))
    try:
        yield
    finally:
        with contextlib.suppress(DatabaseError):
            sql.fetch("SELECT pg_advisory_unlock(%s)", [_lock(item)])


def _lock(item: str) -> int:
    return LOCKS + zlib.crc32(item.encode())


def _end(
    city: City,
    batch: Intake,
    stage: Stage,
    count: Count,
    now: datetime.datetime,
    *,
    done: Done | None = None,
    reason: Refusal | None = None,
) -> None:
    """Write down how the batch went, with its error file; `reason` is why it was refused, or what stayed all the same."""
    batch.stage, batch.ended_at = stage, now
    batch.rows, batch.bad_rows = count.rows, count.bad
    batch.faults = [
        {"column": column, "reason": packed(reason), "rows": rows}
        for (column, reason), rows in count.kinds.most_common(50)
    ]
    if done:
        batch.known_from, found = now, done.difference
        batch.added, batch.changed, batch.removed = found.added, found.changed, found.removed
    if reason:
        batch.reason = packed(reason.what) | {"now": packed(reason.now) if reason.now else {}, "field": reason.field}
    if count.faults:
        batch.errors = FAULTS().write(count.faults)
        batch.errors_until = now + datetime.timedelta(days=city.policy.error_days)
    batch.save()
