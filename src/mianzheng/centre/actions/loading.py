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
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TypeVar

from django.db import DatabaseError, transaction

from mianzheng.catalogue.rules.city import City, Item
from mianzheng.centre.actions.differences import (
    INCOMING,
    Difference,
    apply,
    find_difference,
    hold,
    make_incoming,
    take_out_doubles,
)
from mianzheng.centre.actions.feeding import feed
from mianzheng.centre.actions.staging import Staging
from mianzheng.centre.actions.strangers import rename
from mianzheng.centre.actions.tables import CURRENT, build_index, empty_table, ensure_table, has_past, subjects_in
from mianzheng.centre.models import Intake, Register
from mianzheng.centre.ports import FAULTS, READING, SPOOL, Source, Table
from mianzheng.centre.rules.headings import OPERATION, Columns, match
from mianzheng.centre.rules.intakes import Fault, Kind, Stage, too_few, too_many_bad
from mianzheng.centre.rules.rows import check
from mianzheng.common.errors import Refusal
from mianzheng.common.reasons import N_, Reason, packed
from mianzheng.web import sql
from mianzheng.web.jobs import defer

FAULTS_KEPT = 100_000
LOCKS = 7_300_000_000
"""Advisory locks of loads: this plus a number made from the item's code."""

T = TypeVar("T")


@dataclass
class Count:
    """What a load has seen so far."""

    rows: int = 0
    bad: int = 0
    faults: list[Fault] = field(default_factory=list)
    kinds: Counter[tuple[str, Reason]] = field(default_factory=Counter)

    def refuse(self, faults: Iterable[Fault], bad: int, *, why: Reason | None = None) -> None:
        """Note `bad` refused rows with their `faults`; `why` is what they have in common where each has its own words."""
        self.bad += bad
        for fault in faults:
            self.kinds[fault.column, why or fault.reason] += 1
            if len(self.faults) < FAULTS_KEPT:
                self.faults.append(fault)


class Busy(Refusal):
    """Another batch of the item is being loaded: this one keeps its place in the queue."""


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
    Raises `Busy` where another batch of the item is being loaded.
    """
    batch = Intake.objects.get(id=intake)
    item = city.items[batch.item]
    moved = Intake.objects.filter(id=intake, stage__in=(Stage.QUEUED, Stage.BROKEN)).update(
        stage=Stage.READING, reason={}
    )
    if not moved:
        raise Refusal(Reason(N_("这一批已经处理过，或者正在处理。")), Reason(N_("请刷新页面看结果。")))
    count = Count()
    try:
        with transaction.atomic():
            _alone(item)
            difference, since = _taken_over(city, item, batch, source or _waiting(batch), count, now, progress)
            _end(city, batch, Stage.LOADED, count, since, difference=difference)
    except Busy:
        Intake.objects.filter(id=intake, stage=Stage.READING).update(stage=Stage.QUEUED)
        raise
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


DOUBLE = Reason(N_("与前面的行重复"))
OLDER = Reason(N_("比已有的记录更旧"))
BROKEN_OFF = Reason(N_("读取中断了，原有的记录没有任何改变，可以再试一次。"))


def _taken_over(
    city: City,
    item: Item,
    batch: Intake,
    source: Source,
    count: Count,
    now: datetime.datetime,
    progress: Callable[[int], None],
) -> tuple[Difference, datetime.datetime]:
    """Take the batch over in the caller's transaction; return what it changed and since when that is known here.

    What is replaced was known until it is replaced, not until the file was opened: whatever was decided meanwhile was
    decided on the old records.
    """
    started = time.monotonic()
    table = READING().open(source, item)
    columns = match(item, table.headings, batch.columns)
    _check_columns(columns)
    ensure_table(item=item)
    hold(item=item)
    held = Register.objects.filter(item=item.code).first()
    records = held.records if held else 0
    # what comes back after it was gone is a change, and an increment may name what is to be removed
    first = batch.kind == Kind.SNAPSHOT and not records and not has_past(item=item)
    target = f"{CURRENT}.{item.code}" if first else INCOMING
    if first:
        empty_table(item=item, known_from=now)
    else:
        make_incoming(item=item)
    staging = _copied(item, table, columns, target, first, count, now, progress)
    older = [] if first else find_difference(item=item, whole=batch.kind == Kind.SNAPSHOT)
    newest = next((columns.fields.get(f.code, f.code) for f in item.fields if f.newest), "")
    count.refuse((Fault(row, newest, "", OLDER) for row in older), len(older))
    _check_share(city, item, batch, count, records)
    if first:
        build_index(item=item)
        good = count.rows - count.bad
        difference = Difference(good, 0, 0, subjects_in(item=item))
    else:
        now += datetime.timedelta(seconds=time.monotonic() - started)
        difference = apply(item=item, now=now)
        feed(city=city, item=item, added="added", removed="removed", now=now)
    _note(item, batch, held, difference)
    rename(item=item, known=staging.enter())
    defer("centre.find_conflicts", once=item.code, item=item.code)
    return difference, now


def _copied(
    item: Item,
    table: Table,
    columns: Columns,
    target: str,
    first: bool,
    count: Count,
    now: datetime.datetime,
    progress: Callable[[int], None],
) -> Staging:
    """Read, check and copy the rows into `target`: one part is read while one is looked up and one is copied."""
    with sql.Copying(target, frozen=first) as copying:
        staging = Staging(item, columns, now, before=copying.wait)
        for part, checked in ahead((part, check(part.frame, item, columns, now.date())) for part in table.parts()):
            frame, faults, bad = staging.part(checked)
            extra = [] if first else [code for code in ("row", OPERATION) if code in frame.columns]
            copying.copy(frame.select("subject", *(f.code for f in item.fields), *extra))
            broken = len({fault.row for fault in part.faults})
            count.rows += part.frame.height + broken
            count.refuse([*part.faults, *checked.faults, *faults], broken + checked.bad + bad)
            progress(count.rows)
    doubles, faults = staging.doubles(FAULTS_KEPT)
    if doubles:
        take_out_doubles(item=item, table=target)
        count.refuse(faults, doubles, why=DOUBLE)
    return staging


def _alone(item: Item) -> None:
    """Hold the item's load lock until the transaction ends, or refuse: two loads of one item never run side by side."""
    if not sql.fetch("SELECT pg_try_advisory_xact_lock(%s)", [_lock(item.code)])[0][0]:
        raise Busy(
            Reason(N_("“%(item)s”正在入库另一批数据。"), {"item": item.name}), Reason(N_("请等它结束后再入库这一批。"))
        )


