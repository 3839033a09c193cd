"""Findings are made of what others report."""

from __future__ import annotations

import datetime
import uuid

from django.db import transaction
from django.utils import timezone

from mianzheng.audit import actions as audit
from mianzheng.audit.rules import NOBODY, NewEntry
from mianzheng.common.actors import Actor
from mianzheng.oversight.models import Finding
from mianzheng.oversight.rules.findings import Kind

KEPT = datetime.timedelta(days=3 * 365)
"""How long a finding is kept (policy), as the slip it comes from."""


def find_demanded(
    *, slip: uuid.UUID, certificate: str, office: str, office_said: str, actor: Actor, now: datetime.datetime
) -> bool:
    """Keep that a cancelled certificate is still asked for, as a slip tells; return whether that is news."""
    said = {"certificate": certificate, "office": office, "office_said": office_said}
    with transaction.atomic():
        _found, new = Finding.objects.get_or_create(
            kind=Kind.DEMANDED,
            source=slip,
            defaults={**said, "day": timezone.localtime(now).date(), "made_at": now},
        )
        if new:
            why, told = "取消了的证明还在索要，送监督机构", {"certificate": certificate, "office": office}
            audit.write([NewEntry(at=now, action="finding", purpose=why, subject=NOBODY, detail=told, **actor.log())])
    return new


def forget_findings(*, now: datetime.datetime) -> int:
    """Take away findings past their keeping time; return how many."""
    return Finding.objects.filter(made_at__lt=now - KEPT).delete()[0]
