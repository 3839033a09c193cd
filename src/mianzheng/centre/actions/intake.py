"""Handing in a batch and seeing it through: to the queue, away, again, confirmed; reading what was refused of it."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO

from django.db import IntegrityError, transaction

from mianzheng.catalogue.rules.city import City
from mianzheng.centre.actions.acts import note
from mianzheng.centre.models import Intake
from mianzheng.centre.ports import SPOOL
from mianzheng.centre.queries.approvals import approved_items
from mianzheng.centre.queries.intakes import held
from mianzheng.centre.rules.handing_in import (
    AT_WORK,
    Reused,
    check_item,
    check_move,
    check_time,
    wants_confirmation,
)
from mianzheng.centre.rules.intakes import Kind, Stage, Way
from mianzheng.common.actors import Actor
from mianzheng.common.errors import NotFound, Refusal
from mianzheng.common.reasons import N_, Reason
from mianzheng.web.ids import uuid7
from mianzheng.web.jobs import defer

LIMIT = 4 * 1024**3
"""Bytes of a file that is handed in; larger ones are loaded on the server, by the command."""


def hand_in(
    *,
    city: City,
    item: str,
    kind: Kind,
    way: Way,
    name: str,
    as_of: datetime.datetime,
    actor: Actor,
    office: str,
    now: datetime.datetime,
    stream: BinaryIO | None = None,
    path: Path | None = None,
    length: int | None = None,
    id: uuid.UUID | None = None,
) -> uuid.UUID:
    """Take a file in and return the batch, which waits for a person or for `queue`; nothing is read of it yet.

    A `stream` is copied into the encrypted spool, a `path` on the server stays where it is. With the `id` of a batch
    that is there already, that one is returned and nothing is read: sending twice is sending once. `length` is how many
    bytes the sender announced.
    """
    found = city.items.get(item)
    if found is None:
        raise NotFound(Reason(N_("没有这个信息项。")), Reason(N_("请从清单里选择。")), field="item")
    approved = bool(approved_items([item], today=now.date()))
    check_item(found, office=office, approved=approved)
    register = held(item)
    check_time(kind, as_of, held=register.as_of if register else None, now=now)
    if id is not None and (before := Intake.objects.filter(id=id, office=office).first()) is not None:
        _check_same(before, item, kind, length)
        return id
    token, size = SPOOL().write(stream, LIMIT) if stream is not None else ("", path.stat().st_size if path else 0)
    try:
        _check_size(size, length)
        with transaction.atomic():
            batch = Intake.objects.create(
                id=id or uuid7(),
                item=item,
                kind=kind,
                way=way,
                office=office,
                name=Path(name).name[-200:],
                file=token,
                size=size,
                as_of=as_of,
                received_at=now,
                received_by=actor.id,
            )
    except (IntegrityError, Refusal) as failed:
        _forget(token)
        if id is None or isinstance(failed, Refusal):
            raise
        return id
    return batch.id


def correct(*, intake: uuid.UUID, columns: Mapping[str, str], actor: Actor, now: datetime.datetime) -> None:
    """Keep which heading is which field, as a person corrected it; an empty field leaves the column out."""
    with transaction.atomic():
        batch = _mine(intake, actor)
        check_move(batch.stage, Stage.QUEUED)
        Intake.objects.filter(id=batch.id).update(columns=dict(columns))


def queue(
    *,
    intake: uuid.UUID,
    actor: Actor,
    now: datetime.datetime,
    columns: Mapping[str, str] | None = None,
    confirmed: bool = False,
    expected_rows: int = 0,
    at_once: bool = False,
) -> None:
    """Put a batch into the queue, or again after it broke off. `confirmed` says that so many fewer records are right.

    What is queued already stays so. `at_once` is for whoever goes on to load it in the same breath.
    """
    with transaction.atomic():
        batch = _mine(intake, actor)
        if batch.stage in AT_WORK:
            return
        check_move(batch.stage, Stage.QUEUED)
        batch.stage, batch.ended_at, batch.reason, batch.rows = Stage.QUEUED, None, {}, 0
        batch.confirmed = batch.confirmed or confirmed
        batch.expected_rows = expected_rows or batch.expected_rows
        if columns is not None:
            batch.columns = dict(columns)
        batch.save()
        if not at_once:
            defer("centre.load", once="all")


def cancel(*, intake: uuid.UUID, actor: Actor, now: datetime.datetime) -> None:
    """Drop a batch that is not being read; its file goes."""
    with transaction.atomic():
        batch = _mine(intake, actor)
        if batch.stage == Stage.CANCELLED:
            return
        check_move(batch.stage, Stage.CANCELLED)
        token, batch.stage, batch.file, batch.ended_at = batch.file, Stage.CANCELLED, "", now
        batch.save(update_fields=["stage", "file", "ended_at"])
        transaction.on_commit(lambda: _forget(token))


def confirm(*, intake: uuid.UUID, actor: Actor, now: datetime.datetime) -> uuid.UUID:
    """Hand the same file in once more, now with the word that so many fewer records are right; return the new batch.

    The batch that was refused stays refused: what was decided about it is not rewritten.
    """
    with transaction.atomic():
        old = _mine(intake, actor)
        if not wants_confirmation(old.stage, old.reason) or not can_be_read_again(old):
            what = Reason(N_("这一批不需要确认，或者文件已经删除。"))
            raise Refusal(what, Reason(N_("请重新上交文件。")))
        kept = {
            name: getattr(old, name) for name in "item kind way office name size columns as_of expected_rows".split()
        }
        new = Intake.objects.create(
            **kept,
            file=old.file,
            stage=Stage.QUEUED,
            confirmed=True,
            received_at=now,
            received_by=actor.id,
        )
        Intake.objects.filter(id=old.id).update(file="")
        defer("centre.load", once="all")
    return new.id


def open_faults(*, intake: uuid.UUID, actor: Actor, now: datetime.datetime) -> str:
    """Return the token of a batch's error file for its sender alone, and note in the log that it was opened."""
    batch = Intake.objects.filter(id=intake).first()
    if batch is None or not is_sender(batch, actor):
        raise NotFound(Reason(N_("没有这份错误清单，或者它不是您上交的。")))
    if not batch.errors or batch.errors_until is None or batch.errors_until <= now:
        what = Reason(N_("错误清单已过保存期，删除了。"))
        raise NotFound(what, Reason(N_("需要的话请重新上交文件。")))
    purpose, rows = "更正退回的数据", str(batch.bad_rows)
    note(action="open_faults", purpose=purpose, item=batch.item, actor=actor, now=now, intake=str(batch.id), rows=rows)
    return batch.errors


