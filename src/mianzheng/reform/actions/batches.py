"""Composing batches (批次): certificates that everybody agreed on are put together, taken out again, and checked."""

from __future__ import annotations

import datetime
from collections.abc import Collection

from django.db import transaction
from django.db.models import Max

from mianzheng.catalogue.queries.editions import city as city_in_force
from mianzheng.common.actors import Actor
from mianzheng.common.errors import Refusal
from mianzheng.common.reasons import N_, Reason
from mianzheng.common.texts import Text
from mianzheng.reform.actions.acts import note
from mianzheng.reform.models import Batch, Candidate
from mianzheng.reform.queries.batches import OPEN, agreed, no_batch
from mianzheng.reform.queries.examining import Examined, examine
from mianzheng.reform.rules.batches import KIND_NAMES, Kind, can_publish, check_name, suggested
from mianzheng.reform.rules.stages import By, check_move
from mianzheng.reform.rules.states import BatchStage, Stage
from mianzheng.web import sql

NUMBERING = 5_180_003
"""Batches get their numbers one after another."""


def compose(*, name: Text, codes: Collection[str], actor: Actor, now: datetime.datetime) -> Batch:
    """Make a batch of the certificates `codes`; its number is the next that no batch had."""
    with transaction.atomic():
        return _composed(name, codes, actor, now)


def compose_suggested(*, kind: Kind, actor: Actor, now: datetime.datetime) -> Batch:
    """Make the batch of this kind that is suggested now."""
    with transaction.atomic():
        found = suggested(agreed().values()).get(kind)
        if found is None:
            raise Refusal(Reason(N_("没有这样的证明可以列入批次。")), Reason(N_("请先等征求意见结束。")))
        return _composed(KIND_NAMES[kind], [each.code for each in found], actor, now)


def _composed(name: Text, codes: Collection[str], actor: Actor, now: datetime.datetime) -> Batch:
    check_name(name)
    sql.hold(NUMBERING)
    highest = Batch.objects.aggregate(highest=Max("number"))["highest"] or 0
    number = max(highest, *city_in_force().batches, 0) + 1
    made = {"name": name.zh.strip(), "name_en": name.en.strip(), "made_at": now, "made_by": actor.id}
    batch = Batch.objects.create(number=number, **made)
    _put(batch, codes)
    _note(batch, actor, now, certificates=len(codes))
    return batch


def put_in(*, batch: int, codes: Collection[str], actor: Actor, now: datetime.datetime) -> None:
    """Put the certificates `codes` into a batch that is not published."""
    with transaction.atomic():
        found = _open(batch)
        _put(found, codes)
        _note(found, actor, now, certificates=len(codes))


def take_out(*, batch: int, codes: Collection[str], actor: Actor, now: datetime.datetime) -> None:
    """Take the certificates `codes` out of a batch that is not published; they can go into another."""
    with transaction.atomic():
        found = _open(batch)
        rows = Candidate.objects.filter(batch=found, stage=Stage.LISTED, code__in=list(codes))
        if (
            rows.update(stage=check_move("take_out", Stage.LISTED, By.REFORM), batch=None) != len(set(codes))
            or not codes
        ):
            raise Refusal(
                Reason(N_("选中的证明里，有的已经不在这一批。") if codes else N_("还没有选证明。")),
                Reason(N_("请刷新页面重新选；什么都没有改动。")),
            )
        found.checks["certificates"] = {
            code: kept for code, kept in found.checks.get("certificates", {}).items() if code not in codes
        }
        found.stage = BatchStage.COMPOSED
        found.save()
        _note(found, actor, now, taken_out=len(set(codes)))


def dissolve(*, batch: int, actor: Actor, now: datetime.datetime) -> None:
    """Do away with a batch that was never published and has nothing in it. Its number is given again only where it was the last."""
    with transaction.atomic():
        sql.hold(NUMBERING)
        found = _open(batch)
        if found.candidates.exists():
            raise Refusal(Reason(N_("这一批里还有证明。")), Reason(N_("请先把它们移出去；什么都没有改动。")))
        note(action="dissolve_batch", purpose="删去空的批次", actor=actor, now=now, batch=found.number)
        found.delete()


def check(*, batch: int, actor: Actor, now: datetime.datetime) -> Examined:
    """Check a batch against the edition in force, dry run included, and keep what was found."""
    with transaction.atomic():
        found = _open(batch)
        seen = examine(found, now=now)
        note_check(found, seen, actor=actor, now=now)
        found.save()
        note(
            action="check_batch",
            purpose="核对取消证明的批次",
            actor=actor,
            now=now,
            batch=found.number,
            certificates=len(seen.checks),
        )
    return seen


def note_check(batch: Batch, seen: Examined, *, actor: Actor, now: datetime.datetime) -> None:
    """Write what was found onto `batch`, which the caller saves."""
    batch.checks, batch.checked_at, batch.checked_by = seen.kept(), now, actor.id
    batch.stage = BatchStage.CHECKED if can_publish(BatchStage(batch.stage), seen.checks) else BatchStage.COMPOSED


def locked(number: int) -> Batch:
    """Return the batch `number`, locked until the caller's transaction ends."""
    found = Batch.objects.select_for_update().filter(number=number).first()
    if found is None:
        raise no_batch()
    return found


def _open(number: int) -> Batch:
    found = locked(number)
    if found.stage not in OPEN:
        raise Refusal(
            Reason(N_("这一批已经公布，不能再改里面的证明。")), Reason(N_("可以撤回或者更改单项证明，写明理由。"))
        )
    return found


def _put(batch: Batch, codes: Collection[str]) -> None:
    rows = Candidate.objects.filter(stage=Stage.AGREED, code__in=list(codes))
    if rows.update(stage=check_move("put_in", Stage.AGREED, By.REFORM), batch=batch) != len(set(codes)) or not codes:
        raise Refusal(
            Reason(N_("选中的证明里，有的已经列入别的批次，或者还没有意见一致。") if codes else N_("还没有选证明。")),
            Reason(N_("请刷新页面重新选；什么都没有改动。")),
        )
    batch.stage = BatchStage.COMPOSED
    batch.save()


def _note(batch: Batch, actor: Actor, now: datetime.datetime, **counted: int) -> None:
    note(action="compose_batch", purpose="编排取消证明的批次", actor=actor, now=now, batch=batch.number, **counted)
