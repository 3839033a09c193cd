"""What the deciding department does with a case: take up, look into a fact, send back, grant, refuse."""

from __future__ import annotations

import datetime
import uuid

from django.db import transaction

from mianzheng.cases import models
from mianzheng.cases.actions.moving import decide, locked, move
from mianzheng.cases.queries.dossiers import Dossier, open_dossier
from mianzheng.cases.rules.deciding import check_grant, check_refuse, check_send_back, for_officer
from mianzheng.cases.rules.states import By, Status
from mianzheng.common.actors import Actor
from mianzheng.common.errors import Refusal
from mianzheng.common.reasons import N_, Reason
from mianzheng.evidence.actions.reviews import record_review
from mianzheng.evidence.rules.verdicts import Verdict


def _open(case: uuid.UUID, actor: Actor, now: datetime.datetime) -> tuple[models.Case, Dossier]:
    found = locked(case, owner=actor.office or None, submitted_at__isnull=False)
    return found, open_dossier(found, now=now)


def take_up(*, case: uuid.UUID, actor: Actor, now: datetime.datetime) -> None:
    """Begin to decide a case."""
    with transaction.atomic():
        found, _ = _open(case, actor, now)
        move(found, "take_up", by=By.OFFICER, actor=actor, now=now)


def find(*, case: uuid.UUID, need: str, verdict: Verdict, note: str, actor: Actor, now: datetime.datetime) -> None:
    """Write down what the officer found about a fact that no other way could settle (人工核查)."""
    with transaction.atomic():
        found, dossier = _open(case, actor, now)
        file = dossier.file(need)
        if found.status != Status.IN_REVIEW or not for_officer(file.progress):
            raise Refusal(Reason(N_("这一项不需要人工核查。")), Reason(N_("请刷新页面。")))
        if not note.strip():
            raise Refusal(Reason(N_("请写明核查所见。")), Reason(N_("写一句依据即可。")), field="note")
        record_review(
            city=dossier.city,
            inquiry=dossier.inquiry,
            need=file.need,
            verdict=verdict,
            note=note,
            office=found.owner,
            actor=actor,
            now=now,
        )


def send_back(*, case: uuid.UUID, note: str, actor: Actor, now: datetime.datetime) -> None:
    """Send a case back because a fact was found to fail that the person does not know of; they may object or go on."""
    with transaction.atomic():
        found, dossier = _open(case, actor, now)
        check_send_back(dossier.progress, note=note, submitted_at=found.submitted_at)
        found.handed_in_at = found.handed_in_by = None
        move(found, "send_back", by=By.OFFICER, actor=actor, now=now, note=note.strip())


def grant(*, case: uuid.UUID, findings: str = "", actor: Actor, now: datetime.datetime) -> None:
    """Grant a case."""
    with transaction.atomic():
        found, dossier = _open(case, actor, now)
        check_grant(dossier.progress, findings=findings)
        decide(found, dossier, "granted", by=By.OFFICER, actor=actor, now=now, findings=findings)


def refuse(*, case: uuid.UUID, findings: str, basis: str, actor: Actor, now: datetime.datetime) -> None:
    """Refuse a case: findings, article and remedies are part of the decision."""
    with transaction.atomic():
        found, dossier = _open(case, actor, now)
        check_refuse(
            dossier.progress,
            findings=findings,
            basis=basis,
            grounds=dossier.grounds,
            submitted_at=found.submitted_at,
        )
        decide(found, dossier, "refused", by=By.OFFICER, actor=actor, now=now, findings=findings, basis=basis)
