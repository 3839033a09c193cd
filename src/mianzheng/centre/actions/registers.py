"""The state of registers: silent, answering again, fed anew; records under objection."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection
from uuid import UUID

from django.db import transaction

from mianzheng.catalogue.rules.city import Item
from mianzheng.centre.models import Dispute, Doubt, Register
from mianzheng.centre.rules.doubts import Cause


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


def close_dispute(
    *, item: str, subject: UUID, actor: str, now: datetime.datetime, unless: Callable[[], bool] = lambda: False
) -> None:
    """Note that the objection about `subject` in `item` has been decided, unless its owner still looks at the records.

    `unless` says whether something else is open; it is asked when nobody else can be closing the same dispute.
    """
    with transaction.atomic():
        found = Dispute.objects.select_for_update().filter(item=item, subject=subject, closed_at=None).first()
        doubts = Doubt.objects.filter(item=item, subject=subject, cause=Cause.OBJECTION, answered_at=None)
        if found is None or doubts.exists() or unless():
            return
        found.closed_at, found.closed_by = now, actor
        found.save()
