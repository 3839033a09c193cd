"""Letting go of what has been kept for as long as it may be (保存期限): the privacy cards say how long, here it happens."""

from __future__ import annotations

import datetime

from django.db import transaction
from django.db.models import Model

from mianzheng.centre.models import (
    Approval,
    Breakage,
    ConnectionDay,
    Delivery,
    Dispute,
    Doubt,
    Measure,
    SenderKey,
    SharingRequest,
)
from mianzheng.centre.ports import SPOOL

YEARS: tuple[tuple[type[Model], str, int], ...] = (
    (Delivery, "settled_at", 1),
    (Doubt, "answered_at", 3),
    (Dispute, "closed_at", 3),
    (Breakage, "closed_at", 3),
    (SenderKey, "ended_at", 3),
    (ConnectionDay, "day", 10),
    (Measure, "day", 10),
    (SharingRequest, "decided_at", 10),
    (Approval, "ended_at", 10),
)
"""What is kept for how many years from when; what has not come to its end yet is kept."""


def forget(*, now: datetime.datetime) -> int:
    """Delete what is past its time, and the scans of approvals with them; return how many rows went."""
    gone = 0
    for model, since, years in YEARS:
        end = now - datetime.timedelta(days=365.25 * years)
        past = model._default_manager.filter(**{f"{since}__lte": end.date() if since == "day" else end})
        with transaction.atomic():
            scans = list(past.exclude(file="").values_list("file", flat=True)) if model is Approval else []
            gone += past.delete()[0]
        for token in scans:
            SPOOL().delete(token)
    return gone
