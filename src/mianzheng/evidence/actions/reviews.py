"""What an officer of the deciding department found (人工核查): the last way, in which the office works."""

from __future__ import annotations

import datetime

from mianzheng.audit import actions as audit
from mianzheng.audit.rules import NewEntry
from mianzheng.catalogue.rules.city import City, Need
from mianzheng.common.actors import Actor
from mianzheng.common.reasons import N_, Reason
from mianzheng.evidence.actions.writing import add_events
from mianzheng.evidence.rules.inquiry import Inquiry, purpose
from mianzheng.evidence.rules.progress import Event, Kind
from mianzheng.evidence.rules.verdicts import Verdict, Way


def record_review(
    *,
    city: City,
    inquiry: Inquiry,
    need: Need,
    verdict: Verdict,
    note: str,
    office: str,
    actor: Actor,
    now: datetime.datetime,
) -> None:
    """Write the officer's verdict on `need` with its log entry; joins the caller's transaction."""
    words = {
        Verdict.HOLDS: N_("人工核查：符合。%(note)s"),
        Verdict.FAILS: N_("人工核查：不符。%(note)s"),
        Verdict.UNKNOWN: N_("人工核查：仍不能确定。%(note)s"),
    }
    reason = Reason(words[verdict], {"note": note.strip()})
    event = Event(Kind.ANSWER, now, Way.REVIEW, verdict, reason, office, now.date())
    add_events([(inquiry.case, need.code, event)], actor=actor)
    audit.write(
        [
            NewEntry(
                at=now,
                action="review",
                purpose=purpose(city, city.matters[inquiry.matter], need),
                subject=inquiry.applicant,
                applicant=inquiry.applicant,
                case=inquiry.case,
                matter=inquiry.matter,
                fact=need.fact,
                verdict=verdict,
                **actor.log(),
            )
        ]
    )
