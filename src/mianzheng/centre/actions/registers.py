"""The state of registers: silent, answering again, fed anew; records under objection."""

from __future__ import annotations

import datetime
from collections.abc import Collection
from uuid import UUID

from django.db import transaction

from mianzheng.catalogue.rules.city import Item
from mianzheng.centre.models import Dispute, Register


def begin_register(*, item: Item, now: datetime.datetime) -> None:
    """Note that there is a register of `item` to be asked at its source; nothing of it is held here."""
    Register.objects.get_or_create(item=item.code, defaults={"as_of": now})


def set_silent(*, item: str, silent: bool) -> None:
    """Note that the register of `item` does not answer, or answers again."""
    Register.objects.filter(item=item).update(silent=silent)


def refresh(*, items: Collection[str], as_of: datetime.datetime) -> None:
    """Note that the registers of `items` have confirmed or updated their records as of `as_of`; silent ones have not."""
    Register.objects.filter(item__in=items, silent=False).update(as_of=as_of)


def open_dispute(*, item: str, subject: UUID, actor: str, now: datetime.datetime) -> None:
    """Mark the records of `subject` in `item` as disputed; marking twice is marking once (条例 30: flagged at once)."""
    with transaction.atomic():
        Dispute.objects.get_or_create(
            item=item, subject=subject, closed_at=None, defaults={"opened_at": now, "opened_by": actor}
        )


def open_disputes(*, item: str, subjects: Collection[UUID], actor: str, now: datetime.datetime) -> None:
    """Do the same for many `subjects` at once."""
    rows = [Dispute(item=item, subject=subject, opened_at=now, opened_by=actor) for subject in subjects]
    Dispute.objects.bulk_create(rows, ignore_conflicts=True, batch_size=5_000)


def close_dispute(*, item: str, subject: UUID, actor: str, now: datetime.datetime) -> None:
    """Note that the objection about `subject` in `item` has been decided."""
    Dispute.objects.filter(item=item, subject=subject, closed_at=None).update(closed_at=now, closed_by=actor)
