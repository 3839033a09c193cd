"""What people do with changes: tick off what is on their work list, send again or settle what could not be sent."""

from __future__ import annotations

import datetime

from django.db import transaction

from mianzheng.audit import actions as audit
from mianzheng.audit.rules import NewEntry
from mianzheng.centre.models import Delivery
from mianzheng.centre.rules.feeding import Status, check_note, problem_in_words
from mianzheng.common.actors import Actor
from mianzheng.common.errors import NotFound, Refusal
from mianzheng.common.reasons import N_, Reason


def note_seen(*, delivery: int, now: datetime.datetime) -> None:
    """Note that the receiver has opened a change on its work list: from now on it has been told."""
    Delivery.objects.filter(id=delivery, status=Status.LISTED, seen_at=None).update(seen_at=now)


def tick_off(*, delivery: int, note: str = "", actor: Actor, now: datetime.datetime) -> None:
    """Note that the receiver has dealt with a change on its work list; `note` is for colleagues and may be empty.

    Raises `NotFound` for a change of another office, `Refusal` where somebody was quicker.
    """
    with transaction.atomic():
        row = _locked(delivery, receiver=actor.office)
        if row.status != Status.LISTED:
            raise Refusal(Reason(N_("这一条已经有人办过了。")), Reason(N_("请回到列表看下一条。")))
        _settle(row, note.strip(), actor, now)


def send_again(*, delivery: int, actor: Actor, now: datetime.datetime) -> None:
    """Put a change that could not be sent back in line, with all its tries before it."""
    with transaction.atomic():
        row = _dead(delivery)
        if not row.receiver:
            raise Refusal(problem_in_words(row.problem), Reason(N_("请问清楚，用别的办法告知，再写明原因了结。")))
        row.status, row.tries, row.next_at = Status.PENDING, 0, now
        row.save(update_fields=["status", "tries", "next_at"])
        audit.write([_entry(row, "delivery.again", "重新发送数据回流", actor, now)])


def send_all_again(*, receiver: str, actor: Actor, now: datetime.datetime) -> int:
    """Put everything that could not be sent to `receiver` back in line, once it is mended; return how much it was."""
    with transaction.atomic():
        rows = list(Delivery.objects.select_for_update().filter(receiver=receiver, status=Status.DEAD).order_by("id"))
        Delivery.objects.filter(id__in=[row.id for row in rows]).update(status=Status.PENDING, tries=0, next_at=now)
        audit.write([_entry(row, "delivery.again", "重新发送数据回流", actor, now) for row in rows])
    return len(rows)


def settle_by_hand(*, delivery: int, note: str, actor: Actor, now: datetime.datetime) -> None:
    """Settle a change that could not be sent, because the receiver learned of it another way; `note` says how.

    What waits behind it goes on.
    """
    why = check_note(note)
    with transaction.atomic():
        row = _dead(delivery)
        _settle(row, why, actor, now)
        audit.write([_entry(row, "delivery.by_hand", why, actor, now)])


def _dead(delivery: int) -> Delivery:
    row = _locked(delivery)
    if row.status != Status.DEAD:
        raise Refusal(Reason(N_("这一条已经不在死信里。")), Reason(N_("请刷新页面。")))
    return row


def _locked(delivery: int, **only: str) -> Delivery:
    row = Delivery.objects.select_for_update().filter(id=delivery, **only).first()
    if row is None:
        raise NotFound(Reason(N_("没有这条变动，或者它不是给您的。")), Reason(N_("请回到列表。")))
    return row


def _settle(row: Delivery, note: str, actor: Actor, now: datetime.datetime) -> None:
    row.status, row.note, row.settled_at, row.settled_by = Status.DONE, note, now, actor.id
    row.save(update_fields=["status", "note", "settled_at", "settled_by"])


def _entry(row: Delivery, action: str, purpose: str, actor: Actor, now: datetime.datetime) -> NewEntry:
    return NewEntry(
        at=now,
        action=action,
        purpose=purpose,
        subject=row.subject,
        item=row.item,
        detail={"delivery": row.id, "receiver": row.receiver},
        **actor.log(),
    )
