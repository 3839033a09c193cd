"""Taking a batch over, in the transaction of its load: what is in it is checked and put in the place of what is held."""

from __future__ import annotations

import datetime
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from mianzheng.catalogue.rules.city import City, Item
from mianzheng.centre.actions.beside import ahead, opened
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
from mianzheng.centre.actions.remaining import Remaining, spare
from mianzheng.centre.actions.staging import Staging
from mianzheng.centre.actions.strangers import rename
from mianzheng.centre.actions.tables import CURRENT, begin_table, build_index, has_past, put_in_place, subjects_in
from mianzheng.centre.models import Intake, Register
from mianzheng.centre.ports import Source, Table
from mianzheng.centre.queries.approvals import approved_items
from mianzheng.centre.rules.handing_in import check_copy, check_time
from mianzheng.centre.rules.headings import OPERATION, Columns, match
from mianzheng.centre.rules.intakes import Fault, Kind, kept_anyway, too_few, too_many_bad
from mianzheng.centre.rules.rows import check
from mianzheng.common.errors import Refusal
from mianzheng.common.reasons import N_, Reason
from mianzheng.web import sql
from mianzheng.web.jobs import defer

FAULTS_KEPT = 100_000
DOUBLE = Reason(N_("与前面的行重复"))
OLDER = Reason(N_("比已有的记录更旧"))


@dataclass
class Count:
    """What a load has seen so far; `remaining` is what its refused rows are about, where that matters."""

    rows: int = 0
    bad: int = 0
    faults: list[Fault] = field(default_factory=list)
    kinds: Counter[tuple[str, Reason]] = field(default_factory=Counter)
    remaining: Remaining | None = None

    def refuse(self, faults: Iterable[Fault], bad: int, *, why: Reason | None = None) -> None:
        """Note `bad` refused rows with their `faults`; `why` is what they have in common where each has its own words."""
        self.bad += bad
        for fault in faults:
            self.kinds[fault.column, why or fault.reason] += 1
            if len(self.faults) < FAULTS_KEPT:
                self.faults.append(fault)


@dataclass(frozen=True, slots=True)
class Done:
    """What a batch changed, since when that is known here, and what is to be said about what stayed."""

    difference: Difference
    since: datetime.datetime
    kept: Refusal | None = None


def take_over(
    *,
    city: City,
    item: Item,
    batch: Intake,
    source: Source,
    count: Count,
    now: datetime.datetime,
    begun: float,
    progress: Callable[[int], None],
) -> Done:
    """Take the batch over in the caller's transaction; it was `now` when `time.monotonic` was `begun`.

    What is replaced was known until it is replaced, not until the file was opened: whatever was decided meanwhile was
    decided on the old records.
    """
    table = opened(source, item)
    columns = match(item, table.headings, batch.columns)
    _check_columns(columns)
    hold(item=item)
    held = Register.objects.filter(item=item.code).first()
    _check_still(item, batch, held, now)
    records = held.records if held else 0
    whole = batch.kind == Kind.SNAPSHOT
    # what comes back after it was gone is a change, and an increment may name what is to be removed
    first = whole and not records and not has_past(item=item)
    if first:
        new = begin_table(item=item, known_from=now)
    else:
        make_incoming(item=item)
        count.remaining = Remaining() if whole else None
    target = f"{CURRENT}.{new}" if first else INCOMING
    staging = _copied(item, table, columns, target, count, source.deadline, now, progress)
    older = [] if first else find_difference(item=item, whole=whole)
    newest = next((columns.fields.get(f.code, f.code) for f in item.fields if f.newest), "")
    count.refuse((Fault(row, newest, "", OLDER) for row in older), len(older))
    _check_share(city, item, batch, count, records)
    if first:
        done = Done(_first(item, new, count), now)
    else:
        since = now + datetime.timedelta(seconds=time.monotonic() - begun)
        done = _exchanged(city, item, count.remaining, since)
    _note(item, batch, held, done.difference)
    known = staging.enter()
    if first:
        put_in_place(item=item, table=new)
    rename(item=item, known=known)
    defer("centre.find_conflicts", once=item.code, item=item.code)
    return done


def _first(item: Item, table: str, count: Count) -> Difference:
    """Finish the new table; nobody sees it yet."""
    build_index(item=item, table=table)
    return Difference(count.rows - count.bad, 0, 0, subjects_in(item=item, table=table))


def _exchanged(city: City, item: Item, remaining: Remaining | None, now: datetime.datetime) -> Done:
    """Write the difference as of `now` and tell whom it concerns; what a refused row may be about is none."""
    stayed = spare(item=item, remaining=remaining) if remaining else 0
    difference = apply(item=item, now=now)
    feed(city=city, item=item, added="added", removed="removed", now=now)
    return Done(difference, now, kept_anyway(records=stayed, unclear=remaining.unclear if remaining else 0))


def _check_still(item: Item, batch: Intake, held: Register | None, now: datetime.datetime) -> None:
    """Refuse what was right when it was handed in and no longer is: a copy nobody approves of, a snapshot grown old."""
    check_copy(item, approved=bool(approved_items([item.code], today=now.date())))
    as_of = batch.as_of.astimezone(now.tzinfo)
    check_time(Kind(batch.kind), as_of, held=held.as_of if held else None, now=now)


def _copied(
    item: Item,
    table: Table,
    columns: Columns,
    target: str,
    count: Count,
    deadline: float,
    now: datetime.datetime,
    progress: Callable[[int], None],
) -> Staging:
    """Read, check and copy the rows into `target`: one part is read while one is looked up and one is copied."""
    first = target != INCOMING
    with sql.Copying(target, frozen=first) as copying:
        staging = Staging(item, columns, now, before=copying.wait)
        parts = ((part, check(part.frame, item, columns, now.date())) for part in table.parts())
        for part, checked in ahead(parts, deadline):
            frame, faults, bad = staging.part(checked)
            extra = [] if first else [code for code in ("row", OPERATION) if code in frame.columns]
            copying.copy(frame.select("subject", *(f.code for f in item.fields), *extra))
            broken = len({fault.row for fault in part.faults})
            count.rows += part.frame.height + broken
            count.refuse([*part.faults, *checked.faults, *faults], broken + checked.bad + bad)
            if count.remaining is not None:
                count.remaining.note(staging.refused(checked, frame), broken)
            progress(count.rows)
    doubles, faults = staging.doubles(FAULTS_KEPT)
    if doubles:
        take_out_doubles(item=item, table=target)
        count.refuse(faults, doubles, why=DOUBLE)
    return staging


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