def _lock(item: str) -> int:
    return LOCKS + zlib.crc32(item.encode())


def _check_columns(columns: Columns) -> None:
    if columns.missing:
        listed = "、".join(columns.missing)
        raise Refusal(
            Reason(N_("表里缺少这些列：%(columns)s。"), {"columns": listed}),
            Reason(N_("请补上这些列，或者在预览页指出它们在哪一列。")),
        )


def _check_share(city: City, item: Item, batch: Intake, count: Count, held: int) -> None:
    if not count.rows:
        raise Refusal(Reason(N_("文件里没有一行数据。")), Reason(N_("请检查导出是否成功，再交一次。")))
    why = too_many_bad(item, city.policy, rows=count.rows, bad=count.bad)
    if why:
        raise Refusal(why, Reason(N_("请按错误清单更正后再交一次。")))
    if batch.kind == Kind.SNAPSHOT and not batch.confirmed:
        why = too_few(item, city.policy, held=held, handed_in=count.rows - count.bad)
        if why:
            raise Refusal(
                why, Reason(N_("请核对文件是否完整；确实减少了这么多的，请确认后再入库。")), field="confirmed"
            )


def _note(item: Item, batch: Intake, held: Register | None, difference: Difference) -> None:
    """Note how fresh the register is now and how much is in it."""
    records = (held.records if held else 0) + difference.added - difference.removed
    subjects = (held.subjects if held else 0) + difference.subjects
    as_of = max(batch.as_of, held.as_of) if held else batch.as_of
    Register.objects.update_or_create(
        item=item.code, defaults={"as_of": as_of, "records": records, "subjects": subjects}
    )


def _end(
    city: City,
    batch: Intake,
    stage: Stage,
    count: Count,
    now: datetime.datetime,
    *,
    difference: Difference | None = None,
    reason: Refusal | None = None,
) -> None:
    """Write down how the batch went, with its error file."""
    batch.stage, batch.ended_at = stage, now
    batch.rows, batch.bad_rows = count.rows, count.bad
    batch.faults = [
        {"column": column, "reason": packed(reason), "rows": rows}
        for (column, reason), rows in count.kinds.most_common(50)
    ]
    if difference:
        batch.known_from = now
        batch.added, batch.changed, batch.removed = difference.added, difference.changed, difference.removed
    if reason:
        batch.reason = packed(reason.what) | {"now": packed(reason.now) if reason.now else {}, "field": reason.field}
    if count.faults:
        batch.errors = FAULTS().write(count.faults)
        batch.errors_until = now + datetime.timedelta(days=city.policy.error_days)
    batch.save()


def ahead(parts: Iterator[T]) -> Iterator[T]:
    """Yield `parts`, always reading the next one in a thread of its own while this one is worked on."""
    with ThreadPoolExecutor(1) as reader:
        waiting = reader.submit(next, parts, None)
        while (part := waiting.result()) is not None:
            waiting = reader.submit(next, parts, None)
            yield part
