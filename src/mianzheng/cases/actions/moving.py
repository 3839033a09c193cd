"""Moving a case along the table of states, with its step and its log entry, inside the caller's transaction."""

from __future__ import annotations

import datetime
import hashlib
import json
import uuid
from typing import Any

from mianzheng.audit import actions as audit
from mianzheng.audit.rules import NewEntry
from mianzheng.cases import models
from mianzheng.cases.queries.dossiers import Dossier, no_case, open_dossier, stood
from mianzheng.cases.rules.deciding import may_program_grant, resting, seen
from mianzheng.cases.rules.states import WITH_PERSON, By, Status, between, check_move
from mianzheng.centre.actions.watching import watch
from mianzheng.common.actors import PROGRAM, Actor
from mianzheng.common.periods import WorkingDays
from mianzheng.evidence.queries.grounds import relied_on
from mianzheng.evidence.rules.verdicts import Way


def locked(case: uuid.UUID, **only: Any) -> models.Case:
    """Return `case` locked for the transaction, or raise `NotFound` where `only` does not fit it."""
    found = models.Case.objects.select_for_update().filter(id=case, **only).first()
    if found is None:
        raise no_case()
    return found


def unlocked(case: uuid.UUID, **only: Any) -> models.Case:
    """Return `case` as it stands before anybody locks it, or raise `NotFound` where `only` does not fit it."""
    found = models.Case.objects.filter(id=case, **only).first()
    if found is None:
        raise no_case()
    return found


def move(
    case: models.Case, name: str, *, by: By, actor: Actor, now: datetime.datetime, note: str = "", basis: str = ""
) -> None:
    """Make one move; the step and the log entry are written with it."""
    source = Status(case.status)
    case.status = check_move(name, source, by)
    case.save()
    models.Step.objects.create(
        case=case, move=name, source=source, target=case.status, note=note, done_at=now, done_by=actor.id
    )
    audit.write(
        [
            NewEntry(
                at=now,
                action=f"case.{name}",
                purpose=basis or f"办件 {case.number}",
                subject=case.applicant,
                applicant=case.applicant,
                case=case.id,
                matter=case.matter,
                **actor.log(),
            )
        ]
    )


def settle(case: models.Case, *, now: datetime.datetime) -> Dossier:
    """Bring the status in line with how far the facts have come; submit what was handed in and is now complete."""
    dossier = open_dossier(case, now=now)
    if Status(case.status) not in WITH_PERSON or case.agreed_at is None:
        return dossier
    rest = resting(dossier.progress)
    if rest is Status.DRAFT and case.handed_in_at is not None:
        if any(each.failed and not seen(each, case.handed_in_at) for each in dossier.progress):
            # Handed in before this came out: the person sees it first and decides again.
            case.handed_in_at = case.handed_in_by = None
        else:
            name = "hand_in" if case.status == Status.DRAFT else "submit"
            submit(case, dossier, name, now=now)
            return open_dossier(case, now=now)
    if rest != case.status:
        move(case, between(Status(case.status), rest, By.PROGRAM), by=By.PROGRAM, actor=PROGRAM, now=now)
    else:
        case.save()
    return dossier


def submit(case: models.Case, dossier: Dossier, name: str, *, now: datetime.datetime) -> None:
    """Submit `case`; where the matter allows it and everything holds, the program grants at once."""
    case.submitted_at, case.submitted_by = now, case.handed_in_by
    case.due = WorkingDays(dossier.city.holidays).add(now.date(), dossier.matter.decide_days)
    actor = Actor(case.handed_in_by or PROGRAM.id, "resident", subject=case.applicant)
    by = By.RESIDENT if name == "hand_in" else By.PROGRAM
    move(case, name, by=by, actor=actor if by is By.RESIDENT else PROGRAM, now=now)
    if may_program_grant(dossier.work, dossier.progress):
        decide(case, dossier, "granted", by=By.PROGRAM, actor=PROGRAM, now=now)


def decide(
    case: models.Case,
    dossier: Dossier,
    outcome: str,
    *,
    by: By,
    actor: Actor,
    now: datetime.datetime,
    findings: str = "",
    basis: str = "",
) -> None:
    """Write the decision with what it relied on, and make the move."""
    name = "grant" if outcome == "granted" else "refuse"
    check_move(name, Status(case.status), by)
    findings = findings.strip()
    relied = [{"need": file.need.code, **stood(file)} for file in dossier.files]
    sealed = json.dumps([str(case.id), outcome, findings, basis, relied], ensure_ascii=False, sort_keys=True)
    models.Decision.objects.create(
        case=case,
        outcome=outcome,
        findings=findings,
        basis=basis,
        relied=relied,
        digest=hashlib.sha256(sealed.encode()).hexdigest(),
        decided_at=now,
        decided_by=actor.id,
    )
    move(case, name, by=by, actor=actor, now=now)
    if outcome == "granted":
        _watch(case, dossier, now=now)


def _watch(case: models.Case, dossier: Dossier, *, now: datetime.datetime) -> None:
    """See that the deciding office learns when a record that the grant rests on changes."""
    needs = [file.need for file in dossier.files if file.progress.way in (Way.DATA, Way.DOCUMENT)]
    until = now.date() + datetime.timedelta(days=dossier.city.policy.watch_days)
    watch(relied=relied_on(dossier.city, case.id, needs), office=case.owner, case=case.id, until=until)
