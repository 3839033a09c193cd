"""Writing what was done: events with their log entries, questions to departments. Called inside an action's transaction."""

from __future__ import annotations

import datetime
import hashlib
import json
import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from mianzheng.audit import actions as audit
from mianzheng.audit.rules import WITHHELD, NewEntry
from mianzheng.catalogue.rules.city import City, Matter, Need
from mianzheng.common.actors import Actor
from mianzheng.common.periods import WorkingDays
from mianzheng.common.reasons import packed
from mianzheng.evidence import models
from mianzheng.evidence.rules.inquiry import Inquiry, Look, in_secret, purpose
from mianzheng.evidence.rules.progress import Event


def log_looks(
    city: City,
    matter: Matter,
    inquiry: Inquiry,
    needs: Mapping[str, Need],
    looks: Iterable[Look],
    actor: Actor,
    now: datetime.datetime,
    *,
    order: models.SecrecyOrder | None = None,
) -> None:
    """Write one log entry a look: who, about whom, which fact, which case and matter, which verdict.

    Under a secrecy `order` the lines say so, and under which article; whom they are about is told later.
    """
    withheld = {WITHHELD: str(order.id)} if order else {}
    audit.write(
        [
            NewEntry(
                at=now,
                action="lookup",
                purpose=in_secret(city, order.reference, order.basis)
                if order
                else purpose(city, matter, needs[look.need]),
                subject=look.subject,
                applicant=inquiry.applicant,
                case=inquiry.case,
                matter=matter.code,
                fact=look.fact,
                item=look.item,
                verdict=look.verdict or "",
                detail={"need": look.need, "relation": look.relation, "records": look.trace.records, **withheld},
                **actor.log(),
            )
            for look in looks
        ]
    )


def add_events(
    events: Iterable[tuple[uuid.UUID, str, Event]], *, actor: Actor, trace: Mapping[str, Any] | None = None
) -> None:
    """Add events, each with its case and need, in one statement; `trace` is by need."""
    models.Event.objects.bulk_create(
        models.Event(
            case=case,
            need=need,
            kind=event.kind,
            way=event.way or "",
            verdict=event.verdict or "",
            reason=packed(event.reason),
            source=event.source,
            as_of=event.as_of,
            check_asked=event.check,
            trace=dict((trace or {}).get(need, {})),
            done_at=event.at,
            done_by=actor.id,
        )
        for case, need, event in events
    )


def put_question(
    city: City,
    need: Need,
    inquiry: Inquiry,
    subjects: tuple[uuid.UUID, ...],
    *,
    objection: bool = False,
    why: str = "",
    actor: Actor,
    now: datetime.datetime,
) -> models.Check:
    """Ask the office that can answer `need`; if it is already asked the same, that question serves this case too.

    The same is asked when fact, parameters and subjects are the same, whoever applies; where nobody knows yet whom it is
    about, it is the applicant that tells one question from another.
    """
    fact = city.facts[need.fact]
    asked = {
        "office": fact.answered_by,
        "fact": fact.code,
        "subjects": sorted(str(subject) for subject in subjects),
        "params": {name: str(value) for name, value in sorted(need.params.items())},
        "objection": objection,
        "why": why,
    }
    whose = [] if subjects else [str(inquiry.applicant), need.about]
    digest = hashlib.sha256(json.dumps([asked, whose], sort_keys=True).encode()).hexdigest()
    days = city.policy.objection_days if objection else need.deadline
    check, _ = models.Check.objects.get_or_create(
        digest=digest,
        answered_at=None,
        defaults={
            **asked,
            "applicant": inquiry.applicant,
            "about": need.about,
            "asked_at": now,
            "asked_by": actor.id,
            "due": WorkingDays(city.holidays).add(now.date(), days),
        },
    )
    return check
