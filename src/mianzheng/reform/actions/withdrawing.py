"""What becomes of a cancelled certificate later: withdrawn (撤回), replaced in another way (更改), looked into, or done with."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Sequence
from dataclasses import replace
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from mianzheng.catalogue.actions.load_city import LOADING, load_city
from mianzheng.catalogue.queries import editions
from mianzheng.catalogue.rules.editing import applied
from mianzheng.catalogue.rules.kinds import Disposal
from mianzheng.common.actors import Actor
from mianzheng.common.errors import NotFound, Refusal
from mianzheng.common.reasons import N_, Reason
from mianzheng.reform.actions.acts import note
from mianzheng.reform.actions.batches import locked
from mianzheng.reform.models import Act, Batch, Candidate, Notice, Opinion
from mianzheng.reform.queries.batches import listed
from mianzheng.reform.queries.dry_run import dry_run
from mianzheng.reform.queries.trial import watch
from mianzheng.reform.rules.acts import Did
from mianzheng.reform.rules.batches import What, checks
from mianzheng.reform.rules.edits import amendment, withdrawal
from mianzheng.reform.rules.stages import By, check_move
from mianzheng.reform.rules.states import BatchStage, Stage
from mianzheng.reform.rules.watching import check_done
from mianzheng.reform.rules.whys import KEPT, PUBLISHED, check_why
from mianzheng.web import sql


def withdraw(
    *,
    batch: int,
    codes: Collection[str] = (),
    again: int | None = None,
    why: str,
    actor: Actor,
    now: datetime.datetime,
) -> None:
    """Take the cancelling of the certificates `codes` back, or of the whole batch without them: they may be asked for again,
    and are judged anew. Every desk is told. Who withdraws a whole batch says how many may be asked for `again`.
    """
    said = check_why(why, seen=PUBLISHED)
    with transaction.atomic():
        sql.hold(LOADING)
        found = locked(batch)
        rows = _published(found, codes)
        if not codes:
            _check_again(again, len(rows))
        _, files = editions.files()
        names = [row.code for row in rows]
        made = applied(files, withdrawal(files, names))
        edition = load_city(files=made, actor=actor.id, now=now, gives_back=names)
        _begin_anew(rows)
        common = {
            "kind": Did.WITHDRAWN,
            "batch": found,
            "why": said,
            "edition": edition,
            "done_at": now,
            "done_by": actor.id,
        }
        asked = str(Disposal.ASKED)
        Act.objects.bulk_create(Act(**common, candidate=row, before=row.disposal, after=asked) for row in rows)
        if not Candidate.objects.filter(batch=found, stage=Stage.PUBLISHED).exists():
            found.stage = BatchStage.WITHDRAWN
            found.save()
            Act.objects.create(**common)
        _tell_again(found)
        note(
            action="withdraw_batch",
            purpose="撤回取消证明",
            actor=actor,
            now=now,
            batch=found.number,
            certificates=len(rows),
        )


def _check_again(known: int | None, there: int) -> None:
    if known != there:
        raise Refusal(
            Reason(N_("整批撤回以后，这一批的 %(n)s 项证明又可以要，还没有确认。"), {"n": there}),
            Reason(N_("请核对项数，勾选“我知道”再撤回；什么都没有改动。")),
            field="again",
        )


def _begin_anew(rows: Sequence[Candidate]) -> None:
    """Have `rows` decided about and consulted about as if for the first time; the trail and what was said are kept."""
    ids = [row.id for row in rows]
    undecided = {"disposal": "", "proposal": {}, "deviation": "", "decided_at": None, "decided_by": None}
    unsettled = {"settled_why": "", "settled_at": None, "settled_by": None}
    stage = check_move("withdraw", Stage.PUBLISHED, By.REFORM)
    Candidate.objects.filter(id__in=ids).update(stage=stage, batch=None, **undecided, **unsettled)
    Opinion.objects.filter(candidate__in=ids, past=False).update(past=True)


def amend(
    *, batch: int, code: str, disposal: Disposal, fact: str, why: str, actor: Actor, now: datetime.datetime
) -> None:
    """Have a cancelled certificate replaced in another way, which has to work today. Every desk is told."""
    said = check_why(why, seen=PUBLISHED)
    with transaction.atomic():
        sql.hold(LOADING)
        found = locked(batch)
        (row,) = _published(found, [code])
        key, files = editions.files()
        _check_amended(key, row, disposal, fact, now)
        made = applied(files, amendment(files, editions.edition(key), code, disposal=disposal, fact=fact))
        edition = load_city(files=made, actor=actor.id, now=now)
        Act.objects.create(
            kind=Did.AMENDED,
            batch=found,
            candidate=row,
            why=said,
            before=row.disposal,
            after=disposal,
            edition=edition,
            done_at=now,
            done_by=actor.id,
        )
        row.disposal, row.fact = disposal, fact
        row.save()
        _tell_again(found)
        note(
            action="amend_certificate",
            purpose="更改取消证明的办法",
            actor=actor,
            now=now,
            batch=found.number,
            certificate=code,
        )


def look_into(*, batch: int, code: str, why: str, actor: Actor, now: datetime.datetime) -> None:
    """Note what was found about what the watch list says of a certificate; that closes it."""
    said = check_why(why, seen=KEPT)
    with transaction.atomic():
        found = locked(batch)
        (row,) = _published(found, [code])
        common = {"done_at": now, "done_by": actor.id}
        Act.objects.create(kind=Did.LOOKED_INTO, batch=found, candidate=row, why=said, **common)
        note(action="look_into", purpose="核对试行情况", actor=actor, now=now, batch=found.number, certificate=code)


def declare_done(*, batch: int, actor: Actor, now: datetime.datetime) -> None:
    """Declare a batch done (宣布完成): after its trial, with nothing open on the watch list."""
    with transaction.atomic():
        found = locked(batch)
        stage, today = BatchStage(found.stage), timezone.localtime(now).date()
        check_done(stage, found.trial_until, (), today=today)  # what is not published has no watch list
        check_done(stage, found.trial_until, watch(found, now=now).open, today=today)
        found.stage, found.done_at, found.done_by = BatchStage.DONE, now, actor.id
        found.save()
        Act.objects.create(kind=Did.DONE, batch=found, edition=found.edition, done_at=now, done_by=actor.id)
        note(action="declare_done", purpose="宣布批次完成", actor=actor, now=now, batch=found.number)


def _published(batch: Batch, codes: Collection[str]) -> list[Candidate]:
    if batch.stage not in (BatchStage.TRIAL, BatchStage.DONE):
        raise Refusal(Reason(N_("这一批没有公布，或者已经撤回。")), Reason(N_("请回到批次页面。")))
    rows = Candidate.objects.select_for_update().filter(batch=batch, stage=Stage.PUBLISHED).order_by("id")
    found = list(rows.filter(code__in=list(codes)) if codes else rows)
    if not found or (codes and len(found) != len(set(codes))):
        raise NotFound(Reason(N_("这一批里没有这项已经取消的证明。")), Reason(N_("请回到批次页面。")))
    return found


def _check_amended(key: UUID, row: Candidate, disposal: Disposal, fact: str, now: datetime.datetime) -> None:
    if (disposal, fact) == (row.disposal, row.fact):
        raise Refusal(Reason(N_("和现在的办法一样，没有要改的。")), Reason(N_("请选另一种办法。")), field="disposal")
    city = editions.edition(key)
    known = listed(Candidate.objects.filter(id=row.id))[row.code]
    amended = replace(known, disposal=disposal, fact=fact)
    result = dry_run(city, [amended], now=now).get(row.code)
    found = checks(amended, city=city, result=result, matters=())
    for check in found:
        if check.stops and check.what in (What.DECIDED, What.FACT, What.WORKS):
            raise Refusal(check.reason, Reason(N_("请选一种今天就能办的办法；什么都没有改动。")), field="disposal")


def _tell_again(batch: Batch) -> None:
    Notice.objects.filter(batch=batch).update(seen_at=None, seen_by=None)