def is_sender(batch: Intake, actor: Actor) -> bool:
    """Return whether `actor` sent the batch: the same account, or for a system any key of the same department, because
    a key is followed by another. What was pulled comes from the department, so any officer of it is the sender.
    """
    if batch.way == Way.PULL:
        return batch.office == actor.office
    if actor.role == "sender":
        return batch.office == actor.office and batch.received_by.startswith("key:")
    return batch.received_by == actor.id


def can_be_read_again(batch: Intake) -> bool:
    """Return whether what was handed in is still there: its file, or the source it is pulled from."""
    return bool(batch.file) or batch.way == Way.PULL


def _mine(intake: uuid.UUID, actor: Actor) -> Intake:
    """Return the batch, locked, where the actor may act on it: the department's own, or any for the centre."""
    batch = Intake.objects.select_for_update().filter(id=intake).first()
    if batch is None or (actor.role not in ("centre", "operator") and batch.office != actor.office):
        raise NotFound(Reason(N_("没有这一批数据。")))
    return batch


def _check_same(before: Intake, item: str, kind: Kind, length: int | None) -> None:
    """Refuse another batch under the key of one that was handed in before: it would be dropped without a word."""
    if (before.item, before.kind) != (item, kind) or length not in (None, before.size):
        what = Reason(N_("这个编号已经用过，上交的是另一批数据。"))
        raise Reused(what, Reason(N_("请换一个编号再交；同一批重发，内容要一样。")), field="Idempotency-Key")


def _check_size(size: int, length: int | None) -> None:
    if length is not None and size != length:
        what = Reason(N_("应收 %(length)s 字节，只收到 %(size)s 字节，传输中断了。"), {"length": length, "size": size})
        raise Refusal(what, Reason(N_("请重新发送。")), field="file")
    if size == 0:
        raise Refusal(Reason(N_("文件是空的。")), Reason(N_("请检查导出是否成功，再交一次。")), field="file")


def _forget(token: str) -> None:
    if token:
        SPOOL().delete(token)
